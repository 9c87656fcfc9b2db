"""Changes to the snapshot in a folder, and what is written of them.

A snapshot is rewritten whole; what did not change is copied from the one before it. The manifest
is replaced in one step, when the snapshot is on the disk: a reader sees the old state or the new,
never half. ``index/README.md`` documents the format.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.store.articles import write_articles
from rag.store.fields import FIELDS, invert, tabulate_terms
from rag.store.indexing import entries_of, translatable
from rag.store.integrity import described, sealed
from rag.store.protocol import DENSE_FIELDS, Entry, Floats, Shape
from rag.store.snapshot import FolderSnapshot
from rag.store.tables import WordTable, save_lines, tabulate_chunks, tabulate_words
from rag.store.vectors import VectorSource, write_vectors
from rag.types import Article, Chunk

FORMAT = 3
MANIFEST = "manifest.json"
PREFIX = "snapshot-"
# Each field's vectors by the name of their files, and whether they are searched or only looked up.
VECTORS = {
    "passages": ("passages", True),
    "sentences": ("sentences", False),
    "similarity": ("senses", False),
    "vocabulary": ("vocabulary", True),
}


class FolderTransaction:
    """:class:`rag.store.protocol.Transaction` in a folder."""

    def __init__(
        self, path: Path, articles: Iterable[Article], before: FolderSnapshot | None
    ) -> None:
        """Change ``articles``, those stored at ``path``; what is made of them is kept of the
        snapshot ``before``.
        """
        self._path = path
        self._before = before
        self._articles = {article.id: article for article in articles}
        self._new: dict[str, Entry] = {}
        self._old_words = {w: row for row, w in enumerate(before.vocabulary if before else ())}
        self._word_vectors: dict[str, Floats] = {}

    @property
    def articles(self) -> Mapping[str, Article]:
        """See :class:`rag.store.protocol.Transaction`, here and below."""
        return self._articles

    @property
    def vocabulary(self) -> Collection[str]:
        """Of the snapshot before and of what was put."""
        return self._old_words.keys() | self._word_vectors.keys()

    def put(self, entries: Iterable[Entry], word_vectors: Mapping[str, Floats]) -> None:
        """Held in memory until the commit."""
        for entry in entries:
            self._articles[entry.article.id] = entry.article
            self._new[entry.article.id] = entry
        self._word_vectors.update(word_vectors)

    def update(self, articles: Iterable[Article]) -> None:
        """The parts of the snapshot before stay."""
        self._articles.update((article.id, article) for article in articles)

    def remove(self, ids: Collection[str]) -> None:
        """From what will be written."""
        for name in ids:
            del self._articles[name]
            self._new.pop(name, None)

    def commit(self, shape: Shape) -> None:
        """Write everything as a new snapshot."""
        before = _entries_of(self._before) if self._before else {}
        entries = [self._new.get(name) or before[name] for name in self._articles]
        known = self._before.word_table.words if self._before else ()
        words = tabulate_words((passage for entry in entries for passage in entry.words), known)
        none = np.zeros((0, 1), dtype=np.float32)
        vectors: dict[str, VectorSource] = {
            field: np.concatenate([entry.vectors[field] for entry in entries] or [none])
            for field in DENSE_FIELDS
        }
        chunks = [entry.chunks for entry in entries]
        articles = self._articles.values()
        write_snapshot(self._path, articles, chunks, words, vectors, self._vectors_of, shape)

    def _vectors_of(self, words: Sequence[str]) -> Floats:
        """The vector of each word, of the snapshot before where it has one."""
        rows = [self._old_words[word] for word in words if word in self._old_words]
        old = np.zeros((0, 1), dtype=np.float32)
        if self._before:
            old = self._before.vectors["vocabulary"].rows(np.asarray(rows, dtype=np.int64))
        new = [self._word_vectors[word] for word in words if word not in self._old_words]
        if not new:
            return old
        is_old = np.asarray([word in self._old_words for word in words])
        vectors = np.empty((len(words), len(new[0])), dtype=np.float32)
        vectors[is_old] = old
        vectors[~is_old] = new
        return vectors


def _entries_of(snapshot: FolderSnapshot) -> dict[str, Entry]:
    """All of a snapshot, by article id."""
    articles = list(snapshot.articles)
    chunks: list[list[Chunk]] = [[] for _ in articles]
    for row, owner in enumerate(snapshot.chunks.owners.tolist()):
        chunks[owner].append(snapshot.chunks.chunk(row, articles[owner]))
    words = snapshot.word_table.of(range(len(snapshot.chunks)))
    stored = {field: snapshot.vectors[field] for field in DENSE_FIELDS}
    vectors = {field: index.rows(np.arange(len(index))) for field, index in stored.items()}
    return {entry.article.id: entry for entry in entries_of(articles, chunks, words, vectors)}


def write_snapshot(
    path: Path,
    articles: Collection[Article],
    chunks: Sequence[Sequence[Chunk]],
    words: WordTable,
    vectors: Mapping[str, VectorSource],
    encode_words: Callable[[Sequence[str]], Floats],
    shape: Shape,
) -> None:
    """Write a whole corpus as a new snapshot below ``path`` and make it current.

    ``chunks`` are those of each article; ``vectors`` has a row for each chunk or sentence of them,
    which need not fit into memory; ``encode_words`` gives the vectors of the vocabulary.
    """
    name = f"{PREFIX}{time.time_ns():x}"
    folder = path / name
    folder.mkdir(parents=True)
    try:
        write_articles(folder / "articles.sqlite", articles)
        table = tabulate_chunks(chunks)
        table.save(folder)
        words.save(folder)
        postings = invert(words)
        postings.save(folder, "postings.")
        for field, terms in FIELDS.items():
            tabulate_terms(words, terms).save(folder, f"{field}.")
        vocabulary = [word for word in words.words if translatable(word)]
        save_lines(folder / "vocabulary.txt", vocabulary)
        every = {**vectors, "vocabulary": encode_words(vocabulary)}
        for field, (file, searched) in VECTORS.items():
            write_vectors(folder, file, every[field], searched=searched)
        manifest = {
            "format": FORMAT,
            **shape,
            "vectors": [file for file, _ in VECTORS.values()],
            "snapshot": name,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "counts": {
                "articles": len(articles),
                "chunks": len(table),
                "sentences": len(table.sentences),
            },
            **described(folder),
        }
        _put_in_force(path, folder, sealed(manifest))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sweep(path, name)


def sweep(path: Path, current: str) -> None:
    """Remove all snapshots below ``path`` but the current one: former ones, and what a killed
    writer left. A reader's open or mapped files outlive their names; where they do not (Windows),
    the next to write removes them.
    """
    for folder in path.glob(f"{PREFIX}*"):
        if folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_force(path: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Have the files on the disk before the manifest points at them."""
    for file in folder.iterdir():
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    temporary = path / f".{MANIFEST}.new"
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path / MANIFEST)
