"""The legs: each scores passages for a query in its own way, on its own scale."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query
from rag.store.index import Index

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class Leg(Protocol):
    """Scores every passage of an index."""

    @property
    def name(self) -> str:
        """Short name, as reports and fusion weights use it."""

    def scores(self, query: Query) -> Scores:
        """One score per passage, shape ``(passages,)``; larger is better."""


class LexicalLeg:
    """BM25 over light-stemmed tokens."""

    name = "bm25"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._lexical = index.lexical

    def scores(self, query: Query) -> Scores:
        """BM25 of every passage."""
        return self._lexical.scores(dict.fromkeys(query.terms, 1.0))


class PassageLeg:
    """Cosine of the question with each passage."""

    name = "passage"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["passages"]

    def scores(self, query: Query) -> Scores:
        """Cosine with every passage, in [-1, 1]."""
        rows, cosines = self._vectors.search(query.vector, len(self._vectors))
        scores = np.zeros(len(self._vectors), dtype=np.float32)
        scores[rows] = cosines
        return scores


class SentenceLeg:
    """Cosine of the question with the best sentence of each passage."""

    name = "sentence"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["sentences"]
        self._bounds = index.chunks.bounds

    def scores(self, query: Query) -> Scores:
        """Largest sentence cosine of every passage, in [-1, 1]."""
        rows, cosines = self._vectors.search(query.sentence_vector, len(self._vectors))
        every = np.zeros(len(self._vectors), dtype=np.float32)
        every[rows] = cosines
        return np.maximum.reduceat(every, self._bounds[:-1])
