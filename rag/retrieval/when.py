"""Dates in search: a hard filter the user sets, and a soft preference the question implies.

Dates are compared as ordinals of days. An article whose date is not known is never moved by the
preference, and never passes the filter, since nobody can say that it is of the time asked for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.errors import UsageError
from rag.text.dates import DateMention

Days = NDArray[np.int64]

# What the fused score, a log-odds, gains when the article is of the time asked about, and loses
# when it is of another. Mentions inside the text need no help: the lexical legs match their words.
_PREFERENCE = np.float32(1.5)
_UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` to ``until``, both included; ``None`` leaves that side open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    @classmethod
    def parse(cls, since: str | None, until: str | None) -> Period:
        """A period from ISO dates, which may leave out day or month: ``2024``, ``2024-07``.

        Raises:
            UsageError: one is no such date, or the period ends before it begins.
        """
        first = _bounds("--since", since)[0] if since else None
        last = _bounds("--until", until)[1] if until else None
        if first and last and first > last:
            raise UsageError(f"--since {since} is after --until {until}")
        return cls(first, last)


def _bounds(option: str, value: str) -> tuple[datetime.date, datetime.date]:
    parts = value.split("-")
    try:
        year, month, day = ([int(part) for part in parts] + [0, 0])[:3]
        if len(parts) > 3:
            raise ValueError
        first = datetime.date(year, month or 1, day or 1)
    except ValueError as error:
        raise UsageError(f"{option} {value!r}: expected a date like 2024-07-25") from error
    if day:
        return first, first
    later = datetime.date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return first, later - datetime.timedelta(days=1)


@dataclass(frozen=True)
class ArticleDates:
    """The first and last day each article's date may be; both 0 where it is not known."""

    first: Days
    last: Days

    def within(self, period: Period) -> NDArray[np.bool_]:
        """Which articles are surely of ``period``."""
        mask: NDArray[np.bool_] = self.first != _UNKNOWN
        if period.since:
            mask &= self.first >= period.since.toordinal()
        if period.until:
            mask &= self.last <= period.until.toordinal()
        return mask

    def preference(self, asked: Sequence[DateMention]) -> NDArray[np.float32]:
        """What each article's score gains by its date when the question names dates."""
        gain = np.zeros(len(self.first), dtype=np.float32)
        if not asked:
            return gain
        overlap = np.zeros(len(self.first), dtype=bool)
        for mention in asked:
            overlap |= (self.first <= mention.last.toordinal()) & (
                self.last >= mention.first.toordinal()
            )
        known = self.first != _UNKNOWN
        gain[known & overlap] = _PREFERENCE
        gain[known & ~overlap] = -_PREFERENCE
        return gain


def article_dates(dates: Iterable[str | None]) -> ArticleDates:
    """The days of ISO dates of any precision; ``None`` where there is none."""
    days = [_ordinals(date) for date in dates]
    table = np.asarray(days, dtype=np.int64).reshape(-1, 2)
    return ArticleDates(table[:, 0], table[:, 1])


@lru_cache(maxsize=100_000)
def _ordinals(date: str | None) -> tuple[int, int]:
    if not date:
        return _UNKNOWN, _UNKNOWN
    try:
        first, last = _bounds("date", date)
    except UsageError:
        return _UNKNOWN, _UNKNOWN
    return first.toordinal(), last.toordinal()
