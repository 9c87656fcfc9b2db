"""Spreadsheets (.xlsx): a table to a sheet, as in CSV; each row an article."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.archives import open_zip
from rag.corpus.formats.files import File
from rag.corpus.formats.parsing import parsing
from rag.corpus.formats.records import column_names, read_records
from rag.errors import CorpusError

# What there may be in a sheet, with what is empty: a cell far away stands for all before it.
_MOST_ROWS = 100_000
_MOST_COLUMNS = 100


def read_xlsx(file: File) -> Iterator[Document | Unreadable]:
    """Each row of each sheet is an article; the first names the columns, of which one is "text".

    Raises:
        CorpusError: it is no spreadsheet, or too large.
    """
    import openpyxl

    with parsing("a spreadsheet"), open_zip(file, whole=True):
        book = openpyxl.load_workbook(io.BytesIO(file.data), read_only=True, data_only=True)
    with closing(book):
        for sheet in book.worksheets:
            try:
                with parsing("a sheet"):
                    records = list(_records(sheet))
                yield from read_records(file.path, records)
            except CorpusError as error:
                yield Unreadable(str(file.path), f"sheet {sheet.title}: {error}")


def _records(sheet: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet below the first, each after its number."""
    sheet.reset_dimensions()  # What the file says of them need not be so.
    rows = sheet.iter_rows(max_row=_MOST_ROWS + 1, max_col=_MOST_COLUMNS, values_only=True)
    names = column_names([_text(value) for value in next(rows, ())])
    for number, row in enumerate(rows, start=2):
        if number > _MOST_ROWS:
            raise CorpusError(f"more than {_MOST_ROWS:,} rows")
        if any(value is not None for value in row):
            yield number, dict(zip(names, map(_text, row), strict=False))


def _text(value: Any) -> str:
    """A cell as text, a day without its midnight."""
    from openpyxl.utils.escape import unescape

    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    # Excel writes a carriage return as _x000D_.
    return "" if value is None else unescape(str(value))
