"""Relative dates in whatever a text may hold: never slow, never out of place."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.relative_dates import dates_in_question, find_relative_dates

UNITS = [
    "last ",
    "the last two ",
    "قبل ",
    "قبل ثلاثة ",
    "آخر ",
    "12 مارس ",
    "اليوم ",
    "last" + " " * 99,
]


@pytest.mark.parametrize("unit", [*UNITS, "last" + " " * 99_990, "ال", "و", "1 "])
def test_no_text_takes_long(unit: str) -> None:
    started = time.perf_counter()
    find_relative_dates((unit * (100_000 // len(unit) + 1))[:100_000], date(2026, 11, 21))
    assert time.perf_counter() - started < 3.0


WORDS = (
    "last this next past the March may 5 two a weeks year month Sunday ago yesterday today since "
    "2021 , في مارس الماضي المقبل العام قبل منذ ثلاثة أيام يومين أمس اليوم غدًا الأحد هذا آخر الشهر "
    "رمضان من \u200f ـ ٣ \n 999 years سنة"
)
PIECES = st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join)


@given(st.one_of(PIECES, st.text(st.characters())), st.dates())
def test_mentions_are_ordered_disjoint_and_sound(text: str, today: date) -> None:
    for found in (find_relative_dates(text, today), dates_in_question(text, today)):
        for mention in found:
            assert 0 <= mention.span.start < mention.span.end <= len(text)
            assert mention.first <= mention.last
            assert mention.iso.startswith(f"{mention.year:04d}")
        for one, other in pairwise(found):
            assert one.span.end <= other.span.start
