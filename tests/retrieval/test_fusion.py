"""Scales and weights by visible arithmetic; the shipped weights make sense."""

from __future__ import annotations

import numpy as np
import pytest

from rag.retrieval.fusion import LEGS, fuse, load_weights, scale


def test_each_leg_is_scaled_by_a_fixed_rule() -> None:
    scores = np.asarray([2.0, 4.0], dtype=np.float32)
    assert scale("passage", scores, 9.0) == pytest.approx([20, 40])
    assert scale("grams", scores, 9.0) == pytest.approx([2 / 5, 4 / 5])
    # A share of the best passage's score, damped by 2.5.
    assert scale("names", scores, 5.5) == pytest.approx([2 * 10 / 8, 4 * 10 / 8])


def test_a_passage_is_fused_by_the_weights_of_its_language() -> None:
    legs = {name: np.asarray([1.0, 1.0], dtype=np.float32) for name in LEGS}
    within, across = fuse(legs, np.asarray([True, False]))
    weights = load_weights()
    units = {name: float(scale(name, np.ones(1, np.float32), 1.0)[0]) for name in LEGS}
    assert within == pytest.approx(sum(w * units[n] for n, w in weights["same"].items()), rel=1e-5)
    expected = sum(w * units[n] for n, w in weights["across"].items())
    assert across == pytest.approx(expected, rel=1e-5)


def test_every_situation_has_weights_and_none_is_negative() -> None:
    weights = load_weights()
    assert set(weights) == {"same", "across"}
    for row in weights.values():
        assert set(row) <= set(LEGS)
        assert min(row.values()) >= 0
        assert max(row.values()) > 0
