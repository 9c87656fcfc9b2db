"""The legs: each scores passages for a query in its own way, on its own scale.

A leg proposes the passages it finds best among all, and scores any candidates it is given; that is
all a search needs, and neither costs time in proportion to the corpus times the legs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query
from rag.retrieval.translation import Translator
from rag.store.index import Index
from rag.store.lexical import Group, PassageWords, single

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

# A word left in Latin letters in Arabic text is a surer sign than its translation is.
_LATIN_CONFIDENCE = 0.5
# Sentences looked at for each passage a leg over sentences may propose: several of the best are
# often of one passage.
_SENTENCES = 3


@dataclass(frozen=True)
class Candidates:
    """Rows of the passages to be scored; what several legs need of them is fetched once."""

    index: Index
    query: Query
    rows: Rows

    @cached_property
    def words(self) -> PassageWords:
        """The words of the passages."""
        return PassageWords.of(self.index.words, self.rows)

    @cached_property
    def sentences(self) -> tuple[Rows, Rows]:
        """Rows of the sentences of the passages, and where each passage's begin among them."""
        bounds = self.index.chunks.bounds
        spans = [np.arange(bounds[row], bounds[row + 1]) for row in self.rows]
        starts = np.cumsum([0, *(len(span) for span in spans)])[:-1]
        return np.concatenate(spans), starts

    @cached_property
    def sentence_cosines(self) -> Scores:
        """The question's cosine with each of those sentences."""
        return self.index.vectors["sentences"].rows(self.sentences[0]) @ self.query.vector


class Leg(Protocol):
    """Finds and scores passages of an index."""

    @property
    def name(self) -> str:
        """Short name, as reports and fusion weights use it."""

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """At most ``k`` passages, the best by this leg of those where ``allowed`` holds."""

    def scores(self, candidates: Candidates) -> Scores:
        """One score per candidate; larger is better."""


class LexicalLeg:
    """BM25 over the terms of one lexical field: ``stems``, ``grams`` or ``names``."""

    def __init__(self, index: Index, name: str) -> None:
        """Score the passages of ``index`` by the field ``name``."""
        self.name = name
        self._lexical = index.lexical[name]

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """The passages of largest BM25."""
        return self._lexical.top(self._groups(query), k, allowed)

    def scores(self, candidates: Candidates) -> Scores:
        """BM25 of the candidates."""
        return self._lexical.scores(self._groups(candidates.query), candidates.words)

    def _groups(self, query: Query) -> list[Group]:
        return single(getattr(query, self.name))


class ScoringLeg(LexicalLeg):
    """A lexical leg that proposes nothing: what it would, the other legs propose as well."""

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """Nothing."""
        return np.zeros(0, dtype=np.int64)


class TranslatedLeg:
    """BM25 over stems that the question's foreign words translate to, and its numbers."""

    name = "translated"

    def __init__(self, index: Index, translator: Translator) -> None:
        """Score the passages of ``index``."""
        self._lexical = index.lexical["stems"]
        self._translator = translator

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """The passages of largest BM25; none for a question without foreign words."""
        return self._lexical.top(self._groups(query), k, allowed)

    def scores(self, candidates: Candidates) -> Scores:
        """BM25 of the candidates; all zero for a question without foreign words."""
        return self._lexical.scores(self._groups(candidates.query), candidates.words)

    def _groups(self, query: Query) -> list[Group]:
        if not query.foreign:
            return []
        translated = [
            Group(translation.stems, translation.confidence)
            for translation in self._translator.translate(query.foreign)
            if translation.confidence > 0
        ]
        literal = {
            term: 1.0 if term[0].isdigit() else _LATIN_CONFIDENCE
            for term in query.stems
            if term.isascii()
        }
        return translated + single(literal)


class PassageLeg:
    """Cosine of the question with each passage."""

    name = "passage"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["passages"]

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """The passages nearest to the question."""
        return self._vectors.search(query.vector, k, allowed)[0]

    def scores(self, candidates: Candidates) -> Scores:
        """Cosine with the candidates, in [-1, 1]."""
        return self._vectors.rows(candidates.rows) @ candidates.query.vector


class SentenceLeg:
    """Cosine of the question with the best sentence of each passage."""

    name = "sentence"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["sentences"]
        self._bounds = index.chunks.bounds

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """The passages of the nearest sentences."""
        mask = None if allowed is None else np.repeat(allowed, np.diff(self._bounds))
        near, _ = self._vectors.search(query.vector, _SENTENCES * k, mask)
        owners = np.searchsorted(self._bounds, near, side="right") - 1
        first = np.sort(np.unique(owners, return_index=True)[1])
        return np.asarray(owners[first][:k], dtype=np.int64)

    def scores(self, candidates: Candidates) -> Scores:
        """Largest sentence cosine of each candidate, in [-1, 1]."""
        return np.maximum.reduceat(candidates.sentence_cosines, candidates.sentences[1])


class MeanLeg:
    """Mean cosine of the question with all sentences of each passage; it proposes nothing.

    A passage that is about the matter throughout is preferred to one that mentions it once: 0.9
    points of nDCG@10 on questions that native speakers wrote (ARCD), cross-validated.
    """

    name = "mean"

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """Nothing: the sentence leg proposes by the same vectors."""
        return np.zeros(0, dtype=np.int64)

    def scores(self, candidates: Candidates) -> Scores:
        """Mean sentence cosine of each candidate, in [-1, 1]."""
        rows, starts = candidates.sentences
        counts = np.diff(np.append(starts, len(rows)))
        sums = np.add.reduceat(candidates.sentence_cosines, starts)
        return np.asarray(sums / counts, dtype=np.float32)


class SenseLeg:
    """As :class:`SentenceLeg`, by the sentence encoder; it proposes nothing."""

    name = "sense"

    def __init__(self, index: Index) -> None:
        """Score the passages of ``index``."""
        self._vectors = index.vectors["senses"]

    def propose(self, query: Query, k: int, allowed: Mask | None) -> Rows:
        """Nothing: on its own it adds no passage that the others miss."""
        return np.zeros(0, dtype=np.int64)

    def scores(self, candidates: Candidates) -> Scores:
        """Largest sentence cosine of each candidate, in [-1, 1]."""
        rows, starts = candidates.sentences
        return np.maximum.reduceat(self._vectors.rows(rows) @ candidates.query.sense, starts)


def all_legs(index: Index, translator: Translator) -> Sequence[Leg]:
    """Every leg over ``index``, in the order of :data:`rag.retrieval.fusion.LEGS`."""
    return (
        LexicalLeg(index, "stems"),
        ScoringLeg(index, "grams"),
        LexicalLeg(index, "names"),
        TranslatedLeg(index, translator),
        PassageLeg(index),
        SentenceLeg(index),
        MeanLeg(),
        SenseLeg(index),
    )
