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
_DAYS, _MONTHS = {"day": 1, "week": 7}, {"month": 1, "year": 12}
# How long an ISO date is that is as precise as the unit.
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

    @property
    def most(self) -> int:
        """The articles of the fullest bin."""
        return max(bin.total for bin in self.bins)


def timeline(articles: Iterable[tuple[str | None, str | None]]) -> Timeline:
    """The timeline of articles given as ISO date (or year, or year and month) and outlet."""
    known = list(articles)
    dated = [(date, outlet) for date, outlet in known if date]
    unit, step = _scale([date for date, _ in dated])
    placed = [(_number(d, unit, step), o) for d, o in dated if len(d) >= _PRECISION[unit]]
    names = Counter(outlet for _, outlet in placed if outlet)
    ranked = sorted(names, key=lambda name: (-names[name], name))
    shown, rest = ranked[:MOST_OUTLETS], ranked[MOST_OUTLETS:]
    series = [Series("outlet", name, names[name]) for name in shown]
    if rest:
        series.append(Series("other", total=sum(names[name] for name in rest)))
    if nameless := sum(not outlet for _, outlet in placed):
        series.append(Series("unknown", total=nameless))
    places = {name: min(place, MOST_OUTLETS) for place, name in enumerate(ranked)}
    cells = Counter((n, places[o] if o else len(series) - 1) for n, o in placed)
    numbers = [number for number, _ in placed]
    return Timeline(
        unit=unit,
        step=step,
        series=tuple(series),
        bins=tuple(
            Bin(_first_day(n, unit, step), tuple(cells[n, place] for place in range(len(series))))
            for n in (range(min(numbers), max(numbers) + 1) if numbers else ())
        ),
        undated=len(known) - len(dated),
        vague=len(dated) - len(placed),
        total=len(known),
    )


def _scale(dates: Sequence[str]) -> tuple[Unit, int]:
    """The finest unit that gives a picture's worth of bins and leaves few articles out."""
    for unit, step in _UNITS:
        precise = [date for date in dates if len(date) >= _PRECISION[unit]]
        if len(precise) >= (1 - _TOO_VAGUE) * len(dates):
            numbers = [_number(date, unit, step) for date in precise]
            if not numbers or max(numbers) - min(numbers) < _MOST_BINS:
                return unit, step
    return _UNITS[-1]


def _number(iso: str, unit: Unit, step: int) -> int:
    """Which bin a date falls into, counted so that the next one has the next number.

    Weeks begin on Monday (ISO 8601), as the first day of year 1 does.
    """
    date = datetime.date.fromisoformat(iso + "-01-01"[len(iso) - 4 :])
    if unit in _DAYS:
        return (date.toordinal() - 1) // _DAYS[unit]
    return (date.year * 12 + date.month - 1) // (step * _MONTHS[unit])


def _first_day(number: int, unit: Unit, step: int) -> datetime.date:
    """The day a bin begins with. The years before year 1 have none."""
    if unit in _DAYS:
        return datetime.date.fromordinal(number * _DAYS[unit] + 1)
    year, month = divmod(max(number * step * _MONTHS[unit], 12), 12)
    return datetime.date(year, month + 1, 1)
