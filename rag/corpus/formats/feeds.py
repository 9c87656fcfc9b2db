"""News feeds (RSS and Atom): each entry an article, as far as the feed tells it.

What is read is what the feed holds; the page that an entry links to is never fetched.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import html_text
from rag.corpus.formats.markup import declared_decode
from rag.corpus.formats.parsing import parsing
from rag.corpus.formats.record_dates import iso_date
from rag.errors import CorpusError

# The largest feed that is read, in bytes; most have some hundred thousand.
_LARGEST = 5_000_000
_PLAIN = "text/plain"


def read_feed(file: File) -> Iterator[Document | Unreadable]:
    """Each entry of the file is an article.

    Raises:
        CorpusError: it cannot be decoded, is too large, or is no feed with entries.
    """
    text = declared_decode(file.up_to(_LARGEST, "a feed"), file.charset)
    feed = _parsed(text)
    if not feed.get("version"):
        raise CorpusError("not a feed (neither RSS nor Atom)")
    if not feed.entries:
        raise CorpusError("no entries in this feed")
    outlet = _shown(feed.feed.get("title_detail"))
    whole = len(feed.entries) - _is_cut(feed)
    for number, entry in enumerate(feed.entries, start=1):
        try:
            if number > whole:
                raise CorpusError("cut short")
            yield _document(entry, file, outlet, rss=feed.version.startswith("rss"))
        except CorpusError as error:
            yield Unreadable(str(file.path), f"entry {number}: {error}")


def _parsed(text: str) -> Any:
    """The feed as feedparser (https://feedparser.readthedocs.io) reads it."""
    import feedparser

    with parsing("a feed"):
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            # Whatever encoding the text declared, it is in this one now.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _is_cut(feed: Any) -> bool:
    """Whether the file ends before the feed does, so that its last entry may not be whole."""
    fault = str(feed.get("bozo_exception", ""))
    return any(words in fault for words in ("no element found", "unclosed token", "unclosed CDATA"))


def _document(entry: Any, file: File, outlet: str | None, *, rss: bool) -> Document:
    details = (*entry.get("content", ()), entry.get("summary_detail"))
    text = next(filter(None, map(_shown, details)), None)
    if text is None:
        raise CorpusError("no text in it")
    # In Atom this is when the entry was last changed; in RSS it is dc:date.
    date = entry.get("published") or (entry.get("updated") if rss else None)
    return Document.one_of(
        file.path,
        text,
        title=_shown(entry.get("title_detail")),
        date=iso_date(date or ""),
        outlet=outlet,
        url=entry.get("link"),
    )


def _shown(detail: Any) -> str | None:
    """The text of a part of a feed, without the tags of one that is HTML."""
    if not detail or not (value := detail.get("value")):
        return None
    return (value if detail.get("type") == _PLAIN else html_text(value)).strip() or None
