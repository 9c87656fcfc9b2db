"""A listwise softmax regression: what the legs of the fusion are weighed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.metrics.ranking import Rank, first_rank

FOLDS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Listed:
    """What is ranked for one question: ``features`` of shape ``(n, m)``, whether each is ``gold``,
    the ``owners`` that it counts for, and the source that cross-validation must not split.
    """

    features: Floats
    gold: NDArray[np.bool_]
    owners: Sequence[str]
    source: str

    def rank(self, weights: Floats) -> Rank:
        """The place of the first that is gold, every owner counting once."""
        held: dict[str, bool] = {}
        for place in np.argsort(-(self.features @ weights), kind="stable"):
            owner = self.owners[place]
            held[owner] = held.get(owner, False) or bool(self.gold[place])
        return first_rank(list(held.values()))

    def columns(self, chosen: Sequence[int]) -> Listed:
        """The same with some of the features alone."""
        return Listed(self.features[:, list(chosen)], self.gold, self.owners, self.source)


def fit(sets: Sequence[Sequence[Listed]], penalty: float) -> Floats:
    """Weights, none negative, that give gold the most of the softmax; sets count equally.

    ``penalty`` is that of the squares of the weights (L2).
    """
    usable = [[one for one in rows if one.gold.any()] for rows in sets]
    size = next(one.features.shape[1] for rows in usable for one in rows)

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = penalty * float(weights @ weights), 2 * penalty * weights
        for rows in usable:
            for one in rows:
                scores = one.features @ weights
                share = np.exp(scores - scores.max())
                share /= share.sum()
                held = share * one.gold
                right = held.sum() + 1e-30
                total -= float(np.log(right)) / len(rows)
                slope = slope + (share - held / right) @ one.features / len(rows)
        return total, slope

    start, bounds = np.full(size, 0.5), [(0.0, None)] * size
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x)


def held_out(
    sets: Sequence[Sequence[Listed]], penalty: float, columns: Sequence[int]
) -> list[list[Rank]]:
    """The rank of gold for every question of every set, by weights that never saw its source."""
    chosen = [[one.columns(columns) for one in rows] for rows in sets]
    sources = sorted({one.source for rows in chosen for one in rows})
    fold_of = {source: n % FOLDS for n, source in enumerate(sources)}
    ranks: list[list[Rank]] = [[None] * len(rows) for rows in chosen]
    for fold in range(FOLDS):
        train = [[one for one in rows if fold_of[one.source] != fold] for rows in chosen]
        weights = fit(train, penalty)
        for kept, rows in zip(ranks, chosen, strict=True):
            for place, one in enumerate(rows):
                if fold_of[one.source] == fold:
                    kept[place] = one.rank(weights)
    return ranks
