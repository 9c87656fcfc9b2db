"""Web archives: which captures are articles, and what each kind of bad one is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from corpus_files import ADDRESS, FIRST, PAGE, SECOND, TITLE, web_archive

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents

HTML = "text/html; charset=utf-8"
PLAIN = PAGE.replace('<meta charset="utf-8">', "")


def read(path: Path, data: bytes) -> list[Document | Unreadable]:
    path.write_bytes(data)
    return list(read_documents([path]))


def test_each_page_is_an_article_with_the_address_it_was_captured_from(tmp_path: Path) -> None:
    canonical = '<head><link rel="canonical" href="https://other.example/">'
    data = web_archive(
        (ADDRESS, HTML, PAGE.replace("<head>", canonical).encode()),
        (f"{ADDRESS}/old", "text/html; charset=windows-1256", PLAIN.encode("cp1256")),
        (f"{ADDRESS}/x", "application/xhtml+xml", PAGE.encode()),
        (f"{ADDRESS}/y", "text/html; charset=klingon", PAGE.encode()),
        (f"{ADDRESS}/a.css", "text/css", b"p {}"),
    )
    path = tmp_path / "a.warc"
    found = read(path, data)
    assert [each.url for each in found if isinstance(each, Document)] == [
        ADDRESS, f"{ADDRESS}/old", f"{ADDRESS}/x", f"{ADDRESS}/y",
    ]  # fmt: skip
    assert found[1] == Document(
        f"{TITLE}\n{FIRST}\n{SECOND}",
        title=TITLE,
        url=f"{ADDRESS}/old",
        path=path.as_posix(),
    )


def test_a_packed_archive_is_read(tmp_path: Path) -> None:
    captures = ((ADDRESS, HTML, PAGE.encode()), (f"{ADDRESS}/2", HTML, b"<p>word</p>"))
    path = tmp_path / "a.warc.gz"
    page, bad = read(path, gzip.compress(web_archive(*captures), mtime=0))
    assert isinstance(page, Document) and (page.url, page.path) == (ADDRESS, path.as_posix())
    assert bad == Unreadable(str(path), f"{ADDRESS}/2: no article found in this web page")


@pytest.mark.parametrize("length", [300, 700])
def test_a_capture_cut_short_is_refused(tmp_path: Path, length: int) -> None:
    whole = web_archive((ADDRESS, HTML, PAGE.encode()), (f"{ADDRESS}/2", HTML, PAGE.encode()))
    first, *rest = read(tmp_path / "a.warc", whole[:-length])
    assert isinstance(first, Document)
    assert rest == [Unreadable(str(tmp_path / "a.warc"), "cut short")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain words", "not a web archive (no WARC record)"),
        (web_archive(), "no web page in this web archive"),
        (web_archive((ADDRESS, "image/png", b"x")), "no web page in this web archive"),
        (
            web_archive((ADDRESS, HTML, PAGE.encode()), status="404 Not Found"),
            "no web page in this web archive",
        ),
        (
            web_archive((ADDRESS, HTML, b"x" * 10_000_001)),
            f"{ADDRESS}: a web page of more than 10,000,000 bytes",
        ),
        (
            web_archive((ADDRESS, HTML, PAGE.encode("cp1256"))),
            f"{ADDRESS}: not utf-8: byte 0xc5 at",
        ),
    ],
)
def test_bad_archives_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    (found,) = read(tmp_path / "a.warc", data)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)


def test_what_follows_a_damaged_record_is_not_read(tmp_path: Path) -> None:
    data = web_archive((ADDRESS, HTML, PAGE.encode())) + b"no record at all\r\n\r\n"
    page, bad = read(tmp_path / "a.warc", data)
    assert isinstance(page, Document)
    assert bad == Unreadable(
        str(tmp_path / "a.warc"), "not a web archive that can be read (ArchiveLoadFailed)"
    )
