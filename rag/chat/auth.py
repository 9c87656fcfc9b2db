"""Who may open the page, read from a file of ``name:password`` lines.

A password may stand there as it is, or better as what ``python -m rag.chat.auth NAME`` prints:
``scrypt$salt$hash``, from which it cannot be read back. ``#`` begins a comment line.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from rag.errors import UsageError

_HASHED = re.compile(r"scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")

_NO_SALT = bytes(16)

Check = Callable[[str, str], bool]


def read_logins(file: Path) -> Check:
    """What tells whether a name and a password belong together.

    Raises:
        UsageError: the file cannot be read, or a line is not ``name:password``.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"--auth {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--auth {file}: not UTF-8 text") from error
    logins: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, password = line.partition(":")
        name = name.strip()
        if not (name and colon and password):
            raise UsageError(f"--auth {file}, line {number}: expected name:password")
        if password.startswith("scrypt$") and not _HASHED.fullmatch(password):
            raise UsageError(f"--auth {file}, line {number}: not a hash that Musnad wrote")
        if name in logins:
            raise UsageError(f"--auth {file}, line {number}: {name!r} is there twice")
        logins[name] = password
    if not logins:
        raise UsageError(f"--auth {file}: nobody could log in; add a line name:password")
    return lambda name, password: matches(logins.get(name.strip(), ""), password)


def matches(stored: str, password: str) -> bool:
    """Whether ``password`` is the one of the file's ``stored`` text; never where that is empty.
    It takes as long for what is hashed, what is not, and what is not there.
    """
    hashed = _HASHED.fullmatch(stored)
    found = _hash(password, bytes.fromhex(hashed[1]) if hashed else _NO_SALT)
    if hashed:
        return hmac.compare_digest(found, hashed[2])
    return bool(stored) and hmac.compare_digest(stored.encode(), password.encode())


def hashed(password: str, salt: bytes | None = None) -> str:
    """How ``password`` may stand in the file without being readable."""
    salt = os.urandom(16) if salt is None else salt
    return f"scrypt${salt.hex()}${_hash(password, salt)}"


def _hash(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()


if __name__ == "__main__":
    if len(sys.argv) != 2 or ":" in sys.argv[1]:
        sys.exit("usage: python -m rag.chat.auth NAME")
    print(f"{sys.argv[1]}:{hashed(getpass.getpass())}")
