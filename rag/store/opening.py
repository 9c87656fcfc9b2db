"""Which store is meant: the one in a folder, or one elsewhere by its URL."""

from __future__ import annotations

from pathlib import Path

from rag.store.folder import FolderStore
from rag.store.protocol import Store


def open_store(path: Path, url: str | None) -> Store:
    """The store at ``url``, of which what belongs to this machine lies in the folder ``path``; or,
    where there is none, the store in that folder.

    Raises:
        UsageError: no store is meant by ``url``.
    """
    if url is None:
        return FolderStore(path)
    from rag.store.milvus.engine import Address
    from rag.store.milvus.store import MilvusStore

    return MilvusStore(path, Address.parse(url))
