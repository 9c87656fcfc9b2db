"""Which of the names, or of the dates, on a page is the page's own: a choice among all of them.

Each is weighed by a few plain features of where and how it stands, beside the answer that the page
states none. The weights (``fields.json``) are fitted by ``eval/fit/fields.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.types import Span

WEIGHTS = Path(__file__).with_name("fields.json")
# The likelihood from which on a page is taken to state it: to know no outlet is better than a wrong
# one.
LIKELY = 0.5

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words of a page that may state a field; those of one ``value`` count together."""

    value: str
    span: Span
    features: Features


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, Features]:
    """The weight of each feature, by field and name."""
    weights: Mapping[str, Features] = json.loads(WEIGHTS.read_text("utf-8"))
    return weights


def state(field: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """What a page states of itself, if it likely does."""
    found, likely = choose(candidates, load_weights()[field])
    return found if likely >= LIKELY else None


def choose(candidates: Sequence[Candidate], weights: Features) -> tuple[Candidate | None, float]:
    """The candidate whose value is likeliest, and how likely it is that, or a shorter or a longer
    form of it, is stated; that nothing is weighs 0.
    """
    scores = [
        sum(weights.get(name, 0.0) * value for name, value in each.features.items())
        for each in candidates
    ]
    most = max(0.0, *scores) if scores else 0.0
    shares = [math.exp(score - most) for score in scores]
    totals: dict[str, float] = {}
    for each, share in zip(candidates, shares, strict=True):
        totals[each.value] = totals.get(each.value, 0.0) + share
    if not totals:
        return None, 0.0
    value = max(totals, key=totals.__getitem__)
    best = max(
        (n for n, each in enumerate(candidates) if each.value == value), key=shares.__getitem__
    )
    akin = sum(total for each, total in totals.items() if each in value or value in each)
    return candidates[best], akin / (sum(shares) + math.exp(-most))
