"""Articles that print much the same text: wire copy, second versions, the same page fetched twice.

Two articles are near-duplicates when at least half of their distinct runs of three content words
are common to both (Broder 1997, "On the resemblance and containment of documents"). The
resemblance is computed exactly; only pairs that can reach it are compared, which prefix filtering
finds (Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"): of two sets that
share half of their union, the rarer halves have a member in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.store.protocol import Ids as Longs
from rag.store.protocol import Ints

_RESEMBLANCE = 0.5
_RUN = 3
# Odd, so that multiplying loses nothing modulo 2^64; the runs are told apart by their hashes.
_MIXER = np.uint64(0x9E3779B97F4A7C15)


def near_duplicates(articles: Iterable[tuple[str, Sequence[Ints]]]) -> list[tuple[str, ...]]:
    """Groups of two or more articles, each group in order, every article in one group at most.

    ``articles`` are ids, each with the words of its passages. Every member is a near-duplicate of
    the first, so that a chain of small changes does not join articles that have little in common.
    """
    ids, sets = _run_sets(articles)
    times = np.bincount(np.concatenate(list(sets.values()) or [np.zeros(0, np.int64)]))
    firsts: dict[int, list[int]] = {}
    holders: dict[int, list[int]] = defaultdict(list)
    for article, runs in sets.items():
        rare = [int(run) for run in runs[: len(runs) // 2 + 1] if times[run] > 1]
        candidates = sorted({first for run in rare for first in holders[run]})
        like = next((f for f in candidates if resemblance(sets[f], runs) >= _RESEMBLANCE), None)
        if like is not None:
            firsts[like].append(article)
            continue
        firsts[article] = [article]
        for run in rare:
            holders[run].append(article)
    return [tuple(ids[n] for n in group) for group in firsts.values() if len(group) > 1]


def resemblance(one: Longs, other: Longs) -> float:
    """The share of the union of two sets, as arrays of distinct numbers, that both hold."""
    small, large = sorted((len(one), len(other)))
    if small < _RESEMBLANCE * large:
        # Too unlike in size to matter, whatever they share.
        return 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (small + large - shared)


def _run_sets(
    articles: Iterable[tuple[str, Sequence[Ints]]],
) -> tuple[list[str], dict[int, Longs]]:
    """The ids, and the distinct runs of each article that has words, numbered from the rarest up,
    ascending.
    """
    ids: list[str] = []
    owners: list[int] = []
    words: list[Ints] = []
    for number, (name, passages) in enumerate(articles):
        ids.append(name)
        owners += [number] * len(passages)
        words += passages
    numbers = np.concatenate([np.zeros(0, np.int32), *words]).astype(np.uint64)
    passage_of = np.repeat(np.arange(len(words)), [len(run) for run in words])
    hashes, at = _hashes(numbers, passage_of)
    of_run = np.asarray(owners, dtype=np.int64)[passage_of[at]]
    _, run, times = np.unique(hashes, return_inverse=True, return_counts=True)
    # Prefixes need one order for all; the rarest first gives the fewest pairs to compare.
    rank = np.empty(len(times), dtype=np.int64)
    rank[np.argsort(times, kind="stable")] = np.arange(len(times))
    pairs = np.unique(of_run * len(times) + rank[run])
    owning, ranks = np.divmod(pairs, max(len(times), 1))
    edges = [*np.flatnonzero(np.diff(owning, prepend=-1)).tolist(), len(owning)]
    return ids, {int(owning[a]): ranks[a:b] for a, b in pairwise(edges)}


def _hashes(
    numbers: NDArray[np.uint64], passages: Longs
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A hash for each run of a passage, and where it starts; a shorter passage is one run."""
    count = len(numbers)
    hashes = np.zeros(count, dtype=np.uint64)
    whole = np.ones(count, dtype=bool)
    for step in range(_RUN):
        inside = np.zeros(count, dtype=bool)
        inside[: count - step] = passages[step:] == passages[: count - step]
        ahead = np.zeros(count, dtype=np.uint64)
        ahead[: count - step] = numbers[step:] + np.uint64(1)
        hashes = hashes * _MIXER + np.where(inside, ahead, np.uint64(0))
        hashes ^= hashes >> np.uint64(29)
        whole &= inside
    starts = np.flatnonzero(np.diff(passages, prepend=-1))
    short = np.zeros(count, dtype=bool)
    short[starts] = ~whole[starts]
    kept = np.flatnonzero(whole | short)
    return hashes[kept], kept
