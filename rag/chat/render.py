"""Answers as HTML. Every word of an article or a model is escaped; nothing of theirs is markup.

Each block carries its own direction, because Gradio's ``rtl`` is one direction for a whole chat,
and markers are isolated so that ``[1]`` stays where it belongs in Arabic text. A ``[1]`` that an
article wrote itself is no marker, and controls by which it could reorder the page are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator

from rag.chat.words import words
from rag.text.language import direction
from rag.types import Answer, Article, ArticleRef, Citation, Hit, Span

_MARKER = re.compile(r"\[(\d{1,3})\]")
_CONTEXT_CHARACTERS = 160
# Controls that have no meaning in HTML, and those that embed, override or isolate a direction: the
# page gives every block its own. The marks that only stand between letters (U+200E, U+200F) stay.
_CONTROLS = dict.fromkeys(
    (
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)

FindArticle = Callable[[str], Article]


def answer_html(answer: Answer, find: FindArticle, *, key: str, note: str = "") -> str:
    """An answer and the sources beneath it. ``key`` makes its link targets unique on the page."""
    parts = [_paragraphs(answer.text, key, _claimed(answer)), _sources(answer, find, key)]
    if answer.resolved:
        understood = f"{words(answer.language).understood} {answer.resolved}"
        parts.insert(0, note_html(understood))
    if not answer.answered:
        parts.append(_nearest(answer))
    if note:
        parts.append(note_html(note))
    # One line: a blank line would end the HTML block and let Markdown read what follows.
    return _one_line(f'<div class="musnad-answer">{"".join(parts)}</div>')


def text_html(text: str, *, key: str | None = None) -> str:
    """Paragraphs, each in its own direction, with markers linked to the sources of ``key``."""
    return _one_line(_paragraphs(text, key, ()))


def _claimed(answer: Answer) -> list[Span]:
    """Where the text of the answer says its claims: brackets there are the claims' own words."""
    spans: list[Span] = []
    at = 0
    for claim in answer.claims:
        start = answer.text.find(claim.text, at)
        if start >= 0:
            at = start + len(claim.text)
            spans.append(Span(start, at))
    return spans


def _paragraphs(text: str, key: str | None, claims: Collection[Span]) -> str:
    """A paragraph for each line; markers outside of ``claims`` lead to the sources of ``key``."""
    markers = [m for m in _MARKER.finditer(text) if not any(a <= m.start() < b for a, b in claims)]
    shown, at = [], 0
    for line in text.splitlines(keepends=True):
        own = [m for m in markers if at <= m.start() < at + len(line)]
        if line.strip():
            said = _with_markers(text, Span(at, at + len(line.rstrip())), own, key)
            shown.append(f'<p dir="{direction(line)}">{said}</p>')
        at += len(line)
    return "".join(shown)


def note_html(text: str) -> str:
    """A small remark of the page itself."""
    return f'<p class="musnad-note" dir="{direction(text)}">{_escape(text)}</p>'


def _with_markers(text: str, line: Span, markers: list[re.Match[str]], key: str | None) -> str:
    pieces, at = [], line.start
    for match in markers:
        marker = f"<bdi>[{match[1]}]</bdi>"
        pieces.append(_escape(text[at : match.start()]))
        pieces.append(f'<a href="#{key}-{match[1]}">{marker}</a>' if key else marker)
        at = match.end()
    return "".join((*pieces, _escape(text[at : line.end])))


def _sources(answer: Answer, find: FindArticle, key: str) -> str:
    cited = {c.n: c for claim in answer.claims for c in claim.citations}
    return "".join(_card(cited[n], find, key) for n in sorted(cited))


def _card(citation: Citation, find: FindArticle, key: str) -> str:
    article = find(citation.article.id)
    before, after = context(article.text, Span(citation.start, citation.end))
    quote = f"{_escape(before)}<mark>{_escape(citation.quote)}</mark>{_escape(after)}"
    return (
        f'<div class="musnad-source" id="{key}-{citation.n}" dir="{direction(citation.quote)}"'
        f' lang="{_escape(citation.article.language or "")}">'
        f'<div class="musnad-source-head"><bdi>[{citation.n}]</bdi> {_head(citation.article)}</div>'
        f"<blockquote>{quote}</blockquote></div>"
    )


def _head(article: ArticleRef) -> str:
    unknown = words(article.language or "en").date_unknown
    details = [part for part in (article.outlet, article.date or unknown) if part]
    isolated = " · ".join(f"<bdi>{_escape(part)}</bdi>" for part in details)
    return f"<strong>{_escape(article.label)}</strong> <span>{isolated}</span>"


def _nearest(answer: Answer) -> str:
    """The articles nearest to a question that none of them answers."""
    heads = list(dict.fromkeys(_head(hit.article) for hit in _first_hits(answer.passages)))
    if not heads:
        return ""
    said = words(answer.language).nearest
    items = "".join(f'<li dir="auto">{head}</li>' for head in heads)
    return f'<p dir="{direction(said)}">{_escape(said)}</p><ul>{items}</ul>'


def _first_hits(hits: tuple[Hit, ...]) -> Iterator[Hit]:
    seen: set[str] = set()
    for hit in hits:
        if hit.article.id not in seen:
            seen.add(hit.article.id)
            yield hit


def context(text: str, span: Span, reach: int = _CONTEXT_CHARACTERS) -> tuple[str, str]:
    """Up to ``reach`` characters of the same line before and after ``span``, cut at a space."""
    line_start = text.rfind("\n", 0, span.start) + 1
    line_end = text.find("\n", span.end)
    before = text[line_start : span.start]
    after = text[span.end : line_end if line_end >= 0 else len(text)]
    if len(before) > reach:
        before = "… " + before[-reach:].split(" ", 1)[-1]
    if len(after) > reach:
        after = after[:reach].rsplit(" ", 1)[0] + " …"
    return before, after


def _escape(text: str) -> str:
    return html.escape(text.translate(_CONTROLS), quote=True)


def _one_line(markup: str) -> str:
    return re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*", " ", markup)
