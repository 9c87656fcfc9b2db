"""Files of many articles, each a record of named fields: JSON lines and tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.files import File
from rag.corpus.formats.plaintext import text_of
from rag.corpus.formats.record_dates import DateOrder, date_order, iso_date
from rag.errors import CorpusError

_OPTIONAL_FIELDS = ("id", "title", "date", "url", "outlet", "language")
# Characters of the longest article in a table.
_LONGEST_CELL = 10_000_000


def read_lines(file: File) -> Iterator[Document | Unreadable]:
    """A JSON object a line, each an article.

    Raises:
        CorpusError: as :func:`rag.corpus.formats.plaintext.text_of`.
    """
    # Only \n ends a JSON line: splitlines() would also cut at U+2028, legal inside a string.
    lines = enumerate(text_of(file).split("\n"), start=1)
    records = [(number, _parsed(line)) for number, line in lines if line.strip()]
    yield from read_records(file.path, records)


def read_table(file: File, dialect: str) -> Iterator[Document | Unreadable]:
    """A table with the names of its columns in the first row, as in JSON; each row an article.

    Raises:
        CorpusError: as :func:`rag.corpus.formats.plaintext.text_of`; or it is no table of texts.
    """
    csv.field_size_limit(_LONGEST_CELL)
    rows = csv.reader(io.StringIO(text_of(file), newline=""), dialect, strict=True)
    records: list[tuple[int, Any]] = []
    try:
        names = column_names(next(rows))
        records += (
            (rows.line_num, dict(zip(names, row, strict=False))) for row in rows if any(row)
        )
    except csv.Error as error:
        raise CorpusError(f"not a table: {error} in line {rows.line_num}") from error
    yield from read_records(file.path, records)


def column_names(row: Sequence[str]) -> list[str]:
    """The names of a table's columns, from its first row.

    Raises:
        CorpusError: none is "text".
    """
    names = [name.strip().lower() for name in row]
    if "text" not in names:
        raise CorpusError(f'no column "text" (there are: {", ".join(filter(None, names)):.60})')
    return names


def read_records(path: Path, records: Sequence[tuple[int, Any]]) -> Iterator[Document | Unreadable]:
    """The articles of records, each after its number in the file.

    What a record states goes before what its text says.

    Raises:
        CorpusError: there are none.
    """
    if not records:
        raise CorpusError("no rows below the names of the columns")
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
    except (ValueError, RecursionError) as error:  # also a number of too many digits
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
    fields["date"] = iso_date(fields["date"] or "", order)
    return Document.one_of(path, text, **fields)


def _optional(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    if name == "id" and isinstance(value, int):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise CorpusError(f'"{name}" must be a string, found {value!r:.60}')
    return (value or "").strip() or None
