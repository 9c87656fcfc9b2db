"""How many articles of which outlet appeared when: counting only, drawing is left to others.

A date may be known to the day, the month or the year. An article goes into a bin only when its
date is at least as precise as the bin; the others are counted apart, never guessed at.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["day", "week", "month", "year"]
Kind: TypeAlias = Literal["outlet", "other", "unknown"]

MOST_OUTLETS = 5
_MOST_BINS = 62
# A unit is too fine when more than this share of the dated articles is known less precisely.
_TOO_VAGUE = 0.2
_UNITS: tuple[tuple[Unit, int], ...] = (
    ("day", 1), ("week", 1), ("month", 1), ("year", 1), ("year", 5), ("year", 10), ("year", 50),
    ("year", 100), ("year", 500),
)  # fmt: skip
_PRECISION: dict[Unit, int] = {"day": 10, "week": 10, "month": 7, "year": 4}


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the picture: an outlet, all smaller ones together, or no known outlet."""

    kind: Kind
    name: str = ""
    total: int = 0


@dataclass(frozen=True, slots=True)
class Bin:
    """The articles from ``start`` on, up to the next bin; ``counts`` are in the series' order."""

    start: datetime.date
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All articles of the bin."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bins without gaps from the first dated article to the last.

    ``undated`` articles have no date, ``vague`` ones a date less precise than a bin: ``total`` is
    those and all that the bins hold. A bin is ``step`` times ``unit`` long.
    """

    unit: Unit
    step: int
    series: tuple[Series, ...]
    bins: tuple[Bin, ...]
    undated: int
    vague: int
    total: int


def timeline(articles: Iterable[tuple[str | None, str | None]]) -> Timeline:
    """The timeline of articles given as ISO date (or year, or year and month) and outlet."""
    known = list(articles)
    dated = [(date, outlet) for date, outlet in known if date]
    unit, step = _scale([date for date, _ in dated])
    placed = [(_start(d, unit, step), o) for d, o in dated if len(d) >= _PRECISION[unit]]
    names = Counter(outlet for _, outlet in placed if outlet)
    ranked = sorted(names, key=lambda name: (-names[name], name))
    shown = {name: place for place, name in enumerate(ranked[:MOST_OUTLETS])}
    series = [Series("outlet", name, names[name]) for name in shown]
    if len(ranked) > len(shown):
        rest = ranked[len(shown) :]
        series.append(Series("other", total=sum(names[name] for name in rest)))
        shown |= dict.fromkeys(rest, len(series) - 1)
    if nameless := sum(not outlet for _, outlet in placed):
        series.append(Series("unknown", total=nameless))
    cells = Counter((start, shown[o] if o else len(series) - 1) for start, o in placed)
    return Timeline(
        unit=unit,
        step=step,
        series=tuple(series),
        bins=tuple(
            Bin(start, tuple(cells[start, place] for place in range(len(series))))
            for start in _starts([start for start, _ in placed], unit, step)
        ),
        undated=len(known) - len(dated),
        vague=len(dated) - len(placed),
        total=len(known),
    )


def _scale(dates: Sequence[str]) -> tuple[Unit, int]:
    """The finest unit that gives a picture's worth of bins and leaves few articles out."""
    for unit, step in _UNITS:
        precise = [date for date in dates if len(date) >= _PRECISION[unit]]
        if len(precise) < (1 - _TOO_VAGUE) * len(dates):
            continue
        starts = [_start(date, unit, step) for date in precise]
        if not starts or _count(min(starts), max(starts), unit, step) <= _MOST_BINS:
            return unit, step
    return _UNITS[-1]


def _start(iso: str, unit: Unit, step: int) -> datetime.date:
    """The first day of the bin that a date falls into."""
    date = datetime.date.fromisoformat(iso + "-01-01"[len(iso) - 4 :])
    match unit:
        case "day":
            return date
        case "week":
            # Weeks begin on Monday (ISO 8601); the first week of year 1 does as well.
            return date - datetime.timedelta(days=date.weekday())
        case "month":
            return date.replace(day=1)
        case "year":
            return datetime.date(max(date.year - date.year % step, 1), 1, 1)


def _count(first: datetime.date, last: datetime.date, unit: Unit, step: int) -> int:
    match unit:
        case "day" | "week":
            return (last - first).days // (1 if unit == "day" else 7) + 1
        case "month":
            return (last.year - first.year) * 12 + last.month - first.month + 1
        case "year":
            return last.year // step - first.year // step + 1


def _starts(starts: Sequence[datetime.date], unit: Unit, step: int) -> list[datetime.date]:
    """The first days of all bins from the first of ``starts`` to the last."""
    if not starts:
        return []
    first = min(starts)
    count = _count(first, max(starts), unit, step)
    match unit:
        case "day" | "week":
            days = 1 if unit == "day" else 7
            return [first + datetime.timedelta(days=days * n) for n in range(count)]
        case "month":
            months = range(first.month - 1, first.month - 1 + count)
            return [datetime.date(first.year + m // 12, m % 12 + 1, 1) for m in months]
        case "year":
            base = first.year - first.year % step
            return [datetime.date(max(base + step * n, 1), 1, 1) for n in range(count)]
