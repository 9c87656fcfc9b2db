"""Search: run the legs, gather candidates, fuse the scores, and hand back hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.models.protocols import Encoder
from rag.retrieval.duplicates import fold
from rag.retrieval.fusion import fuse
from rag.retrieval.legs import (
    Leg,
    LexicalLeg,
    PassageLeg,
    Rows,
    Scores,
    SenseLeg,
    SentenceLeg,
    TranslatedLeg,
)
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
class Candidates:
    """Passages that some leg proposed: their ``rows``, each leg's raw scores of them, each leg's
    ``best`` score of all passages, and whether each is in the ``same`` language as the question.
    """

    rows: Rows
    legs: Mapping[str, Scores]
    best: Mapping[str, float]
    same: NDArray[np.bool_]

    def keep(self, mask: NDArray[np.bool_]) -> Candidates:
        """Only the candidates where ``mask`` holds."""
        legs = {name: scores[mask] for name, scores in self.legs.items()}
        return Candidates(self.rows[mask], legs, self.best, self.same[mask])


class Searcher:
    """Ranks the passages of one open index."""

    def __init__(self, index: Index, sentence_encoder: Encoder) -> None:
        """Search ``index``, whose vocabulary was encoded by ``sentence_encoder``."""
        self._index = index
        self._legs: tuple[Leg, ...] = (
            LexicalLeg(index, "stems"),
            LexicalLeg(index, "grams"),
            LexicalLeg(index, "names"),
            TranslatedLeg(index, Translator(index, sentence_encoder)),
            PassageLeg(index),
            SentenceLeg(index),
        )
        self._sense = SenseLeg(index)
        languages = np.asarray([article.language or "" for article in index.articles], dtype=str)
        self._owners = np.asarray(index.chunks.chunks[:, 0])
        self._languages = languages[self._owners]
        self._dates = article_dates(article.date for article in index.articles)

    def candidates(
        self, query: Query, proposed: int = _PROPOSED, period: Period = ALWAYS
    ) -> Candidates:
        """The passages worth fusing: the ``proposed`` best of every leg that scores them all,
        those of articles within ``period`` alone.
        """
        scores = {leg.name: leg.scores(query) for leg in self._legs}
        if period != ALWAYS:
            outside = ~self._dates.within(period)[self._owners]
            for values in scores.values():
                values[outside] = -np.inf
        rows = np.unique(np.concatenate([_top(s, proposed) for s in scores.values()]))
        if not len(rows):
            return Candidates(rows, {}, {}, np.zeros(0, dtype=bool))
        legs = {name: s[rows] for name, s in scores.items()}
        legs["sense"] = self._sense.scores_of(query, rows)
        best = {name: float(s.max()) for name, s in scores.items()}
        best["sense"] = float(legs["sense"].max())
        return Candidates(rows, legs, best, self._languages[rows] == query.language)

    def search(self, query: Query, k: int, period: Period = ALWAYS) -> list[Found]:
        """The ``k`` best passages of articles within ``period``, best first.

        Near-copies are folded into the best of them; equal scores keep the order of the corpus.
        """
        if len(self._index.chunks) == 0:
            return []
        return self.rank(query, self.candidates(query, max(k, _PROPOSED), period), k)

    def rank(self, query: Query, pool: Candidates, k: int) -> list[Found]:
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

    def scores(self, query: Query, pool: Candidates) -> Scores:
        """The fused score of each candidate, with what its article's date adds."""
        fused = fuse(query, pool.legs, pool.best, pool.same)
        return fused + self._dates.preference(query.dates)[self._owners[pool.rows]]

    def _found(
        self, rank: int, pool: Candidates, place: int, score: float, copies: Sequence[int]
    ) -> Found:
        row = int(pool.rows[place])
        article, chunk = self._index.chunk(row)
        also = tuple(self._index.articles[owner].ref for owner in dict.fromkeys(copies))
        hit = Hit(rank, score, article.ref, chunk.id, chunk.start, chunk.end, chunk.text, also)
        by_leg = {name: float(scores[place]) for name, scores in pool.legs.items()}
        return Found(hit, article, chunk, row, by_leg)


def _top(scores: Scores, k: int) -> Rows:
    """Rows of the ``k`` largest scores above zero; a leg that found nothing proposes nothing."""
    rows = np.arange(len(scores)) if len(scores) <= k else np.argpartition(-scores, k - 1)[:k]
    return rows[scores[rows] > 0]
