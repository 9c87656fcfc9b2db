"""The store in a folder: snapshots beside one another, a manifest that names the current one.

A commit writes a new snapshot folder and then replaces ``manifest.json`` in one step, so a reader
sees the old state or the new, never half. ``index/README.md`` documents the format.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import StoreError
from rag.store.articles import ArticleTable, write_articles
from rag.store.chunks import ChunkTable, tabulate
from rag.store.fields import FIELDS, build_fields
from rag.store.indexing import translatable
from rag.store.lexical import LexicalIndex, Postings, invert
from rag.store.protocol import Floats, Shape
from rag.store.snapshot import FolderSnapshot
from rag.store.transaction import Contents, FolderTransaction
from rag.store.vectors import VectorSource, open_vectors, write_vectors
from rag.store.words import WordTable, read_lines, tabulate_words
from rag.types import Article, Chunk

FORMAT = 3
MANIFEST = "manifest.json"
_PREFIX = "snapshot-"
# Each field's vectors by the name of their files, and whether they are searched or only looked up.
VECTORS = {
    "passages": ("passages", True),
    "sentences": ("sentences", True),
    "similarity": ("senses", False),
    "vocabulary": ("vocabulary", True),
}
_LOCK_SECONDS = 600
_OPEN_ATTEMPTS = 3
# What a manifest says of the snapshot itself; the rest is its shape.
_OWN = ("format", "snapshot", "created", "counts", "files", "vectors")


class FolderStore:
    """:class:`rag.store.protocol.Store` at ``path``. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened or made yet."""
        self.path = path
        self._lock = threading.Lock()
        self._open: FolderSnapshot | None = None

    def exists(self) -> bool:
        """Whether there is a manifest."""
        return (self.path / MANIFEST).exists()

    def snapshot(self) -> FolderSnapshot:
        """See :meth:`rag.store.protocol.Store.snapshot`."""
        with self._lock:
            manifest = read_manifest(self.path)
            if self._open is None or self._open.version != _version(manifest):
                self._open = _open_current(self.path)
            return self._open

    @contextlib.contextmanager
    def write(self, *, anew: bool = False) -> Iterator[FolderTransaction]:
        """See :meth:`rag.store.protocol.Store.write`."""
        with _writing(self.path):
            if not self.exists():
                yield FolderTransaction(self._put_in_force)
            elif anew:
                yield FolderTransaction(self._put_in_force, salvaged=salvage_articles(self.path))
            else:
                yield FolderTransaction(self._put_in_force, self.snapshot())

    def load(
        self,
        articles: Collection[Article],
        chunks: Sequence[Sequence[Chunk]],
        words: Iterable[Sequence[str]],
        vectors: Mapping[str, VectorSource],
        encode_words: Callable[[Sequence[str]], Floats],
        shape: Shape,
    ) -> None:
        """Make a whole corpus the current snapshot, whose vectors need not fit into memory.

        ``chunks`` are those of each article, ``words`` those of each chunk; ``vectors`` has a row
        for each chunk or sentence; ``encode_words`` gives the vectors of the vocabulary.

        Raises:
            StoreError: it cannot be written, or another writer holds the store too long.
        """
        table = tabulate_words(words)
        vocabulary = [word for word in table.words if translatable(word)]
        every: dict[str, VectorSource] = {**vectors, "vocabulary": encode_words(vocabulary)}
        with _writing(self.path):
            self._put_in_force(Contents(articles, chunks, every, table, vocabulary), shape)

    def _put_in_force(self, contents: Contents, shape: Shape) -> None:
        write_snapshot(self.path, contents, shape)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the index at ``path``.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    manifest = _read_json(path)
    if manifest.get("format") != FORMAT:
        raise StoreError(f"{path / MANIFEST}: not an index of format {FORMAT}; {_mend(path)}")
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
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("snapshot"), str):
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}")
    return manifest


def _version(manifest: Mapping[str, Any]) -> str:
    return str(manifest["snapshot"]).removeprefix(_PREFIX)


def _mend(path: Path) -> str:
    """The advice that ends a message about a damaged index."""
    return f"mend it with: musnad ingest --rebuild --index {path}"


def _open_current(path: Path) -> FolderSnapshot:
    """Open the current snapshot of the index at ``path``.

    Raises:
        StoreError: there is no index, or a file of it is missing, cut short or damaged.
    """
    for _ in range(_OPEN_ATTEMPTS - 1):
        manifest = read_manifest(path)
        try:
            return _open_snapshot(path, manifest)
        except StoreError:
            # A writer may have replaced and removed the snapshot since the manifest was read.
            if read_manifest(path) == manifest:
                raise
    return _open_snapshot(path, read_manifest(path))


def _open_snapshot(path: Path, manifest: Mapping[str, Any]) -> FolderSnapshot:
    folder = path / manifest["snapshot"]
    for name, size in manifest["files"].items():
        file = folder / name
        actual = file.stat().st_size if file.exists() else None
        if actual != size:
            found = "missing" if actual is None else f"{actual} bytes, expected {size}"
            raise StoreError(f"{file}: damaged index file ({found}); {_mend(path)}")
    try:
        postings = Postings.load(folder)
        return FolderSnapshot(
            path=path,
            version=_version(manifest),
            size=sum(manifest["files"].values()),
            shape={name: value for name, value in manifest.items() if name not in _OWN},
            articles=ArticleTable(folder / "articles.sqlite"),
            chunks=ChunkTable.load(folder),
            vectors={name: open_vectors(folder, file) for name, (file, _) in VECTORS.items()},
            word_table=WordTable.load(folder),
            lexical={name: LexicalIndex.load(folder, name, postings) for name in FIELDS},
            vocabulary=read_lines(folder / "vocabulary.txt"),
        )
    except StoreError as error:
        raise StoreError(f"{error}; {_mend(path)}") from error


def salvage_articles(path: Path) -> dict[str, Article]:
    """The articles, by id, of an index whose other files may be damaged.

    Raises:
        StoreError: not even its articles can be read.
    """
    table = ArticleTable(path / _read_json(path)["snapshot"] / "articles.sqlite")
    try:
        return {article.id: article for article in table}
    finally:
        table.close()


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Hold the index at ``path`` for writing; one process at a time."""
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


def write_snapshot(path: Path, contents: Contents, shape: Shape) -> None:
    """Write ``contents`` as a new snapshot below ``path`` and make it current."""
    name = f"{_PREFIX}{time.time_ns():x}"
    folder = path / name
    folder.mkdir()
    try:
        chunks = tabulate(contents.chunks)
        write_articles(folder / "articles.sqlite", contents.articles)
        chunks.save(folder)
        contents.words.save(folder)
        postings = invert(contents.words)
        postings.save(folder)
        for field, lexical in build_fields(contents.words, postings).items():
            lexical.save(folder, field)
        (folder / "vocabulary.txt").write_text("\n".join(contents.vocabulary), encoding="utf-8")
        for field, (file, searched) in VECTORS.items():
            write_vectors(folder, file, contents.vectors[field], searched=searched)
        manifest = {
            "format": FORMAT,
            **shape,
            "vectors": [file for file, _ in VECTORS.values()],
            "snapshot": name,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "counts": {
                "articles": len(contents.articles),
                "chunks": len(chunks),
                "sentences": len(chunks.sentences),
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
    for folder in path.glob(f"{_PREFIX}*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
