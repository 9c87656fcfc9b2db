"""Changes held in memory until they are committed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rag.store.protocol import Entry, Floats
from rag.types import Article


class Staged:
    """What a :class:`rag.store.protocol.Transaction` is to put, restate and remove."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._new: dict[str, Entry] = {}
        self._restated: dict[str, Article] = {}
        self._removed: set[str] = set()
        self._word_vectors: dict[str, Floats] = {}

    def put(self, entries: Iterable[Entry], word_vectors: Mapping[str, Floats]) -> None:
        """See :meth:`rag.store.protocol.Transaction.put`; and so on."""
        self._new.update((entry.article.id, entry) for entry in entries)
        self._word_vectors.update(word_vectors)

    def update(self, articles: Iterable[Article]) -> None:
        """What is made of them is copied to where they are written."""
        self._restated.update((article.id, article) for article in articles)

    def remove(self, ids: Collection[str]) -> None:
        """They count no more; what is kept of them goes later."""
        self._removed.update(ids)
