"""Paths to :class:`Document` values, by :data:`READERS`: a format is one function and one row.

Leaves to others: what the text says about itself and what of it is page furniture (``page``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import TypeAlias

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.archives import Wanted, gunzipped, tar_members, zip_members
from rag.corpus.formats.books import read_epub
from rag.corpus.formats.feeds import read_feed
from rag.corpus.formats.files import File
from rag.corpus.formats.mail import read_mail
from rag.corpus.formats.opendocuments import read_odt
from rag.corpus.formats.plaintext import read_text
from rag.corpus.formats.records import read_lines, read_table
from rag.corpus.formats.richtext import read_rtf
from rag.corpus.formats.spreadsheets import read_xlsx
from rag.corpus.formats.webarchives import read_warc
from rag.corpus.formats.webpages import read_webpage
from rag.corpus.formats.wordfiles import read_docx
from rag.corpus.pdf.reading import read_pdf
from rag.errors import CorpusError

Found: TypeAlias = Iterator[Document | Unreadable]
Members: TypeAlias = Callable[[File, Wanted], Iterator[File | Unreadable]]

_GZIP = ".gz"
_MAC_FORKS = "__MACOSX"


def read_documents(paths: Iterable[Path]) -> Found:
    """Every document below ``paths``, in order; what cannot be read comes as :class:`Unreadable`.

    A folder is searched in full, in name order, hidden files left out; so is an archive.
    """
    for path in paths:
        if path.is_dir():
            files = article_files(path)
            if not files:
                yield Unreadable(str(path), _nothing_in("folder"))
            for file in files:
                yield from _open(file)
        elif path.exists():
            yield from _open(path)
        else:
            yield Unreadable(str(path), "no such file or folder")


def read_data(name: str, data: bytes, charset: str | None = None) -> Found:
    """What a file of this name would give that held ``data``, of which ``charset`` was stated."""
    yield from _read(File(Path(name), data, charset=charset))


def article_files(folder: Path) -> list[Path]:
    """The files below a folder that are read, in name order."""
    inside = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return [file for file in inside if _is_corpus_file(file.relative_to(folder))]


def _is_corpus_file(name: PurePath) -> bool:
    """Whether a file of this name, in a folder or an archive, is one to read."""
    suffix = name.suffix.lower()
    read = (_packed_suffix(name) if suffix == _GZIP else suffix) in READERS
    return read and not any(map(_is_hidden, name.parts))


def _is_hidden(part: str) -> bool:
    return part == _MAC_FORKS or (part.startswith(".") and part != "..")


def _packed_suffix(name: PurePath) -> str:
    """The suffix of what is in a gzip file: ``.warc`` for ``crawl.warc.gz``; none for another."""
    suffix = PurePath(name.stem).suffix.lower()
    return "" if suffix == _GZIP else suffix


def _nothing_in(place: str) -> str:
    return f"no article files in this {place} (looked for {', '.join(sorted(READERS))})"


def _open(path: Path) -> Found:
    try:
        yield from _read(File.opened(path))
    except CorpusError as error:
        yield Unreadable(str(path), str(error))


def _read(file: File) -> Found:
    try:
        yield from READERS.get(file.path.suffix.lower(), read_text)(file)
    except CorpusError as error:
        yield Unreadable(str(file.path), str(error))


def _read_archive(file: File, members: Members) -> Found:
    """The articles of the files in an archive, each as if it lay beside it.

    Raises:
        CorpusError: as ``members``; or there is none to read.
    """
    empty = True
    for member in members(file, _is_corpus_file):
        empty = False
        if isinstance(member, Unreadable):
            yield member
        else:
            yield from (_named(found, file) for found in _read(member))
    if empty:
        raise CorpusError(_nothing_in("archive"))


def _named(found: Document | Unreadable, archive: File) -> Document | Unreadable:
    """``found``; what cannot be read is told of the archive, naming the member."""
    if isinstance(found, Document):
        return found
    member = found.path.removeprefix(str(archive.path))[1:]
    return Unreadable(str(archive.path), f"{member}: {found.reason}")


def _read_gzip(file: File) -> Found:
    """What is packed, by its own suffix.

    Raises:
        CorpusError: as :func:`gunzipped`; or it is of no kind that is read.
    """
    suffix = _packed_suffix(file.path)
    if suffix not in READERS:
        raise CorpusError(f"{_GZIP} without the suffix of what it holds before it")
    yield from READERS[suffix](gunzipped(file))


def _read_tgz(file: File) -> Found:
    yield from _read_archive(gunzipped(file), tar_members)


# What reads a file, by its suffix; a file named by itself that has another is read as text. A
# reader raises ``CorpusError`` for what is wrong with the whole file.
READERS: Mapping[str, Callable[[File], Found]] = {
    ".txt": read_text,
    ".md": read_text,
    ".text": read_text,
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".csv": partial(read_table, dialect="excel"),
    ".tsv": partial(read_table, dialect="excel-tab"),
    ".html": read_webpage,
    ".htm": read_webpage,
    ".xhtml": read_webpage,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
    ".warc": read_warc,
    ".eml": read_mail,
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".epub": read_epub,
    ".xlsx": read_xlsx,
    ".zip": partial(_read_archive, members=zip_members),
    ".tar": partial(_read_archive, members=tar_members),
    ".tgz": _read_tgz,
    _GZIP: _read_gzip,
}
