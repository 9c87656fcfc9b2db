"""A segment: the immutable files of some articles and all that is made of them.

What was removed or replaced since is not in its files: the manifest says which articles of a
segment no longer count. The idea is Lucene's (https://lucene.apache.org/core/): whatever is added
is a new small segment, and small ones are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.filters import EVERYTHING, Filter, days_of
from rag.store.articles import ArticleTable
from rag.store.fields import FIELDS, without
from rag.store.indexing import entries_of
from rag.store.integrity import Inspection
from rag.store.lexical import FieldPart, Gone, Postings, TermTable
from rag.store.protocol import DENSE_FIELDS, ArticleFacts, Entry, Ids
from rag.store.tables import ChunkTable, Mask, WordTable, concatenated, load_lines
from rag.store.vectors import VectorIndex, open_vectors
from rag.types import Chunk

ARTICLES = "articles.sqlite"
VOCABULARY = "vocabulary.txt"
# Each field's vectors by the name of their files, and whether they are searched or only looked up.
VECTORS = {
    "passages": ("passages", True),
    "sentences": ("sentences", False),
    "similarity": ("senses", False),
    "vocabulary": ("vocabulary", True),
}
# Filters whose passages are remembered.
_REMEMBERED = 16
# Articles that are read with all that is made of them at once.
_ENTRIES = 256


class Segment:
    """The files in a folder, each opened when it is first needed, and inspected before."""

    def __init__(self, folder: Path, said: Mapping[str, Any]) -> None:
        """The files that ``said``, a row of the manifest, has the sizes and digests of."""
        self.folder = folder
        self.said = said
        self.inspection = Inspection(folder, said)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(self.said["files"].values())

    def open(self) -> None:
        """Have everything inspected and opened.

        Raises:
            StoreError: a file is missing, cut short or damaged.
        """
        self.inspection.check()
        for each in (self.articles, self.chunks, self.vectors, self.words, self.fields):
            len(each)

    @cached_property
    def articles(self) -> ArticleTable:
        """The articles. Here and below a damaged file raises StoreError."""
        self.inspection.check([ARTICLES])
        return ArticleTable(self.folder / ARTICLES)

    @cached_property
    def vocabulary(self) -> Sequence[str]:
        """The words that have their vectors here."""
        self.inspection.check([VOCABULARY])
        return load_lines(self.folder / VOCABULARY)

    @cached_property
    def chunks(self) -> ChunkTable:
        """The passages."""
        return ChunkTable.load(self.folder)

    @cached_property
    def words(self) -> WordTable:
        """Their words."""
        return WordTable.load(self.folder)

    @cached_property
    def vectors(self) -> Mapping[str, VectorIndex]:
        """The vectors of each kind."""
        return {name: open_vectors(self.folder, file) for name, (file, _) in VECTORS.items()}

    @cached_property
    def fields(self) -> Mapping[str, FieldPart]:
        """The lexical fields."""
        postings = Postings.load(self.folder, "postings.")
        return {
            name: FieldPart(TermTable.load(self.folder, f"{name}."), postings) for name in FIELDS
        }

    @cached_property
    def facts(self) -> list[ArticleFacts]:
        """What is known of each article, by row."""
        return self.articles.facts()

    def entries(self, rows: Collection[int]) -> Iterator[tuple[int, Entry]]:
        """The articles of these ``rows`` with all that is made of them, each after its place."""
        self.inspection.check()
        placed = self.articles.at(rows)
        articles = {one.row: one.article for one in placed}
        table, words = self.chunks, self.words
        passages = np.flatnonzero(np.isin(table.owners, list(articles)))
        chunks: dict[int, list[Chunk]] = {row: [] for row in articles}
        for passage, owner in zip(passages.tolist(), table.owners[passages].tolist(), strict=True):
            chunks[owner].append(table.chunk(passage, articles[owner]))
        said = [[words.words[n] for n in run.tolist()] for run in words.of(passages.tolist())]
        sentences = concatenated(table.bounds[passages], table.bounds[passages + 1])
        vectors = {
            field: self.vectors[field].rows(passages if field == "passages" else sentences)
            for field in DENSE_FIELDS
        }
        made = entries_of(list(articles.values()), list(chunks.values()), said, vectors)
        yield from zip((one.place for one in placed), made, strict=True)


@dataclass(frozen=True)
class Part:
    """A segment as it counts in a snapshot: without the rows of articles that are ``dead``."""

    segment: Segment
    dead: frozenset[int] = frozenset()

    @property
    def live(self) -> int:
        """How many articles count."""
        return len(self.segment.articles) - len(self.dead)

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Of the articles that count; see :meth:`Segment.entries`."""
        live = [row for row in range(len(self.segment.articles)) if row not in self.dead]
        for start in range(0, len(live), _ENTRIES):
            yield from self.segment.entries(live[start : start + _ENTRIES])

    def less(self, ids: Collection[str]) -> Part:
        """Without these articles."""
        rows = (placed.row for placed in self.segment.articles.where("id", ids))
        return replace(self, dead=self.dead.union(rows))

    @cached_property
    def gone(self) -> Ids:
        """Rows of the passages that do not count."""
        return np.flatnonzero(np.isin(self.segment.chunks.owners, list(self.dead)))

    def gone_from(self, field: str) -> Gone:
        """What does not count of a lexical field."""
        return without(self.segment.fields[field], self.segment.words, self.gone)

    @cached_property
    def mask(self) -> Any:
        """Given a filter, the mask of the passages it admits; ``None`` where all are."""
        return lru_cache(_REMEMBERED)(self._mask)

    def _mask(self, where: Filter) -> Mask | None:
        if where == EVERYTHING and not self.dead:
            return None
        kept = np.ones(len(self.segment.facts), dtype=bool)
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
        kept[list(self.dead)] = False
        mask: Mask = kept[self.segment.chunks.owners]
        return mask

    def _rows(self, ids: frozenset[str]) -> list[int]:
        return [self._row_of[name] for name in ids if name in self._row_of] if ids else []

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {facts.id: row for row, facts in enumerate(self.segment.facts)}

    @cached_property
    def _languages(self) -> NDArray[np.str_]:
        return np.asarray([facts.language for facts in self.segment.facts], dtype=str)

    @cached_property
    def _days(self) -> Ids:
        """The first and last day of each article's date; both 0 where it is not known."""
        days = [days_of(facts.date) or (0, 0) for facts in self.segment.facts]
        return np.asarray(days, dtype=np.int64).reshape(-1, 2)
