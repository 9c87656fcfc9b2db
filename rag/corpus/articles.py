"""Document → articles: the page's own story, and any other story found inside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rag.corpus.documents import Document
from rag.corpus.page.cleanup import read_page
from rag.corpus.page.metadata import read_metadata
from rag.text.language import detect_language
from rag.types import Article, Span


def content_id(text: str) -> str:
    """Sixteen hexadecimal digits of the sha256 of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def articles_of(document: Document) -> Iterator[Article]:
    """The document's article, then each story embedded in its page.

    What the document states goes before what its text says. An embedded story names its page in
    ``host`` and has only the metadata of its own text: never the page's date.
    """
    page = read_page(document.text)
    own = _without(document.text, page.stories)
    stated = read_metadata(own)
    host = Article(
        id=document.id or content_id(document.text),
        text=document.text,
        title=document.title or stated.title,
        date=document.date or stated.date,
        outlet=document.outlet or stated.outlet,
        url=document.url,
        language=document.language or detect_language(document.text),
        path=document.path,
        source=document.source,
        debris=tuple(sorted((*page.debris, *page.stories))),
        provenance={
            key: span for key, span in stated.provenance.items() if getattr(document, key) is None
        },
        pages=document.pages,
    )
    yield host
    for story in page.stories:
        yield _embedded(story, host)


def _embedded(story: Span, host: Article) -> Article:
    text = story.of(host.text)
    return Article(
        id=content_id(f"{host.id}\n{text}"),
        text=text,
        language=detect_language(text),
        path=host.path,
        host=host.id,
        debris=read_page(text).debris,
        pages=tuple(max(0, start - story.start) for start in host.pages),
        **asdict(read_metadata(text)),
    )


def _without(text: str, spans: Sequence[Span]) -> str:
    """``text`` with ``spans`` blanked, so that offsets stay those of the raw text."""
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], " " * (span.end - span.start)]
        end = span.end
    return "".join((*parts, text[end:]))
