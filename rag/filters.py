"""Which articles a question may be answered from: a period, and ids in or out.

Days are ordinals (``datetime.date.toordinal``). An article whose date is not known never passes a
period, since nobody can say that it is of the time asked for.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.errors import UsageError


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` to ``until``, both included; ``None`` leaves that side open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    @classmethod
    def parse(cls, since: str | None, until: str | None, *, mark: str = "--") -> Period:
        """A period from ISO dates, which may leave out day or month: ``2024``, ``2024-07``. An
        error names the one at fault after ``mark``.

        Raises:
            UsageError: one is no such date, or the period ends before it begins.
        """
        first = _bounds(f"{mark}since", since)[0] if since else None
        last = _bounds(f"{mark}until", until)[1] if until else None
        if first and last and first > last:
            raise UsageError(f"{mark}since {since} is after {mark}until {until}")
        return cls(first, last)

    def holds(self, date: str | None) -> bool:
        """Whether an article of this ISO ``date``, of any precision, is surely of the period."""
        if self.since is None and self.until is None:
            return True
        days = days_of(date)
        since, until = self.since or datetime.date.min, self.until or datetime.date.max
        return days is not None and since.toordinal() <= days[0] <= days[1] <= until.toordinal()


@dataclass(frozen=True, slots=True)
class Filter:
    """Articles of ``period``, ``only`` these ids where given, ``without`` those; and where
    ``foreign_to`` names a language, none in it.
    """

    period: Period = Period()
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    foreign_to: str | None = None

    def foreign(self, language: str) -> Filter:
        """The same, of other languages than ``language`` alone."""
        return replace(self, foreign_to=language)


EVERYTHING = Filter()


@lru_cache(maxsize=100_000)
def days_of(date: str | None) -> tuple[int, int] | None:
    """The first and the last day of an ISO date of any precision; ``None`` for what is none."""
    try:
        first, last = _bounds("date", date or "")
    except UsageError:
        return None
    return first.toordinal(), last.toordinal()


def well_formed(option: str, value: str) -> str:
    """An ISO date of any precision as it is written properly: ``2024-07-05`` for ``2024-7-5``.

    Raises:
        UsageError: it is none; said of ``option``.
    """
    return _bounds(option, value)[0].isoformat()[: 4 + 3 * value.count("-")]


def _bounds(option: str, value: str) -> tuple[datetime.date, datetime.date]:
    try:
        parts = [int(part) for part in value.split("-")]
        year, month, day = [*parts, 0, 0][:3]
        if len(parts) > 3 or 0 in parts:
            raise ValueError
        first = datetime.date(year, month or 1, day or 1)
        if day:
            return first, first
        later = datetime.date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    except ValueError as error:
        raise UsageError(f"{option} {value!r}: expected a date like 2024-07-25") from error
    return first, later - datetime.timedelta(days=1)
