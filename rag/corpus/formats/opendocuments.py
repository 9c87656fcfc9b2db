"""Texts of LibreOffice and its kin (.odt): headings, paragraphs and tables, in order.

Notes, comments and what was deleted under tracked changes are left out. What a file's properties
say of title and date is of the file, not of the article: the text is asked, as of any text.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.corpus.documents import Document
from rag.corpus.formats.archives import open_zip
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import Layout, shown
from rag.corpus.formats.markup import local_name, parse_xml
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError

_LAYOUT = Layout(
    blocks=frozenset({"h", "p", "list", "list-item", "section", "table", "text-box"}),
    hidden=frozenset(
        {"annotation", "desc", "forms", "note", "ruby-text", "title", "tracked-changes"}
    ),
    signs={"line-break": "\n", "s": " ", "tab": "\t"},
)


def read_odt(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is no OpenDocument text, encrypted, too large, or holds no text.
    """
    with parsing("an OpenDocument text"), open_zip(file, whole=True) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise CorpusError("an encrypted document")
        root = parse_xml(archive.read("content.xml"))
        body = next((each for each in root.iter() if local_name(each) == "text"), None)
        text = "" if body is None else shown(body, _LAYOUT)
    if not text:
        raise CorpusError("no text in this document")
    yield Document.of_file(file.path, text)
