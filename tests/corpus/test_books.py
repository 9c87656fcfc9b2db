"""Books: their chapters, what the book states of them, and what each kind of bad one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import FIRST, SECOND, TITLE, book, zipped

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents

METADATA = (
    "<dc:title>A book</dc:title><dc:language>ar-TN</dc:language><dc:date>1999</dc:date>"
    "<dc:publisher> دار الساحل </dc:publisher>"
)
LONG = f"<p>{FIRST}</p><p>{SECOND}&nbsp;&amp; so on.</p>"


def chapter(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html'
        f' xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>'
    )


def read(path: Path, data: bytes) -> list[Document | Unreadable]:
    path.write_bytes(data)
    return list(read_documents([path]))


def test_each_chapter_is_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    chapters = {
        "cover.xhtml": chapter("<h1>A book</h1>"),
        "text/one%20two.xhtml": chapter(f"<h2>{TITLE[:9]} <i>{TITLE[10:]}</i></h2>{LONG}"),
        "three.html": f"<html><body><a id='x'/>{LONG}<p>an open tag<br></body></html>",
    }
    one, two = read(path, book(chapters, METADATA))
    text = f"{FIRST}\n\n{SECOND}\xa0& so on."
    assert one == Document(
        f"{TITLE}\n\n{text}",
        title=TITLE,
        outlet="دار الساحل",
        language="ar",
        path=f"{path.as_posix()}/OPS/text/one two.xhtml",
        source=f"{path}/OPS/text/one two.xhtml",
    )
    assert isinstance(two, Document)
    assert (two.text, two.title) == (f"{text}\n\nan open tag", None)


def test_a_book_that_states_nothing(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.epub", book({"1.xhtml": chapter(LONG)}))
    assert isinstance(found, Document)
    assert (found.title, found.outlet, found.language, found.date) == (None,) * 4


def test_a_chapter_that_cannot_be_read_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    chapters = {"../../up.xhtml": LONG, "1.xhtml": chapter(LONG), "2.xhtml": "<p>\ud800</p>"}
    up, good, bad = read(path, book(chapters))
    assert up == Unreadable(str(path), "../up.xhtml: not a chapter that can be read (KeyError)")
    assert isinstance(good, Document)
    assert bad == Unreadable(str(path), "OPS/2.xhtml: not utf-8: byte 0xed at 3")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain words", "not an EPUB book (no sound zip archive)"),
        (zipped({"a.xhtml": LONG}), "not an EPUB book that can be read (KeyError)"),
        (book({}), "no chapter in this book of an article's length (250 characters)"),
        (book({"1.xhtml": chapter("short")}), "no chapter in this book of an article's length"),
        (book({"1.xhtml": "<p/>" * 2_000_001}), "more than 2,000,000 tags"),
    ],
)
def test_bad_books_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    (found,) = read(tmp_path / "a.epub", data)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)
