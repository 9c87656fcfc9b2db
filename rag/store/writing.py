"""Changes to the index in a folder, and what is written of them.

Whatever is added becomes one new segment; what it replaces, and what is removed, the manifest says
of the older ones. Small segments are merged as they come to be many. The manifest is replaced in
one step, when all it names is on the disk: a reader sees the old state or the new, never half.
``index/README.md`` documents the format.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import numpy as np

from rag.disk import synced
from rag.store.articles import LiveArticles, write_articles
from rag.store.fields import FIELDS, invert, tabulate_terms
from rag.store.integrity import described, sealed
from rag.store.protocol import DENSE_FIELDS, Entry, Floats, Shape
from rag.store.segments import ARTICLES, VECTORS, VOCABULARY, Part, Segment
from rag.store.staged import Staged
from rag.store.tables import WordTable, save_lines, tabulate_chunks, tabulate_words
from rag.store.vectors import VectorSource, write_vectors
from rag.types import Article, Chunk

FORMAT = 4
MANIFEST = "manifest.json"
# A second one: which articles were removed is told nowhere else.
MANIFEST_COPY = "manifest.copy.json"
PREFIX = "segment-"
# Where an index is taken out of a backup, until all of it is there.
DRAFT = ".restoring"
# So many segments of like size are merged into one, of articles up to so many at a time (or four
# times what was put): one more article is never kept waiting by a merge of all.
_FAN, _MERGED = 4, 1024
# A segment of which so much does not count any more is written anew, within the same bounds.
_MOST_DEAD = 0.25


class FolderTransaction(Staged):
    """:class:`rag.store.protocol.Transaction` in a folder."""

    def __init__(
        self,
        path: Path,
        articles: LiveArticles,
        parts: Sequence[Part],
        shape: Shape | None,
        *,
        rewrite: bool = False,
    ) -> None:
        """Change the ``parts`` at ``path``, which ``shape`` shaped; of a former format ``rewrite``
        them all. ``articles`` are theirs; or, where there are no parts, those that were salvaged.
        """
        super().__init__()
        self._rewrite = rewrite
        self._path = path
        self._parts = parts
        self._articles = articles
        self._shape = shape

    @property
    def articles(self) -> LiveArticles:
        """See :class:`rag.store.protocol.Transaction`, here and below."""
        return self._articles

    @property
    def shape(self) -> Shape | None:
        """As the manifest says."""
        return self._shape

    @property
    def vocabulary(self) -> Collection[str]:
        """Of all segments and of what was put."""
        stored = (word for part in self._parts for word in part.segment.vocabulary)
        return {*stored, *self._word_vectors}

    def commit(self, shape: Shape) -> None:
        """Write what is new, with what it is merged with, and the manifest."""
        before = {file.name for file in self._path.iterdir()}
        changed = {*self._new, *self._restated, *self._removed}
        placed = self._placed()
        kept = [part.less(changed) for part in self._parts]
        sizes = [(part.live, len(part.dead)) for part in kept]
        merged = set(range(len(kept))) if self._rewrite else _to_merge(sizes, len(placed))
        gone = [part for n, part in enumerate(kept) if n in merged]
        rest = [part for n, part in enumerate(kept) if n not in merged]
        placed += (pair for part in gone for pair in part.entries())
        if placed:
            placed.sort(key=itemgetter(0))
            kept = [*rest, Part(self._write(placed, gone, alone=not rest))]
        elif not rest:
            kept = []
        put_in_force(self._path, kept, shape, before)

    def _placed(self) -> list[tuple[int, Entry]]:
        """What is written in any case, each at its place: that of the article it replaces, or
        after all others.
        """
        old: dict[str, int] = {}
        copied: dict[str, Entry] = {}
        names = {*self._new, *self._restated}
        for part in self._parts:
            rows = [p for p in part.segment.articles.where("id", names) if p.row not in part.dead]
            old.update((placed.article.id, placed.place) for placed in rows)
            if wanted := {p.row for p in rows if p.article.id in self._restated}:
                copied.update((e.article.id, e) for _, e in part.segment.entries(wanted))
        last = max((part.segment.articles.last_place for part in self._parts), default=-1)
        restated = [replace(copied[i], article=a) for i, a in self._restated.items()]
        placed = []
        for entry in [*restated, *self._new.values()]:
            if (place := old.get(entry.article.id)) is None:
                place = last = last + 1
            placed.append((place, entry))
        return placed

    def _write(
        self, placed: Sequence[tuple[int, Entry]], merged: Sequence[Part], *, alone: bool
    ) -> Segment:
        """A new segment, which takes over the vocabulary of those that go; where no other stays,
        only words that are in use.
        """
        entries = [entry for _, entry in placed]
        table = tabulate_words(passage for entry in entries for passage in entry.words)
        none = np.zeros((0, 1), dtype=np.float32)
        vectors: dict[str, VectorSource] = {
            field: np.concatenate([entry.vectors[field] for entry in entries] or [none])
            for field in DENSE_FIELDS
        }
        words = dict(self._vectors_of(merged)) | self._word_vectors
        if alone:
            words = {word: words[word] for word in table.words if word in words}
        return write_segment(
            self._path,
            [(place, entry.article) for place, entry in placed],
            [entry.chunks for entry in entries],
            table,
            {**vectors, "vocabulary": np.stack([*words.values()]) if words else none},
            list(words),
        )

    @staticmethod
    def _vectors_of(parts: Sequence[Part]) -> Iterator[tuple[str, Floats]]:
        for part in parts:
            stored = part.segment.vectors["vocabulary"]
            yield from zip(
                part.segment.vocabulary, stored.rows(np.arange(len(stored))), strict=True
            )


def _to_merge(sizes: Sequence[tuple[int, int]], new: int) -> set[int]:
    """Which segments are written anew, as one, with ``new`` articles: of each, how many articles
    are live and how many dead.

    Those of like size when they are many (tiered merging, as Lucene's), and those of which much is
    dead.
    """
    most = max(_MERGED, 4 * new)
    chosen = {
        n
        for n, (live, dead) in enumerate(sizes)
        if dead > _MOST_DEAD * (live + dead) and live <= most
    }
    while True:
        size = new + sum(sizes[n][0] for n in chosen)
        rest = [(live, n) for n, (live, _) in enumerate(sizes) if n not in chosen]
        like = [(live, n) for live, n in rest if _tier(live) <= _tier(size)]
        whole = size + sum(live for live, _ in like)
        if not size or len(like) < _FAN - 1 or whole > most:
            return chosen
        chosen.update(n for _, n in like)


def _tier(articles: int) -> int:
    tier = 0
    while articles >= _FAN:
        articles //= _FAN
        tier += 1
    return tier


def write_segment(
    path: Path,
    articles: Sequence[tuple[int, Article]],
    chunks: Sequence[Sequence[Chunk]],
    words: WordTable,
    vectors: Mapping[str, VectorSource],
    vocabulary: Sequence[str],
) -> Segment:
    """Write articles, each after its place, as a new segment below ``path``.

    ``chunks`` are those of each article; ``vectors``, which need not fit into memory, have a row
    for each chunk, sentence or word of the ``vocabulary``.
    """
    folder = path / f"{PREFIX}{time.time_ns():x}"
    folder.mkdir(parents=True)
    try:
        write_articles(folder / ARTICLES, articles)
        table = tabulate_chunks(chunks)
        table.save(folder)
        words.save(folder)
        postings = invert(words)
        postings.save(folder, "postings.")
        for field, terms in FIELDS.items():
            tabulate_terms(words, terms).save(folder, f"{field}.")
        save_lines(folder / VOCABULARY, vocabulary)
        for field, (file, searched) in VECTORS.items():
            write_vectors(folder, file, vectors[field], searched=searched)
        counts = {
            "articles": len(articles),
            "chunks": len(table),
            "sentences": len(table.sentences),
        }
        said = {"name": folder.name, "counts": counts, **described(folder)}
        for written in folder.iterdir():
            synced(written)
        synced(folder)
        return Segment(folder, said)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def put_in_force(
    path: Path, parts: Sequence[Part], shape: Shape, before: Collection[str] = ()
) -> None:
    """Have a manifest name the ``parts``, then remove what none names any more; or, where that
    cannot be written, all but what was there ``before``.
    """
    version = f"{time.time_ns():x}"
    manifest = {
        "format": FORMAT,
        **shape,
        "version": version,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "segments": [{**part.segment.said, "dead": sorted(part.dead)} for part in parts],
    }
    text = json.dumps(sealed(manifest), ensure_ascii=False, indent=1) + "\n"
    drafts = {name: path / f".{name}.new" for name in (MANIFEST, MANIFEST_COPY)}
    try:
        synced(path)
        for draft in drafts.values():
            draft.write_text(text, encoding="utf-8")
            synced(draft)
        os.replace(drafts[MANIFEST], path / MANIFEST)
    except BaseException:
        sweep(path, before)
        raise
    os.replace(drafts[MANIFEST_COPY], path / MANIFEST_COPY)
    synced(path)
    sweep(path, {part.segment.name for part in parts})


def sweep(path: Path, current: Collection[str]) -> None:
    """Remove all segments below ``path`` but the current ones: former ones, and what a killed
    writer left. A reader's open or mapped files outlive their names; where they do not (Windows),
    the next to write removes them.
    """
    for pattern in (f"{PREFIX}*", "snapshot-*"):
        for folder in path.glob(pattern):
            if folder.name not in current:
                shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(path / DRAFT, ignore_errors=True)
    for name in (MANIFEST, MANIFEST_COPY):
        (path / f".{name}.new").unlink(missing_ok=True)
