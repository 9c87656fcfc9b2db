"""Spreadsheets: what is read of their rows, and what each kind of bad one is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from corpus_files import FIRST, SECOND, TITLE, workbook, zipped

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents


def read(path: Path, data: bytes) -> list[Document | Unreadable]:
    path.write_bytes(data)
    return list(read_documents([path]))


def test_each_row_is_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows: list[list[object]] = [
        ["ID", "Title", "Date ", "TEXT", "views", None],
        [7, TITLE, datetime.date(2024, 3, 5), FIRST, 3.5],
        [None, 1984, "24/3/2021", "two_x000D_\nlines"],
        [],
        [None, "no text", "3/4/2021", None],
        [None, None, "3/4/2021", SECOND],
    ]
    first, second, bad, last = read(path, workbook(rows))
    name = path.as_posix()
    assert first == Document(FIRST, id="7", title=TITLE, date="2024-03-05", path=name)
    assert second == Document("two\r\nlines", title="1984", date="2021-03-24", path=name)
    assert bad == Unreadable(f"{path}:5", '"text" is missing or empty')
    assert last == Document(SECOND, date="2021-04-03", path=name)


def test_every_sheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    data = workbook([["text"], ["one"]], [["notes"], ["x"]], [], [["Text"], ["two"]])
    one, notes, empty, two = read(path, data)
    assert (one, two) == tuple(Document(text, path=path.as_posix()) for text in ("one", "two"))
    assert notes == Unreadable(str(path), 'sheet Sheet1: no column "text" (there are: notes)')
    assert empty == Unreadable(str(path), 'sheet Sheet2: no column "text" (there are: )')


def test_what_a_formula_gave_is_read(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.xlsx", workbook([["text", "title"], ["word", "=1+1"]]))
    assert found == Document("word", path=(tmp_path / "a.xlsx").as_posix())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain words", "not a spreadsheet (no sound zip archive)"),
        (zipped({"a.xml": "<a/>"}), "not a spreadsheet that can be read (KeyError)"),
        (zipped({"a.xml": "<a/>" * 2_000_001}), "more than 2,000,000 tags"),
    ],
)
def test_bad_spreadsheets_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    (found,) = read(tmp_path / "a.xlsx", data)
    assert isinstance(found, Unreadable) and found.reason == reason


def test_a_cell_far_away_does_not_stand_for_all_before_it(tmp_path: Path) -> None:
    data = workbook([["text"], *([] for _ in range(200_000)), ["far"]])
    (found,) = read(tmp_path / "a.xlsx", data)
    assert isinstance(found, Unreadable) and found.reason == "sheet Sheet: more than 100,000 rows"
