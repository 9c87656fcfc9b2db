"""Web pages and feeds by address: fetched as the site's robots.txt allows, within bounds.

Leaves to others whom one may connect to (``internet``) and what the bytes say (``readers``).
"""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urlsplit
from urllib.robotparser import RobotFileParser

import httpcore
import httpx

from rag.corpus.formats.encodings import sent_charset
from rag.corpus.web.internet import Internet, Network, PublicOnly
from rag.errors import CorpusError

# The media types that are fetched, each with the suffix of what reads it.
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
_AGENT = "Musnad"
_HEADERS = (
    ("User-Agent", _AGENT),
    ("Accept", ", ".join(_SUFFIXES)),
    ("Accept-Encoding", "gzip"),
)
_PORTS = (80, 443, 8080, 8443)
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
# Bytes of an answer, also when it is unpacked.
_LARGEST = 10_000_000
# For all of a fetch: redirects and robots.txt too.
_SECONDS = 30.0
# What is read of a robots.txt (RFC 9309, 2.5, asks for 500 kibibytes at the least).
_ROBOTS_LARGEST = 512_000
# What the robots.txt at each address says, and for how long (RFC 9309, 2.4: a day at the most).
_ROBOTS_SECONDS = 86_400
_ROBOTS: dict[str, RobotFileParser] = {}
_INTERNET = Internet()
# What a site may say of an answer's version, and the header that asks whether it still is that.
_VERSIONS = {b"etag": b"If-None-Match", b"last-modified": b"If-Modified-Since"}
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: ``url`` after all redirects, ``content_type`` as the site states it,
    ``version`` as the headers that ask for another one.
    """

    url: str
    content_type: str
    data: bytes
    version: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def name(self) -> str:
        """A file name, always the same for the same ``url``, whose suffix tells what reads it."""
        digest = hashlib.sha256(self.url.encode()).hexdigest()
        return digest[:16] + _SUFFIXES[_media_type(self.content_type)]

    @property
    def charset(self) -> str | None:
        """The encoding, where the site states one that is known."""
        return sent_charset(self.content_type)


def fetch(
    url: str,
    before: Fetched | None = None,
    *,
    network: Network = _INTERNET,
    robots: MutableMapping[str, RobotFileParser] = _ROBOTS,
) -> Fetched:
    """What is at ``url``; or ``before``, what it gave then, where the site says that it still does.
    ``robots`` keeps what each site's robots.txt says.

    Raises:
        CorpusError: it is no http or https address of a public host, robots.txt disallows it or
            cannot be had, there is no sound answer with status 200 in time, or that is too large
            or of a type that is not read.
    """
    connections = PublicOnly(network, _SECONDS)
    with (
        # None is kept for a second request: the site may have closed it.
        httpcore.ConnectionPool(network_backend=connections, max_keepalive_connections=0) as pool,
        _answer(pool, _checked(url), partial(_heed, pool, robots), before) as (found, response),
    ):
        if before is not None and response.status == _NOT_MODIFIED:
            return before
        if response.status != 200:
            raise CorpusError(f"the site answers with status {response.status}")
        content_type = httpx.Headers(response.headers).get("content-type", "")
        if _media_type(content_type) not in _SUFFIXES:
            raise CorpusError(f"neither a page, a feed, a text nor a PDF: {content_type!r:.60}")
        said = [(name.lower(), value) for name, value in response.headers]
        version = tuple((_VERSIONS[name], value) for name, value in said if name in _VERSIONS)
        return Fetched(str(found), content_type, _body(response), version)


def _checked(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """The URL that ``address`` is, seen from ``base``, if it may be asked for."""
    try:
        url = httpx.URL(address) if base is None else base.join(address)
        whole = url.copy_with(raw_path=url.raw_path, fragment=None)  # "/" where there is no path
        urlsplit(unquote(str(whole)))  # What reads robots.txt does this, and fails at brackets.
    except (httpx.InvalidURL, ValueError) as error:
        raise CorpusError(f"not a web address: {address!r:.100}") from error
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise CorpusError(f"not an http or https address: {address!r:.100}")
    if url.userinfo:
        raise CorpusError("an address with a user name or password")
    if url.port not in (None, *_PORTS):
        raise CorpusError(f"port {url.port} is none of {', '.join(map(str, _PORTS))}")
    return whole


@contextmanager
def _answer(
    pool: httpcore.ConnectionPool,
    url: httpx.URL,
    heed: Callable[[httpx.URL], None],
    before: Fetched | None = None,
) -> Iterator[tuple[httpx.URL, httpcore.Response]]:
    """What is at the end of the redirects from ``url``, unless it is as ``before``; ``heed`` is
    called before each request.
    """
    for _ in range(_REDIRECTS + 1):
        heed(url)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        version = before.version if before is not None and before.url == str(url) else ()
        host = (b"Host", url.netloc)
        headers: list[tuple[str | bytes, str | bytes]] = [host, *_HEADERS, *version]
        with _plain_errors(url), pool.stream("GET", target, headers=headers) as response:
            location = httpx.Headers(response.headers).get("location")
            if response.status not in _MOVED or location is None:
                yield url, response
                return
        url = _checked(location, url)
    raise CorpusError(f"more than {_REDIRECTS} redirects")


@contextmanager
def _plain_errors(url: httpx.URL) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise CorpusError(f"no whole answer within {_SECONDS:g} seconds") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        host = url.raw_host.decode()
        raise CorpusError(f"no sound answer from {host} ({error!s:.200})") from error


def _heed(
    pool: httpcore.ConnectionPool, robots: MutableMapping[str, RobotFileParser], url: httpx.URL
) -> None:
    """Ask the robots.txt of the site whether ``url`` may be fetched."""
    address = url.join("/robots.txt")
    known = robots.get(str(address))
    if known is None or time.time() - known.mtime() > _ROBOTS_SECONDS:
        try:
            robots[str(address)] = _rules(pool, address)
        except CorpusError as error:
            raise CorpusError(f"{address}: {error}") from error
    if not robots[str(address)].can_fetch(_AGENT, str(url)):
        raise CorpusError(f"disallowed by {address}")


def _rules(pool: httpcore.ConnectionPool, address: httpx.URL) -> RobotFileParser:
    """What a robots.txt says: nothing, if the site has none."""
    with _answer(pool, address, lambda _: None) as (_, response):
        if response.status // 100 not in (2, 4):
            raise CorpusError(f"the site answers with status {response.status}")
        data = _body(response) if response.status < 300 else b""
    lines = data[:_ROBOTS_LARGEST].decode("utf-8-sig", "replace").splitlines()
    rules = RobotFileParser()
    try:
        rules.parse(lines)
    except ValueError as error:  # of a rule that is no path, or a delay that is no number
        raise CorpusError("not rules that can be read") from error
    return rules


def _body(response: httpcore.Response) -> bytes:
    headers = httpx.Headers(response.headers)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise CorpusError(f"packed in a way that was not asked for: {coding!r:.60}")
    if int(headers.get("content-length", 0)) > _LARGEST:
        raise _too_large()
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > _LARGEST:
            raise _too_large()
    return _unpacked(data) if coding == "gzip" else bytes(data)


def _unpacked(data: bytearray) -> bytes:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)  # 16: with gzip's header
    try:
        unpacked = inflater.decompress(data, _LARGEST + 1)
    except zlib.error as error:
        raise CorpusError("not sound gzip") from error
    if len(unpacked) > _LARGEST:
        raise _too_large()
    if not inflater.eof or inflater.unused_data:
        raise CorpusError("not one whole gzip")
    return unpacked


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _too_large() -> CorpusError:
    return CorpusError(f"more than {_LARGEST:,} bytes")
