"""Work on the articles, one thing after another on a thread of its own.

An upload is on the disk, below the index, before it is acknowledged, and stays there until its
articles are in the index: what a server that was stopped leaves undone, the next one does.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO, Literal, TypeAlias, TypeVar

from filelock import FileLock, Timeout

from rag.disk import synced
from rag.errors import Busy, Conflict, JobNotFound, StoreError
from rag.library import Library
from rag.service.uploads import FileResult, add_files
from rag.text.normalize import encodable
from rag.types import Record

FOLDER = ".uploads"
# Uploads that may wait, and jobs that ended of which is still told.
_MOST_WAITING, _MOST_ENDED = 100, 100
# What ended the server so often is not begun again.
_MOST_ATTEMPTS = 3
_ATTEMPTS = ".begun"
# Bytes of the name of a file, of which the file system takes 255.
_NAME_BYTES = 200

_ENDING = "the server is about to end; ask again later"
_FAILED = "the log of the server says why; it is tried again when the server is started"

_log = logging.getLogger(__name__)

T = TypeVar("T")
State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Progress(Record):
    """So many of the items of a stage are done."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Job(Record):
    """An upload of ``files``: how far it is, by stage, and when ``done`` what became of each.

    ``created`` is ISO 8601, UTC. ``error`` says why it ``failed``, which no file is to blame for.
    """

    id: str
    state: State
    created: str
    files: tuple[str, ...]
    progress: Mapping[str, Progress] = field(default_factory=dict)
    results: tuple[FileResult, ...] = ()
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in ("queued", "running")


class _Abandoned(Exception):
    """The server ends before the work does."""


