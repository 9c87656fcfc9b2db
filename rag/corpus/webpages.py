"""Saved web pages: the main text of each, and what the page states of itself.

The text is what trafilatura (https://trafilatura.readthedocs.io) takes for the article; it is kept,
indexed and cited as an article's raw text. Menus, lists of links and the page's foot are left out.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from rag.corpus.documents import Document, content
from rag.errors import CorpusError

# The largest page that is read, in bytes; a news page of ten megabytes is none.
_LARGEST = 10_000_000
# A page says its encoding in its first bytes (HTML standard, 13.2.3.2).
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]*\bcharset|\?xml\b[^>]*\bencoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_HEAD = 1024
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_webpage(path: Path) -> Iterator[Document]:
    """The file is one article, as the page that was saved to it shows it.

    Raises:
        CorpusError: it cannot be opened or decoded, is too large, or holds no article.
    """
    data = content(path)
    if len(data) > _LARGEST:
        raise CorpusError(f"a web page of {len(data):,} bytes: at most {_LARGEST:,}")
    yield _document(_decoded(data), path)


def _document(html: str, path: Path) -> Document:
    # Loaded when the first page is: it takes a quarter of a second.
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        page = trafilatura.bare_extraction(
            html,
            with_metadata=True,
            include_comments=False,
            # The day on which it was published, where the page states it; no other date on it.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception as error:  # a parser's faults are of many kinds
        raise CorpusError(f"not a web page that can be read ({type(error).__name__})") from error
    if page is None or isinstance(page, dict) or not (text := page.text or "").strip():
        raise CorpusError("no article found in this web page")
    return Document.of_file(
        path,
        text,
        title=page.title or None,
        date=page.date or None,
        outlet=page.sitename or None,
        url=page.url or None,
    )


def _decoded(data: bytes) -> str:
    """By its byte-order mark, else by what it declares, else as UTF-8.

    Raises:
        CorpusError: it declares an unknown encoding, or is not in the one it should be.
    """
    if not data.strip():
        raise CorpusError("empty file")
    declared = _DECLARED.search(data[:_HEAD])
    name = next((known for mark, known in _MARKS.items() if data.startswith(mark)), None)
    name = name or (declared[1].decode("ascii") if declared else "utf-8")
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise CorpusError(f"not {name}: byte 0x{data[error.start]:02x} at {error.start}") from error
    except (LookupError, UnicodeError) as error:
        raise CorpusError(f"declares an unknown encoding, {name!r}") from error
