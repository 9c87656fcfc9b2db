"""Archives: their files are read as if they lay beside, and nothing in them reaches outside."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from corpus_files import FIRST, PAGE, RSS, SECOND, TITLE, tarred, zipped

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.files import Allowance, File
from rag.corpus.readers import READERS, read_documents
from rag.errors import CorpusError
from rag.library import Library

MEMBERS: Mapping[str, bytes] = {
    "b/page.html": PAGE.encode(),
    "a.txt": FIRST.encode(),
    "c.jsonl": b'{"text": "one"}\n{"text": 2}',
    "b/.hidden.txt": b"hidden",
    "__MACOSX/a.txt": b"a fork",
    "picture.png": b"\x89PNG",
}


def read(path: Path, data: bytes) -> list[Document | Unreadable]:
    path.write_bytes(data)
    return list(read_documents([path]))


def reasons(found: list[Document | Unreadable], path: Path) -> list[str]:
    bad = [each for each in found if isinstance(each, Unreadable)]
    assert {each.path for each in bad} <= {str(path)}
    return [each.reason for each in bad]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("news.zip", zipped(MEMBERS)),
        ("news.tar", tarred(MEMBERS)),
        ("news.tar.gz", tarred(MEMBERS, "w:gz")),
        ("news.TGZ", tarred(MEMBERS, "w:gz")),
    ],
)
def test_members_are_read_as_if_they_lay_beside(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    first, page, line, bad = read(path, data)
    assert first == Document(FIRST, path=f"{path.as_posix()}/a.txt", source=f"{path}/a.txt")
    assert isinstance(page, Document) and (page.title, page.outlet) == (TITLE, None)
    assert page.source == f"{path}/b/page.html" and FIRST in page.text
    assert line == Document("one", path=f"{path.as_posix()}/c.jsonl")
    assert bad == Unreadable(str(path), 'c.jsonl:2: "text" is missing or empty')


def test_a_folder_of_archives_is_read_in_full(tmp_path: Path) -> None:
    inside = {"in.zip": zipped({"deep.txt": "deep"}), "b.txt.gz": gzip.compress(b"packed", mtime=0)}
    (tmp_path / "a.zip").write_bytes(zipped(inside))
    (tmp_path / "dump.sql.gz").write_bytes(gzip.compress(b"no article", mtime=0))
    found = [each for each in read_documents([tmp_path]) if isinstance(each, Document)]
    assert [(each.text, each.source) for each in found] == [
        ("packed", f"{tmp_path}/a.zip/b.txt.gz"),
        ("deep", f"{tmp_path}/a.zip/in.zip/deep.txt"),
    ]


def test_a_changed_member_replaces_its_former_article(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "news.zip"
    for text in ("The dam opened on Friday.", "The dam opened on Sunday."):
        path.write_bytes(zipped({"dam.txt": text, "port.txt": FIRST}))
        library.ingest([path])
    assert {each.text for each in library.articles()} == {"The dam opened on Sunday.", FIRST}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../up.txt", "a path that leaves its archive"),
        ("a/../../up.txt", "a path that leaves its archive"),
        ("a\\..\\up.txt", "a path that leaves its archive"),
        ("/etc/a.txt", "an absolute path"),
        ("C:\\a.txt", "an absolute path"),
        ("a\x1b.txt", "a name that is no text"),
    ],
)
def test_names_that_point_elsewhere_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    found = read(tmp_path / "a.zip", zipped({name: "x", "good.txt": FIRST}))
    (told,) = reasons(found, tmp_path / "a.zip")
    shown = name.replace("\\", "/").replace("\x1b", "\ufffd")
    assert told == f"{shown}: {reason}"
    assert [each.text for each in found if isinstance(each, Document)] == [FIRST]


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind in (("l", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("f", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(f"{name}.txt")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    found = read(tmp_path / "a.tar", made.getvalue())
    assert reasons(found, tmp_path / "a.tar") == [
        "f.txt: no plain file", "h.txt: a link", "l.txt: a link",
    ]  # fmt: skip


def test_links_and_secrets_in_zip_archives_are_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("l.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("s.txt", "x")
    data = bytearray(made.getvalue())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # The mark of an encrypted member.
    found = read(tmp_path / "a.zip", bytes(data))
    assert reasons(found, tmp_path / "a.zip") == ["l.txt: a link", "s.txt: encrypted"]


def allowed(name: str, data: bytes, allowance: Allowance) -> list[Document | Unreadable]:
    """What a reader gives that may unpack no more than so much."""
    path = Path(name)
    return list(READERS[path.suffix](File(path, data, allowance=allowance)))


def test_bombs_are_refused_and_the_rest_is_read() -> None:
    data = zipped({"a.txt": b"0" * 1001, "b.txt": "word", "c.txt": b"0" * 999})
    bad, good, other = allowed("a.zip", data, Allowance(size=1000))
    assert bad == Unreadable("a.zip", "a.txt: 1,001 bytes when unpacked: at most 1,000")
    assert isinstance(good, Document) and good.text == "word"
    assert other == Unreadable("a.zip", "c.txt: 999 bytes when unpacked: at most 996")
    with pytest.raises(CorpusError, match="1,001 bytes when unpacked: at most 1,000"):
        allowed("b.txt.gz", gzip.compress(b"0" * 5000, mtime=0), Allowance(size=1000))


def test_the_largest_member() -> None:
    with pytest.raises(CorpusError, match="200,000,001 bytes when unpacked: at most 200,000,000"):
        Allowance().take(200_000_001)


def test_what_the_documents_in_an_archive_unpack_to_is_counted_with_it() -> None:
    bomb = zipped({"word/document.xml": b"0" * 10_000})
    told = allowed("a.zip", zipped({f"{n}.docx": bomb for n in range(3)}), Allowance(size=15_000))
    reasons = [each.reason for each in told if isinstance(each, Unreadable)]
    assert reasons[0].startswith("0.docx: not a Word document that can be read")
    assert [reason[:36] for reason in reasons[1:]] == [
        "1.docx: 10,000 bytes when unpacked: ", "2.docx: 10,000 bytes when unpacked: ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data"), [("a.zip", zipped({"a.txt": "", "b.txt": ""})), ("a.tar", tarred(MEMBERS))]
)
def test_too_many_members(name: str, data: bytes) -> None:
    with pytest.raises(CorpusError, match="more than 50,000 members"):
        allowed(name, data, Allowance(members=1))


def test_an_archive_in_itself_is_read_to_a_depth(tmp_path: Path) -> None:
    data = zipped({"a.txt": FIRST})
    for _ in range(5):
        data = zipped({"in.zip": data})
    found = read(tmp_path / "a.zip", data)
    assert reasons(found, tmp_path / "a.zip") == [
        "in.zip: in.zip: in.zip: archives nested more than 3 deep"
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.zip", b"plain words", "not a zip archive (no sound zip archive)"),
        ("a.zip", zipped({}), "no article files in this archive (looked for .atom, "),
        ("a.zip", zipped({"a.png": "x"}), "no article files in this archive (looked for .atom, "),
        ("a.tar", b"plain words", "not a tar archive that can be read (ReadError)"),
        ("a.tar", tarred(MEMBERS)[:1500], "not a tar archive that can be read (ReadError)"),
        ("a.tgz", b"plain words", "not a sound gzip file"),
        ("a.tar.gz", tarred(MEMBERS, "w:gz")[:-9], "not a sound gzip file"),
        (
            "a.sql.gz",
            gzip.compress(b"x", mtime=0),
            ".gz without the suffix of what it holds before it",
        ),
        (
            "a.gz.gz",
            gzip.compress(b"x", mtime=0),
            ".gz without the suffix of what it holds before it",
        ),
        ("a.rss.gz", gzip.compress(b"x", mtime=0), "not a feed (neither RSS nor Atom)"),
    ],
)
def test_bad_archives_say_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (found,) = read(tmp_path / name, data)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)


def test_a_damaged_member_is_told_by_name(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", SECOND)
        archive.writestr("b.xml", RSS)
    data = made.getvalue().replace(b"Sfax", b"Sfux", 1)
    bad, good = read(tmp_path / "a.zip", data)
    reason = "a.txt: damaged, or packed in a way that is not known"
    assert bad == Unreadable(str(tmp_path / "a.zip"), reason)
    assert isinstance(good, Document) and good.title == TITLE


def test_arabic_names_are_read_from_programs_that_do_not_declare_them(tmp_path: Path) -> None:
    data = zipped({"ميناء.txt": FIRST})
    plain = bytearray(data)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[data.index(mark) + flags + 1] &= ~0x08  # The mark of a name in UTF-8.
    for made in (data, bytes(plain)):
        (found,) = read(tmp_path / "a.zip", made)
        assert isinstance(found, Document)
        assert found.path == f"{tmp_path.as_posix()}/a.zip/ميناء.txt"
