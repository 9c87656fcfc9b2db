"""What people are told of transfers: how far they are, sizes, and what went wrong."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm


def readable_size(count: int) -> str:
    """A number of bytes for people: ``1.12 GB``, ``71.6 MB``, ``12 kB``, ``5 B``."""
    if count >= 10**9:
        return f"{count / 10**9:.2f} GB"
    if count >= 10**6:
        return f"{count / 10**6:.1f} MB"
    return f"{count / 10**3:.0f} kB" if count >= 10**3 else f"{count} B"


def one_line(cause: object, limit: int = 160) -> str:
    """``cause`` on one line of at most ``limit`` characters."""
    line = " ".join(str(cause).split()) or type(cause).__name__
    return line if len(line) <= limit else line[: limit - 1] + "…"


class TransferReport:
    """A :data:`rag.types.Report` of bytes: a bar on a terminal, a line for every tenth elsewhere.

    It writes to standard error. A total of 0 says that the transfer has failed.
    """

    def __init__(self) -> None:
        """Nothing is shown before the first call."""
        self._bar: tqdm[Any] | None = None
        self._tenths = 0

    def __call__(self, label: str, done: int, total: int) -> None:
        """``done`` of ``total`` bytes of ``label`` are here."""
        if sys.stderr.isatty():
            self._draw(label, done, total)
            return
        before, self._tenths = self._tenths, 10 * done // total if total else 0
        if self._tenths > before:
            sizes = f"{readable_size(done)} of {readable_size(total)}"
            print(f"{label}: {100 * done // total} % ({sizes})", file=sys.stderr, flush=True)

    def _draw(self, label: str, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, desc=label, unit="B", unit_scale=True, file=sys.stderr)
        if total:
            self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()
            self._bar = None
