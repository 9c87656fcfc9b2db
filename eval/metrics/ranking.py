"""Retrieval metrics.

Where one passage is relevant, they are functions of its ``rank``, counted from 1; ``None`` means
not found. Where several are, they take ``gains``: the relevance of each ranked item, best rank
first, 0 for what is not relevant.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

Rank = int | None


def ndcg(rank: Rank, k: int = 10) -> float:
    """``1 / log2(1 + rank)`` if ``rank <= k``, else 0 (Järvelin and Kekäläinen 2002).

    With one relevant passage the ideal gain is 1, so nDCG is the discount of its rank alone.
    """
    return 1 / math.log2(1 + rank) if rank is not None and rank <= k else 0.0


def reciprocal_rank(rank: Rank) -> float:
    """``1 / rank``; 0 when not found (Voorhees 1999). ``rank`` is that of the first relevant."""
    return 1 / rank if rank is not None else 0.0


def graded_ndcg(gains: Sequence[float], judged: Collection[float], k: int = 10) -> float:
    """``DCG@k / ideal DCG@k``, ``DCG@k = sum of gain_i / log2(1 + i)`` for ``i`` from 1 to ``k``.

    Järvelin and Kekäläinen 2002, with linear gains as trec_eval has them. ``judged`` holds the
    gains of all relevant items there are, found or not. 0 where nothing is relevant.
    """
    ideal = _dcg(sorted(judged, reverse=True)[:k])
    return _dcg(gains[:k]) / ideal if ideal else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(1 + place) for place, gain in enumerate(gains, start=1))


def graded_recall(gains: Sequence[float], relevant: int, k: int) -> float:
    """Share of the ``relevant`` items that stand among the first ``k``; 0 where there are none."""
    return sum(gain > 0 for gain in gains[:k]) / relevant if relevant else 0.0


def subtopic_recall(ranks: Sequence[Rank], k: int) -> float:
    """Share of the facts wanted whose first passage stands among the first ``k``.

    ``|{facts with rank <= k}| / |facts|``: S-recall (Zhai, Cohen and Lafferty 2003,
    https://doi.org/10.1145/860435.860440). 0 where no fact is wanted.
    """
    return sum(r is not None and r <= k for r in ranks) / len(ranks) if ranks else 0.0


def first_rank(relevant: Sequence[bool]) -> Rank:
    """The rank of the first relevant item of a ranking; ``None`` if there is none."""
    return next((place for place, hit in enumerate(relevant, start=1) if hit), None)
