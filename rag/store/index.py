"""A whole index on disk: snapshots beside one another, and a manifest that names the current one.

A build writes a new snapshot folder and then replaces ``manifest.json`` in one step, so a reader
sees the old index or the new, never half. ``index/README.md`` documents the format.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import StoreError
from rag.store.articles import ArticleTable, write_articles
from rag.store.chunks import ChunkTable
from rag.store.fields import FIELDS, build_fields
from rag.store.lexical import LexicalIndex, Postings, invert
from rag.store.vectors import VectorIndex, VectorSource, open_vectors, write_vectors
from rag.store.words import WordTable, read_lines
from rag.types import Article, Chunk

FORMAT = 3
MANIFEST = "manifest.json"
# Senses are looked up by row alone.
_SEARCHED = ("passages", "sentences", "vocabulary")
_LOCK_SECONDS = 600
_OPEN_ATTEMPTS = 3


@dataclass(frozen=True)
class Contents:
    """What a snapshot is made of. ``chunks`` refers to ``articles`` by their place.

    ``vectors`` maps a name to unit vectors: ``passages`` one per chunk, ``sentences`` and
    ``senses`` one per sentence, ``vocabulary`` one per word that other languages are matched to.
    """

    articles: Collection[Article]
    chunks: ChunkTable
    vectors: Mapping[str, VectorSource]
    words: WordTable
    vocabulary: Sequence[str]


@dataclass(frozen=True)
class Index:
    """An open snapshot, read-only."""

    path: Path
    manifest: Mapping[str, Any]
    articles: ArticleTable
    chunks: ChunkTable
    vectors: Mapping[str, VectorIndex]
    words: WordTable
    lexical: Mapping[str, LexicalIndex]
    vocabulary: Sequence[str]

    def chunk(self, row: int) -> tuple[Article, Chunk]:
        """Chunk ``row`` and its article."""
        article = self.articles[self.chunks.article_row(row)]
        return article, self.chunks.chunk(row, article)

    def close(self) -> None:
        """Release the files."""
        self.articles.close()


def index_exists(path: Path) -> bool:
    """Whether there is a manifest at ``path``."""
    return (path / MANIFEST).exists()


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the index at ``path``.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    manifest = _read_json(path)
    if manifest.get("format") != FORMAT:
        raise StoreError(f"{path / MANIFEST}: not an index of format {FORMAT}; {mend(path)}")
    return manifest


def _read_json(path: Path) -> dict[str, Any]:
    """The manifest at ``path``, of whatever format."""
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: no index here; make one with: musnad ingest --index {path}"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{file}: damaged manifest; {mend(path)}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("snapshot"), str):
        raise StoreError(f"{file}: damaged manifest; {mend(path)}")
    return manifest


def mend(path: Path) -> str:
    """The advice that ends a message about a damaged index."""
    return f"mend it with: musnad ingest --rebuild --index {path}"


def open_index(path: Path) -> Index:
    """Open the current snapshot of the index at ``path``.

    Raises:
        StoreError: there is no index, or a file of it is missing, cut short or damaged.
    """
    for attempt in range(_OPEN_ATTEMPTS):
        manifest = read_manifest(path)
        try:
            return _open_snapshot(path, manifest)
        except StoreError:
            # A writer may have replaced and removed the snapshot since the manifest was read.
            if attempt + 1 == _OPEN_ATTEMPTS or read_manifest(path) == manifest:
                raise
    raise AssertionError("unreachable")


def _open_snapshot(path: Path, manifest: Mapping[str, Any]) -> Index:
    folder = path / manifest["snapshot"]
    for name, size in manifest["files"].items():
        file = folder / name
        actual = file.stat().st_size if file.exists() else None
        if actual != size:
            found = "missing" if actual is None else f"{actual} bytes, expected {size}"
            raise StoreError(f"{file}: damaged index file ({found}); {mend(path)}")
    try:
        postings = Postings.load(folder)
        return Index(
            path=path,
            manifest=manifest,
            articles=ArticleTable(folder / "articles.sqlite"),
            chunks=ChunkTable.load(folder),
            vectors={name: open_vectors(folder, name) for name in manifest["vectors"]},
            words=WordTable.load(folder),
            lexical={name: LexicalIndex.load(folder, name, postings) for name in FIELDS},
            vocabulary=read_lines(folder / "vocabulary.txt"),
        )
    except StoreError as error:
        raise StoreError(f"{error}; {mend(path)}") from error


def salvage_articles(path: Path) -> list[Article]:
    """The articles of an index whose other files may be damaged.

    Raises:
        StoreError: not even its articles can be read.
    """
    table = ArticleTable(path / _read_json(path)["snapshot"] / "articles.sqlite")
    try:
        return list(table)
    finally:
        table.close()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the index at ``path`` for writing; one process at a time.

    Raises:
        StoreError: the folder cannot be made, or another process holds it too long.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with FileLock(path / ".lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise StoreError(
            f"{path}: another process has been writing for {_LOCK_SECONDS} s"
        ) from error
    except OSError as error:
        where = error.filename or path
        raise StoreError(f"{where}: cannot write the index ({error.strerror or error})") from error


def write_index(path: Path, contents: Contents, made_by: Mapping[str, Any]) -> None:
    """Write ``contents`` as a new snapshot and make it current. Call inside :func:`writing`.

    ``made_by`` holds the fingerprints of what shaped the contents; it joins the manifest.
    """
    name = f"snapshot-{time.time_ns():x}"
    folder = path / name
    folder.mkdir()
    try:
        write_articles(folder / "articles.sqlite", contents.articles)
        contents.chunks.save(folder)
        contents.words.save(folder)
        postings = invert(contents.words)
        postings.save(folder)
        for field, lexical in build_fields(contents.words, postings).items():
            lexical.save(folder, field)
        (folder / "vocabulary.txt").write_text("\n".join(contents.vocabulary), encoding="utf-8")
        for kind, vectors in contents.vectors.items():
            write_vectors(folder, kind, vectors, searched=kind in _SEARCHED)
        manifest = {
            "format": FORMAT,
            **made_by,
            "snapshot": name,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "counts": {
                "articles": len(contents.articles),
                "chunks": len(contents.chunks),
                "sentences": len(contents.chunks.sentences),
            },
            "files": {file.name: file.stat().st_size for file in sorted(folder.iterdir())},
        }
        _sync(folder)
        _replace(path / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _remove_old(path, keep=name)


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.new")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, file)


def _sync(folder: Path) -> None:
    """Have the files on the disk before the manifest points at them."""
    for file in folder.iterdir():
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_old(path: Path, keep: str) -> None:
    # A reader's open or mapped files outlive their names; where they do not (Windows), the next
    # build removes them.
    for folder in path.glob("snapshot-*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
