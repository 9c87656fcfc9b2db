"""How many articles appeared when: a bar for each month, or for some years, and the same as a table.

A date may be known to the day, the month or the year. An article goes into a bin only when its
date is at least as precise as the bin; the others are counted apart, never guessed at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rag.chat.library_html import table
from rag.chat.markup import Markup, element
from rag.chat.words import Words

_MOST_BINS = 62
# Months are too fine when more than this share of the dated articles is known by year alone.
_TOO_VAGUE = 0.2
# How many months a bin may have.
_WIDTHS = (1, *(12 * years for years in (1, 5, 10, 50, 100, 500)))


@dataclass(frozen=True, slots=True)
class Bin:
    """The ``count`` of articles from ``month`` of ``year`` on, up to the next bin."""

    year: int
    month: int
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bins of so many ``months``, without gaps from the first dated article to the last.

    ``undated`` articles have no date, ``vague`` ones a date less precise than a bin.
    """

    months: int
    bins: tuple[Bin, ...]
    undated: int
    vague: int


def timeline(dates: Iterable[str | None]) -> Timeline:
    """The timeline of articles by their ISO dates (or years, or years and months)."""
    stated = list(dates)
    dated = [date for date in stated if date]
    by_month = [date for date in dated if len(date) >= len("2024-05")]
    for months in _WIDTHS:
        placed = by_month if months == 1 else dated
        counts = Counter(_month(date) // months for date in placed)
        numbers = range(min(counts), max(counts) + 1) if counts else range(0)
        if len(placed) >= (1 - _TOO_VAGUE) * len(dated) and len(numbers) <= _MOST_BINS:
            break
    # The years before year 1 have no dates.
    starts = ((max(number * months, 12), number) for number in numbers)
    bins = tuple(Bin(start // 12, start % 12 + 1, counts[number]) for start, number in starts)
    return Timeline(months, bins, len(stated) - len(dated), len(dated) - len(placed))


def _month(iso: str) -> int:
    """The month of a date, counted from the beginning of year 0; January where it has none."""
    return int(iso[:4]) * 12 + int(iso[5:7] or 1) - 1


def timeline_html(line: Timeline, said: Words) -> Markup:
    """The picture and its table; time runs in the page's direction."""
    title, apart = [said.timeline], _apart(line, said)
    if not line.bins:
        inside = [element("p.musnad-lib-empty", said.timeline_none), apart]
    else:
        units, years = said.tables["units"], line.months // 12
        unit = said.timeline_years.format(n=years) if years > 1 else units["year"]
        title += [" ", element("span", unit if years else units["month"])]
        ends = (element("span", _name(bin, line, said)) for bin in (line.bins[0], line.bins[-1]))
        axis = element("div.musnad-time-axis", *ends, aria_hidden="true")
        inside = [_picture(line, said), axis, apart, _table(line, said)]
    return element("figure.musnad-time", element("h3", *title), *inside)


def summary(line: Timeline, said: Words) -> str:
    """One sentence that says what the picture shows."""
    most = max(line.bins, key=lambda bin: bin.count)
    return said.timeline_most.format(
        articles=said.counted("article", sum(bin.count for bin in line.bins)),
        first=_name(line.bins[0], line, said),
        last=_name(line.bins[-1], line, said),
        most=_name(most, line, said),
        count=said.counted("article", most.count),
    )


def _name(bin: Bin, line: Timeline, said: Words) -> str:
    return (
        f"{said.tables['months'][str(bin.month)]} {bin.year}" if line.months == 1 else f"{bin.year}"
    )


def _picture(line: Timeline, said: Words) -> Markup:
    most = max(bin.count for bin in line.bins)
    scale = (element("span", f"{value:,}") for value in (most, 0))
    bars = (
        element(
            "i",
            style=f"height:{bin.count / most:.2%}",
            title=f"{_name(bin, line, said)}: {bin.count:,}",
        )
        for bin in line.bins
    )
    return element(
        "div.musnad-time-picture",
        element("div.musnad-time-scale", *scale, aria_hidden="true"),
        element("div.musnad-time-bars", *bars, role="img", aria_label=summary(line, said)),
    )


def _apart(line: Timeline, said: Words) -> Markup:
    """What the picture has no place for."""
    counts = ((said.timeline_undated, line.undated), (said.timeline_vague, line.vague))
    told = [s.format(articles=said.counted("article", n)) for s, n in counts if n]
    return element("p.musnad-lib-small", " · ".join(told)) if told else Markup()


def _table(line: Timeline, said: Words) -> Markup:
    """The same numbers for those who cannot see the picture; empty bins are left out."""
    rows = ((_name(bin, line, said), f"{bin.count:,}") for bin in line.bins if bin.count)
    numbers = table("table", (said.period, said.total), rows)
    scrolled = element("div.musnad-time-table", numbers, tabindex=0)
    return element("details", element("summary", said.timeline_table), scrolled)
