"""Retrieve: run the legs, gather candidates, fuse the scores, and hand back hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.filters import EVERYTHING, Filter
from rag.retrieval.duplicates import fold
from rag.retrieval.fusion import dated, fuse
from rag.retrieval.legs import propose, score
from rag.retrieval.query import Query
from rag.retrieval.translation import TermTranslator
from rag.store.protocol import ArticleFacts, Floats, Ids, Passage, Snapshot
from rag.types import Hit

# How many of its best passages each leg proposes.
_PROPOSED = 100
# How far below the last hit near-copies of the hits are looked for.
_FOLDED = 20


@dataclass(frozen=True)
class Found:
    """A hit with what reading needs of it: the passage, its near-copies, which may tell another
    version, and what each leg gave it, on the leg's own scale.
    """

    hit: Hit
    passage: Passage
    legs: Mapping[str, float]
    copies: Sequence[Passage] = ()


@dataclass(frozen=True)
class Pool:
    """Passages that some leg proposed, their articles, and each leg's raw scores of them."""

    ids: Ids
    articles: Sequence[ArticleFacts]
    legs: Mapping[str, Floats]

    def scores(self, query: Query) -> Floats:
        """The fused score of each, with what its article's date adds."""
        same = np.asarray([article.language == query.language for article in self.articles])
        return fuse(self.legs, same) + dated(self.articles, query.dates)


class FusionRetriever:
    """Ranks the passages of one snapshot by all the legs."""

    def __init__(self, snapshot: Snapshot, translator: TermTranslator) -> None:
        """Search ``snapshot``; ``translator`` knows its words."""
        self._snapshot = snapshot
        self._translator = translator

    def retrieve(self, query: Query, k: int, where: Filter = EVERYTHING) -> list[Found]:
        """The ``k`` best passages of articles that ``where`` admits, best first.

        Near-copies are folded into the best of them; equal scores keep the order of the corpus.
        """
        return self.rank(query, self.pool(query, where, max(k, _PROPOSED)), k)

    def pool(self, query: Query, where: Filter = EVERYTHING, proposed: int = _PROPOSED) -> Pool:
        """The passages worth fusing: the ``proposed`` best of every leg."""
        ids = propose(self._snapshot, self._translator, query, proposed, where)
        candidates = self._snapshot.candidates(ids)
        return Pool(ids, candidates.articles, score(self._translator, query, candidates))

    def rank(self, query: Query, pool: Pool, k: int) -> list[Found]:
        """The ``k`` best of ``pool``, best first, near-copies folded."""
        if not len(pool.ids):
            return []
        scores = pool.scores(query)
        order = np.argsort(-scores, kind="stable")[: k + _FOLDED]
        owners = [pool.articles[place].id for place in order]
        folded = fold(self._snapshot.words(pool.ids[order]), owners, k)
        every = [*folded, *(copy for copies in folded.values() for copy in copies)]
        read = self._snapshot.passages(pool.ids[order[every]])
        passages = dict(zip(every, read, strict=True))
        found: list[Found] = []
        for first, copies in folded.items():
            place, passage = order[first], passages[first]
            chunk = passage.chunk
            others = dict.fromkeys(owners[copy] for copy in copies)
            hit = Hit(
                rank=len(found) + 1,
                score=float(scores[place]),
                article=passage.article.ref,
                chunk=chunk.id,
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                also=tuple(self._snapshot.articles.find(name).ref for name in others),
                pages=passage.article.pages_of(chunk.start, chunk.end),
            )
            legs = {name: float(values[place]) for name, values in pool.legs.items()}
            found.append(Found(hit, passage, legs, [passages[copy] for copy in copies]))
        return found
