"""Retrieval metrics, pure functions of the rank of the one relevant passage.

``rank`` counts from 1; ``None`` means not found. With one relevant passage the ideal gain is 1, so
nDCG is the discount of its rank alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Rank = int | None

_RESAMPLES = 1000
_SEED = 20240725


def ndcg(rank: Rank, k: int = 10) -> float:
    """``1 / log2(1 + rank)`` if ``rank <= k``, else 0 (Järvelin and Kekäläinen 2002)."""
    return 1 / math.log2(1 + rank) if rank is not None and rank <= k else 0.0


def recall(rank: Rank, k: int) -> float:
    """1 if ``rank <= k``, else 0: with one relevant passage, also the success rate."""
    return 1.0 if rank is not None and rank <= k else 0.0


def reciprocal_rank(rank: Rank) -> float:
    """``1 / rank``; 0 when not found (Voorhees 1999)."""
    return 1 / rank if rank is not None else 0.0


METRICS: dict[str, Callable[[Rank], float]] = {
    "nDCG@10": ndcg,
    "R@1": lambda rank: recall(rank, 1),
    "R@5": lambda rank: recall(rank, 5),
    "R@10": lambda rank: recall(rank, 10),
    "MRR": reciprocal_rank,
}


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the ends of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap(values: Sequence[float]) -> Interval:
    """Percentile bootstrap of the mean, 1,000 resamples of a fixed seed (Efron 1979).

    An empty sample has mean 0 and the interval [0, 0].
    """
    if not values:
        return Interval(0.0, 0.0, 0.0)
    sample = np.asarray(values)
    generator = np.random.default_rng(_SEED)
    draws = generator.integers(0, len(sample), (_RESAMPLES, len(sample)))
    low, high = np.percentile(sample[draws].mean(axis=1), (2.5, 97.5))
    return Interval(float(sample.mean()), float(low), float(high))


def summarise(ranks: Sequence[Rank]) -> dict[str, Interval]:
    """Every metric over the ranks of many questions."""
    return {name: bootstrap([metric(rank) for rank in ranks]) for name, metric in METRICS.items()}
