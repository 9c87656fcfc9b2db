"""What was done and by whom, kept on this machine: a line of JSON each."""

from __future__ import annotations

import json
import logging
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rag.text.normalize import encodable

FILE = "audit.jsonl"
# So many bytes a file, and so many older files beside it.
_MOST_BYTES, _OLDER = 10_000_000, 5
# What is longer somebody made up.
_MOST_CHARACTERS = 300


class Audit:
    """Appends to ``audit.jsonl`` in a folder; the oldest go after some hundred thousand lines."""

    def __init__(
        self, home: Path, *, most_bytes: int = _MOST_BYTES, characters: int = _MOST_CHARACTERS
    ) -> None:
        """In the folder ``home``; nothing is written before something is done."""
        self._handler = _Private(
            home / FILE, maxBytes=most_bytes, backupCount=_OLDER, encoding="utf-8", delay=True
        )
        self._most = characters

    def note(self, who: str, address: str, did: str, what: str, outcome: str) -> None:
        """Write who did what from which address, and what came of it."""
        told = {"who": who, "address": address, "did": did, "what": what, "outcome": outcome}
        record = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            **{name: value[: self._most] for name, value in told.items()},
        }
        line = encodable(json.dumps(record, ensure_ascii=False))
        self._handler.handle(logging.makeLogRecord({"msg": line}))
        # Opened anew for the next: there are few, and another process may write here too.
        self._handler.close()


class _Private(RotatingFileHandler):
    """Makes files that nobody else of the machine may read."""

    def _open(self) -> TextIOWrapper:
        file = Path(self.baseFilename)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        return super()._open()
