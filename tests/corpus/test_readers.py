"""Files to documents: what is read, and what each kind of bad file is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents


def only(path: Path) -> Document | Unreadable:
    (found,) = read_documents([path])
    return found


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_text_file_is_read_verbatim(tmp_path: Path) -> None:
    text = "  سطر أول\r\nسطر ثان\n\n"
    found = only(write(tmp_path / "a.txt", text.encode()))
    assert isinstance(found, Document)
    assert found.text == text
    assert found.source == str((tmp_path / "a.txt").resolve())


def test_a_byte_order_mark_is_not_text(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", b"\xef\xbb\xbfword"))
    assert isinstance(found, Document) and found.text == "word"


def test_vowel_marks_do_not_make_a_text_run_backwards(tmp_path: Path) -> None:
    assert isinstance(only(write(tmp_path / "a.txt", "عِىنٌ ومِىلٌ وقِىلَ".encode())), Document)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b" \n\t ", "empty file"),
        (b"PK\x03\x04\x00\x00", "binary file (NUL at byte 4), expected UTF-8 text"),
        (b"abc\xffdef", "not UTF-8: byte 0xff at offset 3"),
        ("مرحبا".encode()[:-1], "not UTF-8: byte 0xd8 at offset 8"),
        (
            "تعود الكهرباء إلى المدينة الكبرى"[::-1].encode(),
            "the Arabic runs backwards (letters in visual order)",
        ),
    ],
)
def test_bad_files_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = write(tmp_path / "bad.txt", data)
    assert only(path) == Unreadable(str(path), reason)


def test_missing_path_and_empty_folder(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert only(missing) == Unreadable(str(missing), "no such file or folder")
    found = only(tmp_path)
    assert isinstance(found, Unreadable) and "no article files" in found.reason


def test_a_folder_is_read_in_name_order_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a.md", "sub/c.txt", ".hidden.txt", "picture.png"):
        write(tmp_path / name, name.encode())
    texts = [d.text for d in read_documents([tmp_path]) if isinstance(d, Document)]
    assert texts == ["a.md", "b.txt", "sub/c.txt"]


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"id": 7, "text": "one\u2028two", "title": "T", "date": "2024-07-25T10:00", "url": ""},
        {"text": "  "},
        "{not json",
        ["a list"],
        {"text": "x", "title": 3},
        {"text": "\ud800"},
    ]
    rows = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path = write(tmp_path / "c.jsonl", "\n".join(rows).encode())
    first, *bad = read_documents([path])
    assert first == Document(
        text="one\u2028two", id="7", title="T", date="2024-07-25", path=path.as_posix()
    )
    assert [b.path.rsplit(":", 1)[1] for b in bad if isinstance(b, Unreadable)] == list("23456")
    assert all(isinstance(b, Unreadable) for b in bad)


@pytest.mark.parametrize(("suffix", "mark"), [(".csv", ","), (".tsv", "\t")])
def test_tables(tmp_path: Path, suffix: str, mark: str) -> None:
    rows = [
        ["Title", "Date ", "TEXT", "section"],
        ["T", "24/3/2021", '"one ""two""\nthree"', "x"],
        ["", "3/4/2021", "four", ""],
        [],
        ["no text", "", " ", ""],
        ["short"],
    ]
    path = write(tmp_path / f"c{suffix}", "\r\n".join(map(mark.join, rows)).encode())
    first, second, *bad = read_documents([path])
    name = path.as_posix()
    assert first == Document(text='one "two"\nthree', title="T", date="2021-03-24", path=name)
    assert second == Document(text="four", date="2021-04-03", path=name)
    assert bad == [Unreadable(f"{path}:{n}", '"text" is missing or empty') for n in (6, 7)]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (b"title,body\na,b", 'no column "text" (there are: title, body)'),
        (b'text\n"never closed', "not a table: unexpected end of data in line 2"),
        (
            b"text\n" + b"x" * 10_000_001,
            "not a table: field larger than field limit (10000000) in line",
        ),
    ],
)
def test_bad_tables_say_why(tmp_path: Path, table: bytes, reason: str) -> None:
    found = only(write(tmp_path / "bad.csv", table))
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)
