"""What opens the door: a token, or the session of somebody who logged in with one or a password."""

from __future__ import annotations

import asyncio
import ipaddress
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from rag.chat.auth import Check
from rag.server.limits import Clock, Rate, Slowdown
from rag.server.sessions import Holder, Sessions
from rag.server.tokens import Tokens
from rag.service.rights import Role

# Log-ins that fail before the next has to wait: of one name, and of one address, where a whole
# office may sit.
_FREE_OF_NAME, _FREE_OF_ADDRESS = 3, 10
# Tokens not seen before, of one address: so many a second in the long run, and so many at once.
_FRESH, _FRESH_AT_ONCE = 5.0, 100
# A name longer than any that is known.
_MOST_NAME = 100

_Found = TypeVar("_Found")


class TooSoon(Exception):
    """To be tried again after so many ``seconds``."""

    def __init__(self, seconds: float) -> None:
        """It was not looked at now."""
        super().__init__(seconds)
        self.seconds = seconds


class Key(NamedTuple):
    """Who it lets in, and as what."""

    name: str
    role: Role


class Keys:
    """Of the ``tokens``, and of the names and passwords that ``check`` knows, who may edit."""

    def __init__(
        self, tokens: Tokens, check: Check | None = None, clock: Clock = time.monotonic
    ) -> None:
        """``clock`` tells seconds."""
        self._tokens = tokens
        self._check = check
        self._sessions = Sessions(clock)
        self._names = Slowdown(_FREE_OF_NAME, clock)
        self._addresses = Slowdown(_FREE_OF_ADDRESS, clock)
        self._fresh = Rate(_FRESH, _FRESH_AT_ONCE, clock)
        # Hashing is slow on purpose: whoever asks for much of it waits for themselves.
        self._hashing = ThreadPoolExecutor(1, "hashing")
        self._locked = check is not None

    @property
    def locked(self) -> bool:
        """Whether there is anything to be shown. Once there was, it stays so: who takes the last
        token away does not mean to let everybody in.

        Raises:
            TokenError: the file of tokens cannot be read.
        """
        self._locked = self._locked or bool(self._tokens.all())
        return self._locked

    async def shown(self, presented: str, address: str) -> Key | None:
        """Whom the token ``presented`` lets in.

        Raises:
            TooSoon: too many were to be checked for ``address``.
            TokenError: the file of tokens cannot be read.
        """
        token = self._tokens.known(presented)
        if token is None and self._tokens.could_be(presented):
            if seconds := self._fresh.wait(network(address)):
                raise TooSoon(seconds)
            token = await self._slowly(lambda: self._tokens.find(presented))
        return Key(token.name, token.role) if token else None

    def of_session(self, cookie: str) -> Key | None:
        """Who logged in, while the session lasts and what they logged in with counts.

        Raises:
            TokenError: the file of tokens cannot be read.
        """
        holder = self._sessions.holder(cookie)
        if holder is None:
            return None
        if not holder.token_id:
            return Key(holder.name, Role.EDITOR)
        token = self._tokens.get(holder.token_id)
        return Key(token.name, token.role) if token else None

    async def log_in(self, name: str, password: str, address: str) -> str | None:
        """What the cookie of a new session is to hold, if ``name`` and ``password`` belong
        together. The password of a token's name is the token.

        Raises:
            TooSoon: too many log-ins failed, of this name or from this address.
            TokenError: the file of tokens cannot be read.
        """
        name = unicodedata.normalize("NFC", name).strip()[:_MOST_NAME]
        place = network(address)
        if seconds := self._addresses.wait(place):
            raise TooSoon(seconds)
        if seconds := self._names.wait(name):
            self._addresses.forgive(place)
            raise TooSoon(seconds)
        holder = await self._slowly(lambda: self._holder(name, password))
        if holder is None:
            return None
        self._names.forget(name)
        self._addresses.forgive(place)
        return self._sessions.begin(holder)

    def log_out(self, cookie: str) -> None:
        """End a session."""
        self._sessions.end(cookie)

    def _holder(self, name: str, password: str) -> Holder | None:
        token = self._tokens.find(password)
        if token is not None and token.name == name:
            return Holder(token.name, token.id)
        return Holder(name) if self._check and self._check(name, password) else None

    async def _slowly(self, work: Callable[[], _Found]) -> _Found:
        return await asyncio.get_running_loop().run_in_executor(self._hashing, work)


def network(address: str) -> str:
    """The address, or what of it one customer of a provider has: all of IPv4, the half of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address
