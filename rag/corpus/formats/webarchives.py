"""Web archives (.warc): each page that was captured is an article, read as a saved page is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from email.message import Message
from typing import Any

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.encodings import sent_charset
from rag.corpus.formats.files import File
from rag.corpus.formats.markup import declared_decode
from rag.corpus.formats.parsing import parsing
from rag.corpus.formats.webpages import LARGEST_PAGE, article_of
from rag.errors import CorpusError

_BEGINNING, _END = b"WARC/", b"\r\n\r\n"
_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(file: File) -> Iterator[Document | Unreadable]:
    """Each page that a site answered with is an article; its address is where it was captured.

    Raises:
        CorpusError: it is no web archive, is damaged, or holds no page.
    """
    if not file.data.startswith(_BEGINNING):
        raise CorpusError("not a web archive (no WARC record)")
    empty = True
    for record, data in _records(file):
        if record.rec_type == "response" and _content(record).get_content_type() in _PAGES:
            empty = False
            try:
                yield _document(record, data, file)
            except CorpusError as error:
                yield Unreadable(str(file.path), f"{_address(record)}: {error}")
    if empty:
        raise CorpusError("no web page in this web archive")


def _records(file: File) -> Iterator[tuple[Any, bytes]]:
    """The records as warcio (https://github.com/webrecorder/warcio) reads them, with their data.

    Raises:
        CorpusError: one is damaged or cut short.
    """
    from warcio.archiveiterator import WARCIterator

    # In one block: a line longer than a block would be put together anew with each.
    records = WARCIterator(io.BytesIO(file.data), block_size=len(file.data))
    while True:
        file.allowance.take(0, members=1)
        # What it has to say of a damaged file goes to the screen.
        with parsing("a web archive"), redirect_stderr(io.StringIO()):
            record = next(records, None)
            if record is None:
                break
            data = record.content_stream().read(LARGEST_PAGE + 1)
            record.raw_stream.read()
            if record.raw_stream.limit:
                raise CorpusError("cut short")
        yield record, data
    if not file.data.endswith(_END):
        raise CorpusError("cut short")


def _document(record: Any, data: bytes, file: File) -> Document:
    if len(data) > LARGEST_PAGE:
        raise CorpusError(f"a web page of more than {LARGEST_PAGE:,} bytes")
    page = article_of(declared_decode(data, sent_charset(_content(record)["Content-Type"])))
    page["url"] = _address(record)
    return Document.one_of(file.path, **page)


def _content(record: Any) -> Message:
    """The type and encoding of what a site answered with; of no type where it was an error."""
    content = Message()
    headers = record.http_headers
    if headers and headers.get_statuscode() == "200":
        content["Content-Type"] = headers.get_header("Content-Type", "")
    return content


def _address(record: Any) -> str:
    return str(record.rec_headers.get_header("WARC-Target-URI"))
