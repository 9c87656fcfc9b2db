"""Legs → one score, by weights for the language of the question and of the passage.

Each leg is brought to a common scale by a fixed rule, not by the corpus at hand, so that a score
means the same in a small library and a large one. The weights are those of a listwise softmax
regression over the legs' candidates; ``eval/fit/fusion.py`` learns them from training questions
and writes ``fusion.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.filters import days_of
from rag.store.protocol import ArticleFacts, Floats
from rag.text.dates import DateMention

WEIGHTS = Path(__file__).with_name("fusion.json")
LEGS = ("stems", "grams", "names", "translated", "passage", "sentence", "mean", "similarity")
# Across scripts a lexical score says little by its size and much by standing out: it counts by its
# share of the best passage's, damped where even that is small.
_DAMPING = 2.5
# What the fused score, a log-odds, gains when the article is of the time asked about, and loses
# when it is of another. Mentions inside the text need no help: the lexical legs match their words.
_DATE = np.float32(1.5)


def scale(name: str, scores: Floats, best: float) -> Floats:
    """A leg's scores on the common scale; ``best`` is its largest over all candidates."""
    if name in ("passage", "sentence", "mean", "similarity"):
        return scores * np.float32(10)
    if name in ("translated", "names"):
        return scores * np.float32(10 / (best + _DAMPING))
    return scores / np.float32(5)


def fuse(legs: Mapping[str, Floats], same: NDArray[np.bool_]) -> Floats:
    """One score per candidate, shape ``(n,)``.

    ``legs`` holds each leg's raw scores of the candidates, of which there is at least one, and
    ``same`` whether a candidate is in the question's language: each case has its weights.
    """
    scaled = np.stack([scale(name, legs[name], float(legs[name].max())) for name in LEGS])
    within, across = (
        np.asarray([load_weights()[name].get(leg, 0.0) for leg in LEGS], dtype=np.float32)
        for name in ("same", "across")
    )
    fused: Floats = np.where(same, within @ scaled, across @ scaled)
    return fused


def dated(articles: Sequence[ArticleFacts], asked: Sequence[DateMention]) -> Floats:
    """What each candidate gains by its article's date when the question names dates.

    An article whose date is not known is never moved.
    """
    gain = np.zeros(len(articles), dtype=np.float32)
    for place, days in enumerate(days_of(article.date) for article in articles if asked):
        if days is not None:
            of_time = any(
                days[0] <= mention.last.toordinal() and days[1] >= mention.first.toordinal()
                for mention in asked
            )
            gain[place] = _DATE if of_time else -_DATE
    return gain


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, Mapping[str, float]]:
    """Weights by situation and leg."""
    weights: Mapping[str, Mapping[str, float]] = json.loads(WEIGHTS.read_text("utf-8"))["weights"]
    return weights
