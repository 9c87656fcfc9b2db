"""Word documents (.docx): their paragraphs and the cells of their tables, in order.

What Word's properties say of title and date is of the file, not of the article: it is left, and the
text is asked, as of any text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from rag.corpus.documents import Document, content
from rag.errors import CorpusError

# Bytes that a document may have when it is unpacked: a novel has three million.
_LARGEST = 200_000_000


def read_docx(path: Path) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it cannot be opened, is no Word document, too large, or holds no text.
    """
    file = io.BytesIO(content(path))
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST:
            raise CorpusError(f"{size:,} bytes when unpacked: at most {_LARGEST:,}")
        text = "\n\n".join(_blocks(file))
    except CorpusError:
        raise
    except zipfile.BadZipFile as error:
        raise CorpusError("not a Word document (no sound zip archive)") from error
    except Exception as error:  # a parser's faults are of many kinds
        kind = type(error).__name__
        raise CorpusError(f"not a Word document that can be read ({kind})") from error
    if not text.strip():
        raise CorpusError("no text in this Word document")
    yield Document.of_file(path, text)


def _blocks(file: io.BytesIO) -> Iterator[str]:
    import docx
    from docx.table import Table

    for block in docx.Document(file).iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text
