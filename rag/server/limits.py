"""How often: requests of each caller, and log-ins after those that failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

Clock = Callable[[], float]
_Value = TypeVar("_Value")
# Of that many the one longest unused is forgotten.
_MOST_KEYS = 10_000
# The longest pause after failed log-ins, and after how long they are forgotten; in seconds.
_LONGEST, _FORGOTTEN = 60.0, 900.0


class Rate:
    """So many requests a second in the long run, with ``burst`` at once (a token bucket)."""

    def __init__(self, per_second: float, burst: int, clock: Clock = time.monotonic) -> None:
        """Buckets are full at first."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def wait(self, key: Hashable) -> float:
        """Take one of ``key``; seconds until there is one where there is none, else 0."""
        now = self._clock()
        level, since = self._buckets.get(key, (float(self._burst), now))
        level = min(self._burst, level + (now - since) * self._per_second)
        taken = level >= 1
        _put(self._buckets, key, (level - taken, now))
        return 0.0 if taken else (1 - level) / self._per_second


class Slowdown:
    """Pauses after failures: none after the first ``free`` ones, then 1 s, 2 s, 4 s … 60 s."""

    def __init__(self, free: int, clock: Clock = time.monotonic) -> None:
        """Failures are forgotten a quarter of an hour after the last."""
        self._free = free
        self._clock = clock
        self._failed: dict[Hashable, tuple[int, float]] = {}

    def wait(self, key: Hashable) -> float:
        """Begin an attempt of ``key``, which counts as failed until it is forgiven; or, where it
        is too early for one, the seconds until it is not.
        """
        now = self._clock()
        count, last = self._failed.get(key, (0, now))
        if now - last > _FORGOTTEN:
            count = 0
        pause = min(_LONGEST, 2.0 ** min(count - self._free, 10)) if count >= self._free else 0.0
        if last + pause > now:
            return last + pause - now
        _put(self._failed, key, (count + 1, now))
        return 0.0

    def forgive(self, key: Hashable) -> None:
        """The attempt did not fail."""
        count, last = self._failed.get(key, (0, 0.0))
        if count > 1:
            self._failed[key] = (count - 1, last)
        else:
            self._failed.pop(key, None)

    def forget(self, key: Hashable) -> None:
        """None of its attempts counts any more."""
        self._failed.pop(key, None)


def _put(kept: dict[Hashable, _Value], key: Hashable, value: _Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _MOST_KEYS:
        del kept[next(iter(kept))]
