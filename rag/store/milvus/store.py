"""The store in Milvus: connections, and one writer at a time."""

from __future__ import annotations

import contextlib
import platform
import threading
from collections.abc import Iterator
from pathlib import Path

from rag.errors import StoreError
from rag.store.locking import writing
from rag.store.milvus.engine import Address, Engine
from rag.store.milvus.snapshot import MilvusSnapshot
from rag.store.milvus.state import State, read_dead, read_state, sweep
from rag.store.milvus.transaction import MilvusTransaction


class MilvusStore:
    """:class:`rag.store.protocol.Store` at an address. Safe to use from several threads."""

    def __init__(self, path: Path, address: Address) -> None:
        """Nothing is opened or made yet. At ``path`` lies the lock of those who write from there;
        writers from elsewhere are refused, see :func:`rag.store.milvus.state.claim`.
        """
        self.path = path
        self._engine = Engine(address)
        self._lock = threading.Lock()
        self._open: MilvusSnapshot | None = None

    @property
    def place(self) -> str:
        """See :class:`rag.store.protocol.Store`."""
        return f"--store {self._engine.address.shown}"

    def exists(self) -> bool:
        """Whether there is a state."""
        return self._state() is not None

    def _state(self) -> State | None:
        file = self._engine.address.file
        return read_state(self._engine) if file is None or file.exists() else None

    def snapshot(self) -> MilvusSnapshot:
        """See :meth:`rag.store.protocol.Store.snapshot`."""
        state = self._state()
        if state is None:
            mend = f"make one with: musnad ingest {self.place}"
            raise StoreError(f"{self._engine.address.shown}: no index here; {mend}")
        with self._lock:
            if self._open is None or self._open.version != state.version:
                dead = read_dead(self._engine, state)
                self._open = MilvusSnapshot(self._engine, state, dead)
            return self._open

    @contextlib.contextmanager
    def write(self, *, anew: bool = False) -> Iterator[MilvusTransaction]:
        """See :meth:`rag.store.protocol.Store.write`."""
        with writing(self.path):
            before = read_state(self._engine) or State()
            sweep(self._engine, before)
            after = before.anew() if anew else before
            writer = f"{platform.node()}:{self.path.resolve()}"
            yield MilvusTransaction(self._engine, before, after, writer)

    def close(self) -> None:
        """A file of Milvus Lite may then be opened by another process."""
        self._engine.close()
