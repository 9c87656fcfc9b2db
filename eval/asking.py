"""Asks a library the questions of a set, as a reader would, and notes all that can be measured.

A reply is a plain JSON object, so that it can be kept on disk and scored again at any time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.metrics import Rank, first_rank
from eval.metrics.citations import Cited, overlaps
from eval.sets import Item
from rag.answering.engine import Answerer, Done
from rag.answering.several import Searched, search_parts
from rag.library import Library
from rag.models.protocols import Generator
from rag.models.threads import one_blas_thread
from rag.retrieval.query import Query, prepare
from rag.retrieval.search import Found, Pool, Searcher
from rag.types import Answer

# Passages kept of each ranking: deep enough for every metric.
DEPTH = 100
Record = dict[str, Any]


class Asker:
    """Asks one library. ``answering`` false leaves it at retrieval."""

    def __init__(
        self, library: Library, generator: Generator | None, *, answering: bool = True
    ) -> None:
        """Ask ``library`` as its settings say; ``generator`` ``None`` answers by quoting."""
        self._library = library
        self._encoders = library.encoders()
        self._index = library.index()
        self._answering = answering
        self._searcher = Searcher(self._index, self._encoders[1])
        settings = library.settings
        self._answerer = Answerer(self._index, self._encoders, generator, settings)
        # What would be quoted if nothing were declined: the risk at full coverage.
        never_declining = replace(settings, answerable=0.0)
        self._quoter = Answerer(self._index, self._encoders, None, never_declining)
        articles = list(self._index.articles)
        self._texts = {article.id: article.text for article in articles}
        self._chunks = [
            Cited(articles[row].id, start, end)
            for row, start, end in self._index.chunks.chunks.tolist()
        ]

    def ask(self, item: Item) -> Record:
        """The reply to one question.

        Raises:
            MusnadError: a model failed, or the question cannot be asked.
        """
        settings = self._library.settings
        started = time.perf_counter()
        with one_blas_thread():
            query = prepare(item.text, *self._encoders)
            pool = self._searcher.candidates(query)
            found = self._searcher.rank(query, pool, settings.passages)
            parts = search_parts(query.text, self._search)
        searched = time.perf_counter() - started
        answer = (
            self._done(self._answerer, query, found, parts, started) if self._answering else None
        )
        record: Record = {"key": item.key, **self._retrieved(item, query, pool)}
        if answer is None:
            record["timings"] = {"search": searched}
            return record
        forced = self._done(self._quoter, query, found, parts, time.perf_counter())
        record |= self._plain(answer)
        record["quoted"] = [list(cited) for cited in _cited(forced)]
        return record

    def _search(self, text: str) -> Searched:
        query = prepare(text, *self._encoders)
        return query, self._searcher.search(query, self._library.settings.passages)

    @staticmethod
    def _done(
        answerer: Answerer,
        query: Query,
        found: Sequence[Found],
        parts: Sequence[Searched],
        started: float,
    ) -> Answer:
        for event in answerer.stream(query, found, started, parts=parts):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("the stream of events ends with Done")

    def _plain(self, answer: Answer) -> Record:
        """The answer, its citations as ``[n, article, start, end, shown, there]``."""
        claims = [
            {
                "text": claim.text,
                "supported": claim.supported,
                "citations": [
                    [c.n, c.article.id, c.start, c.end, c.quote,
                     self._texts[c.article.id][c.start : c.end]]
                    for c in claim.citations
                ],
            }
            for claim in answer.claims
        ]  # fmt: skip
        return {
            "answered": answer.answered,
            "confidence": round(answer.confidence or 0.0, 4),
            "reason": answer.reason,
            "text": answer.text,
            "claims": claims,
            "model": answer.model,
            "raw": answer.raw,
            "timings": {name: round(seconds, 4) for name, seconds in answer.timings.items()},
        }

    def _retrieved(self, item: Item, query: Query, pool: Pool) -> Record:
        """The ranking, how many passages hold gold, and where each leg alone puts the first."""
        ranked = self._searcher.rank(query, pool, DEPTH)
        wanted = [span for group in item.groups for span in group]
        holds = np.asarray([self._holds(chunk, wanted, item) for chunk in self._chunks], dtype=bool)
        legs = {
            name: _leg_rank(np.asarray(scores), holds[pool.rows])
            for name, scores in pool.legs.items()
        }
        return {
            "hits": [[f.article.id, f.chunk.start, f.chunk.end] for f in ranked],
            "relevant": int(holds.sum()),
            "legs": legs,
        }

    @staticmethod
    def _holds(chunk: Cited, wanted: Sequence[Cited], item: Item) -> bool:
        if item.relevant:
            return item.relevant.get(chunk.article, 0) > 0
        return any(overlaps(chunk, span) for span in wanted)


def _leg_rank(scores: NDArray[np.float32], holds: NDArray[np.bool_]) -> Rank:
    """Where a leg alone ranks the first passage that holds gold.

    A leg that gives every candidate the same score (names, in a question without any) ranks none.
    """
    if not len(scores) or np.ptp(scores) == 0:
        return None
    return first_rank(holds[np.argsort(-scores, kind="stable")].tolist())


def _cited(answer: Answer) -> list[Cited]:
    """The spans an answer cites, each once."""
    return list(
        dict.fromkeys(
            Cited(citation.article.id, citation.start, citation.end)
            for claim in answer.claims
            for citation in claim.citations
        )
    )
