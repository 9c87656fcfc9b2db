"""The weight cache: files that were hashed before they got their names, and stamps that say so.

Hashing a gigabyte at every start is slow, so a stamp beside each file records its size, time and
sha256 when it was last verified. Filling the cache is :mod:`rag.models.fetch`'s.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path

from rag.errors import ChecksumMismatch, ModelError
from rag.models.catalogue import Payload

_log = logging.getLogger(__name__)


class WeightCache:
    """The verified weights below ``home``."""

    def __init__(self, home: Path) -> None:
        """Touches nothing on disk."""
        self.folder = home / "weights"

    def path(self, payload: Payload) -> Path:
        """Where ``payload`` is kept, whether it is there or not."""
        return self.folder / payload.filename

    def find(self, payload: Payload, *, anew: bool = False) -> Path | None:
        """The file of ``payload``, verified; ``None`` when it is absent.

        A file that was verified before and has the same size and time is hashed only ``anew``.

        Raises:
            ChecksumMismatch: it is there but damaged.
            ModelError: it cannot be read.
        """
        path = self.path(payload)
        try:
            # Taken before hashing: a file that changes meanwhile will not match its stamp.
            status = path.stat()
            if anew or not _stamped(path, payload, status):
                check_bytes(path, payload, str(path))
                _stamp(path, payload, status)
        except FileNotFoundError:
            return None
        except ChecksumMismatch as error:
            mend = f"run `musnad models pull {payload.name} --force`"
            raise ChecksumMismatch(f"{error}; {mend}") from error
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
        return path

    def install(self, draft: Path, payload: Payload, label: str) -> Path:
        """Verify ``draft`` and move it to its place. ``label`` says in an error where it is from.

        ``draft`` must lie on the disk of the cache, so that the move is atomic.

        Raises:
            ChecksumMismatch: it is not the payload, and stays where it is.
            OSError: the disk refuses.
        """
        check_bytes(draft, payload, label)
        with draft.open("r+b") as written:
            os.fsync(written.fileno())
        path = self.path(payload)
        draft.replace(path)
        _stamp(path, payload, path.stat())
        return path


def check_bytes(path: Path, payload: Payload, label: str) -> None:
    """Refuse a file that is not ``payload``; ``label`` says in the error what it is.

    Raises:
        ChecksumMismatch: it is truncated, or its sha256 is another; both are named.
        OSError: it cannot be read.
    """
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        if size < payload.size:
            raise ChecksumMismatch(f"{label}: truncated: {size:,} of {payload.size:,} bytes")
        found = hashlib.file_digest(source, "sha256").hexdigest()
    if found != payload.sha256:
        raise ChecksumMismatch(f"{label}: sha256 is {found}, expected {payload.sha256}")


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified.json")


def _stamp_of(payload: Payload, status: os.stat_result) -> str:
    sizes = {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": payload.sha256}
    return json.dumps(sizes)


def _stamped(path: Path, payload: Payload, status: os.stat_result) -> bool:
    try:
        stamp = _stamp_path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return stamp == _stamp_of(payload, status) and status.st_size == payload.size


def _stamp(path: Path, payload: Payload, status: os.stat_result) -> None:
    """Note what was verified. A cache that may only be read goes without."""
    # The process id: two processes may verify the same file at once, without a lock.
    draft = path.with_name(f".{path.name}.stamp-{os.getpid()}")
    try:
        draft.write_text(_stamp_of(payload, status), encoding="utf-8")
        draft.replace(_stamp_path(path))
    except OSError as error:
        _log.info("%s: will be hashed at every start (no stamp: %s)", path, error)
