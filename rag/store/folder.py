"""The store in a folder: snapshots beside one another, a manifest that names the current one."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import StoreError
from rag.store.articles import ArticleTable
from rag.store.fields import FIELDS
from rag.store.integrity import Inspection, is_whole
from rag.store.lexical import LexicalIndex, Postings, TermTable
from rag.store.snapshot import FolderSnapshot
from rag.store.tables import ChunkTable, WordTable, load_lines
from rag.store.vectors import open_vectors
from rag.store.writing import FORMAT, MANIFEST, PREFIX, VECTORS, FolderTransaction, sweep
from rag.types import Article

_LOCK_SECONDS = 600
# What a manifest says of the snapshot itself; the rest is its shape.
_OWN = ("format", "snapshot", "created", "counts", "files", "digests", "sha256", "vectors")
_ARTICLES = "articles.sqlite"


class FolderStore:
    """:class:`rag.store.protocol.Store` at ``path``. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened or made yet."""
        self.path = path
        self._lock = threading.Lock()
        self._open: FolderSnapshot | None = None
        self._inspection: Inspection | None = None

    def exists(self) -> bool:
        """Whether there is a manifest."""
        return (self.path / MANIFEST).exists()

    def snapshot(self) -> FolderSnapshot:
        """See :meth:`rag.store.protocol.Store.snapshot`."""
        with self._lock:
            manifest = _read_manifest(self.path)
            while self._open is None or PREFIX + self._open.version != manifest["snapshot"]:
                try:
                    self._open, self._inspection = _open_snapshot(self.path, manifest)
                except StoreError:
                    # A writer may have replaced and removed the snapshot meanwhile.
                    failed, manifest = manifest, _read_manifest(self.path)
                    if manifest == failed:
                        raise
            if self._inspection:
                with _advising(self.path):
                    self._inspection.verdict()
            return self._open

    @contextlib.contextmanager
    def write(self, *, anew: bool = False) -> Iterator[FolderTransaction]:
        """See :meth:`rag.store.protocol.Store.write`."""
        with _writing(self.path):
            before = self.snapshot() if self.exists() and not anew else None
            if before:
                sweep(self.path, PREFIX + before.version)
            articles = before.articles if before else self._salvaged()
            yield FolderTransaction(self.path, articles, before)

    def _salvaged(self) -> list[Article]:
        """The articles of an index whose other files may be damaged; none where there is none.

        Raises:
            StoreError: not even its articles can be read.
        """
        if not self.exists():
            return []
        manifest: Mapping[str, Any] = {}
        with contextlib.suppress(StoreError):
            manifest = _read_manifest(self.path, any_format=True)
        folders = sorted(self.path.glob(f"{PREFIX}*"))
        if self.path / manifest.get("snapshot", "") not in folders:
            # Nothing but the articles is needed, and they are in the newest snapshot.
            if not folders:
                raise StoreError(f"{self.path}: damaged index, no snapshot in it")
            manifest = {"snapshot": folders[-1].name}
        folder = self.path / manifest["snapshot"]
        with _advising(self.path):
            Inspection(folder, manifest, _ARTICLES)
        with contextlib.closing(ArticleTable(folder / _ARTICLES)) as table:
            return list(table)


def _read_manifest(path: Path, *, any_format: bool = False) -> dict[str, Any]:
    """The manifest of the index at ``path``.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: no index here; make one with: musnad ingest --index {path}"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}") from error
    if (
        not isinstance(manifest, dict)
        or not isinstance(manifest.get("snapshot"), str)
        or not is_whole(manifest)
    ):
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}")
    if manifest.get("format") != FORMAT and not any_format:
        raise StoreError(f"{file}: not an index of format {FORMAT}; {_mend(path)}")
    return manifest


def _mend(path: Path) -> str:
    """The advice that ends a message about a damaged index."""
    return f"mend it with: musnad ingest --rebuild --index {path}"


def _open_snapshot(path: Path, manifest: Mapping[str, Any]) -> tuple[FolderSnapshot, Inspection]:
    """The snapshot that ``manifest`` names, and what looks through its files.

    Raises:
        StoreError: a file of it is missing, cut short or damaged.
    """
    folder = path / manifest["snapshot"]
    with _advising(path):
        inspection = Inspection(folder, manifest)
        postings = Postings.load(folder, "postings.")
        fields = {name: TermTable.load(folder, f"{name}.") for name in FIELDS}
        return FolderSnapshot(
            version=folder.name.removeprefix(PREFIX),
            size=sum(manifest["files"].values()),
            shape={name: value for name, value in manifest.items() if name not in _OWN},
            articles=ArticleTable(folder / _ARTICLES),
            chunks=ChunkTable.load(folder),
            vectors={name: open_vectors(folder, file) for name, (file, _) in VECTORS.items()},
            word_table=WordTable.load(folder),
            lexical={name: LexicalIndex(terms, postings) for name, terms in fields.items()},
            vocabulary=load_lines(folder / "vocabulary.txt"),
        ), inspection


@contextlib.contextmanager
def _advising(path: Path) -> Iterator[None]:
    """What is wrong with the index at ``path``, with what mends it: all but the articles can be
    made from the articles.
    """
    try:
        yield
    except StoreError as error:
        if _ARTICLES in str(error):
            raise StoreError(
                f"{error}; put back a copy of it, or ingest the sources anew"
            ) from error
        raise StoreError(f"{error}; {_mend(path)}") from error


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
