"""Tokens: what programs show to be let in, and people at the log-in. Their hashes are in one file.

A token is ``musnad_ID_SECRET``. Its id is no secret: it says which hash the token is checked
against, so that what is made up costs no hashing. A hash is slow on purpose, so a token is checked
once, and known again by a fast digest until the file changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.disk import synced
from rag.errors import TokenError, UsageError
from rag.service.rights import Role

FILE = "tokens.json"
_FORMAT = 1
_LOCK_SECONDS = 10
_ID_BYTES, _SECRET_BYTES = 6, 32
_TOKEN = re.compile(rf"musnad_([0-9a-f]{{{2 * _ID_BYTES}}})_[0-9a-f]{{{2 * _SECRET_BYTES}}}")
_NAME = re.compile(r"[\w.@-](?:[\w.@ -]{0,62}[\w.@-])?")


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; ``made`` is the time, in UTC, and ``hash`` argon2's text."""

    id: str
    name: str
    role: Role
    made: str
    hash: str

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Token:
        """The inverse of :meth:`to_dict`; raises ``KeyError``, ``TypeError``, ``ValueError``."""
        texts = {name: str(record[name]) for name in ("id", "name", "made", "hash")}
        return cls(role=Role[str(record["role"]).upper()], **texts)

    def to_dict(self) -> dict[str, Any]:
        """As it is in the file."""
        return {**asdict(self), "role": self.role.name.lower()}


class Tokens:
    """The tokens below ``home``. Changes, of another process too, count from the next question on.

    Safe to use from several threads.
    """

    def __init__(self, home: Path) -> None:
        """Nothing is read or made yet."""
        self._file = home / FILE
        self._lock = threading.Lock()
        self._state: tuple[int, ...] | None = None
        self._tokens: dict[str, Token] = {}
        self._known: dict[bytes, Token] = {}

    def all(self) -> tuple[Token, ...]:
        """The tokens, oldest first.

        Raises:
            TokenError: the file cannot be read, or is none that Musnad wrote.
        """
        with self._lock:
            return tuple(self._current().values())

    def get(self, token_id: str) -> Token | None:
        """The token with this id, if it still counts. Raises what :meth:`all` does."""
        with self._lock:
            return self._current().get(token_id)

    def known(self, presented: str) -> Token | None:
        """What :meth:`find` found before, in microseconds. Raises what :meth:`all` does."""
        with self._lock:
            self._current()
            return self._known.get(_digest(presented))

    def could_be(self, presented: str) -> bool:
        """Whether a token has the id that was ``presented``. Raises what :meth:`all` does."""
        return self._named(presented) is not None

    def find(self, presented: str) -> Token | None:
        """The token that was ``presented``, if there is such a one: its hashing takes some 50 ms.

        Raises what :meth:`all` does.
        """
        token = self._named(presented)
        if token is None or not _verified(token.hash, presented):
            return None
        with self._lock:
            # It may have been revoked meanwhile.
            if self._current().get(token.id) != token:
                return None
            self._known[_digest(presented)] = token
        return token

    def _named(self, presented: str) -> Token | None:
        shape = _TOKEN.fullmatch(presented)
        return self.get(shape[1]) if shape else None

    def add(self, name: str, role: Role) -> str:
        """Make a token and return it, which is the only time that it can be read.

        Raises:
            UsageError: the name is none, or taken.
            TokenError: the file cannot be read or written.
        """
        from argon2 import PasswordHasher

        name = unicodedata.normalize("NFC", name)
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r}: a name has 1 to 64 letters, digits, spaces and . @ _ -")
        token_id = secrets.token_hex(_ID_BYTES)
        shown = f"musnad_{token_id}_{secrets.token_hex(_SECRET_BYTES)}"
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        token = Token(token_id, name, role, made, PasswordHasher().hash(shown))
        with self._changing() as tokens:
            if any(other.name == name for other in tokens.values()):
                raise UsageError(f"{name!r}: there is a token of that name; revoke it first")
            tokens[token_id] = token
        return shown

    def revoke(self, name: str) -> Token:
        """Let the token of that name count no more, and return what it was.

        Raises:
            TokenError: there is none, or the file cannot be read or written.
        """
        name = unicodedata.normalize("NFC", name)
        with self._changing() as tokens:
            gone = next((token for token in tokens.values() if token.name == name), None)
            if gone is None:
                raise TokenError(f"{name!r}: no token has that name; see `musnad tokens list`")
            del tokens[gone.id]
        return gone

    def _current(self) -> dict[str, Token]:
        """What the file holds, by id: read anew when it is another than before."""
        try:
            status = self._file.stat()
            state = (status.st_ino, status.st_size, status.st_mtime_ns)
            if state != self._state:
                self._tokens, self._known = _parsed(self._file), {}
                self._state = state
        except FileNotFoundError:
            self._tokens, self._known, self._state = {}, {}, None
        except OSError as error:
            raise TokenError(f"{self._file}: cannot be read ({error.strerror})") from error
        return self._tokens

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Token]]:
        """The tokens, to be changed and then written; one process at a time."""
        from filelock import FileLock, Timeout

        folder = self._file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / f".{FILE}.lock", timeout=_LOCK_SECONDS), self._lock:
                tokens = dict(self._current())
                yield tokens
                self._write(tokens)
        except Timeout as error:
            raise TokenError(f"{self._file}: another process is changing it") from error
        except OSError as error:
            raise TokenError(f"{self._file}: cannot be written ({error.strerror})") from error

    def _write(self, tokens: dict[str, Token]) -> None:
        """In one step, when all of it is on the disk; nobody else may read it."""
        records = [token.to_dict() for token in tokens.values()]
        text = json.dumps({"format": _FORMAT, "tokens": records}, ensure_ascii=False, indent=1)
        draft = self._file.with_name(f".{FILE}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        synced(self._file.parent)


def _parsed(file: Path) -> dict[str, Token]:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["format"] != _FORMAT:
            raise TokenError(f"{file}: of another version of Musnad (format {stored['format']!r})")
        tokens = map(Token.from_dict, stored["tokens"])
        return {token.id: token for token in tokens}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TokenError(f"{file}: damaged; remove it and add the tokens anew") from error


def _digest(presented: str) -> bytes:
    return hashlib.sha256(presented.encode("utf-8", "replace")).digest()


def _verified(stored: str, presented: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(stored, presented)
    except (Argon2Error, InvalidHashError):
        return False
