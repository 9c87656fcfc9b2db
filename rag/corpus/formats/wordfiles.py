"""Word documents (.docx): their paragraphs and the cells of their tables, in order.

What Word's properties say of title and date is of the file, not of the article: it is left, and the
text is asked, as of any text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from rag.corpus.documents import Document
from rag.corpus.formats.archives import open_zip
from rag.corpus.formats.files import File
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError


def read_docx(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is no Word document, too large, or holds no text.
    """
    with parsing("a Word document"), open_zip(file, whole=True):
        text = "\n\n".join(_blocks(io.BytesIO(file.data)))
    if not text.strip():
        raise CorpusError("no text in this Word document")
    yield Document.of_file(file.path, text)


def _blocks(data: io.BytesIO) -> Iterator[str]:
    import docx
    from docx.table import Table

    for block in docx.Document(data).iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text
