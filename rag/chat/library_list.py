"""The list of the library page as HTML: a page of articles, its headings and its pager."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chat.library_catalogue import PAGE_ROWS, Catalogue, Entry, Order
from rag.chat.library_html import action, isolated
from rag.chat.library_words import LibraryWords
from rag.chat.render import escape

# What a heading sorts by when it is chosen, and when it is chosen again.
_HEADINGS: tuple[tuple[str, Order, Order], ...] = (
    ("title", "title", "title_back"),
    ("outlet", "outlet", "outlet_back"),
    ("date", "newest", "oldest"),
    ("language", "language", "language_back"),
    ("length", "longest", "shortest"),
)
_DESCENDING = ("newest", "longest", "title_back", "outlet_back", "language_back")


def summary_html(catalogue: Catalogue, say: LibraryWords) -> str:
    """The heading of the page: how many articles of how many outlets, from when to when."""
    entries = catalogue.entries
    dates = sorted(entry.date for entry in entries if entry.date)
    outlets = {entry.outlet for entry in entries if entry.outlet}
    facts = [say.article.of(len(entries))]
    if outlets:
        facts.append(say.outlet.of(len(outlets)))
    if dates:
        first, last = (f'<bdi dir="ltr">{escape(date)}</bdi>' for date in (dates[0], dates[-1]))
        same = dates[0] == dates[-1]
        facts.append(first if same else say.between.format(first=first, last=last))
    shown = " · ".join(f"<span>{fact}</span>" for fact in facts)
    return f'<h2>{say.title}</h2><p class="musnad-lib-facts">{shown}</p>'


def list_html(
    found: Sequence[Entry], *, page: int, order: Order, chosen: str, empty: bool, say: LibraryWords
) -> str:
    """Page ``page`` (from 0) of the articles ``found``, that of id ``chosen`` marked.

    ``empty`` tells a library without articles from a search that found none.
    """
    if not found:
        message = say.empty if empty else say.none_found
        return f'<p class="musnad-lib-empty" role="status">{message}</p>'
    first = page * PAGE_ROWS
    rows = "".join(_row(e, chosen, say) for e in found[first : first + PAGE_ROWS])
    headings = "".join(_heading(*heading, order, say) for heading in _HEADINGS)
    return (
        f'<table class="musnad-lib-table"><caption class="musnad-lib-unseen">{say.list_label}'
        f"</caption><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>"
        f"{_pager(page, len(found), say)}"
    )


def pages(count: int) -> int:
    """How many pages ``count`` articles fill; an empty list is one page."""
    return max((count - 1) // PAGE_ROWS + 1, 1)


def turned(order: Order, by: str) -> Order | None:
    """The order after heading ``by`` is chosen, or ``None`` when there is no such heading."""
    for name, first, again in _HEADINGS:
        if name == by:
            return again if order == first else first
    return None


def _heading(name: str, first: Order, again: Order, order: Order, say: LibraryWords) -> str:
    sorted_by = order in (first, again)
    way = ("descending" if order in _DESCENDING else "ascending") if sorted_by else "none"
    arrow = {"descending": "↓", "ascending": "↑", "none": ""}[way]
    label = f'{getattr(say, f"column_{name}")} <span aria-hidden="true">{arrow}</span>'
    button = action("sort", label, by=name)
    return f'<th scope="col" aria-sort="{way}" class="musnad-lib-{name}">{button}</th>'


def _row(entry: Entry, chosen: str, say: LibraryWords) -> str:
    current = ' aria-current="true"' if entry.id == chosen else ""
    title = action("open", escape(entry.label), kind="musnad-lib-open", id=entry.id)
    return (
        f'<tr{current}><th scope="row" dir="auto" class="musnad-lib-title">{title}</th>'
        f'<td class="musnad-lib-outlet">{outlet_of(entry, say)}</td>'
        f'<td class="musnad-lib-date">{date_of(entry, say)}</td>'
        f'<td class="musnad-lib-language">{language_of(entry, say)}</td>'
        f'<td class="musnad-lib-length">{say.word.of(entry.words)}</td></tr>'
    )


def outlet_of(entry: Entry, say: LibraryWords) -> str:
    """An outlet as HTML."""
    return isolated(entry.outlet) if entry.outlet else _unknown(say.outlet_unknown)


def date_of(entry: Entry, say: LibraryWords) -> str:
    """A date as HTML, as precise as it is known."""
    if not entry.date:
        return _unknown(say.date_unknown)
    return f'<time datetime="{escape(entry.date)}" dir="ltr">{escape(entry.date)}</time>'


def language_of(entry: Entry, say: LibraryWords) -> str:
    """A language by name, as HTML; by its code where the page has no name for it."""
    if not entry.language or entry.language == "und":
        return _unknown(say.language_unknown)
    return say.languages.get(entry.language) or isolated(entry.language)


def _unknown(words: str) -> str:
    return f'<span class="musnad-lib-unknown">{words}</span>'


def _pager(page: int, count: int, say: LibraryWords) -> str:
    first, last = page * PAGE_ROWS + 1, min((page + 1) * PAGE_ROWS, count)
    said = say.rows.format(first=f"{first:,}", last=f"{last:,}", total=f"{count:,}")
    back, forth = (
        action(
            "page",
            label,
            kind="musnad-lib-button",
            disabled=not 0 <= to < pages(count),
            to=str(to),
        )
        for label, to in ((say.previous, page - 1), (say.next, page + 1))
    )
    shown = f'<span role="status">{said}</span>'
    inside = f"{back}{shown}{forth}" if pages(count) > 1 else shown
    return f'<div class="musnad-lib-pager">{inside}</div>'
