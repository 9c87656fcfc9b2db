"""Search: run the legs, fuse them, and hand back hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.fusion import fuse
from rag.retrieval.legs import Leg, LexicalLeg, PassageLeg, SentenceLeg
from rag.retrieval.query import Query
from rag.store.index import Index
from rag.types import Article, Chunk, Hit


@dataclass(frozen=True)
class Found:
    """A hit with what answering needs of it: the article, the chunk, its row in the index, and
    what each leg gave it, on the leg's own scale.
    """

    hit: Hit
    article: Article
    chunk: Chunk
    row: int
    legs: Mapping[str, float]


class Searcher:
    """Ranks the passages of one open index."""

    def __init__(self, index: Index) -> None:
        """Search ``index``."""
        self._index = index
        self._legs: list[Leg] = [LexicalLeg(index), PassageLeg(index), SentenceLeg(index)]

    def leg_scores(self, query: Query) -> dict[str, NDArray[np.float32]]:
        """Every leg's scores of every passage, by leg name."""
        return {leg.name: leg.scores(query) for leg in self._legs}

    def search(self, query: Query, k: int) -> list[Found]:
        """The ``k`` best passages, best first; equal scores keep the order of the corpus."""
        if len(self._index.chunks) == 0:
            return []
        legs = self.leg_scores(query)
        scores = fuse(legs)
        order = np.argsort(-scores, kind="stable")[:k]
        return [
            self._found(rank, int(row), float(scores[row]), legs)
            for rank, row in enumerate(order, start=1)
        ]

    def _found(
        self, rank: int, row: int, score: float, legs: Mapping[str, NDArray[np.float32]]
    ) -> Found:
        article, chunk = self._index.chunk(row)
        hit = Hit(rank, score, article.ref, chunk.id, chunk.start, chunk.end, chunk.text)
        by_leg = {name: float(scores[row]) for name, scores in legs.items()}
        return Found(hit, article, chunk, row, by_leg)
