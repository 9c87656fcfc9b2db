"""Texts of LibreOffice: what is read of them, and what each kind of bad one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import FIRST, SECOND, TITLE, open_document, zipped

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents


def read(path: Path, data: bytes) -> Document | Unreadable:
    path.write_bytes(data)
    (found,) = read_documents([path])
    return found


def test_headings_paragraphs_and_tables_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    body = f"""<text:h>{TITLE}</text:h>
<text:p>{FIRST}<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note>
</text:p><text:p>One<text:s text:c="2"/>and<text:tab/>two<text:line-break/>three
<text:span>&lt;4</text:span></text:p>
<table:table><table:table-row>
  <table:table-cell><text:p>سفن</text:p></table:table-cell>
  <table:table-cell><text:p>7</text:p></table:table-cell></table:table-row>
<table:table-row>
  <table:table-cell><text:p>قوارب</text:p></table:table-cell><table:table-cell/>
</table:table-row></table:table>
<text:list><text:list-item><text:p>{SECOND}</text:p></text:list-item></text:list>"""
    table = "سفن\t7\nقوارب"
    assert read(path, open_document(body)) == Document(
        f"{TITLE}\n\n{FIRST}\n\nOne and\ttwo\nthree <4\n\n{table}\n\n{SECOND}",
        path=path.as_posix(),
        source=str(path),
    )


def test_what_was_deleted_and_what_was_remarked_is_left_out(tmp_path: Path) -> None:
    body = f"""<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:p>{SECOND}<office:annotation><text:p>a remark</text:p></office:annotation></text:p>"""
    found = read(tmp_path / "a.odt", open_document(body))
    assert isinstance(found, Document) and found.text == SECOND


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain words", "not an OpenDocument text (no sound zip archive)"),
        (zipped({"a.xml": "<a/>"}), "not an OpenDocument text that can be read (KeyError)"),
        (open_document("<text:p>"), "not an OpenDocument text that can be read (XMLSyntaxError)"),
        (open_document("<text:p/>"), "no text in this document"),
        (open_document("<text:p/>" * 2_000_000), "more than 2,000,000 tags"),
        (zipped({"META-INF/manifest.xml": "<encryption-data/>"}), "an encrypted document"),
    ],
)
def test_bad_documents_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    found = read(tmp_path / "a.odt", data)
    assert isinstance(found, Unreadable) and found.reason == reason
