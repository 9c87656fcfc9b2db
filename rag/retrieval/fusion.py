"""Legs → one score: each leg standardised over the corpus for this query, then summed by weight."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

WEIGHTS: Mapping[str, float] = {"bm25": 0.5, "passage": 1.0, "sentence": 0.4}


def standardise(scores: Scores) -> Scores:
    """Zero mean and unit variance; all zeros when the scores are all the same."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standard: Scores = (scores - scores.mean()) / spread
    return standard


def fuse(legs: Mapping[str, Scores], weights: Mapping[str, float] = WEIGHTS) -> Scores:
    """Weighted sum of the standardised legs, shape ``(passages,)``."""
    parts = [weights[name] * standardise(scores) for name, scores in legs.items()]
    fused: Scores = np.sum(parts, axis=0)
    return fused
