"""The parts of the library page that tell of all articles together: copies and debris."""

from __future__ import annotations

from rag.chat.library_catalogue import Catalogue
from rag.chat.library_html import empty, entries_html, small, table
from rag.chat.markup import Markup, element, joined, shortened
from rag.chat.words import Words

_GROUPS = 50
_EXAMPLE_CHARACTERS = 90


def copies_html(catalogue: Catalogue, said: Words) -> Markup:
    """The groups of near-duplicates, the largest first."""
    groups = catalogue.copies()
    if not groups:
        return empty(said.copies_none)
    items = (
        element(
            "li.musnad-lib-group",
            small(said.counted("article", len(group))),
            entries_html(group, said),
        )
        for group in groups[:_GROUPS]
    )
    about = said.copies_about.format(groups=said.counted("group", len(groups)))
    parts = [small(about), element("ol.musnad-lib-groups", *items)]
    if (rest := len(groups) - _GROUPS) > 0:
        parts.append(element("p", said.more_groups.format(groups=said.counted("group", rest))))
    return joined(parts)


def asides_html(catalogue: Catalogue, said: Words) -> Markup:
    """What was set aside as page debris, by the reason for it."""
    asides = catalogue.set_aside()
    if not asides:
        return empty(said.asides_none)
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
    return joined((small(said.asides_about), table("table.musnad-lib-asides", headings, rows)))
