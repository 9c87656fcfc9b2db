"""Answers as HTML. Every word of an article or a model is escaped; nothing of theirs is markup.

Each block carries its own direction, because Gradio's ``rtl`` is one direction for a whole chat,
and markers are isolated so that ``[1]`` stays where it belongs in Arabic text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from rag.chat.words import words
from rag.text.language import direction
from rag.types import Answer, Article, ArticleRef, Citation, Hit, Span

_MARKER = re.compile(r"\[(\d{1,3})\]")
_CONTEXT_CHARACTERS = 160

FindArticle = Callable[[str], Article]


def answer_html(answer: Answer, find: FindArticle, *, key: str, note: str = "") -> str:
    """An answer and the sources beneath it. ``key`` makes its link targets unique on the page."""
    parts = [text_html(answer.text, key=key), _sources(answer, find, key)]
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
    paragraphs = [line for line in text.splitlines() if line.strip()]
    return _one_line(
        "".join(f'<p dir="{direction(line)}">{_with_markers(line, key)}</p>' for line in paragraphs)
    )


def note_html(text: str) -> str:
    """A small remark of the page itself."""
    return f'<p class="musnad-note" dir="{direction(text)}">{_escape(text)}</p>'


def _with_markers(line: str, key: str | None) -> str:
    def link(match: re.Match[str]) -> str:
        marker = f"<bdi>[{match[1]}]</bdi>"
        return f'<a href="#{key}-{match[1]}">{marker}</a>' if key else marker

    return _MARKER.sub(link, _escape(line))


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
    return html.escape(text, quote=True)


def _one_line(markup: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", markup)
