"""Wire copy printed by several outlets: passages with nearly the same words become one hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.store.protocol import Ints

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


def fold(words: Sequence[Ints], owners: Sequence[str], k: int) -> list[Folded]:
    """The ``k`` best of some ranked passages, near-copies folded into the best of them.

    ``words`` are those of each passage, ``owners`` the articles; one article is never a copy of
    itself.
    """
    kept: list[int] = []
    copies: dict[int, list[int]] = {}
    sets = [np.unique(numbers) for numbers in words]
    for place, own in enumerate(sets):
        original = next(
            (o for o in kept if owners[o] != owners[place] and alike(sets[o], own)), None
        )
        if original is not None:
            copies[original].append(place)
        elif len(kept) < k:
            kept.append(place)
            copies[place] = []
    return [Folded(place, tuple(copies[place])) for place in kept]


def alike(one: Ints, other: Ints) -> bool:
    """Whether two sets of words, as sorted numbers, are those of near-copies."""
    small, large = sorted((len(one), len(other)))
    if small < _FEWEST_WORDS or small < _ALIKE_IN_SIZE * large:
        return False
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= _SHARED * small
