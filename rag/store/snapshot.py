"""An open snapshot of a folder: the tables on disk, as :class:`rag.store.protocol.Snapshot`.

Rows are known here and in the tables alone: a passage's number is its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise

import numpy as np

from rag.filters import EVERYTHING, Filter
from rag.store.articles import ArticleTable
from rag.store.lexical import LexicalIndex
from rag.store.protocol import (
    ArticleFacts,
    Cosines,
    Counts,
    DenseField,
    Floats,
    Group,
    Ids,
    Ints,
    LexicalField,
    Passage,
    Shape,
)
from rag.store.tables import ChunkTable, Mask, WordTable, concatenated
from rag.store.vectors import VectorIndex
from rag.text.analyze import stem

# Filters whose passages are remembered.
_REMEMBERED = 16


@dataclass(frozen=True)
class FolderSnapshot:
    """The tables of one snapshot folder."""

    version: str
    size: int
    shape: Shape
    articles: ArticleTable
    chunks: ChunkTable
    vectors: Mapping[str, VectorIndex]
    word_table: WordTable
    lexical: Mapping[str, LexicalIndex]
    vocabulary: Sequence[str]

    @cached_property
    def counts(self) -> Counts:
        """See :class:`rag.store.protocol.Snapshot`, here and below."""
        return Counts(len(self.articles), len(self.chunks), len(self.chunks.sentences))

    def nearest(self, vector: Floats, k: int, where: Filter = EVERYTHING) -> Ids:
        """By exact or compressed search; see :mod:`rag.store.vectors`."""
        return self.vectors["passages"].search(vector, k, self._mask(where))[0]

    def matching(
        self, field: LexicalField, groups: Sequence[Group], k: int, where: Filter = EVERYTHING
    ) -> Ids:
        """By lists of passages; see :mod:`rag.store.lexical`."""
        mask = self._mask(where)
        if not groups or (mask is not None and not mask.any()):
            return np.zeros(0, dtype=np.int64)
        return self.lexical[field].top(groups, k, mask)

    def candidates(self, ids: Ids) -> FolderCandidates:
        """The passages, their words and sentences fetched on first use."""
        return FolderCandidates(self, ids)

    def passages(self, ids: Ids) -> list[Passage]:
        """Each with its article, read from the database."""
        owners = (self.articles[row] for row in self.chunks.owners[ids].tolist())
        return [
            Passage(row, article, self.chunks.chunk(row, article))
            for row, article in zip(ids.tolist(), owners, strict=True)
        ]

    def words(self, ids: Ids) -> list[Ints]:
        """Slices of the word table."""
        return self.word_table.of(ids.tolist())

    def words_by_article(self) -> Iterator[tuple[str, list[Ints]]]:
        """The word table, article by article."""
        starts = np.searchsorted(self.chunks.owners, np.arange(len(self._facts) + 1)).tolist()
        for facts, (first, last) in zip(self._facts, pairwise(starts), strict=True):
            yield facts.id, self.word_table.of(range(first, last))

    def nearest_words(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """By the vectors of the vocabulary."""
        rows, cosines = self.vectors["vocabulary"].search(vector, k)
        return [
            (self.vocabulary[r], c) for r, c in zip(rows.tolist(), cosines.tolist(), strict=True)
        ]

    def document_frequency(self, field: LexicalField, term: str) -> int:
        """As the lexical index counts."""
        return self.lexical[field].document_frequency(term)

    def saying(self, word: str) -> set[str]:
        """By the lists of passages of each word."""
        words = [n for n, known in enumerate(self.word_table.words) if known.startswith(word)]
        return {facts.id for facts in self.facts(self.lexical["stems"].holding(stem(word), words))}

    def facts(self, ids: Ids) -> list[ArticleFacts]:
        """What is known of the article of each passage."""
        return [self._facts[row] for row in self.chunks.owners[ids].tolist()]

    @cached_property
    def _facts(self) -> list[ArticleFacts]:
        return self.articles.facts()

    @cached_property
    def _mask(self) -> Callable[[Filter], Mask | None]:
        """Which passages a filter admits; ``None`` stands for all."""
        return lru_cache(_REMEMBERED)(partial(_admitted, self._facts, self.chunks.owners))


@dataclass(frozen=True)
class FolderCandidates:
    """Rows of passages to be scored."""

    snapshot: FolderSnapshot
    ids: Ids

    @cached_property
    def articles(self) -> Sequence[ArticleFacts]:
        """See :class:`rag.store.protocol.Candidates`, here and below."""
        return self.snapshot.facts(self.ids)

    def cosines(self, field: DenseField, vector: Floats) -> Cosines:
        """By the stored vectors."""
        whole = self.ids, np.arange(len(self.ids))
        rows, starts = whole if field == "passages" else self._sentences
        if not len(rows):
            return Cosines(np.zeros(0, dtype=np.float32), starts)
        return Cosines(self.snapshot.vectors[field].rows(rows) @ vector, starts)

    def bm25(self, field: LexicalField, groups: Sequence[Group]) -> Floats:
        """By the words of the passages."""
        return self.snapshot.lexical[field].scores(groups, self.ids, self._words)

    @cached_property
    def _sentences(self) -> tuple[Ids, Ids]:
        """Rows of the sentences of the passages, and where each passage's begin among them."""
        bounds = self.snapshot.chunks.bounds
        first, last = bounds[self.ids], bounds[self.ids + 1]
        counts = last - first
        return concatenated(first, last), np.cumsum(counts) - counts

    @cached_property
    def _words(self) -> tuple[Ints, Ids]:
        return self.snapshot.word_table.placed(self.ids)


def _admitted(articles: Sequence[ArticleFacts], owners: Ids, where: Filter) -> Mask | None:
    if where == EVERYTHING:
        return None
    in_period = {date: where.period.holds(date) for date in {facts.date for facts in articles}}
    mask = [
        (where.only is None or facts.id in where.only)
        and facts.id not in where.without
        and (where.foreign_to is None or facts.language != where.foreign_to)
        and in_period[facts.date]
        for facts in articles
    ]
    admitted: Mask = np.asarray(mask, dtype=bool)[owners]
    return admitted
