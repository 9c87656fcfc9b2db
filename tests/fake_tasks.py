"""Tasks for workers, and workers that are none: what a test can compute."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Self

from rag.distributed.pools import Item, Reply, Result, WorkerDied


class Inline:
    """A pool that does each task at once, here; one that exits has died."""

    def __init__(self, size: int = 1, threads: int = 1) -> None:
        self.size = size
        self.threads = threads

    def submit(
        self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]
    ) -> Reply[Result]:
        reply: Future[Result] = Future()
        try:
            reply.set_result(task(share))
        except SystemExit:
            reply.set_exception(WorkerDied())
        return reply

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def squares(share: Sequence[int]) -> list[int]:
    """Of 13 the worker dies."""
    if 13 in share:
        os.kill(os.getpid(), signal.SIGKILL)
    return [n * n for n in share]


def once_deadly(share: Sequence[Path]) -> int:
    """Ends its worker where a file is not there yet; then its process."""
    [mark] = share
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def process(share: Sequence[float]) -> int:
    """Its process, after so many seconds."""
    time.sleep(share[0])
    return os.getpid()


def refuse(share: Sequence[str]) -> None:
    raise ValueError(share[0])
