"""Metrics by hand arithmetic."""

from __future__ import annotations

from math import log2

import pytest

from eval.metrics import bootstrap, ndcg, recall, reciprocal_rank, summarise


def test_ndcg_is_the_discount_of_the_rank() -> None:
    assert ndcg(1) == 1
    assert ndcg(3) == 1 / log2(4)
    assert ndcg(10) == 1 / log2(11)
    assert ndcg(11) == 0
    assert ndcg(None) == 0


def test_recall_and_reciprocal_rank() -> None:
    assert (recall(5, 5), recall(6, 5), recall(None, 5)) == (1, 0, 0)
    assert (reciprocal_rank(4), reciprocal_rank(None)) == (1 / 4, 0)


def test_summary_of_two_ranks() -> None:
    table = summarise([1, 2])
    assert table["nDCG@10"].mean == pytest.approx((1 + 1 / log2(3)) / 2)
    assert table["R@1"].mean == 1 / 2
    assert table["MRR"].mean == (1 + 1 / 2) / 2


def test_the_interval_holds_the_mean_and_repeats_exactly() -> None:
    values = [0.0, 1.0] * 50
    interval = bootstrap(values)
    assert interval.low < interval.mean == 0.5 < interval.high
    assert bootstrap(values) == interval
    assert bootstrap([]).mean == 0
