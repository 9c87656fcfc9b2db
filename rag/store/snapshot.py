"""An open snapshot of a folder: the tables on disk, as :class:`rag.store.protocol.Snapshot`.

Rows are known here and in the tables alone: a passage's number is its row.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.filters import EVERYTHING, Filter, days_of
from rag.store.articles import ArticleTable
from rag.store.chunks import ChunkTable
from rag.store.lexical import LexicalIndex, PassageWords
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
from rag.store.vectors import VectorIndex
from rag.store.words import WordTable
from rag.text.analyze import stem

Mask = NDArray[np.bool_]

# Sentences looked at for each passage that is wanted: several of the nearest are often of one.
_SENTENCES = 3
# Filters whose passages are remembered.
_REMEMBERED = 16
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class FolderSnapshot:
    """The tables of one snapshot folder."""

    path: Path
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

    def nearest(self, field: DenseField, vector: Floats, k: int, where: Filter = EVERYTHING) -> Ids:
        """By exact or compressed search; see :mod:`rag.store.vectors`."""
        mask = self._filters.mask(where)
        if mask is not None and not mask.any():
            return _NONE
        if field == "passages":
            return self.vectors[field].search(vector, k, mask)[0]
        bounds = self.chunks.bounds
        if mask is not None:
            mask = np.repeat(mask, np.diff(bounds))
        near, _ = self.vectors[field].search(vector, _SENTENCES * k, mask)
        owners = np.searchsorted(bounds, near, side="right") - 1
        first = np.sort(np.unique(owners, return_index=True)[1])
        return np.asarray(owners[first][:k], dtype=np.int64)

    def matching(
        self, field: LexicalField, groups: Sequence[Group], k: int, where: Filter = EVERYTHING
    ) -> Ids:
        """By lists of passages; see :mod:`rag.store.lexical`."""
        mask = self._filters.mask(where)
        if not groups or (mask is not None and not mask.any()):
            return _NONE
        return self.lexical[field].top(groups, k, mask)

    def candidates(self, ids: Ids) -> FolderCandidates:
        """The passages, their words and sentences fetched on first use."""
        return FolderCandidates(self, ids)

    def passages(self, ids: Ids) -> list[Passage]:
        """Each with its article, read from the database."""
        found = []
        for row in ids.tolist():
            article = self.articles[self.chunks.article_row(row)]
            found.append(Passage(row, article, self.chunks.chunk(row, article)))
        return found

    def words(self, ids: Ids) -> list[Ints]:
        """Slices of the word table."""
        table = self.word_table
        return [table.numbers[table.bounds[row] : table.bounds[row + 1]] for row in ids.tolist()]

    def words_by_article(self) -> Iterator[tuple[str, list[Ints]]]:
        """The word table, article by article."""
        owners = self.chunks.chunks[:, 0]
        starts = np.searchsorted(owners, np.arange(len(self.articles) + 1))
        for name, (first, last) in zip(self._filters.ids, pairwise(starts.tolist()), strict=True):
            yield name, self.words(np.arange(first, last))

    def nearest_words(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """By the vectors of the vocabulary."""
        if not len(self.vocabulary):
            return []
        rows, cosines = self.vectors["vocabulary"].search(vector, k)
        return [
            (self.vocabulary[r], c) for r, c in zip(rows.tolist(), cosines.tolist(), strict=True)
        ]

    def document_frequency(self, field: LexicalField, term: str) -> int:
        """As the lexical index counts."""
        return self.lexical[field].document_frequency(term)

    def saying(self, word: str) -> set[str]:
        """By the lists of passages of each word."""
        words = {n for n, known in enumerate(self.word_table.words) if known.startswith(word)}
        rows = self.lexical["stems"].passages_of(stem(word), words)
        owners = np.unique(self.chunks.chunks[rows, 0])
        return {self._filters.ids[row] for row in owners.tolist()}

    @cached_property
    def _filters(self) -> _Filters:
        return _Filters(self.articles, np.asarray(self.chunks.chunks[:, 0]))

    def facts(self, ids: Ids) -> list[ArticleFacts]:
        """What is known of the article of each passage."""
        filters = self._filters
        return [
            ArticleFacts(filters.ids[row], filters.languages[row], filters.dates[row])
            for row in filters.owners[ids].tolist()
        ]

    def close(self) -> None:
        """Release the files."""
        self.articles.close()


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
        if not len(self.ids):
            return Cosines(np.zeros(0, dtype=np.float32), self.ids)
        vectors = self.snapshot.vectors[field]
        if field == "passages":
            return Cosines(vectors.rows(self.ids) @ vector, np.arange(len(self.ids)))
        rows, starts = self._sentences
        return Cosines(vectors.rows(rows) @ vector, starts)

    def bm25(self, field: LexicalField, groups: Sequence[Group]) -> Floats:
        """By the words of the passages."""
        return self.snapshot.lexical[field].scores(groups, self._words)

    @cached_property
    def _sentences(self) -> tuple[Ids, Ids]:
        """Rows of the sentences of the passages, and where each passage's begin among them."""
        bounds = self.snapshot.chunks.bounds
        spans = [np.arange(bounds[row], bounds[row + 1]) for row in self.ids]
        starts = np.cumsum([0, *(len(span) for span in spans)])[:-1]
        return np.concatenate(spans) if spans else _NONE, starts

    @cached_property
    def _words(self) -> PassageWords:
        return PassageWords.of(self.snapshot.word_table, self.ids)


class _Filters:
    """Which passages a filter admits; ``owners`` are the rows of their articles."""

    def __init__(self, articles: ArticleTable, owners: Ids) -> None:
        self.ids, self.languages, self.dates = articles.facts()
        self.owners = owners
        self._masks: OrderedDict[Filter, Mask] = OrderedDict()
        self._lock = threading.Lock()

    def mask(self, where: Filter) -> Mask | None:
        """By passage; ``None`` where all are admitted."""
        if where == EVERYTHING:
            return None
        with self._lock:
            if where not in self._masks:
                self._masks[where] = self._articles(where)[self.owners]
                if len(self._masks) > _REMEMBERED:
                    self._masks.popitem(last=False)
            return self._masks[where]

    def _articles(self, where: Filter) -> Mask:
        mask = np.ones(len(self.ids), dtype=bool)
        if where.only is not None:
            mask[:] = False
            mask[self._rows(where.only)] = True
        mask[self._rows(where.without)] = False
        if where.foreign_to is not None:
            mask &= self._language_array != where.foreign_to
        if where.period.since is not None:
            mask &= self._days[:, 0] >= where.period.since.toordinal()
        if where.period.until is not None:
            mask &= (self._days[:, 1] <= where.period.until.toordinal()) & (self._days[:, 1] > 0)
        return mask

    def _rows(self, ids: frozenset[str]) -> list[int]:
        return [self._row_of[name] for name in ids if name in self._row_of] if ids else []

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.ids)}

    @cached_property
    def _language_array(self) -> NDArray[np.str_]:
        return np.asarray(self.languages, dtype=str)

    @cached_property
    def _days(self) -> NDArray[np.int64]:
        """The first and last day of each article's date; both 0 where it is not known."""
        return np.asarray([days_of(date) or (0, 0) for date in self.dates]).reshape(-1, 2)
