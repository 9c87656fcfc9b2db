"""Confidence by hand arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.selective import area_under, calibration_error, reliability, risk_coverage


def test_risk_is_of_the_most_confident_first() -> None:
    points = risk_coverage([0.9, 0.1, 0.5, 0.5], [True, False, True, False])
    # The two of 0.5 are answered together: one of three is wrong; then two of four.
    assert points == [(1 / 4, 0 / 1), (3 / 4, 1 / 3), (4 / 4, 2 / 4)]
    assert area_under(points) == pytest.approx(1 / 4 * 0 + 2 / 4 * 1 / 3 + 1 / 4 * 1 / 2)
    assert risk_coverage([], []) == [] and area_under([]) == 0


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_without_ties_the_area_is_the_mean_risk(right: list[bool]) -> None:
    confidence = [1 - place / 100 for place in range(len(right))]
    risks = [right[:n].count(False) / n for n in range(1, len(right) + 1)]
    assert area_under(risk_coverage(confidence, right)) == pytest.approx(sum(risks) / len(risks))


def test_calibration_is_the_gap_weighted_by_questions() -> None:
    bins = reliability([0.11, 0.19, 0.9, 1.0], [False, True, True, True])
    assert [point.size for point in bins] == [2, 2]
    assert bins[0][1:] == pytest.approx((0.15, 1 / 2))
    assert bins[1][1:] == pytest.approx((0.95, 2 / 2))
    expected = 2 / 4 * abs(1 / 2 - 0.15) + 2 / 4 * abs(1 - 0.95)
    assert calibration_error(bins) == pytest.approx(expected)
    assert reliability([], []) == [] and calibration_error([]) == 0
