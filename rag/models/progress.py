"""How a long transfer shows how far it is: on a terminal, in a log, on the web page, or not at all.

One :class:`Progress` serves several payloads in turn. ``advance`` also takes negative counts, for
a transfer that has to go back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from tqdm import tqdm

__all__ = ["CallbackProgress", "NullProgress", "Progress", "TqdmProgress", "readable_size"]

_LINE_EVERY = 10  # per cent


class Progress(Protocol):
    """What a transfer tells about itself. Sizes are bytes."""

    def start(self, label: str, total: int) -> None:
        """A payload of ``total`` bytes begins; an unfinished one before it is given up."""

    def advance(self, count: int) -> None:
        """``count`` more bytes are there."""

    def close(self) -> None:
        """The payload is finished or given up. Closing twice does no harm."""


def readable_size(count: int) -> str:
    """A number of bytes for people: ``1.12 GB``, ``71.6 MB``, ``12 kB``, ``5 B``."""
    if count >= 10**9:
        return f"{count / 10**9:.2f} GB"
    if count >= 10**6:
        return f"{count / 10**6:.1f} MB"
    return f"{count / 10**3:.0f} kB" if count >= 10**3 else f"{count} B"


class NullProgress:
    """Shows nothing."""

    def start(self, label: str, total: int) -> None:
        """See :class:`Progress`."""

    def advance(self, count: int) -> None:
        """See :class:`Progress`."""

    def close(self) -> None:
        """See :class:`Progress`."""


class CallbackProgress:
    """Calls ``callback(label, done, total)`` at every step, for a page that draws its own bar."""

    def __init__(self, callback: Callable[[str, int, int], None]) -> None:
        """``callback`` runs in the thread that fetches."""
        self._callback = callback
        self._label, self._done, self._total = "", 0, 0

    def start(self, label: str, total: int) -> None:
        """See :class:`Progress`."""
        self._label, self._done, self._total = label, 0, total
        self._callback(label, 0, total)

    def advance(self, count: int) -> None:
        """See :class:`Progress`."""
        self._done += count
        self._callback(self._label, self._done, self._total)

    def close(self) -> None:
        """See :class:`Progress`."""


class TqdmProgress:
    """A bar with sizes on a terminal; elsewhere a plain line for every tenth. On standard error."""

    def __init__(self) -> None:
        """Nothing is shown before ``start``."""
        self._bar: tqdm[Any] | None = None
        self._label, self._done, self._total, self._shown = "", 0, 0, 0

    def start(self, label: str, total: int) -> None:
        """See :class:`Progress`."""
        self.close()
        self._label, self._done, self._total, self._shown = label, 0, total, 0
        if sys.stderr.isatty():
            self._bar = tqdm(total=total, desc=label, unit="B", unit_scale=True, file=sys.stderr)

    def advance(self, count: int) -> None:
        """See :class:`Progress`."""
        if self._bar is not None:
            self._bar.update(count)
            return
        self._done += count
        percent = 100 * self._done // self._total if self._total else 100
        if percent // _LINE_EVERY > self._shown // _LINE_EVERY:
            self._shown = percent
            done, total = readable_size(self._done), readable_size(self._total)
            print(f"{self._label}: {percent} % ({done} of {total})", file=sys.stderr, flush=True)

    def close(self) -> None:
        """See :class:`Progress`."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
