"""The same words printed twice: passages of wire copy among hits, articles in a whole corpus.

Of two passages, one is a near-copy when nearly all its words are the other's. Two articles are
near-duplicates when at least half of their distinct runs of three content words are common to both
(Broder 1997, "On the resemblance and containment of documents"). The resemblance is computed
exactly; only pairs that can reach it are compared, which prefix filtering finds (Bayardo, Ma and
Srikant 2007, "Scaling up all pairs similarity search"): of two sets that share half of their union,
the rarer halves have a member in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rag.store.protocol import Ints

Runs: TypeAlias = NDArray[np.uint64]

# The share of the shorter passage's distinct words that the longer one must hold, and the least
# ratio of their sizes: a sentence quoted in a long report is no copy of it.
_SHARED = 0.9
_ALIKE_IN_SIZE = 0.9
# Shorter passages share words by chance.
_FEWEST_WORDS = 12

_RESEMBLANCE = 0.5
_RUN = 3
_NONE = np.zeros(0, dtype=np.uint64)
# A run as one number, whose digits are those of its words: of its own for up to two million words.
_DIGITS = np.asarray([1, 1 << 21, 1 << 42], dtype=np.uint64)


def fold(words: Sequence[Ints], owners: Sequence[str], k: int) -> dict[int, list[int]]:
    """The places of the ``k`` best of some ranked passages, each with those of its near-copies.

    ``words`` are those of each passage, ``owners`` the articles; one article is never a copy of
    itself.
    """
    copies: dict[int, list[int]] = {}
    sets = [np.unique(numbers) for numbers in words]
    for place, own in enumerate(sets):
        original = next(
            (o for o in copies if owners[o] != owners[place] and alike(sets[o], own)), None
        )
        if original is not None:
            copies[original].append(place)
        elif len(copies) < k:
            copies[place] = []
    return copies


def alike(one: Ints, other: Ints) -> bool:
    """Whether two sets of words, as sorted numbers, are those of near-copies."""
    small, large = sorted((len(one), len(other)))
    if small < _FEWEST_WORDS or small < _ALIKE_IN_SIZE * large:
        return False
    return _shared(one, other) >= _SHARED * small


def near_duplicates(articles: Iterable[tuple[str, Sequence[Ints]]]) -> list[tuple[str, ...]]:
    """Groups of two or more articles, each group in order, every article in one group at most.

    ``articles`` are ids, each with the words of its passages. Every member is a near-duplicate of
    the first, so that a chain of small changes does not join articles that have little in common.
    """
    names: list[str] = []
    sets: list[Runs] = []
    for name, passages in articles:
        names.append(name)
        sets.append(_runs_of(passages))
    known, times = np.unique(np.concatenate([_NONE, *sets]), return_counts=True)
    groups: dict[int, list[int]] = {}
    holders: dict[int, list[int]] = defaultdict(list)
    for article, runs in enumerate(sets):
        often = times[np.searchsorted(known, runs)]
        # Prefixes need one order for all; the rarest first gives the fewest pairs to compare.
        prefix = np.argsort(often, kind="stable")[: len(runs) // 2 + 1]
        rare = runs[prefix[often[prefix] > 1]].tolist()
        candidates = sorted({first for run in rare for first in holders[run]})
        like = next((f for f in candidates if resemblance(sets[f], runs) >= _RESEMBLANCE), None)
        if like is not None:
            groups[like].append(article)
            continue
        groups[article] = [article]
        for run in rare:
            holders[run].append(article)
    return [tuple(names[n] for n in group) for group in groups.values() if len(group) > 1]


def resemblance(one: Runs, other: Runs) -> float:
    """The share of the union of two sets, as arrays of distinct numbers, that both hold."""
    small, large = sorted((len(one), len(other)))
    if small < _RESEMBLANCE * large:
        # Too unlike in size to matter, whatever they share.
        return 0.0
    shared = _shared(one, other)
    return shared / (small + large - shared)


def _shared(one: Ints | Runs, other: Ints | Runs) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def _runs_of(passages: Sequence[Ints]) -> Runs:
    """The distinct runs of an article's passages; a passage shorter than a run is one itself."""
    padded = (np.pad(words + 1, (0, max(0, _RUN - len(words)))) for words in passages if len(words))
    windows = [sliding_window_view(words, _RUN).astype(np.uint64) @ _DIGITS for words in padded]
    return np.unique(np.concatenate([_NONE, *windows]))
