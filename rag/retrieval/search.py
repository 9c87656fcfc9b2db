"""Search: run the legs, gather candidates, fuse the scores, and hand back hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.models.protocols import Encoder
from rag.retrieval.duplicates import fold
from rag.retrieval.fusion import ACROSS, fuse
from rag.retrieval.legs import Candidates, Mask, Rows, Scores, all_legs
from rag.retrieval.query import Query
from rag.retrieval.translation import Translator
from rag.retrieval.when import Period, article_dates
from rag.store.index import Index
from rag.types import Article, Chunk, Hit

# How many of its best passages each leg proposes.
_PROPOSED = 100
# How far below the last hit near-copies of the hits are looked for.
_FOLDED = 20
ALWAYS = Period()


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


@dataclass(frozen=True)
class Pool:
    """Passages that some leg proposed: their ``rows``, each leg's raw scores of them, each leg's
    ``best`` score of them, and whether each is in the ``same`` language as the question.
    """

    rows: Rows
    legs: Mapping[str, Scores]
    best: Mapping[str, float]
    same: NDArray[np.bool_]

    def keep(self, mask: NDArray[np.bool_]) -> Pool:
        """Only the candidates where ``mask`` holds."""
        legs = {name: scores[mask] for name, scores in self.legs.items()}
        return Pool(self.rows[mask], legs, self.best, self.same[mask])


class Searcher:
    """Ranks the passages of one open index."""

    def __init__(self, index: Index, sentence_encoder: Encoder) -> None:
        """Search ``index``, whose vocabulary was encoded by ``sentence_encoder``."""
        self._index = index
        self._legs = all_legs(index, Translator(index, sentence_encoder))
        self._owners = np.asarray(index.chunks.chunks[:, 0])
        self._languages = np.asarray(index.articles.column("language"), dtype=str)
        self._foreign_to: dict[str, Mask] = {}
        self._dates = article_dates(index.articles.column("date"))

    def candidates(self, query: Query, proposed: int = _PROPOSED, period: Period = ALWAYS) -> Pool:
        """The passages worth fusing: the ``proposed`` best of every leg, those of articles within
        ``period`` alone.
        """
        allowed = None if period == ALWAYS else self._dates.within(period)[self._owners]
        foreign = self._foreign(query.language)
        masks = {False: allowed, True: foreign if allowed is None else foreign & allowed}
        proposals = [
            leg.propose(query, proposed, masks[leg.name in ACROSS])
            for leg in self._legs
            if leg.name not in ACROSS or foreign.any()
        ]
        rows = np.unique(np.concatenate(proposals))
        same = ~foreign[rows]
        if not len(rows):
            return Pool(rows, {}, {}, same)
        candidates = Candidates(self._index, query, rows)
        legs = {leg.name: leg.scores(candidates) for leg in self._legs}
        return Pool(rows, legs, {name: float(s.max()) for name, s in legs.items()}, same)

    def _foreign(self, language: str) -> Mask:
        """Which passages are in another language."""
        if language not in self._foreign_to:
            self._foreign_to[language] = (self._languages != language)[self._owners]
        return self._foreign_to[language]

    def search(self, query: Query, k: int, period: Period = ALWAYS) -> list[Found]:
        """The ``k`` best passages of articles within ``period``, best first.

        Near-copies are folded into the best of them; equal scores keep the order of the corpus.
        """
        if len(self._index.chunks) == 0:
            return []
        return self.rank(query, self.candidates(query, max(k, _PROPOSED), period), k)

    def rank(self, query: Query, pool: Pool, k: int) -> list[Found]:
        """The ``k`` best of ``pool``, best first, near-copies folded."""
        if not len(pool.rows):
            return []
        scores = self.scores(query, pool)
        order = np.argsort(-scores, kind="stable")[: k + _FOLDED]
        rows = [int(row) for row in pool.rows[order]]
        owners = [int(self._owners[row]) for row in rows]
        return [
            self._found(
                rank,
                pool,
                int(order[folded.place]),
                float(scores[order[folded.place]]),
                [owners[copy] for copy in folded.copies],
            )
            for rank, folded in enumerate(fold(rows, owners, self._index.words, k), start=1)
        ]

    def scores(self, query: Query, pool: Pool) -> Scores:
        """The fused score of each candidate, with what its article's date adds."""
        fused = fuse(query, pool.legs, pool.best, pool.same)
        return fused + self._dates.preference(query.dates)[self._owners[pool.rows]]

    def _found(
        self, rank: int, pool: Pool, place: int, score: float, copies: Sequence[int]
    ) -> Found:
        row = int(pool.rows[place])
        article, chunk = self._index.chunk(row)
        also = tuple(self._index.articles[owner].ref for owner in dict.fromkeys(copies))
        hit = Hit(rank, score, article.ref, chunk.id, chunk.start, chunk.end, chunk.text, also)
        by_leg = {name: float(scores[place]) for name, scores in pool.legs.items()}
        return Found(hit, article, chunk, row, by_leg)
