"""Wire copy printed by several outlets: passages with nearly the same words become one hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.store.words import WordTable

# The share of the shorter passage's distinct words that the longer one must hold, and the least
# ratio of their sizes: a sentence quoted in a long report is no copy of it.
_SHARED = 0.9
_ALIKE_IN_SIZE = 0.9
# Shorter passages share words by chance.
_FEWEST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Folded:
    """A passage, by its place in the ranking, and the places of its near-copies below it."""

    place: int
    copies: tuple[int, ...]


def fold(rows: Sequence[int], owners: Sequence[int], words: WordTable, k: int) -> list[Folded]:
    """The ``k`` best of the ranked passages ``rows``, near-copies folded into the best of them.

    ``owners`` are the articles of the passages; one article is never a copy of itself.
    """
    kept: list[int] = []
    copies: dict[int, list[int]] = {}
    sets: dict[int, NDArray[np.int32]] = {}
    for place, row in enumerate(rows):
        a, b = words.bounds[row], words.bounds[row + 1]
        sets[place] = np.unique(words.numbers[a:b])
        original = next(
            (o for o in kept if owners[o] != owners[place] and alike(sets[o], sets[place])), None
        )
        if original is not None:
            copies[original].append(place)
        elif len(kept) < k:
            kept.append(place)
            copies[place] = []
    return [Folded(place, tuple(copies[place])) for place in kept]


def alike(one: NDArray[np.int32], other: NDArray[np.int32]) -> bool:
    """Whether two sets of words, as sorted numbers, are those of near-copies."""
    small, large = sorted((len(one), len(other)))
    if small < _FEWEST_WORDS or small < _ALIKE_IN_SIZE * large:
        return False
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= _SHARED * small
