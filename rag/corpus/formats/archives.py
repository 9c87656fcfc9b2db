"""Archives to the files in them, read in memory: nothing is ever written to disk.

A member that could stand for something outside its archive, or that would unpack to more than may
be, is refused by name, and the rest is read.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import PurePath, PurePosixPath
from typing import NamedTuple, TypeAlias

from rag.corpus.documents import Unreadable
from rag.corpus.formats.files import File
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError

# Says of a member's name whether such a file is read.
Wanted: TypeAlias = Callable[[PurePath], bool]

# Archives within archives.
_DEEPEST = 3
_DRIVE = re.compile(r"[A-Za-z]:")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# What every entry of a zip archive's directory begins with.
_ZIP_ENTRY = b"PK\x01\x02"
# Tags in the parts of a document: each takes some hundred bytes when it is parsed.
_MOST_TAGS = 2_000_000
_BLOCK = 1_000_000
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800


class _Member(NamedTuple):
    """A member of an archive; ``fault`` says why it is not read, if it is not."""

    name: str
    size: int
    fault: str
    read: Callable[[], bytes]


def zip_members(file: File, wanted: Wanted) -> Iterator[File | Unreadable]:
    """The files in a zip archive, in name order.

    Raises:
        CorpusError: it is none, has too many members, or lies too deep in others.
    """
    _check_depth(file)
    with parsing("a zip archive"):
        archive = open_zip(file)
    members = (
        _Member(_zip_name(entry), entry.file_size, _zip_fault(entry), partial(archive.read, entry))
        for entry in archive.infolist()
        if not entry.is_dir()
    )
    yield from _files(file, members, wanted)


def tar_members(file: File, wanted: Wanted) -> Iterator[File | Unreadable]:
    """The files in a tar archive that is not compressed, in name order.

    Raises:
        CorpusError: as :func:`zip_members`.
    """
    _check_depth(file)
    with parsing("a tar archive"):
        archive = tarfile.TarFile(fileobj=io.BytesIO(file.data))
        entries = list(islice(archive, file.allowance.members + 1))
    file.allowance.take(0, members=len(entries))
    members = (
        _Member(entry.name, entry.size, _tar_fault(entry), partial(_tar_data, archive, entry))
        for entry in entries
        if not entry.isdir()
    )
    yield from _files(file, members, wanted)


def gunzipped(file: File) -> File:
    """The same file without its compression by gzip.

    Raises:
        CorpusError: it has none, or is too large without it.
    """
    _check_depth(file)
    try:
        with gzip.open(io.BytesIO(file.data)) as stream:
            data = stream.read(file.allowance.largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CorpusError("not a sound gzip file") from error
    file.allowance.take(len(data))
    return replace(file, data=data, depth=file.depth + 1)


def open_zip(file: File, *, whole: bool = False) -> zipfile.ZipFile:
    """The zip archive that a file is; ``whole`` when it is a document, unpacked by its parser.

    Raises:
        zipfile.BadZipFile: it is none.
        CorpusError: it has too many members, or is too large for a document.
    """
    file.allowance.take(0, members=file.data.count(_ZIP_ENTRY))
    archive = zipfile.ZipFile(io.BytesIO(file.data))
    if whole:
        file.allowance.take(sum(entry.file_size for entry in archive.infolist()))
        if sum(_tags(archive, entry) for entry in archive.infolist()) > _MOST_TAGS:
            raise CorpusError(f"more than {_MOST_TAGS:,} tags")
    return archive


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """How many tags are in a member; of the bytes of a picture, few look like one."""
    with archive.open(entry) as stream:
        return sum(block.count(b"<") for block in iter(partial(stream.read, _BLOCK), b""))


def inner_path(name: str) -> PurePosixPath:
    """The place in an archive that a member's name says.

    Raises:
        CorpusError: it is no place in it.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or _DRIVE.match(name):
        raise CorpusError("an absolute path")
    if ".." in path.parts:
        raise CorpusError("a path that leaves its archive")
    if _NO_NAME.search(name):
        raise CorpusError("a name that is no text")
    return path


def _check_depth(file: File) -> None:
    if file.depth >= _DEEPEST:
        raise CorpusError(f"archives nested more than {_DEEPEST} deep")


def _files(file: File, members: Iterable[_Member], wanted: Wanted) -> Iterator[File | Unreadable]:
    for member in sorted(members, key=lambda member: member.name):
        if wanted(PurePosixPath(member.name)):
            try:
                yield _unpacked(file, member)
            except CorpusError as error:
                name = _NO_NAME.sub("\ufffd", member.name)
                yield Unreadable(str(file.path), f"{name}: {error}")


def _unpacked(file: File, member: _Member) -> File:
    path = inner_path(member.name)
    if member.fault:
        raise CorpusError(member.fault)
    file.allowance.take(member.size)
    try:
        data = member.read()
    except Exception as error:  # a parser's faults are of many kinds
        raise CorpusError("damaged, or packed in a way that is not known") from error
    return replace(file, path=file.path / path, data=data, depth=file.depth + 1)


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name of a member; some programs write it in UTF-8 and do not say so."""
    name = entry.filename.replace("\\", "/")
    try:
        return name if entry.flag_bits & _UTF8_NAME else name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _zip_fault(entry: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    return "encrypted" if entry.flag_bits & _ENCRYPTED else ""


def _tar_fault(entry: tarfile.TarInfo) -> str:
    return "" if entry.isfile() else "a link" if entry.islnk() or entry.issym() else "no plain file"


def _tar_data(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return stream.read() if stream else b""
