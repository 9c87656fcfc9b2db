"""Word documents (.docx): their paragraphs and the cells of their tables, in order.

What Word's properties say of title and date is of the file, not of the article: it is left, and the
text is asked, as of any text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from rag.corpus.documents import Document, refuse_reversed
from rag.errors import CorpusError

# Bytes that a document may have when it is unpacked: a novel has three million.
_LARGEST = 200_000_000


def read_docx(path: Path) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it cannot be opened, is no Word document, too large, or holds no text.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise CorpusError("not a Word document (no zip archive)") from error
    except OSError as error:
        raise CorpusError(error.strerror or str(error)) from error
    if size > _LARGEST:
        raise CorpusError(f"{size:,} bytes when unpacked: at most {_LARGEST:,}")
    text = "\n\n".join(_blocks(path))
    if not text.strip():
        raise CorpusError("no text in this Word document")
    refuse_reversed(text)
    yield Document(text=text, path=path.as_posix(), source=str(path.resolve()))


def _blocks(path: Path) -> list[str]:
    import docx
    from docx.table import Table

    try:
        found: list[str] = []
        for block in docx.Document(str(path)).iter_inner_content():
            if isinstance(block, Table):
                rows = ("\t".join(cell.text for cell in row.cells) for row in block.rows)
                found.append("\n".join(rows))
            else:
                found.append(block.text)
        return found
    except Exception as error:  # a parser's faults are of many kinds
        raise CorpusError(
            f"not a Word document that can be read ({type(error).__name__})"
        ) from error
