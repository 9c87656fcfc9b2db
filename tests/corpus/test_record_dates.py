"""Dates that records state."""

from __future__ import annotations

import pytest

from rag.corpus.formats.record_dates import date_order, iso_date


def test_dates_of_a_file_show_which_way_round_it_writes_them() -> None:
    assert date_order(["3/4/2021", "24/3/2021"]) == "day first"
    assert date_order(["3/24/2021"]) == "month first"
    assert date_order(["3/4/2021"]) is None
    assert date_order(["24/3/2021", "3/24/2021"]) is None


@pytest.mark.parametrize(
    ("value", "order", "expected"),
    [
        ("2024-07-25", None, "2024-07-25"),
        ("2024-07-25T08:00:00+03:00", None, "2024-07-25"),
        ("2024-07", None, "2024-07"),
        ("3/4/2021", None, "2021"),
        ("3/4/2021", "day first", "2021-04-03"),
        ("3/4/2021", "month first", "2021-03-04"),
        ("24/3/2021", "month first", "2021-03-24"),
        ("31/2/2021", "day first", None),
        ("25 يوليو 2024", None, "2024-07-25"),
        ("20240725", None, "2024-07-25"),
        ("2024-7-5", None, "2024-07-05"),
        ("2024/07/25 10:00", None, "2024-07-25"),
        ("٢٠٢٤-٠٧-٢٥", None, "2024-07-25"),
        ("25-07-2024", None, "2024-07-25"),
        ("3.4.2021", None, "2021"),
        ("3.4.2021", "day first", "2021-04-03"),
        ("07/25/2024 10:00", None, "2024-07-25"),
        ("4/4/2021", None, "2021-04-04"),
        ("Thu, 25 Jul 2024 10:00:00 +0000", None, "2024-07-25"),
        ("الخميس، 19 محرم 1446 هـ", None, "2024-07-25"),
        ("2024", None, "2024"),
        ("1446", None, None),
        ("1446-01-19", None, None),
        ("5/6/1446", None, None),
        ("0000-00-00", None, None),
        ("منذ 3 ساعات", None, None),
        ("25 July 2024 or later", None, None),
        ("2024-07-25 and more", None, None),
        ("yesterday", None, None),
        ("2024-13-01", None, None),
        ("", None, None),
    ],
)
def test_iso_date_is_only_as_precise_as_it_is_sure(
    value: str, order: object, expected: str | None
) -> None:
    assert iso_date(value, order) == expected  # type: ignore[arg-type]
