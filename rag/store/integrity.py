"""Whether the files of a snapshot are those that were written.

A manifest has the size and the SHA-256 of every file, and its own. A file that was cut short or
changed on the disk is named before anything is read from it; of a very large index meanwhile, with
the first questions.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag.errors import StoreError

# Up to so many bytes are looked through before the snapshot is opened: a second or two.
_AT_ONCE = 1 << 30
_SEAL = "sha256"


def described(folder: Path) -> dict[str, Any]:
    """What a manifest says of the files in ``folder``: ``files``, their sizes, and ``digests``."""
    files = sorted(folder.iterdir())
    return {
        "files": {file.name: file.stat().st_size for file in files},
        "digests": {file.name: digest(file) for file in files},
    }


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """``manifest`` with the digest of what it says."""
    return {**manifest, _SEAL: _seal(manifest)}


def is_whole(manifest: Mapping[str, Any]) -> bool:
    """Whether it says what it said when it was sealed; one of before there were seals may."""
    return _SEAL not in manifest or manifest[_SEAL] == _seal(manifest)


def _seal(manifest: Mapping[str, Any]) -> str:
    said = {name: value for name, value in manifest.items() if name != _SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Inspection:
    """Looks through the files of a snapshot once."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], only: str | None = None) -> None:
        """Sizes are compared at once, contents too unless there is very much of them; of the file
        ``only`` where one is named.

        Raises:
            StoreError: a file is missing, cut short or changed.
        """
        self._found: StoreError | None = None
        sizes, digests = (
            {name: said for name, said in manifest.get(part, {}).items() if only in (None, name)}
            for part in ("files", "digests")
        )
        for name, size in sizes.items():
            file = folder / name
            actual = file.stat().st_size if file.exists() else None
            if actual != size:
                found = "missing" if actual is None else f"{actual} bytes, expected {size}"
                raise StoreError(f"{file}: damaged index file ({found})")
        if sum(sizes.values()) <= _AT_ONCE:
            self._look(folder, digests)
            self.verdict()
        else:
            threading.Thread(target=self._look, args=(folder, digests), daemon=True).start()

    def verdict(self) -> None:
        """Say what was found so far.

        Raises:
            StoreError: a file is not what was written.
        """
        if self._found:
            raise self._found

    def _look(self, folder: Path, digests: Mapping[str, str]) -> None:
        for name, expected in digests.items():
            try:
                if digest(folder / name) != expected:
                    self._found = StoreError(f"{folder / name}: damaged index file (changed)")
            except OSError as error:
                self._found = StoreError(f"{folder / name}: {error.strerror}")
            if self._found:
                return
