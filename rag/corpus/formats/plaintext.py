"""Plain text files: each is one article, verbatim."""

from __future__ import annotations

from collections.abc import Iterator

from rag.corpus.documents import Document
from rag.corpus.formats.encodings import decode
from rag.corpus.formats.files import File
from rag.errors import CorpusError

# The largest text that may be an article, in bytes.
_LARGEST = 40_000_000


def read_text(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is too large, or as :func:`text_of`.
    """
    file.up_to(_LARGEST, "a text")
    yield Document.of_file(file.path, text_of(file))


def text_of(file: File) -> str:
    """The file's text, verbatim but for a byte-order mark.

    Raises:
        CorpusError: it is empty, binary, or in neither the encoding stated beside it nor, where
            none is, UTF-8 (names the byte) or surely any other.
    """
    try:
        text = decode(file.data, file.charset)
    except UnicodeDecodeError as error:
        _refuse_binary(file.data)
        bad = error.object[error.start]
        name = file.charset or "UTF-8"
        raise CorpusError(f"not {name}: byte 0x{bad:02x} at offset {error.start}") from error
    if "\0" in text:
        _refuse_binary(file.data)
    if not text.strip():
        raise CorpusError("empty file")
    return text


def _refuse_binary(data: bytes) -> None:
    if b"\0" in data:
        raise CorpusError(f"binary file (NUL at byte {data.index(0)}), expected UTF-8 text")
