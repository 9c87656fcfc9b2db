"""The timeline's counts add up, its bins are without gaps, and no date is made up."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chat.timeline import MOST_OUTLETS, Timeline, timeline


def starts(line: Timeline) -> list[str]:
    return [bin.start.isoformat() for bin in line.bins]


def test_three_days_of_two_outlets() -> None:
    line = timeline([("2024-05-01", "A"), ("2024-05-01", "B"), ("2024-05-03", "A"), (None, "A")])
    assert (line.unit, line.undated, line.vague, line.total) == ("day", 1, 0, 4)
    told = [(series.kind, series.name, series.total) for series in line.series]
    assert told == [("outlet", "A", 2), ("outlet", "B", 1)]
    assert starts(line) == ["2024-05-01", "2024-05-02", "2024-05-03"]
    assert [bin.counts for bin in line.bins] == [(1, 1), (0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("first", "last", "unit", "step", "bins"),
    [
        ("2024-05-01", "2024-05-01", "day", 1, 1),
        ("2024-01-01", "2024-03-02", "day", 1, 62),
        ("2024-01-01", "2024-03-03", "week", 1, 9),
        ("2023-01-02", "2024-06-30", "month", 1, 18),
        ("2013-01-01", "2017-12-31", "month", 1, 60),
        ("1990-03-03", "2020-03-03", "year", 1, 31),
        ("1900-03-03", "2020-03-03", "year", 5, 25),
        ("0001-01-01", "2024-01-01", "year", 50, 41),
    ],
)
def test_the_bins_follow_the_span(first: str, last: str, unit: str, step: int, bins: int) -> None:
    line = timeline([(first, None), (last, None)])
    assert (line.unit, line.step, len(line.bins)) == (unit, step, bins)


def test_a_year_alone_is_placed_in_no_day_but_counted() -> None:
    days = [(f"2024-05-{day:02d}", "A") for day in range(1, 10)]
    line = timeline([*days, ("2024", "A")])
    assert (line.unit, line.vague, sum(bin.total for bin in line.bins)) == ("day", 1, 9)


def test_where_most_dates_are_years_the_bins_are_years() -> None:
    line = timeline([("2023", "A"), ("2024", "A"), ("2024-05-01", "A")])
    assert (line.unit, line.vague) == ("year", 0)
    assert [bin.total for bin in line.bins] == [1, 2]


def test_small_outlets_are_put_together_and_unknown_ones_apart() -> None:
    names = [name for n, name in enumerate("ABCDEFG") for _ in range(9 - n)]
    line = timeline([*(("2024-05-01", name) for name in names), ("2024-05-01", None)])
    assert [s.name for s in line.series] == ["A", "B", "C", "D", "E", "", ""]
    assert [s.kind for s in line.series][MOST_OUTLETS:] == ["other", "unknown"]
    assert line.bins[0].counts == (9, 8, 7, 6, 5, 4 + 3, 1)


def test_no_article_and_no_date() -> None:
    assert timeline([]).bins == ()
    assert timeline([]).total == 0
    assert (timeline([(None, "A")]).bins, timeline([(None, "A")]).undated) == ((), 1)


_DATES = st.dates(datetime.date(1, 1, 1)).map(datetime.date.isoformat)
_STATED = st.none() | _DATES | _DATES.map(lambda d: d[:7]) | _DATES.map(lambda d: d[:4])


@given(st.lists(st.tuples(_STATED, st.none() | st.sampled_from("ABCDEFGH")), max_size=30))
def test_every_article_is_counted_once(articles: list[tuple[str | None, str | None]]) -> None:
    line = timeline(articles)
    assert sum(bin.total for bin in line.bins) + line.undated + line.vague == len(articles)
    for place, series in enumerate(line.series):
        assert sum(bin.counts[place] for bin in line.bins) == series.total
    assert len(line.bins) <= 62
    assert starts(line) == sorted(set(starts(line)))
    if line.bins:
        assert line.bins[0].total and line.bins[-1].total
