"""Asks a library the questions of a set, as a reader would, and notes all that can be measured.

A reply is a plain JSON object, so that it can be kept on disk and scored again at any time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from eval.metrics.citations import Cited, overlaps
from eval.metrics.ranking import Rank, first_rank
from eval.sets.values import Item
from rag.answering.compose import QUOTING_MODEL
from rag.answering.pipeline import Request, finished
from rag.filters import Filter
from rag.library import Library
from rag.models.protocols import Generator
from rag.retrieval.query import Query
from rag.retrieval.retriever import FusionRetriever
from rag.types import Answer

# Passages kept of each ranking: deep enough for every metric.
DEPTH = 100
# More than any article has.
_EVERY = 100_000
Record = dict[str, Any]


class Asker:
    """Asks one library by the way every question goes."""

    def __init__(
        self,
        library: Library,
        generator: Generator | None,
        *,
        answering: bool = True,
        hiding: bool = False,
    ) -> None:
        """Ask ``library`` as its settings say; ``generator`` ``None`` answers by quoting.

        ``answering`` false leaves it at retrieval; ``hiding`` asks what has an answer once more
        with the articles hidden that hold it.
        """
        self._library = library
        self._pipeline = library.pipeline()
        # What would be quoted if nothing were declined: the risk at full coverage.
        self._undeclining = replace(self._pipeline, answerable=-1.0)
        self._writer = library.writer(generator)
        self._answering = answering
        self._hiding = hiding

    def ask(self, item: Item) -> Record:
        """The reply to one question.

        Raises:
            MusnadError: a model failed, or the question cannot be asked.
        """
        request = Request(item.text)
        if not self._answering:
            started = time.perf_counter()
            self._pipeline.search(request)
            seconds = round(time.perf_counter() - started, 4)
            return {"timings": {"search": seconds}, **self._retrieved(item)}
        answer = finished(self._pipeline.answer(request, self._writer))
        record = {**self._retrieved(item), **self._plain(answer)}
        quoted = answer
        if not answer.answered or answer.model != QUOTING_MODEL:
            quoted = finished(self._undeclining.answer(request))
        record["quoted"] = [list(cited) for cited in _cited(quoted)]
        if self._hiding and item.answerable:
            hidden = Request(item.text, Filter(without=item.gold))
            record["answered_hidden"] = finished(
                self._pipeline.answer(hidden, self._writer)
            ).answered
        return record

    def _plain(self, answer: Answer) -> Record:
        """The answer, its citations as ``[n, article, start, end, shown, there]``."""
        claims = [
            {
                "text": claim.text,
                "supported": claim.supported,
                "citations": [
                    [c.n, c.article.id, c.start, c.end, c.quote,
                     self._library.article(c.article.id).text[c.start : c.end]]
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
            "short": answer.short.text if answer.short else None,
            "words": _words_shown(answer),
            "claims": claims,
            "model": answer.model,
            "raw": answer.raw,
            "timings": {name: round(seconds, 4) for name, seconds in answer.timings.items()},
        }

    def _retrieved(self, item: Item) -> Record:
        """The ranking, how many passages hold gold, and where each leg alone puts the first."""
        retriever = retriever_of(self._library)
        query = self._pipeline.prepare(item.text)
        pool = retriever.pool(query)
        holding = self._holding(item, query)
        ranked = retriever.rank(query, pool, DEPTH)
        held = [number in holding for number in pool.ids.tolist()]
        owners = [
            article.id if item.relevant else str(n) for n, article in enumerate(pool.articles)
        ]
        return {
            "key": item.key,
            "hits": [
                [f.passage.article.id, f.passage.chunk.start, f.passage.chunk.end] for f in ranked
            ],
            "relevant": len(holding),
            "legs": {name: _leg_rank(scores, held, owners) for name, scores in pool.legs.items()},
        }

    def _holding(self, item: Item, query: Query) -> set[int]:
        """The passages that hold gold."""
        if not item.gold:
            return set()
        snapshot = self._library.snapshot()
        near = snapshot.nearest(query.vector, _EVERY, Filter(only=item.gold))
        return {
            number
            for number, article, chunk in snapshot.passages(near)
            if item.relevant.get(article.id, 0) > 0
            or any(overlaps(Cited(article.id, chunk.start, chunk.end), s) for s in item.spans)
        }


def retriever_of(library: Library) -> FusionRetriever:
    """The retriever of the library's pipeline, whose legs can be looked at one by one."""
    retriever = library.pipeline().retriever
    assert isinstance(retriever, FusionRetriever)
    return retriever


def _leg_rank(scores: Any, held: Sequence[bool], owners: Sequence[str]) -> Rank:
    """Where a leg alone ranks the first passage that holds gold, each owner counting once.

    A leg that gives every candidate the same score (names, in a question without any) ranks none.
    """
    if not len(scores) or np.ptp(scores) == 0:
        return None
    first: dict[str, bool] = {}
    for place in np.argsort(-scores, kind="stable"):
        first[owners[place]] = first.get(owners[place], False) or held[place]
    return first_rank(list(first.values()))


def _cited(answer: Answer) -> list[Cited]:
    """The spans an answer cites, each once."""
    return list(
        dict.fromkeys(
            Cited(citation.article.id, citation.start, citation.end)
            for claim in answer.claims
            for citation in claim.citations
        )
    )


def _words_shown(answer: Answer) -> int:
    """The words of an answer, without what a page folds."""
    folded = sum(len(claim.text.split()) for claim in answer.claims if claim.also)
    return len(answer.text.split()) - folded
