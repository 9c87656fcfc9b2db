"""Legs → one score, by weights for the language of the question and of the passage.

Each leg is brought to a common scale by a fixed rule, not by the corpus at hand, so that a score
means the same in a small library and a large one. The weights are those of a listwise softmax
regression over the legs' candidates; ``eval/fit_fusion.py`` learns them from development questions
and writes ``fusion.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query

Scores = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("fusion.json")
LEGS = ("stems", "grams", "names", "translated", "passage", "sentence", "mean", "sense")
# Legs that speak only of passages in another language than the question's.
ACROSS = ("names", "translated")
# Across scripts a lexical score says little by its size and much by standing out: it counts by its
# share of the best passage's, damped where even that is small.
_DAMPING = 2.5


def scale(name: str, scores: Scores, best: float) -> Scores:
    """A leg's scores on the common scale; ``best`` is its largest over all candidates."""
    if name in ("passage", "sentence", "mean", "sense"):
        return scores * np.float32(10)
    if name in ("translated", "names"):
        return scores * np.float32(10 / (best + _DAMPING))
    return scores / np.float32(5)


def situation(query: Query, same_language: bool) -> str:
    """Which weights to use: ``same`` within a language; else by what the query is."""
    return "same" if same_language else f"across/{query.kind}"


def fuse(
    query: Query, legs: Mapping[str, Scores], best: Mapping[str, float], same: NDArray[np.bool_]
) -> Scores:
    """One score per candidate, shape ``(n,)``.

    ``legs`` holds each leg's raw scores of the candidates, ``best`` its largest over all
    candidates, ``same`` whether a candidate is in the question's language.
    """
    scaled = np.stack([scale(name, legs[name], best[name]) for name in LEGS])
    within, across = (vector(situation(query, same_language)) for same_language in (True, False))
    fused: Scores = np.where(same, within @ scaled, across @ scaled)
    return fused


def vector(name: str) -> Scores:
    """The weights of a situation, in the order of :data:`LEGS`."""
    weights = load_weights()[name]
    return np.asarray([weights.get(leg, 0.0) for leg in LEGS], dtype=np.float32)


@lru_cache(maxsize=1)
def load_weights(path: Path = WEIGHTS) -> Mapping[str, Mapping[str, float]]:
    """Weights by situation and leg."""
    weights: Mapping[str, Mapping[str, float]] = json.loads(path.read_text("utf-8"))["weights"]
    return weights
