"""Whether the files of an index are those that were written.

A manifest has the size and the SHA-256 of every file, and its own. A file that was cut short or
changed on the disk is named before anything is read from it; of a very large index meanwhile, with
the first questions.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from rag.errors import StoreError

# Up to so many bytes are looked through before a segment is opened: a second or two.
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


def is_whole(manifest: Any) -> bool:
    """Whether it says what it said when it was sealed."""
    return isinstance(manifest, dict) and manifest.get(_SEAL) == _seal(manifest)


def _seal(manifest: Mapping[str, Any]) -> str:
    said = {name: value for name, value in manifest.items() if name != _SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Inspection:
    """Looks through the files of a folder, each once."""

    def __init__(self, folder: Path, said: Mapping[str, Any]) -> None:
        """``said`` is what :func:`described` said of the folder."""
        self._folder = folder
        self._sizes: Mapping[str, int] = said.get("files", {})
        self._digests: Mapping[str, str] = said.get("digests", {})
        self._seen: set[str] = set()
        self._found: StoreError | None = None

    def check(self, only: Collection[str] | None = None, *, at_once: bool = False) -> None:
        """Compare sizes now; contents too, or meanwhile if there is very much of them and it need
        not be ``at_once``.

        Raises:
            StoreError: a file, of those in ``only`` if given, is missing, cut short or changed.
        """
        self.verdict()
        wanted = self._sizes.keys() if only is None else self._sizes.keys() & only
        names = sorted(wanted - self._seen)
        for name in names:
            file, size = self._folder / name, self._sizes[name]
            actual = file.stat().st_size if file.exists() else None
            if actual != size:
                found = "missing" if actual is None else f"{actual} bytes, expected {size}"
                raise StoreError(f"{file}: damaged index file ({found})")
        self._seen.update(names)
        if at_once or sum(self._sizes[name] for name in names) <= _AT_ONCE:
            self._look(names)
            self.verdict()
        else:
            threading.Thread(target=self._look, args=(names,), daemon=True).start()

    def verdict(self) -> None:
        """Say what was found so far.

        Raises:
            StoreError: a file is not what was written.
        """
        if self._found:
            raise self._found

    def _look(self, names: Iterable[str]) -> None:
        for name in names:
            file = self._folder / name
            try:
                if name in self._digests and digest(file) != self._digests[name]:
                    self._found = StoreError(f"{file}: damaged index file (changed)")
            except OSError as error:
                self._found = StoreError(f"{file}: {error.strerror}")
            if self._found:
                return