class Jobs:
    """Writes to one library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        """Nothing is done before it is asked for; :meth:`start` goes on with what was left."""
        self._library = library
        self._folder = library.path / FOLDER
        self._lock = threading.Lock()
        self._owned: FileLock | None = None
        self._jobs: dict[str, Job] = {}
        self._ends: dict[str, Future[None]] = {}
        self._thread = ThreadPoolExecutor(1, "writer")
        self._closing = threading.Event()

    def start(self) -> None:
        """Go on with the uploads that a former server left undone."""
        if not self._folder.exists() or not self._own():
            return
        for folder in sorted(self._folder.iterdir()):
            if folder.name.startswith(".") and folder.is_dir():
                # Never acknowledged.
                shutil.rmtree(folder, ignore_errors=True)
            elif folder.is_dir():
                self._queue(folder)

    def close(self) -> None:
        """Take nothing on any more, and end what is under way without any effect; what of it was
        acknowledged, the next server does.
        """
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)
        if self._owned:
            self._owned.release()

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Do ``work`` when what was asked for before is done. It is not kept for a next server.

        Raises:
            Busy: the server is about to end.
        """
        try:
            return self._thread.submit(work)
        except RuntimeError as error:
            raise Busy(_ENDING) from error

    def upload(self, files: Iterable[tuple[str, BinaryIO]]) -> Job:
        """Keep these files, each with its name, and add their articles in time.

        Raises:
            Busy: the server is about to end, too many uploads wait, or another server takes those
                of this index.
            StoreError: they cannot be kept.
        """
        if self._closing.is_set():
            raise Busy(_ENDING)
        if self.waiting >= _MOST_WAITING:
            raise Busy(f"{_MOST_WAITING} uploads wait already; ask again later")
        name = f"{time.time_ns():x}"
        draft, folder = self._folder / f".{name}", self._folder / name
        try:
            if not self._own():
                raise Busy("another server takes the uploads of this index")
            for n, (file, data) in enumerate(files):
                _keep(draft / f"{n:04}" / _file_name(file), data)
            synced(draft)
            draft.rename(folder)
            synced(self._folder)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise StoreError(f"{FOLDER}: cannot be written ({error.strerror or error})") from error
        return self._queue(folder)

    @property
    def waiting(self) -> int:
        """How many uploads have not begun."""
        with self._lock:
            return sum(job.state == "queued" for job in self._jobs.values())

    def all(self) -> list[Job]:
        """Those that have not ended and the last that have, the newest first."""
        with self._lock:
            return [*reversed(self._jobs.values())]

    def find(self, name: str) -> Job:
        """The job with id ``name``.

        Raises:
            JobNotFound: there is none, or it ended long ago.
        """
        with self._lock:
            if name not in self._jobs:
                raise JobNotFound(f"no job with id {name!r}")
            return self._jobs[name]

    def end(self, name: str) -> Future[None]:
        """What is done when the job ``name`` has ended; raises what :meth:`find` does."""
        self.find(name)
        return self._ends[name]

    def cancel(self, name: str) -> Job:
        """Forget a job that has not begun.

        Raises:
            JobNotFound: as :meth:`find`.
            Conflict: it has begun, or ended.
        """
        if not self.end(name).cancel():
            raise Conflict(f"job {name!r}: {self.find(name).state}, so it cannot be cancelled")
        shutil.rmtree(self._folder / name, ignore_errors=True)
        return self._change(name, state="cancelled")

    def _own(self) -> bool:
        """Whether the uploads of the index are this server's, and no other's."""
        with self._lock:
            if self._owned is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                lock = FileLock(self._folder / ".lock", thread_local=False)
                with contextlib.suppress(Timeout):
                    lock.acquire(timeout=0)
                    self._owned = lock
            return self._owned is not None

    def _queue(self, folder: Path) -> Job:
        files = [file for part in sorted(folder.glob("[0-9]*")) for file in part.iterdir()]
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(folder.name, 16) // 10**9))
        job = Job(folder.name, "queued", created, tuple(file.name for file in files))
        attempts = folder / _ATTEMPTS
        with self._lock:
            ended = [name for name, other in self._jobs.items() if other.ended]
            for name in ended[:-_MOST_ENDED]:
                del self._jobs[name], self._ends[name]
            self._jobs[job.id] = job
            self._ends[job.id] = Future()
            if not attempts.exists() or attempts.stat().st_size < _MOST_ATTEMPTS:
                self._ends[job.id] = self.do(lambda: self._run(folder, files))
                return job
            self._ends[job.id].set_result(None)
        tried = f"begun {_MOST_ATTEMPTS} times and never ended; its files are kept in {FOLDER}"
        return self._change(job.id, state="failed", error=tried)

    def _run(self, folder: Path, files: list[Path]) -> None:
        name = folder.name

        def report(stage: str, done: int, total: int) -> None:
            if self._closing.is_set():
                raise _Abandoned
            made = {**self.find(name).progress, stage: Progress(done, total)}
            self._change(name, progress=made)

        self._change(name, state="running")
        attempts = folder / _ATTEMPTS
        try:
            with attempts.open("a", encoding="ascii") as file:
                file.write(".")
            results = add_files(self._library, files, report)
        except _Abandoned:
            attempts.unlink()
            self._change(name, state="queued", progress={})
            return
        except Exception:  # On this thread nobody else would hear of it.
            _log.exception("upload %s failed", name)
            self._change(name, state="failed", error=_FAILED)
        else:
            self._change(name, state="done", results=tuple(results))
            shutil.rmtree(folder, ignore_errors=True)

    def _change(self, name: str, **new: Any) -> Job:
        with self._lock:
            self._jobs[name] = replace(self._jobs[name], **new)
            return self._jobs[name]


def _file_name(said: str) -> str:
    """The name of a file as a client ``said`` it, without a place and as one can be called here."""
    name = PureWindowsPath(encodable(said)).name
    path = Path("".join(c for c in name if c.isprintable()).lstrip(".") or "upload")
    room = _NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode(errors="ignore") + path.suffix if room > 0 else "upload"


def _keep(path: Path, data: BinaryIO) -> None:
    path.parent.mkdir(parents=True)
    with path.open("xb") as file:
        shutil.copyfileobj(data, file)
    synced(path)
    synced(path.parent)
