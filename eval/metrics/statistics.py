"""Intervals and paired comparisons.

A metric over many questions is ``sum(tops) / sum(bottoms)``: for a mean, each question's value
over 1; a question the metric does not speak of adds 0 to both. Resampling draws whole ``groups``,
so that a question and its translation are drawn together.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000
_PAIRED_RESAMPLES = 10_000
_SEED = 20240725
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the ends of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """``after - before``, the ends of its 95 % interval, and the two-sided ``p`` of no change."""

    before: float
    after: float
    low: float
    high: float
    p: float

    @property
    def change(self) -> float:
        """How much larger the metric is after."""
        return self.after - self.before


def bootstrap(values: Sequence[float]) -> Interval:
    """The mean with its interval, as :func:`ratio_interval` has it."""
    return ratio_interval(values, [1.0] * len(values), range(len(values)))


def ratio_interval(
    tops: Sequence[float], bottoms: Sequence[float], groups: Sequence[Hashable]
) -> Interval:
    """``sum(tops) / sum(bottoms)`` with its percentile bootstrap over groups, 1,000 resamples of a
    fixed seed (Efron 1979). Nothing has mean 0 and the interval [0, 0].
    """
    if not sum(bottoms):
        return Interval(0.0, 0.0, 0.0)
    top, bottom = _by_group(groups, tops, bottoms)
    counts = _draws(len(top), _RESAMPLES)
    low, high = np.nanpercentile(_divide(counts @ top, counts @ bottom), (2.5, 97.5))
    return Interval(float(top.sum() / bottom.sum()), float(low), float(high))


def paired_difference(
    before: tuple[Sequence[float], Sequence[float]],
    after: tuple[Sequence[float], Sequence[float]],
    groups: Sequence[Hashable],
) -> Difference:
    """The change of ``sum(tops) / sum(bottoms)`` between two systems asked the same questions.

    Paired bootstrap (Efron and Tibshirani 1993, ch. 16; Koehn 2004,
    https://aclanthology.org/W04-3250): both are computed on the same 10,000 resamples of the
    questions. ``p`` is twice the share of resamples, of either sign, with no change or one the
    other way. Equal systems have the interval [0, 0] and ``p`` 1.
    """
    sums = _by_group(groups, *before, *after)
    whole = [float(part.sum()) for part in sums]
    counts = _draws(len(sums[0]), _PAIRED_RESAMPLES)
    drawn = [counts @ part for part in sums]
    changes = _divide(drawn[2], drawn[3]) - _divide(drawn[0], drawn[1])
    changes = changes[~np.isnan(changes)]
    low, high = np.percentile(changes, (2.5, 97.5)) if len(changes) else (0.0, 0.0)
    # Adding one to both keeps p above 0, which no finite number of draws can show.
    down, up = (
        (1 + int((side <= 1e-12).sum())) / (1 + len(changes)) for side in (changes, -changes)
    )
    return Difference(
        before=whole[0] / whole[1] if whole[1] else 0.0,
        after=whole[2] / whole[3] if whole[3] else 0.0,
        low=float(low),
        high=float(high),
        p=min(1.0, 2 * min(down, up)),
    )


def holm(p_values: Mapping[str, float], level: float = 0.05) -> set[str]:
    """The names whose effect is significant at ``level`` when all of them are tested at once.

    Holm's step-down method (Holm 1979): the i-th smallest of ``n`` p-values, from 1, must not
    exceed ``level / (n - i + 1)``, and neither must any smaller one.
    """
    found: set[str] = set()
    for place, name in enumerate(sorted(p_values, key=lambda n: p_values[n])):
        if p_values[name] > level / (len(p_values) - place):
            break
        found.add(name)
    return found


def _by_group(groups: Sequence[Hashable], *parts: Sequence[float]) -> list[Numbers]:
    """The sum of each part within each group, in the order in which groups first appear."""
    places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    at = np.asarray([places[group] for group in groups], dtype=np.int64)
    sums = (
        np.bincount(at, weights=np.asarray(part, dtype=float), minlength=len(places))
        for part in parts
    )
    return [total.astype(np.float64) for total in sums]


def _draws(size: int, resamples: int) -> Numbers:
    """How often each of ``size`` groups is drawn in each resample, shape ``(resamples, size)``."""
    if not size:
        return np.zeros((resamples, 0))
    generator = np.random.default_rng(_SEED)
    return generator.multinomial(size, np.full(size, 1 / size), resamples).astype(float)


def _divide(tops: Numbers, bottoms: Numbers) -> Numbers:
    """The ratios; not a number for a resample that the measure does not speak of."""
    return np.divide(tops, bottoms, out=np.full_like(tops, np.nan), where=bottoms > 0)
