"""Paths to :class:`Document` values, by :data:`READERS`: a format is one function and one row.

Leaves to others: what the text says about itself (``metadata``) and what of it is page furniture
(``cleanup``).
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from rag.corpus.documents import Document, Unreadable, content, refuse
from rag.corpus.webpages import read_webpage
from rag.corpus.wordfiles import read_docx
from rag.errors import CorpusError
from rag.text.dates import find_dates

DateOrder: TypeAlias = Literal["day first", "month first"]

_OPTIONAL_FIELDS = ("id", "title", "date", "url", "outlet", "language")
_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(?!\d)")
# Characters of the longest article in a table.
_LONGEST_CELL = 10_000_000
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_documents(paths: Iterable[Path]) -> Iterator[Document | Unreadable]:
    """Every document below ``paths``, in order; what cannot be read comes as :class:`Unreadable`.

    A folder is searched in full, in name order, hidden files left out.
    """
    for path in paths:
        if path.is_dir():
            files = [file for file in sorted(path.rglob("*")) if _is_corpus_file(file, path)]
            if not files:
                kinds = ", ".join(sorted(READERS))
                yield Unreadable(str(path), f"no article files in this folder (looked for {kinds})")
            for file in files:
                yield from _read_file(file)
        elif path.exists():
            yield from _read_file(path)
        else:
            yield Unreadable(str(path), "no such file or folder")


def _is_corpus_file(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return file.is_file() and not hidden and file.suffix.lower() in READERS


def _read_file(path: Path) -> Iterator[Document | Unreadable]:
    try:
        yield from READERS.get(path.suffix.lower(), _read_text)(path)
    except CorpusError as error:
        yield Unreadable(str(path), str(error))


def _read_text(path: Path) -> Iterator[Document]:
    """The file is one article."""
    yield Document.of_file(path, decode(path))


def decode(path: Path) -> str:
    """The file's text, verbatim but for a byte-order mark.

    Raises:
        CorpusError: it cannot be opened, is empty, binary, or not UTF-8 (names the byte).
    """
    data = content(path)
    if b"\0" in data:
        raise CorpusError(f"binary file (NUL at byte {data.index(0)}), expected UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = error.object[error.start]
        raise CorpusError(f"not UTF-8: byte 0x{bad:02x} at offset {error.start}") from error
    if not text.strip():
        raise CorpusError("empty file")
    return text


def _read_lines(path: Path) -> Iterator[Document | Unreadable]:
    """A JSON object a line, each an article."""
    # Only \n ends a JSON line: splitlines() would also cut at U+2028, legal inside a string.
    lines = enumerate(decode(path).split("\n"), start=1)
    yield from _rows(path, [(number, _parsed(line)) for number, line in lines if line.strip()])


def _read_table(path: Path) -> Iterator[Document | Unreadable]:
    """A table with the names of its columns in the first row, as in JSON; each row an article."""
    dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
    csv.field_size_limit(_LONGEST_CELL)
    rows = csv.reader(io.StringIO(decode(path), newline=""), dialect, strict=True)
    records: list[tuple[int, Any]] = []
    try:
        names = [name.strip().lower() for name in next(rows)]
        if "text" not in names:
            raise CorpusError(f'no column "text" (there are: {", ".join(names):.60})')
        records += (
            (rows.line_num, dict(zip(names, row, strict=False))) for row in rows if any(row)
        )
    except csv.Error as error:
        raise CorpusError(f"not a table: {error} in line {rows.line_num}") from error
    yield from _rows(path, records)


def _rows(path: Path, records: Sequence[tuple[int, Any]]) -> Iterator[Document | Unreadable]:
    """The articles of a file of many; what a record states goes before what its text says."""
    order = date_order(str(each.get("date")) for _, each in records if isinstance(each, dict))
    for number, record in records:
        try:
            yield _from_object(record, path, order)
        except CorpusError as error:
            yield Unreadable(f"{path}:{number}", str(error))


def _parsed(line: str) -> Any:
    """The JSON value of a line, or the error that it is none."""
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return error


def _from_object(record: Any, path: Path, order: DateOrder | None) -> Document:
    if isinstance(record, json.JSONDecodeError):
        raise CorpusError(f"not JSON: {record.msg} at column {record.colno}")
    if not isinstance(record, dict):
        raise CorpusError(f"expected a JSON object, found {type(record).__name__}")
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise CorpusError('"text" is missing or empty')
    fields = {name: _optional(record, name) for name in _OPTIONAL_FIELDS}
    refuse(text, *fields.values())
    fields["date"] = iso_date(fields["date"] or "", order)
    return Document(text=text, path=path.as_posix(), **fields)


def _optional(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    if name == "id" and isinstance(value, int):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise CorpusError(f'"{name}" must be a string, found {value!r:.60}')
    return (value or "").strip() or None


def date_order(dates: Iterable[str]) -> DateOrder | None:
    """Whether a file writes 3/4/2021 day first or month first, if its other dates show it.

    ``None`` when no date of the file tells, or when they contradict one another.
    """
    seen: set[DateOrder] = set()
    for date in dates:
        match = _SLASHED.fullmatch(date.strip())
        if match and int(match[1]) > 12:
            seen.add("day first")
        elif match and int(match[2]) > 12:
            seen.add("month first")
    return seen.pop() if len(seen) == 1 else None


def iso_date(value: str, order: DateOrder | None = None) -> str | None:
    """ISO 8601 form of a date, only as precise as it is sure; ``None`` when it is no date.

    >>> iso_date("2024-07-25T10:00:00Z"), iso_date("24/3/2021"), iso_date("3/4/2021")
    ('2024-07-25', '2021-03-24', '2021')
    """
    value = value.strip()
    if slashed := _SLASHED.fullmatch(value):
        first, second, year = (int(group) for group in slashed.groups())
        order = date_order([value]) or order
        if order is None:
            return str(year)
        day, month = (first, second) if order == "day first" else (second, first)
        return _valid(f"{year:04d}-{month:02d}-{day:02d}")
    if stated := _ISO_DATE.match(value):
        return _valid(stated[0])
    mentions = find_dates(value)
    return mentions[0].iso if len(mentions) == 1 else None


def _valid(iso: str) -> str | None:
    try:
        datetime.date.fromisoformat(iso + "-01-01"[len(iso) - 4 :])
    except ValueError:
        return None
    return iso


# What reads a file, by its suffix; a file named by itself that has another is read as text. A
# reader raises ``CorpusError`` for what is wrong with the whole file.
READERS: Mapping[str, Callable[[Path], Iterator[Document | Unreadable]]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".text": _read_text,
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
    ".csv": _read_table,
    ".tsv": _read_table,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".xhtml": read_webpage,
    ".docx": read_docx,
}
