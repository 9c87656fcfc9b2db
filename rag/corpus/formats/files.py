"""A file as readers take it: bytes under a name, and how much more it may unpack to.

No reader opens a file by itself, so that what lies in an archive is read as if it lay in a folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus.documents import content
from rag.errors import CorpusError

# Bytes of the largest file that is opened; it is read as a whole.
_LARGEST = 1_000_000_000
# Bytes of the largest thing that is unpacked: a novel has three million.
_LARGEST_UNPACKED = 200_000_000
_MOST_MEMBERS = 50_000


@dataclass(slots=True)
class Allowance:
    """What a file may still unpack to, with all that is found in it: so many bytes and members."""

    size: int = 500_000_000
    members: int = _MOST_MEMBERS

    @property
    def largest(self) -> int:
        """The bytes of the largest thing that may still be unpacked."""
        return min(self.size, _LARGEST_UNPACKED)

    def take(self, size: int, *, members: int = 0) -> None:
        """Count what is about to be unpacked.

        Raises:
            CorpusError: it is more than there may be.
        """
        if not 0 <= size <= self.largest:
            raise CorpusError(f"{size:,} bytes when unpacked: at most {self.largest:,}")
        if members > self.members:
            raise CorpusError(f"more than {_MOST_MEMBERS:,} members")
        self.size -= size
        self.members -= members


@dataclass(frozen=True, slots=True)
class File:
    """``path`` is the file as the user named it, or a member's place below that of its archive.

    ``depth`` counts the archives around it; they share one ``allowance``. ``charset`` is the
    encoding that whoever sent it states beside it.
    """

    path: Path
    data: bytes
    depth: int = 0
    allowance: Allowance = field(default_factory=Allowance, compare=False)
    charset: str | None = None

    @classmethod
    def opened(cls, path: Path) -> File:
        """The file on disk.

        Raises:
            CorpusError: it cannot be opened, or is too large.
        """
        if path.is_file() and (size := path.stat().st_size) > _LARGEST:
            raise CorpusError(f"a file of {size:,} bytes: at most {_LARGEST:,}")
        return cls(path, content(path))

    def up_to(self, most: int, kind: str) -> bytes:
        """The bytes of a file of a ``kind`` that is never larger than ``most``.

        Raises:
            CorpusError: it is larger.
        """
        if len(self.data) > most:
            raise CorpusError(f"{kind} of {len(self.data):,} bytes: at most {most:,}")
        return self.data
