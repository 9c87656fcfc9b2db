"""Intervals and paired comparisons."""

from __future__ import annotations

import pytest

from eval.metrics.statistics import bootstrap, holm, paired_difference, ratio_interval

ONES = [1.0] * 40


def test_the_interval_holds_the_mean_and_repeats_exactly() -> None:
    values = [0.0, 1.0] * 50
    interval = bootstrap(values)
    assert interval.low < interval.mean == 0.5 < interval.high
    # The standard error of 100 fair coins is 0.05.
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.05, rel=0.15)
    assert bootstrap(values) == interval
    assert bootstrap([]).mean == 0


def test_what_a_measure_does_not_speak_of_counts_for_nothing() -> None:
    assert ratio_interval([1, 0, 0, 0], [1, 0, 1, 0], range(4)).mean == 1 / 2
    assert ratio_interval([0.0], [0.0], [0]) == bootstrap([])


def test_resamples_that_a_measure_does_not_speak_of_are_left_out() -> None:
    values = ([1.0, *[0.0] * 9], [1.0, *[0.0] * 9])
    rare = ratio_interval(*values, range(10))
    assert (rare.mean, rare.low, rare.high) == (1, 1, 1)
    assert paired_difference(values, values, range(10)).p == 1


def test_questions_asked_twice_are_drawn_together() -> None:
    values = [0.0, 1.0] * 20
    apart = ratio_interval(values, ONES, range(40))
    together = ratio_interval(sorted(values), ONES, [n // 2 for n in range(40)])
    assert together.high - together.low > 1.2 * (apart.high - apart.low)


def test_the_same_system_has_not_changed() -> None:
    values = [0.0, 1.0] * 20
    same = paired_difference((values, ONES), (values, ONES), range(40))
    assert (same.change, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_a_loss_in_many_questions_is_certain_and_in_one_is_not() -> None:
    before = [1.0] * 40
    many = paired_difference((before, ONES), ([0.0] * 12 + [1.0] * 28, ONES), range(40))
    assert many.change == pytest.approx(-12 / 40)
    assert many.high < 0 and many.p < 0.001
    one = paired_difference((before, ONES), ([0.0] + [1.0] * 39, ONES), range(40))
    assert one.p > 0.05


def test_holms_method_stops_at_the_first_that_does_not_hold() -> None:
    # 0.01 <= 0.05 / 3 holds; 0.03 > 0.05 / 2 does not, and 0.04 is not looked at any more.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a"}
    assert holm({}) == set()
