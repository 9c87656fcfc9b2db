"""What was fetched of late need not be fetched again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """What was fetched of late, by key. Safe to use from several threads."""

    def __init__(self, fetch: Callable[[list[K]], Mapping[K, V]], most: int) -> None:
        """Remember about ``most``."""
        self._fetch = fetch
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[K, V] = {}

    def of(self, keys: Iterable[K]) -> dict[K, V]:
        """What there is of these keys."""
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            found = {key: self._known[key] for key in wanted if key in self._known}
        missing = [key for key in wanted if key not in found]
        if missing:
            fetched = self._fetch(missing)
            found.update(fetched)
            with self._lock:
                if len(self._known) > self._most:
                    self._known.clear()
                self._known.update(fetched)
        return found
