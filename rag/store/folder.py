"""The store in a folder: segments beside one another, and a manifest naming the current ones."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.errors import StoreError
from rag.store.archive import back_up, restore
from rag.store.articles import ArticleTable, LiveArticles
from rag.store.checking import faults_of
from rag.store.integrity import Inspection, is_whole
from rag.store.locking import writing
from rag.store.segments import ARTICLES, Part, Segment
from rag.store.snapshot import FolderSnapshot
from rag.store.writing import FORMAT, MANIFEST, MANIFEST_COPY, PREFIX, FolderTransaction, sweep

# A format whose indexes are brought up to date without encoding anything, by the next to write.
_FORMER = 3
# What a manifest says of its state, now or formerly; the rest is the shape.
_OWN = {
    *("format", "version", "created", "segments", "sha256"),
    *("snapshot", "counts", "files", "digests", "vectors"),
}


class FolderStore:
    """:class:`rag.store.protocol.Store` at ``path``. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened or made yet."""
        self.path = path
        self._lock = threading.Lock()
        self._open: FolderSnapshot | None = None
        self._look: tuple[int, ...] | None = None
        self._segments: dict[str, Segment] = {}

    @property
    def place(self) -> str:
        """See :class:`rag.store.protocol.Store`."""
        return f"--index {self.path}"

    def exists(self) -> bool:
        """Whether there is a manifest."""
        return (self.path / MANIFEST).exists()

    def snapshot(self) -> FolderSnapshot:
        """See :meth:`rag.store.protocol.Store.snapshot`."""
        with self._lock:
            look = _look(self.path / MANIFEST)
            if self._open is None or look is None or look != self._look:
                self._open, self._look = self._current(), look
            with _advising(self.path):
                for part in self._open.parts:
                    part.segment.inspection.verdict()
            return self._open

    def _current(self) -> FolderSnapshot:
        manifest = _read_manifest(self.path)
        while self._open is None or self._open.version != manifest["version"]:
            try:
                return self._opened(manifest)
            except StoreError:
                # A writer may have replaced and removed the segments meanwhile.
                failed, manifest = manifest, _read_manifest(self.path)
                if manifest == failed:
                    raise
        return self._open

    def _opened(self, manifest: Mapping[str, Any]) -> FolderSnapshot:
        """The snapshot that ``manifest`` describes, ready to be searched.

        Raises:
            StoreError: a file of it is missing, cut short or damaged.
        """
        with _advising(self.path):
            parts = self._parts(manifest)
            for part in parts:
                part.segment.open()
            return FolderSnapshot(manifest["version"], _shape(manifest), parts)

    def _parts(self, manifest: Mapping[str, Any]) -> list[Part]:
        """Segments that were opened before stay open: they do not change."""
        before, self._segments = self._segments, {}
        for said in manifest["segments"]:
            name = said["name"]
            self._segments[name] = before.get(name) or Segment(self.path / name, said)
        return [
            Part(self._segments[said["name"]], frozenset(said["dead"]))
            for said in manifest["segments"]
        ]

    @contextlib.contextmanager
    def write(self, *, anew: bool = False) -> Iterator[FolderTransaction]:
        """See :meth:`rag.store.protocol.Store.write`."""
        with writing(self.path):
            if anew or not self.exists():
                yield FolderTransaction(self.path, self._salvaged(), [], None)
                return
            with _advising(self.path):
                manifest = _read_manifest(self.path, formats=(FORMAT, _FORMER))
                if manifest["format"] == _FORMER:
                    self._transaction(manifest).commit(_shape(manifest))
                    manifest = _read_manifest(self.path)
                yield self._transaction(manifest)

    def _transaction(self, manifest: Mapping[str, Any]) -> FolderTransaction:
        sweep(self.path, {said["name"] for said in manifest["segments"]})
        with self._lock:
            parts = self._parts(manifest)
            articles = LiveArticles([(part.segment.articles, part.dead) for part in parts])
        former = manifest["format"] == _FORMER
        return FolderTransaction(self.path, articles, parts, _shape(manifest), rewrite=former)

    def close(self) -> None:
        """Nobody is kept out."""

    def faults(self) -> list[str]:
        """What is wrong with what is on the disk, a line each; see :mod:`rag.store.checking`.

        Raises:
            StoreError: there is no index, or it is of another format.
        """
        with writing(self.path):
            manifest = _read_manifest(self.path)
            found = self._faults_of_copy(manifest)
            # Opened anew: what is open may have been sound once.
            parts = FolderStore(self.path)._parts(manifest)
            return found + list(faults_of(self.path, parts))

    def _faults_of_copy(self, manifest: Mapping[str, Any]) -> list[str]:
        copy = self.path / MANIFEST_COPY
        try:
            # It is written after the first: there may be none yet.
            same = copy.exists() and _read_manifest(self.path, MANIFEST_COPY) == manifest
        except StoreError:
            return [f"{copy}: damaged"]
        return [] if same else [f"{copy}: left by a writer that was stopped"]

    def tidy(self) -> bool:
        """Mend what needs no model: an index of the former format, a damaged manifest of which the
        copy is sound, what stopped writers left. Whether there is a sound manifest now.
        """
        with writing(self.path):
            for name in (MANIFEST, MANIFEST_COPY):
                try:
                    manifest = _read_manifest(self.path, name, formats=(FORMAT, _FORMER))
                except StoreError:
                    continue
                with _advising(self.path):
                    self._transaction(manifest).commit(_shape(manifest))
                return True
            return False

    def back_up(self, file: Path) -> None:
        """See :func:`rag.store.archive.back_up`."""
        with writing(self.path), _advising(self.path):
            with self._lock:
                parts = self._parts(_read_manifest(self.path))
            back_up(self.path, [part.segment for part in parts], file)

    def restore(self, file: Path) -> None:
        """See :func:`rag.store.archive.restore`."""
        with writing(self.path):
            restore(file, self.path)

    def _salvaged(self) -> LiveArticles:
        """The articles of an index whose other files may be damaged; none where there is none.

        Raises:
            StoreError: not even its articles can be read.
        """
        if not self.exists():
            return LiveArticles([])
        for name in (MANIFEST, MANIFEST_COPY):
            try:
                manifest = _read_manifest(self.path, name, formats=range(FORMAT + 1))
            except StoreError:
                continue
            return self._tables(manifest["segments"])
        # Which articles had been replaced or removed is not known any more: the newest count.
        folders = sorted(self.path.glob(f"{PREFIX}*"), reverse=True)
        if not folders:
            raise StoreError(f"{self.path}: damaged index, no articles left in it")
        return self._tables([{"name": folder.name} for folder in folders])

    def _tables(self, segments: Sequence[Mapping[str, Any]]) -> LiveArticles:
        """The articles of segments; of those with one id, where that is left open, the first."""
        tables: list[tuple[ArticleTable, set[int]]] = []
        seen: set[str] = set()
        with _advising(self.path):
            for said in segments:
                folder = self.path / said["name"]
                Inspection(folder, said).check([ARTICLES])
                table = ArticleTable(folder / ARTICLES)
                dead = set(said.get("dead", ()))
                dead |= {n for n, facts in enumerate(table.facts()) if facts.id in seen}
                seen |= {facts.id for n, facts in enumerate(table.facts()) if n not in dead}
                tables.append((table, dead))
        return LiveArticles(tables)


def _shape(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in _OWN}


def _read_manifest(
    path: Path, name: str = MANIFEST, formats: Collection[int] = (FORMAT,)
) -> dict[str, Any]:
    """The manifest of the index at ``path``, which is to be of one of ``formats``.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    file = path / name
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: no index here; make one with: musnad ingest --index {path}"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}") from error
    made = manifest.get("format") if isinstance(manifest, dict) else None
    if made in range(FORMAT) and isinstance(manifest.get("snapshot"), str):
        manifest = _segmented(manifest)
    elif not is_whole(manifest):
        raise StoreError(f"{file}: damaged manifest; {_mend(path)}")
    if made not in formats:
        mend = f"bring it up to date with: musnad repair --index {path}"
        raise StoreError(f"{file}: not an index of format {FORMAT}; {mend}")
    return dict(manifest)


def _segmented(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest of before there were segments, as if it had one: its articles are read alike."""
    parts = {part: manifest.get(part, {}) for part in ("files", "digests")}
    return {**manifest, "segments": [{"name": manifest["snapshot"], "dead": [], **parts}]}


def _look(file: Path) -> tuple[int, ...] | None:
    """What of a file changes when it is replaced; ``None`` where there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _mend(path: Path) -> str:
    """The advice that ends a message about a damaged index."""
    return f"mend it with: musnad ingest --rebuild --index {path}"


@contextlib.contextmanager
def _advising(path: Path) -> Iterator[None]:
    """What is wrong with the index at ``path``, with what mends it: all but the articles can be
    made from the articles.
    """
    try:
        yield
    except StoreError as error:
        if ARTICLES in str(error):
            raise StoreError(
                f"{error}; put back a copy of it, or ingest the sources anew"
            ) from error
        raise StoreError(f"{error}; {_mend(path)}") from error
