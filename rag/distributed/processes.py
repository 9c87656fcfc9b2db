"""A pool of processes on this machine."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Self

from rag.distributed.pools import Item, Reply, Result, WorkerDied
from rag.errors import MusnadError

# A forked copy of a process that has threads may hang.
_CONTEXT = multiprocessing.get_context("spawn")


class Processes:
    """A :class:`rag.distributed.pools.Pool`, whose processes start as they are needed."""

    def __init__(self, size: int, threads: int = 1) -> None:
        """At most ``size`` processes, each to use so many ``threads``."""
        self.size = size
        self.threads = threads
        # A thread waits for each process, which is its own.
        self._threads = ThreadPoolExecutor(size)
        self._own = threading.local()
        self._all: list[_Process] = []
        self._closed = False

    def submit(
        self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]
    ) -> Reply[Result]:
        """See :class:`rag.distributed.pools.Pool`."""
        return self._threads.submit(self._run, task, share)

    def _run(self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]) -> Result:
        for _ in range(2):
            try:
                return self._process().call(task, share)
            except (EOFError, OSError):
                del self._own.process
                if self._closed:
                    break
        raise WorkerDied

    def _process(self) -> _Process:
        if not hasattr(self._own, "process"):
            self._own.process = _Process()
            self._all.append(self._own.process)
        process: _Process = self._own.process
        if self._closed:
            # It may have been too late to be killed with the others.
            process.kill()
        return process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Kill the processes."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.kill()
        self._threads.shutdown()


class _Process:
    """A process that does one task after another, and ends when its parent does, however that
    ends.
    """

    def __init__(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._pipe.recv()
        except EOFError as error:
            code = self._process.exitcode
            raise MusnadError(f"a worker process does not start (exit code {code})") from error

    def call(self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]) -> Result:
        """Raises what the task raises; EOFError or OSError where the process is gone."""
        self._pipe.send((task, share))
        done, value = self._pipe.recv()
        if done:
            result: Result = value
            return result
        raise value

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


def _work(pipe: Connection) -> None:
    # Ctrl-C goes to every process of a terminal; the parent ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The pipe is broken when the parent has ended.
    with suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            task, share = pipe.recv()
            try:
                reply = True, task(share)
            except Exception as error:
                error.add_note(traceback.format_exc())
                reply = False, error
            pipe.send(reply)
