"""Word documents: what is read of them, and what each kind of bad one is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents


def read(path: Path) -> Document | Unreadable:
    (found,) = read_documents([path])
    return found


def test_paragraphs_and_tables_are_read_in_order(tmp_path: Path) -> None:
    made = docx.Document()
    made.core_properties.title = "Template 7"
    made.add_heading("إعادة فتح ميناء صفاقس")
    made.add_paragraph("أعادت سلطات الميناء فتح أرصفته صباح الثلاثاء 5 مارس 2024 بعد العاصفة.")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "سفن", "7"
    made.add_paragraph("ولم تسجل إصابات.")
    path = tmp_path / "a.docx"
    made.save(str(path))
    found = read(path)
    assert isinstance(found, Document)
    assert found.text.split("\n\n")[2:] == ["سفن\t7", "ولم تسجل إصابات."]
    (article,) = articles_of(found)
    assert (article.title, article.language) == ("إعادة فتح ميناء صفاقس", "ar")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        (None, "not a Word document (no sound zip archive)"),
        ({"a.txt": b"word"}, "not a Word document that can be read ("),
        ({"word/document.xml": b"0" * 200_000_001}, "200,000,001 bytes when unpacked"),
    ],
)
def test_bad_documents_say_why(
    tmp_path: Path, members: dict[str, bytes] | None, reason: str
) -> None:
    path = tmp_path / "bad.docx"
    path.write_bytes(b"plain words")
    if members is not None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    found = read(path)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "empty.docx"))
    found = read(tmp_path / "empty.docx")
    assert isinstance(found, Unreadable) and found.reason == "no text in this Word document"
