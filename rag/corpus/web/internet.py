"""The public internet: which addresses are of it, and connections to those alone.

A host is resolved once, all its addresses must be public, and the connection goes to one of them:
no answer that a name server gives later leads elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import httpcore

from rag.errors import CorpusError

# Seconds for one address to take a connection: a host may have others.
_CONNECT_SECONDS = 5.0
# The part of IPv6 that is given out to hosts (RFC 4291, 2.4), and the part that translates to IPv4
# (RFC 6052, 2.1).
_IPV6_HOSTS = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Special by IANA's registries but not by every Python's: protocol assignments, the old 6to4 relays,
# documentation. And the address at which Azure's machines find their host.
_SPECIAL = tuple(
    ipaddress.ip_network(block)
    for block in (
        *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
        *("2001::/23", "2001:db8::/32", "3fff::/20"),
    )
)


class Network(Protocol):
    """What a fetch needs of the network."""

    def resolve(self, host: str) -> Sequence[str]:
        """Every address of ``host``; raises ``OSError`` or ``UnicodeError`` where it has none."""

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        """A connection; raises ``httpcore.ConnectError`` or ``ConnectTimeout`` (seconds)."""


class Internet:
    """The network that this machine is in, without proxies."""

    def resolve(self, host: str) -> Sequence[str]:
        """By the system's resolver, for as long as that takes."""
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(where[0]) for *_, where in found))

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        """By TCP."""
        return httpcore.SyncBackend().connect_tcp(address, port, timeout)


def is_public(address: str) -> bool:
    """Whether ``address``, or the IPv4 address within it, is one of the internet's hosts.

    >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            within = ipaddress.IPv4Address(ip.packed[-4:])
        if within is None and ip not in _IPV6_HOSTS:
            return False
        ip = within or ip
    special = ip.is_multicast or ip.is_reserved or any(ip in block for block in _SPECIAL)
    return ip.is_global and not special


class PublicOnly(httpcore.NetworkBackend):
    """Connections of httpcore to public addresses, all of them within one span of time.

    What does not end in it raises ``httpcore.TimeoutException``.
    """

    def __init__(self, network: Network, seconds: float) -> None:
        self._network = network
        self._end = time.monotonic() + seconds
        self._addresses: dict[str, Sequence[str]] = {}

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first address of ``host`` that takes it.

        Raises:
            CorpusError: there is none, or one of its addresses is not public.
        """
        if host not in self._addresses:
            self._addresses[host] = self._resolved(host)
        for address in self._addresses[host]:
            seconds = min(self._left(), _CONNECT_SECONDS)
            try:
                return _Timed(self._network.connect(address, port, seconds), self._left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise CorpusError(f"no connection to {host}")

    def _resolved(self, host: str) -> Sequence[str]:
        try:
            addresses = self._network.resolve(host)
        except (OSError, UnicodeError) as error:
            raise CorpusError(f"no address known of the host {host:.100}") from error
        for address in addresses:
            if not is_public(address):
                raise CorpusError(f"not a public address: {address} (host {host})")
        return addresses

    def _left(self) -> float:
        """Seconds that are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _Timed(httpcore.NetworkStream):
    """A connection on which every wait ends in time: httpcore's limits begin anew at each read."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left())
        return _Timed(stream, self._left)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
