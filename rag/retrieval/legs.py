"""The legs: each scores passages for a query in its own way, on its own scale.

A leg either scores every passage, and so can propose candidates, or only the candidates of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query
from rag.retrieval.translation import Translator
from rag.store.index import Index

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

# A word left in Latin letters in Arabic text is a surer sign than its translation is.
_LATIN_CONFIDENCE = 0.5


class Leg(Protocol):
    """Scores every passage of an index."""

    @property
    def name(self) -> str:
        """Short name, as reports and fusion weights use it."""

    def scores(self, query: Query) -> Scores:
        """One score per passage, shape ``(passages,)``; larger is better."""


class LexicalLeg:
    """BM25 over the terms of one lexical field: ``stems``, ``grams`` or ``names``."""

    def __init__(self, index: Index, name: str) -> None:
        """Score the passages of ``index`` by the field ``name``."""
        self.name = name
        self._lexical = index.lexical[name]

    def scores(self, query: Query) -> Scores:
        """BM25 of every passage."""
        terms: Mapping[str, float] = getattr(query, self.name)
        return self._lexical.scores(terms)


class TranslatedLeg:
    """BM25 over stems that the question's foreign words translate to, and its numbers."""

    name = "translated"

    def __init__(self, index: Index, translator: Translator) -> None:
        """Score the passages of ``index``."""
        self._lexical = index.lexical["stems"]
        self._translator = translator

    def scores(self, query: Query) -> Scores:
        """BM25 of every passage; all zero for a question without foreign words."""
        total = np.zeros(len(self._lexical), dtype=np.float32)
        if not query.foreign:
            return total
        for translation in self._translator.translate(query.foreign):
            if translation.confidence > 0:
                scores = self._lexical.group_scores(translation.stems)
                total += np.float32(translation.confidence) * scores
        literal = {
            term: 1.0 if term[0].isdigit() else _LATIN_CONFIDENCE
            for term in query.stems
            if term.isascii()
        }
        return total + self._lexical.scores(literal)


class PassageLeg:
    """Cosine of the question with each passage."""

    name = "passage"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["passages"]

    def scores(self, query: Query) -> Scores:
        """Cosine with every passage, in [-1, 1]."""
        return self._vectors.cosines(query.vector)


class SentenceLeg:
    """Cosine of the question with the best sentence of each passage."""

    name = "sentence"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["sentences"]
        self._bounds = index.chunks.bounds

    def scores(self, query: Query) -> Scores:
        """Largest sentence cosine of every passage, in [-1, 1]."""
        return np.maximum.reduceat(self._vectors.cosines(query.vector), self._bounds[:-1])


class SenseLeg:
    """As :class:`SentenceLeg`, by the sentence encoder, and only for candidates."""

    name = "sense"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["senses"]
        self._bounds = index.chunks.bounds

    def scores_of(self, query: Query, rows: Rows) -> Scores:
        """Largest sentence cosine of the passages ``rows``, in [-1, 1]."""
        spans = [np.arange(self._bounds[row], self._bounds[row + 1]) for row in rows]
        starts = np.cumsum([0, *(len(span) for span in spans)])[:-1]
        cosines = self._vectors.rows(np.concatenate(spans)) @ query.sense
        return np.maximum.reduceat(cosines, starts)
