"""Books (.epub): each chapter that is as long as an article is one.

A book states its language and its publisher, who is an article's outlet. Its title and its date are
not those of its chapters.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.archives import inner_path, open_zip
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import shown
from rag.corpus.formats.markup import declared_decode, local_name, parse_xhtml, parse_xml
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError

# Characters of a chapter that is one; shorter are title pages, dedications and such.
_SHORTEST = 250
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def read_epub(file: File) -> Iterator[Document | Unreadable]:
    """Each chapter is an article that lies below the file as in a folder.

    Raises:
        CorpusError: it is no book, too large, or has no chapter of an article's length.
    """
    with parsing("an EPUB book"):
        book = open_zip(file, whole=True)
        place = _first(parse_xml(book.read("META-INF/container.xml")), "rootfile").get("full-path")
        package = parse_xml(book.read(place))
        chapters = list(_spine(package, posixpath.dirname(place)))
    outlet, language = _stated(package, "publisher"), _stated(package, "language")
    language = language and language.partition("-")[0].lower()
    found = False
    for name in chapters:
        try:
            title, text = _chapter(book, name)
            if len(text) < _SHORTEST:
                continue
            path = file.path / inner_path(name)
            yield Document.of_file(path, text, title=title, outlet=outlet, language=language)
            found = True
        except CorpusError as error:
            yield Unreadable(str(file.path), f"{name}: {error}")
    if not found:
        raise CorpusError(
            f"no chapter in this book of an article's length ({_SHORTEST} characters)"
        )


def _spine(package: Any, folder: str) -> Iterator[str]:
    """The names of the chapters in the order of reading (EPUB 3.3, 5.7)."""
    hrefs = {item.get("id"): item.get("href") for item in _all(package, "item")}
    for item in _all(package, "itemref"):
        if href := hrefs.get(item.get("idref")):
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _stated(package: Any, name: str) -> str | None:
    """What a book's metadata say."""
    element = _first(package, name)
    return None if element is None else (element.text or "").strip() or None


def _chapter(book: ZipFile, name: str) -> tuple[str | None, str]:
    """The heading of a chapter, if it has one, and its text.

    Raises:
        CorpusError: it is missing or cannot be read.
    """
    with parsing("a chapter"):
        root = parse_xhtml(declared_decode(book.read(name)))
        if root is None:
            return None, ""
        heading = next((each for each in root.iter() if local_name(each) in _HEADINGS), None)
        title = None if heading is None else " ".join(shown(heading).split())
        return title or None, shown(root)


def _first(root: Any, name: str) -> Any:
    return next(_all(root, name), None)


def _all(root: Any, name: str) -> Iterator[Any]:
    return (element for element in root.iter() if local_name(element) == name)
