"""Several indexes searched as one, none of them changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rag.errors import IndexMismatch, UsageError
from rag.store.folder import FolderStore
from rag.store.protocol import Snapshot, Store
from rag.store.snapshot import FolderSnapshot


class UnitedSnapshots:
    """The current snapshots of several stores as one: their segments, after one another."""

    def __init__(self, stores: Sequence[Store]) -> None:
        """``stores`` are to be shaped by the same models and settings.

        Raises:
            UsageError: there are several, and one is not in a folder.
        """
        self._only = stores[0]
        self._stores = [store for store in stores if isinstance(store, FolderStore)]
        if len(stores) > 1 and len(self._stores) < len(stores):
            raise UsageError("an index in a --store cannot be searched with others at once")
        self._lock = threading.Lock()
        self._last: FolderSnapshot | None = None

    def snapshot(self) -> Snapshot:
        """As :meth:`rag.store.protocol.Store.snapshot`.

        Raises:
            StoreError: one of them has none, or it is damaged.
            IndexMismatch: they were shaped by different models or settings.
        """
        if len(self._stores) < 2:
            return self._only.snapshot()
        snapshots = [store.snapshot() for store in self._stores]
        first = snapshots[0]
        for store, other in zip(self._stores, snapshots, strict=True):
            if other.shape != first.shape:
                raise IndexMismatch(
                    f"{store.path}: made by other models or settings than {self._stores[0].path};"
                    f" rebuild it with: musnad ingest --rebuild --index {store.path}"
                )
        version = "-".join(snapshot.version for snapshot in snapshots)
        with self._lock:
            if self._last is None or self._last.version != version:
                parts = [part for snapshot in snapshots for part in snapshot.parts]
                self._last = FolderSnapshot(version, first.shape, parts)
            return self._last
