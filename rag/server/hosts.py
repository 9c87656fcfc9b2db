"""For which names a server answers, and which pages of a browser are its own.

A page of somebody else's can have a browser send requests here, under a name of theirs that leads
to this machine's address, or from their own page. Both are seen by the headers.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rag.errors import UsageError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:/\\@\[\]]+))(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The ``names`` a server has. One that listens at all addresses also has ``any_number``: no
    name leads there but the number itself. Pages at the ``pages`` are its own, too.
    """

    names: frozenset[str]
    any_number: bool = False
    pages: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, bound: str, allowed: Collection[str] = ()) -> Hosts:
        """Those of a server that listens at ``bound``, and the names ``allowed`` besides.

        Raises:
            UsageError: one of these is no name of a host.
        """
        for name in allowed:
            if not name or name_of(name) != name.lower():
                raise UsageError(f"--allow-host {name}: expected a name like news.example.org")
        wide = reaches(bound) and (not bound or _number(bound) in ("0.0.0.0", "::"))
        own = {socket.gethostname().lower()} if wide else {bound.lower()}
        more = frozenset(name.lower() for name in allowed)
        return cls(_LOOPBACK | own | more, wide, more)

    def serve(self, host: str) -> bool:
        """Whether the ``Host`` header of a request names this server."""
        name = name_of(host)
        return name in self.names or (self.any_number and _number(name) is not None)

    def own(self, origin: str, host: str) -> bool:
        """Whether a page at the ``Origin`` of a request belongs to the server named ``host``."""
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return False
        return parts.netloc.lower() == host.lower() or name_of(parts.netloc) in self.pages


def name_of(host: str) -> str:
    """The name in a ``Host`` header, without its port and in small letters; empty if it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower().removesuffix(".") if found else ""


def reaches(bound: str) -> bool:
    """Whether others than this machine reach a server that listens at ``bound``."""
    number = _number(bound)
    return bound != "localhost" and not (number and ipaddress.ip_address(number).is_loopback)


def _number(host: str) -> str | None:
    """The address that ``host`` is, if it is one."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
