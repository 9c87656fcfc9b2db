"""What the library page tells of all articles: the list of them, their copies, their debris."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chat.library_html import action, cells_of, entries_html, table
from rag.chat.markup import Markup, element, filled, isolated, joined, shortened
from rag.chat.words import Words
from rag.service.catalogue import ORDERS, PAGE_ROWS, Catalogue, Entry

# What a heading sorts by when it is chosen, and when it is chosen again.
_HEADINGS: dict[str, tuple[str, str]] = {
    "title": ("title", "title_back"),
    "outlet": ("outlet", "outlet_back"),
    "date": ("newest", "oldest"),
    "language": ("language", "language_back"),
    "length": ("longest", "shortest"),
}
_GROUPS = 50
_EXAMPLE_CHARACTERS = 90


def summary_html(catalogue: Catalogue, said: Words) -> Markup:
    """The heading of the page: how many articles of how many outlets, from when to when."""
    entries = catalogue.entries
    dates = sorted(entry.date for entry in entries if entry.date)
    outlets = {entry.outlet for entry in entries if entry.outlet}
    facts: list[str] = [said.counted("article", len(entries))]
    if outlets:
        facts.append(said.counted("outlet", len(outlets)))
    if dates:
        first, last = isolated(dates[0], dir="ltr"), isolated(dates[-1], dir="ltr")
        same = first == last
        facts.append(first if same else filled(said.between, first=first, last=last))
    shown = joined((element("span", fact) for fact in facts), " · ")
    return joined((element("h2", said.library_tab), element("p.musnad-lib-facts", shown)))


def list_html(found: Sequence[Entry], *, page: int, order: str, chosen: str, said: Words) -> Markup:
    """Page ``page`` (from 0) of the articles ``found``, that of id ``chosen`` marked."""
    if not found:
        return element("p.musnad-lib-empty", said.none_found, role="status")
    shown = found[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    headings = [_heading(name, *orders, order, said) for name, orders in _HEADINGS.items()]
    parts = (
        element("caption.musnad-lib-unseen", said.list_label),
        element("thead", element("tr", *headings)),
        element("tbody", *(_row(entry, chosen, said) for entry in shown)),
    )
    return joined((element("table.musnad-lib-table", *parts), _pager(page, len(found), said)))


def pages(count: int) -> int:
    """How many pages ``count`` articles fill; an empty list is one page."""
    return max((count - 1) // PAGE_ROWS + 1, 1)


def turned(order: str, by: str) -> str | None:
    """The order after heading ``by`` is chosen, or ``None`` when there is no such heading."""
    first, again = _HEADINGS.get(by, (None, None))
    return again if order == first else first


def _heading(name: str, first: str, again: str, order: str, said: Words) -> Markup:
    way, arrow = "none", ""
    if order in (first, again):
        way, arrow = ("descending", "↓") if ORDERS[order][1] else ("ascending", "↑")
    sign = element("span", arrow, aria_hidden="true")
    button = action("sort", said.tables["columns"][name], " ", sign, by=name)
    return element(f"th.musnad-lib-{name}", button, scope="col", aria_sort=way)


def _row(entry: Entry, chosen: str, said: Words) -> Markup:
    title = action("open", entry.label, kind="musnad-lib-open", id=entry.id)
    first = element("th.musnad-lib-title", title, scope="row", dir="auto")
    others = (
        element(f"td.musnad-lib-{name}", cell) for name, cell in cells_of(entry, said).items()
    )
    return element("tr", first, *others, aria_current=entry.id == chosen and "true")


def _pager(page: int, count: int, said: Words) -> Markup:
    first, last = page * PAGE_ROWS + 1, min((page + 1) * PAGE_ROWS, count)
    told = said.rows.format(first=f"{first:,}", last=f"{last:,}", total=f"{count:,}")
    shown = [element("span", told, role="status")]
    if pages(count) > 1:
        shown = [_turn(said.previous, page - 1, count), *shown, _turn(said.next, page + 1, count)]
    return element("div.musnad-lib-pager", *shown)


def _turn(label: str, to: int, count: int) -> Markup:
    there = 0 <= to < pages(count)
    return action(
        "page", label, kind="musnad-lib-button", about={"disabled": not there}, to=str(to)
    )


def copies_html(catalogue: Catalogue, said: Words) -> Markup:
    """The groups of near-duplicates, the largest first."""
    groups = catalogue.copies()
    if not groups:
        return element("p.musnad-lib-empty", said.copies_none)
    items = (
        element(
            "li.musnad-lib-group",
            element("p.musnad-lib-small", said.counted("article", len(group))),
            entries_html(group, said),
        )
        for group in groups[:_GROUPS]
    )
    about = said.copies_about.format(groups=said.counted("group", len(groups)))
    parts = [element("p.musnad-lib-small", about), element("ol.musnad-lib-groups", *items)]
    if (rest := len(groups) - _GROUPS) > 0:
        parts.append(element("p", said.more_groups.format(groups=said.counted("group", rest))))
    return joined(parts)


def asides_html(catalogue: Catalogue, said: Words) -> Markup:
    """What was set aside as page debris, by the reason for it."""
    asides = catalogue.set_aside()
    if not asides:
        return element("p.musnad-lib-empty", said.asides_none)
    rows = []
    for aside in asides:
        articles = element("span.musnad-lib-small", said.counted("article", aside.articles))
        count = joined((f"{aside.spans:,}", Markup("<br>"), articles))
        examples = joined(
            element("p", shortened(" ".join(text.split()), _EXAMPLE_CHARACTERS), dir="auto")
            for text in aside.examples
        )
        rows.append((said.tables["debris"][aside.reason], count, examples))
    headings = (said.aside_why, said.aside_count, said.aside_examples)
    return joined(
        (
            element("p.musnad-lib-small", said.asides_about),
            table("table.musnad-lib-asides", headings, rows),
        )
    )
