"""One writer at a time over what belongs to a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import StoreError

_LOCK_SECONDS = 600


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the index at ``path`` for writing; one process at a time."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with FileLock(path / ".lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise StoreError(
            f"{path}: another process has been writing for {_LOCK_SECONDS} s"
        ) from error
    except OSError as error:
        where = error.filename or path
        raise StoreError(f"{where}: cannot write the index ({error.strerror or error})") from error
