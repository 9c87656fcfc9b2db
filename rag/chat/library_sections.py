"""The parts of the library page that tell of all articles together: copies and debris."""

from __future__ import annotations

from rag.chat.library_article import entries_html
from rag.chat.library_catalogue import Catalogue
from rag.chat.library_words import LibraryWords
from rag.chat.render import escape

_GROUPS = 50
_EXAMPLE_CHARACTERS = 90


def copies_html(catalogue: Catalogue, say: LibraryWords) -> str:
    """The groups of near-duplicates, the largest first."""
    groups = catalogue.copies()
    if not groups:
        return f'<p class="musnad-lib-empty">{say.copies_none}</p>'
    shown = "".join(
        f'<li class="musnad-lib-group"><p class="musnad-lib-small">{say.article.of(len(group))}</p>'
        f"{entries_html(group, say)}</li>"
        for group in groups[:_GROUPS]
    )
    rest = len(groups) - _GROUPS
    more = f"<p>{say.more_groups.format(groups=say.group.of(rest))}</p>" if rest > 0 else ""
    about = say.copies_about.format(groups=say.group.of(len(groups)))
    return (
        f'<p class="musnad-lib-small">{about}</p><ol class="musnad-lib-groups">{shown}</ol>{more}'
    )


def asides_html(catalogue: Catalogue, say: LibraryWords) -> str:
    """What was set aside as page debris, by the reason for it."""
    asides = catalogue.set_aside()
    if not asides:
        return f'<p class="musnad-lib-empty">{say.asides_none}</p>'
    rows = "".join(
        f'<tr><th scope="row">{say.reasons[aside.reason]}</th>'
        f"<td>{aside.spans:,}<br><span class='musnad-lib-small'>{say.article.of(aside.articles)}"
        f"</span></td><td>{''.join(_example(text) for text in aside.examples)}</td></tr>"
        for aside in asides
    )
    return (
        f'<p class="musnad-lib-small">{say.asides_about}</p><table class="musnad-lib-asides">'
        f'<thead><tr><th scope="col">{say.aside_why}</th><th scope="col">{say.aside_count}</th>'
        f'<th scope="col">{say.aside_examples}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _example(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > _EXAMPLE_CHARACTERS:
        words = words[:_EXAMPLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return f'<p dir="auto">{escape(words)}</p>'
