"""A question that is sent to every shard of an index, simulated: it takes as long as the slowest.

What one shard takes is drawn from latencies that were measured: of a question, asked again and
again, for what makes one question slower than another does so on every shard.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
_NORMAL = 1.96
# So many draws at once.
_DRAWS = 1 << 22


class Fanned(NamedTuple):
    """Seconds of each question, shape ``(questions,)``, and requests sent for each shard's one."""

    seconds: Seconds
    requests: float


def fan_out(
    measured: Seconds, shards: int, questions: int, *, hedge: float | None = None, seed: int = 0
) -> Fanned:
    """Simulate ``questions`` over ``shards``, each drawing from ``measured``, which has the shape
    ``(questions, repetitions)``.

    With ``hedge``, a shard that has not answered after so many seconds is asked again, on another
    replica, and the first answer counts (Dean and Barroso 2013, "The Tail at Scale",
    https://doi.org/10.1145/2408776.2408794).
    """
    rng = np.random.default_rng(seed)
    asked, repetitions = measured.shape
    slowest, sent = [], 0
    for block in range(0, questions, step := max(1, _DRAWS // shards)):
        size = min(step, questions - block), shards
        rows = rng.integers(asked, size=size[0])[:, None]
        seconds = measured[rows, rng.integers(repetitions, size=size)]
        if hedge is not None:
            again = hedge + measured[rows, rng.integers(repetitions, size=size)]
            sent += int(np.count_nonzero(seconds > hedge))
            seconds = np.where(seconds > hedge, np.minimum(seconds, again), seconds)
        slowest.append(seconds.max(axis=1))
    return Fanned(np.concatenate(slowest), 1 + sent / (questions * shards))


def quantile(seconds: Seconds, level: float) -> tuple[float, float, float]:
    """The quantile at ``level`` and its 95 % interval: by the order statistics that a binomial
    number of the values lies below (Hahn and Meeker 1991, "Statistical Intervals", chapter 5).
    """
    ordered, n = np.sort(seconds), len(seconds)
    spread = _NORMAL * np.sqrt(n * level * (1 - level))
    low, high = np.clip([n * level - spread, n * level + spread], 0, n - 1).astype(int)
    return float(np.quantile(ordered, level)), float(ordered[low]), float(ordered[high])
