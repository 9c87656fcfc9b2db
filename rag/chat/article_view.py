"""A whole article as HTML, with marks over exactly the characters that were cited.

Each line is a paragraph in its own direction; what was set aside as page debris is there, muted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.chat.render import direction_of, escape
from rag.chat.words import Words, words
from rag.types import Article, Span


def article_html(
    article: Article, marks: Sequence[Span], language: str, at: Span | None = None
) -> str:
    """``article`` with ``marks``; the mark that covers ``at`` is the one to be scrolled to.

    The text of the ``mark`` elements of one span, joined by the line breaks between them, is
    ``article.text[start:end]``.
    """
    said = words(language)
    spans = merged(span for span in marks if 0 <= span.start < span.end <= len(article.text))
    shown = next((n for n, s in enumerate(spans) if at and s.start <= at.start < s.end), 0)
    body, start = [], 0
    for line in article.text.splitlines(keepends=True):
        end = start + len(line)
        inner = _line(article, Span(start, start + len(line.rstrip("\r\n"))), spans, shown)
        if line.strip():
            aside = _is_aside(article, Span(start, end))
            note = f' class="musnad-debris" title="{escape(said.set_aside)}"' if aside else ""
            body.append(f"<p{note} {direction_of(line)}>{inner}</p>")
        start = end
    return _head(article, said) + f'<div class="musnad-article-body">{"".join(body)}</div>'


def merged(spans: Iterable[Span]) -> list[Span]:
    """``spans`` in order, those that overlap made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _line(article: Article, line: Span, spans: Sequence[Span], shown: int) -> str:
    pieces, at = [], line.start
    for n, span in enumerate(spans):
        start, end = max(span.start, line.start), min(span.end, line.end)
        if start >= end:
            continue
        current = ' class="musnad-current"' if n == shown else ""
        pieces.append(escape(article.text[at:start]))
        pieces.append(
            f'<mark{current} data-mark="{n}" tabindex="-1">{escape(article.text[start:end])}</mark>'
        )
        at = end
    pieces.append(escape(article.text[at : line.end]))
    return "".join(pieces)


def _is_aside(article: Article, line: Span) -> bool:
    middle = line.start + len(line.of(article.text).rstrip()) // 2
    return any(span.start <= middle < span.end for span in article.debris)


def _head(article: Article, said: Words) -> str:
    parts = [part for part in (article.outlet, article.date or said.date_unknown) if part]
    about = " · ".join(f"<bdi>{escape(part)}</bdi>" for part in parts)
    return (
        f"<header {direction_of(article.label, article.language)}>"
        f'<h2>{escape(article.label)}</h2><p class="musnad-about">{about}</p></header>'
    )
