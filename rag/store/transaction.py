"""Changes to a folder's snapshot, and the contents that come of them.

A snapshot is rewritten whole; what did not change is copied from the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.store.indexing import entries_of, translatable
from rag.store.protocol import Batch, Entry, Floats, Ids, Shape
from rag.store.snapshot import FolderSnapshot
from rag.store.vectors import VectorSource
from rag.store.words import WordTable, tabulate_words
from rag.types import Article, Chunk


@dataclass(frozen=True)
class Contents:
    """What a snapshot is made of: ``chunks`` by article, in the order of ``articles``.

    ``vectors`` maps a field to unit vectors: ``passages`` one per chunk, ``sentences`` and
    ``similarity`` one per sentence, ``vocabulary`` one per word of it.
    """

    articles: Collection[Article]
    chunks: Sequence[Sequence[Chunk]]
    vectors: Mapping[str, VectorSource]
    words: WordTable
    vocabulary: Sequence[str]


class FolderTransaction:
    """:class:`rag.store.protocol.Transaction` over ``before``, or over ``salvaged`` articles."""

    def __init__(
        self,
        write: Callable[[Contents, Shape], None],
        before: FolderSnapshot | None = None,
        salvaged: Mapping[str, Article] | None = None,
    ) -> None:
        """``write`` puts contents in force."""
        self._write = write
        self._before = before
        stored = {a.id: a for a in before.articles} if before is not None else salvaged or {}
        self._articles: dict[str, Article] = dict(stored)
        self._new: dict[str, Entry] = {}
        self._old_words = {w: row for row, w in enumerate(before.vocabulary if before else ())}
        self._word_vectors: dict[str, Floats] = {}

    @property
    def articles(self) -> Mapping[str, Article]:
        """See :class:`rag.store.protocol.Transaction`, here and below."""
        return self._articles

    @property
    def vocabulary(self) -> Collection[str]:
        """Of the snapshot before and of the batches put."""
        return self._old_words.keys() | self._word_vectors.keys()

    def put(self, batch: Batch) -> None:
        """Held in memory until the commit."""
        for entry in batch.entries:
            self._articles[entry.article.id] = entry.article
            self._new[entry.article.id] = entry
        self._word_vectors.update(zip(batch.words, batch.vectors, strict=True))

    def update(self, articles: Iterable[Article]) -> None:
        """The parts of the snapshot before stay."""
        for article in articles:
            self._articles[article.id] = article

    def remove(self, ids: Collection[str]) -> None:
        """From what will be written."""
        for name in ids:
            del self._articles[name]
            self._new.pop(name, None)

    def commit(self, shape: Shape) -> None:
        """Write everything as a new snapshot."""
        before = _parts_of(self._before) if self._before is not None else {}
        parts = [self._new.get(name) or before[name] for name in self._articles]
        known = self._before.word_table.words if self._before is not None else ()
        words = tabulate_words((passage for part in parts for passage in part.words), known)
        vocabulary = [word for word in words.words if translatable(word)]
        chunks = [part.chunks for part in parts]
        vectors = {
            "passages": _stack([part.passages for part in parts]),
            "sentences": _stack([part.sentences for part in parts]),
            "similarity": _stack([part.similarity for part in parts]),
            "vocabulary": self._vocabulary(vocabulary),
        }
        self._write(Contents(self._articles.values(), chunks, vectors, words, vocabulary), shape)

    def _vocabulary(self, words: Sequence[str]) -> Floats:
        """The vector of each word, of the snapshot before where it has one."""
        rows = [self._old_words[word] for word in words if word in self._old_words]
        old = self._old_vectors(np.asarray(rows, dtype=np.int64))
        if len(rows) == len(words):
            return old
        is_old = np.asarray([word in self._old_words for word in words], dtype=bool)
        new = np.stack([self._word_vectors[word] for word in words if word not in self._old_words])
        vectors = np.empty((len(words), new.shape[1]), dtype=np.float32)
        if len(rows):
            vectors[is_old] = old
        vectors[~is_old] = new
        return vectors

    def _old_vectors(self, rows: Ids) -> Floats:
        if self._before is None:
            return np.zeros((0, 1), dtype=np.float32)
        return self._before.vectors["vocabulary"].rows(rows)


def _stack(parts: Sequence[Floats]) -> Floats:
    if not parts:
        return np.zeros((0, 1), dtype=np.float32)
    whole = parts[0].base
    slices = whole is not None and all(part.base is whole for part in parts)
    if whole is not None and slices and sum(map(len, parts)) == len(whole):
        # A first build: the parts are the slices of one array, in order; no need to copy.
        return np.asarray(whole)
    return np.concatenate(parts).astype(np.float32, copy=False)


def _parts_of(snapshot: FolderSnapshot) -> dict[str, Entry]:
    """All of a snapshot, by article id."""
    articles = list(snapshot.articles)
    chunks: list[list[Chunk]] = [[] for _ in articles]
    for row in range(len(snapshot.chunks)):
        owner = snapshot.chunks.article_row(row)
        chunks[owner].append(snapshot.chunks.chunk(row, articles[owner]))
    table = snapshot.word_table
    words = [table.numbers[a:b] for a, b in pairwise(table.bounds)]
    vectors = (
        snapshot.vectors[name].rows(np.arange(len(snapshot.vectors[name])))
        for name in ("passages", "sentences", "similarity")
    )
    return {entry.article.id: entry for entry in entries_of(articles, chunks, words, *vectors)}
