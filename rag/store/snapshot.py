"""An open snapshot of a folder: the tables on disk, as :class:`rag.store.protocol.Snapshot`.

Rows are known here and in the tables alone: a passage's number is its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.filters import EVERYTHING, Filter, days_of
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
        return self.vectors["passages"].search(vector, k, self._filters.mask(where))[0]

    def matching(
        self, field: LexicalField, groups: Sequence[Group], k: int, where: Filter = EVERYTHING
    ) -> Ids:
        """By lists of passages; see :mod:`rag.store.lexical`."""
        mask = self._filters.mask(where)
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
    def _filters(self) -> _Filters:
        return _Filters(self._facts, self.chunks.owners)


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


class _Filters:
    """Which passages a filter admits; ``owners`` are the rows of their articles."""

    def __init__(self, articles: Sequence[ArticleFacts], owners: Ids) -> None:
        self._articles = articles
        self._owners = owners
        self.mask = lru_cache(_REMEMBERED)(self._mask)

    def _mask(self, where: Filter) -> Mask | None:
        """By passage; ``None`` where all are admitted."""
        if where == EVERYTHING:
            return None
        kept = np.ones(len(self._articles), dtype=bool)
        if where.only is not None:
            kept[:] = False
            kept[self._rows(where.only)] = True
        kept[self._rows(where.without)] = False
        if where.foreign_to is not None:
            kept &= self._languages != where.foreign_to
        if where.period.since is not None:
            kept &= self._days[:, 0] >= where.period.since.toordinal()
        if where.period.until is not None:
            kept &= (self._days[:, 1] <= where.period.until.toordinal()) & (self._days[:, 1] > 0)
        mask: Mask = kept[self._owners]
        return mask

    def _rows(self, ids: frozenset[str]) -> list[int]:
        return [self._row_of[name] for name in ids if name in self._row_of] if ids else []

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {facts.id: row for row, facts in enumerate(self._articles)}

    @cached_property
    def _languages(self) -> NDArray[np.str_]:
        return np.asarray([facts.language for facts in self._articles], dtype=str)

    @cached_property
    def _days(self) -> Ids:
        """The first and last day of each article's date; both 0 where it is not known."""
        days = [days_of(facts.date) or (0, 0) for facts in self._articles]
        return np.asarray(days, dtype=np.int64).reshape(-1, 2)
