"""Who is logged in at the page: kept in memory, and forgotten with the process."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

COOKIE = "musnad_session"
# A working day.
SECONDS = 12 * 3600
_MOST = 10_000


class Holder(NamedTuple):
    """Whose a session is: of a token, or where that is empty of a name in the file of log-ins."""

    name: str
    token_id: str = ""


class Sessions:
    """Sessions by the digest of what the cookie holds, so that a look-up takes as long for all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        """``clock`` tells seconds; beyond ``most`` sessions the oldest end."""
        self._clock = clock
        self._most = most
        self._held: dict[bytes, tuple[Holder, float]] = {}

    def begin(self, holder: Holder) -> str:
        """A new session; what its cookie is to hold."""
        cookie = secrets.token_urlsafe(32)
        self._held[_digest(cookie)] = (holder, self._clock() + SECONDS)
        while len(self._held) > self._most:
            del self._held[next(iter(self._held))]
        return cookie

    def holder(self, cookie: str) -> Holder | None:
        """Whose session it is, while it lasts."""
        holder, ends = self._held.get(_digest(cookie), (None, 0.0))
        if self._clock() < ends:
            return holder
        self.end(cookie)
        return None

    def end(self, cookie: str) -> None:
        """End the session, if there is one."""
        self._held.pop(_digest(cookie), None)


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).digest()
