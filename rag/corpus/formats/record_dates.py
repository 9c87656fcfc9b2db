"""The date that a record states of its article, read whole or not at all."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from rag.corpus.page.stamps import read_stamp
from rag.text.normalize import normalize

DateOrder: TypeAlias = Literal["day first", "month first"]

# In the form that normalising gives. No Hijri year is among these years.
_YEAR = r"(1[6-9]\d\d|20\d\d)"
_TIME = r"(?:[t, ]+\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?[ ]?(?:z|[a-z]{2,4}|[+-]\d\d:?\d\d)?)?"
_YEAR_FIRST = re.compile(rf"{_YEAR}([-/.])(\d\d?)\2(\d\d?){_TIME}")
_COMPACT = re.compile(rf"{_YEAR}(\d\d)(\d\d)(?:t?\d{{4,6}}z?)?")
_COARSE = re.compile(rf"{_YEAR}(?:-(\d\d))?")
_SLASHED = re.compile(rf"(\d\d?)([/.-])(\d\d?)\2(\d{{4}}){_TIME}")


def date_order(dates: Iterable[str]) -> DateOrder | None:
    """Whether a file writes 3/4/2021 day first or month first, if its other dates show it.

    ``None`` when no date of the file tells, or when they contradict one another.
    """
    seen: set[DateOrder] = set()
    for date in dates:
        match = _SLASHED.fullmatch(normalize(date).strip())
        if match and int(match[1]) > 12:
            seen.add("day first")
        elif match and int(match[3]) > 12:
            seen.add("month first")
    return seen.pop() if len(seen) == 1 else None


def iso_date(value: str, order: DateOrder | None = None) -> str | None:
    """ISO 8601 form of a date, only as precise as it is sure; ``None`` when it is no date.

    >>> iso_date("2024-07-25T10:00:00Z"), iso_date("24/3/2021"), iso_date("3/4/2021")
    ('2024-07-25', '2021-03-24', '2021')
    """
    words = normalize(value).strip()
    if stated := _YEAR_FIRST.fullmatch(words):
        year, _, month, day = stated.groups()
        return _valid(year, month, day)
    if stated := _COMPACT.fullmatch(words) or _COARSE.fullmatch(words):
        return _valid(*filter(None, stated.groups()))
    if slashed := _SLASHED.fullmatch(words):
        return _in_order(slashed, date_order([words]) or order)
    stamp = read_stamp(value)
    return stamp.date if stamp and not stamp.names else None


def _in_order(slashed: re.Match[str], order: DateOrder | None) -> str | None:
    one, _, two, year = slashed.groups()
    if int(one) == int(two):
        order = "day first"
    if not re.fullmatch(_YEAR, year):
        return None
    if order is None:
        return year
    day, month = (one, two) if order == "day first" else (two, one)
    return _valid(year, month, day)


def _valid(*parts: str) -> str | None:
    """``parts`` of a date, year first, as ISO 8601 writes them."""
    try:
        datetime.date(*(*map(int, parts), 1, 1)[:3])
    except ValueError:
        return None
    return "-".join(part.zfill(2) for part in parts)
