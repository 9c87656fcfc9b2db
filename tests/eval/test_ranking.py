"""Retrieval metrics by hand arithmetic, and beside ir_measures."""

from __future__ import annotations

from math import log2

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from eval.metrics.ranking import (
    first_rank,
    graded_ndcg,
    graded_recall,
    ndcg,
    reciprocal_rank,
    subtopic_recall,
)

GRADES = st.lists(st.integers(0, 3), min_size=1, max_size=20)


def test_ndcg_is_the_discount_of_the_rank() -> None:
    assert ndcg(1) == 1
    assert ndcg(3) == 1 / log2(4)
    assert ndcg(10) == 1 / log2(11)
    assert ndcg(11) == 0
    assert ndcg(None) == 0


def test_reciprocal_rank() -> None:
    assert (reciprocal_rank(4), reciprocal_rank(None)) == (1 / 4, 0)


def test_graded_ndcg_holds_the_ranking_against_the_best_there_could_be() -> None:
    # Gains 2 and 1 stand second and third; ideally first and second, and one of 1 is not found.
    found = 2 / log2(3) + 1 / log2(4)
    assert graded_ndcg([0, 2, 1], [2, 1, 1]) == pytest.approx(
        found / (2 / log2(2) + 1 / log2(3) + 1 / log2(4))
    )
    assert graded_ndcg([0, 1], [1], k=1) == graded_ndcg([], [1]) == graded_ndcg([0], []) == 0


def test_facts_are_recalled_each_by_its_own_rank() -> None:
    assert subtopic_recall([5, 6, None], 5) == 1 / 3
    assert subtopic_recall([], 5) == 0
    assert graded_recall([1, 0, 2, 1], 4, 3) == 2 / 4
    assert graded_recall([], 0, 3) == 0
    assert (first_rank([False, True, True]), first_rank([False])) == (2, None)


@given(ranked=GRADES, missed=st.lists(st.integers(1, 3), max_size=5))
def test_as_a_well_kept_library_computes_them(ranked: list[int], missed: list[int]) -> None:
    qrels = {f"d{n}": grade for n, grade in enumerate(ranked)}
    qrels |= {f"m{n}": grade for n, grade in enumerate(missed)}
    run = {f"d{n}": float(len(ranked) - n) for n in range(len(ranked))}
    measures = [nDCG @ 10, R @ 5, RR]
    theirs = ir_measures.calc_aggregate(measures, {"q": qrels}, {"q": run})
    relevant = [grade for grade in qrels.values() if grade]
    ours = {
        nDCG @ 10: graded_ndcg(ranked, relevant),
        R @ 5: graded_recall(ranked, len(relevant), 5),
        RR: reciprocal_rank(first_rank([grade > 0 for grade in ranked])),
    }
    assert ours == pytest.approx(theirs)
    if len(relevant) == 1:
        rank = first_rank([grade > 0 for grade in ranked])
        assert ndcg(rank) == pytest.approx(graded_ndcg([g > 0 for g in ranked], [1]))
