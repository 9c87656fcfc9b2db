"""A whole article as HTML, with marks over exactly the characters that were cited.

Each line is a paragraph in its own direction; what was set aside as page debris is there, muted.
Where other pages of a PDF begin, it is said above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.chat.markup import Markup, element, joined, way_of
from rag.chat.sources import about_html
from rag.chat.words import words
from rag.types import Article, Span, page_range


def article_html(
    article: Article, marks: Sequence[Span], language: str, at: Span | None = None
) -> Markup:
    """``article`` with ``marks``; the mark that covers ``at`` is the one to be scrolled to.

    The text of the ``mark`` elements of one span, joined by the line breaks between them, is
    ``article.text[start:end]``.
    """
    said = words(language)
    spans = merged(span for span in marks if 0 <= span.start < span.end <= len(article.text))
    shown = next((n for n, s in enumerate(spans) if at and s.start <= at.start < s.end), 0)
    body, start = [], 0
    pages: tuple[int, ...] = ()
    for line in article.text.splitlines(keepends=True):
        span = Span(start, start + len(line.rstrip("\r\n")))
        start += len(line)
        if line.strip():
            told = {"title": said.set_aside} if _is_aside(article, span) else {}
            above, pages = pages, article.pages_of(*span)
            if pages != above:
                sign = said.page.format(n=page_range(pages))
                body.append(element("p.musnad-about", sign, **said.way))
            inside = _line(article.text, span, spans, shown)
            name = "p.musnad-debris" if told else "p"
            body.append(element(name, inside, **told, **way_of(line)))
    way = way_of(article.label, article.language)
    head = element("header", element("h2", article.label), about_html(article, said), **way)
    return joined((head, element("div.musnad-article-body", *body)))


def merged(spans: Iterable[Span]) -> list[Span]:
    """``spans`` in order, those that overlap made one."""
    joint: list[Span] = []
    for span in sorted(spans):
        if joint and span.start < joint[-1].end:
            joint[-1] = Span(joint[-1].start, max(joint[-1].end, span.end))
        else:
            joint.append(span)
    return joint


def _line(text: str, line: Span, spans: Sequence[Span], shown: int) -> Markup:
    pieces: list[str] = []
    at = line.start
    for n, span in enumerate(spans):
        start, end = max(span.start, line.start), min(span.end, line.end)
        if start < end:
            name = "mark.musnad-current" if n == shown else "mark"
            pieces += [text[at:start], element(name, text[start:end], data_mark=n, tabindex=-1)]
            at = end
    return joined((*pieces, text[at : line.end]))


def _is_aside(article: Article, line: Span) -> bool:
    middle = line.start + len(line.of(article.text).rstrip()) // 2
    return any(span.start <= middle < span.end for span in article.debris)
