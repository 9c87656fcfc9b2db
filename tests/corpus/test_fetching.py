"""Fetching by address from a server on this machine, which the fake network calls public."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import cli
from rag.corpus.web import fetching
from rag.corpus.web.fetching import Fetched
from rag.errors import CorpusError
from rag.ingestion import read_addresses

PAGE = "<p>أعادت سلطات ميناء صفاقس فتح أرصفته صباح الثلاثاء.</p>".encode()
PUBLIC, OTHER = "93.184.216.34", "2606:4700:4700::1111"

Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(
    body: bytes = PAGE, *, status: int = 200, kind: str = "text/html", **headers: str
) -> Answer:
    """An answer with ``headers``, in whose names _ stands for -."""

    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return write


def moved(to: str, status: int = 302) -> Answer:
    return answer(b"", status=status, Location=to)


def dripping(beginning: bytes) -> Answer:
    """A byte after the other, without an end."""

    def write(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(beginning)
        for _ in range(200):
            request.wfile.write(b"a")
            time.sleep(0.02)

    return write


class Web:
    """One server that is every site: its pages by host and path, and what was asked of it.

    It is also the network: of a host with several lists of addresses, each resolving takes one.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Answer] = {}
        self.hosts = {"news.example": [[PUBLIC]], "other.example": [[OTHER]]}
        self.resolved: list[str] = []
        self.reached: list[tuple[str, int]] = []
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.robots: dict[str, Any] = {}

    def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        answers = self.hosts.get(host, [[host]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        self.reached.append((address, port))
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout)

    def fetch(self, url: str) -> Fetched:
        return fetching.fetch(url, network=self, robots=self.robots)

    def refusal(self, url: str) -> str:
        with pytest.raises(CorpusError) as refused:
            self.fetch(url)
        assert "\n" not in str(refused.value)
        return str(refused.value)


class Server(ThreadingHTTPServer):
    web: Web

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may hang up."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        web, place = self.server.web, self.headers["Host"] + self.path
        web.asked.append(place)
        web.headers = dict(self.headers)
        web.pages.get(place, answer(b"", status=404))(self)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.web = Web(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.web
        server.shutdown()
        thread.join()


@pytest.fixture
def reading(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """The same, for whatever fetches."""
    fetch = partial(fetching.fetch, network=web, robots=web.robots)
    monkeypatch.setattr(fetching, "fetch", fetch)
    return web


def test_a_page_is_fetched_after_the_robots_txt_of_its_site(web: Web) -> None:
    web.pages["news.example/port?id=7"] = answer(kind="text/html; charset=utf-8")
    found = web.fetch("http://news.example/port?id=7#top")
    assert found == Fetched("http://news.example/port?id=7", "text/html; charset=utf-8", PAGE)
    assert web.asked == ["news.example/robots.txt", "news.example/port?id=7"]
    assert web.reached == [(PUBLIC, 80)] * 2
    assert (web.headers["User-Agent"], web.headers["Accept-Encoding"]) == ("Musnad", "gzip")


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("text/html", ".html"),
        ("Text/HTML; charset=windows-1256", ".html"),
        ("application/xhtml+xml", ".xhtml"),
        ("application/rss+xml", ".rss"),
        ("application/atom+xml; charset=utf-8", ".atom"),
        ("application/xml", ".xml"),
        ("text/xml", ".xml"),
        ("text/plain", ".txt"),
        ("application/pdf", ".pdf"),
    ],
)
def test_the_name_tells_what_reads_it(web: Web, kind: str, suffix: str) -> None:
    web.pages["news.example/a"] = answer(kind=kind)
    first, second = (web.fetch(f"http://news.example/a{mark}").name for mark in ("", "#b"))
    assert first == second
    assert first.removesuffix(suffix).isalnum()


ARABIC = "أعادت سلطات الميناء فتح أرصفته صباح الثلاثاء بعد ثلاثة أيام من العاصفة."
# Which is never guessed from bytes alone.
RUSSIAN = "Министр обороны заявил, что переговоры продолжатся на следующей неделе в Москве."
KINDS = {
    "text/plain": "{}",
    "text/html": "<html><body><article><p>{0}</p><p>{0}</p></article></body></html>",
    "application/rss+xml": "<rss version='2.0'><channel><item><description>{}</description></item>"
    "</channel></rss>",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("windows-1256", "cp1256", ARABIC),
        ('"UTF-16BE"', "utf-16-be", ARABIC),
        ("Windows-1251", "cp1251", RUSSIAN),
        ("klingon", "utf-8", RUSSIAN),
        ("", "utf-8", ARABIC),
    ],
)
def test_the_encoding_that_only_the_site_states_is_believed(
    reading: Web, kind: str, charset: str, encoding: str, text: str
) -> None:
    page = answer(KINDS[kind].format(text).encode(encoding), kind=f"{kind}; charset={charset}")
    reading.pages["news.example/a"] = page
    (article,) = read_addresses(["http://news.example/a"], {}).articles
    assert text in article.text


def test_what_is_not_in_the_encoding_stated_is_refused(reading: Web) -> None:
    page = answer("رقم ٣".encode(), kind="text/plain; charset=ISO-8859-6")
    reading.pages["news.example/a"] = page
    (refused,) = read_addresses(["http://news.example/a"], {}).unreadable
    assert refused.reason == "not iso-8859-6: byte 0xb1 at offset 1"


@pytest.mark.parametrize("kind", ["application/json", "image/png", "video/mp4", "text/css", ""])
def test_other_types_are_refused(web: Web, kind: str) -> None:
    web.pages["news.example/a"] = answer(kind=kind)
    reason = web.refusal("http://news.example/a")
    assert reason == f"neither a page, a feed, a text nor a PDF: {kind!r}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not an http or https address: ''"),
        ("news.example/a", "not an http or https address: 'news.example/a'"),
        ("/etc/passwd", "not an http or https address: '/etc/passwd'"),
        ("file:///etc/passwd", "not an http or https address: 'file:///etc/passwd'"),
        ("ftp://news.example/a", "not an http or https address: 'ftp://news.example/a'"),
        ("javascript:alert(1)", "not an http or https address: 'javascript:alert(1)'"),
        ("http://", "not an http or https address: 'http://'"),
        ("http:///a", "not an http or https address: 'http:///a'"),
        ("http://[::1", "not a web address: 'http://[::1'"),
        ("http://news.example/a\nb", "not a web address: 'http://news.example/a\\nb'"),
        ("http://１２７.0.0.1/", "not a web address: 'http://１２７.0.0.1/'"),
        ("http://kim:secret@news.example/", "an address with a user name or password"),
        ("http://kim@news.example/", "an address with a user name or password"),
        ("http://good.example\\@news.example/", "an address with a user name or password"),
        ("http://news.example:22/", "port 22 is none of 80, 443, 8080, 8443"),
        ("http://news.example:0/", "port 0 is none of 80, 443, 8080, 8443"),
        ("https://news.example:99999/", "port 99999 is none of 80, 443, 8080, 8443"),
    ],
)
def test_addresses_that_are_refused_unasked(web: Web, url: str, reason: str) -> None:
    assert web.refusal(url) == reason
    assert (web.resolved, web.asked) == ([], [])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "not an http or https address: 'file:///etc/passwd'"),
        ("http://[::1", "not a web address: 'http://[::1'"),
        ("//kim:secret@other.example/", "an address with a user name or password"),
        ("//other.example:22/", "port 22 is none of 80, 443, 8080, 8443"),
    ],
)
def test_redirects_to_such_addresses_are_refused(web: Web, url: str, reason: str) -> None:
    web.pages["news.example/a"] = moved(url)
    assert web.refusal("http://news.example/a") == reason
    assert web.resolved == ["news.example"]


@pytest.mark.parametrize("port", [8080, 8443])
def test_the_other_ports_of_the_web_are_asked(web: Web, port: int) -> None:
    web.pages[f"news.example:{port}/"] = answer()
    assert web.fetch(f"http://news.example:{port}").url == f"http://news.example:{port}/"
    assert web.reached == [(PUBLIC, port)] * 2


def test_names_and_paths_in_arabic_are_asked_in_ascii(web: Web) -> None:
    host, path = "xn--mgbh0fb.xn--kgbechtv", "/%D8%AE%D8%A8%D8%B1?%D8%B3=1"
    web.hosts[host] = [[PUBLIC]]
    web.pages[host + path] = answer()
    assert web.fetch("http://مثال.إختبار/خبر?س=1").url == f"http://{host}{path}"
    assert web.resolved == [host]


def test_an_ipv6_literal_is_asked_in_brackets(web: Web) -> None:
    web.pages[f"[{OTHER}]/a"] = web.pages[f"[{OTHER}]:8080/a"] = answer()
    assert web.fetch(f"http://[{OTHER}]/a").data == PAGE
    assert web.fetch(f"http://[{OTHER}]:8080/a").data == PAGE
    assert web.reached == [(OTHER, 80)] * 2 + [(OTHER, 8080)] * 2


@pytest.mark.parametrize("host", ["10.0.0.1", "[::1]", "[::ffff:169.254.169.254]", "[fe80::1]"])
def test_what_is_not_public_is_refused_at_first_and_by_redirect(web: Web, host: str) -> None:
    address = host.strip("[]")
    reason = f"http://{host}/robots.txt: not a public address: "
    assert web.refusal(f"http://{host}/").startswith(reason)
    web.pages["news.example/a"] = moved(f"http://{host}/latest/meta-data")
    assert web.refusal("http://news.example/a").startswith(reason)
    assert address not in [reached for reached, _ in web.reached]


def test_a_robots_txt_elsewhere_is_under_the_same_rules(web: Web) -> None:
    web.pages["news.example/robots.txt"] = moved("http://10.0.0.1/robots.txt")
    reason = "not a public address: 10.0.0.1 (host 10.0.0.1)"
    assert web.refusal("http://news.example/a") == f"http://news.example/robots.txt: {reason}"
    assert web.asked == ["news.example/robots.txt"]


def test_a_name_that_later_leads_elsewhere_is_not_asked_again(web: Web) -> None:
    web.hosts["news.example"] = [[PUBLIC], ["127.0.0.1"]]
    web.pages["news.example/a"] = moved("/b")
    web.pages["news.example/b"] = answer()
    assert web.fetch("http://news.example/a").url == "http://news.example/b"
    assert web.resolved == ["news.example"]
    assert set(web.reached) == {(PUBLIC, 80)}
    assert "not a public address: 127.0.0.1" in web.refusal("http://news.example/a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_each_by_the_rules_of_its_site(web: Web, status: int) -> None:
    web.pages["news.example/a"] = moved("//other.example/خبر".encode().decode("latin-1"), status)
    web.pages["other.example/%D8%AE%D8%A8%D8%B1"] = answer()
    assert web.fetch("http://news.example/a").url == "http://other.example/%D8%AE%D8%A8%D8%B1"
    assert web.asked[2] == "other.example/robots.txt"
    assert web.reached[2:] == [(OTHER, 80)] * 2


def test_at_most_five_redirects_are_followed(web: Web) -> None:
    for number in range(6):
        web.pages[f"news.example/{number}"] = moved(f"/{number + 1}")
    web.pages["news.example/6"] = answer()
    assert web.fetch("http://news.example/1").url == "http://news.example/6"
    assert web.refusal("http://news.example/0") == "more than 5 redirects"


ROBOTS = "User-agent: musnad\nDisallow: /private\nDisallow: /خاص\n\nUser-agent: *\nDisallow: /"


def test_what_robots_txt_disallows_is_not_asked(web: Web) -> None:
    web.pages["news.example/robots.txt"] = answer(b"\xef\xbb\xbf" + ROBOTS.encode())
    web.pages["news.example/a"] = answer()
    web.pages["news.example/b"] = moved("/private/b")
    assert web.fetch("http://news.example/a").data == PAGE
    for path in ("private", "private/b", "خاص/1", "b"):
        reason = web.refusal(f"http://news.example/{path}")
        assert reason == "disallowed by http://news.example/robots.txt"
    assert web.asked == [f"news.example/{path}" for path in ("robots.txt", "a", "b")]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
def test_a_site_without_robots_txt_allows_all(web: Web, status: int) -> None:
    web.pages["news.example/robots.txt"] = answer(b"User-agent: *\nDisallow: /", status=status)
    web.pages["news.example/a"] = answer()
    assert web.fetch("http://news.example/a").data == PAGE


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (answer(status=500), "the site answers with status 500"),
        (answer(status=503), "the site answers with status 503"),
        (answer(status=304), "the site answers with status 304"),
        (moved("/robots.txt"), "more than 5 redirects"),
        (answer(b"User-agent: *\nCrawl-delay: \xc2\xb2"), "not rules that can be read"),
        (answer(b"User-agent: *\nDisallow: //["), "not rules that can be read"),
        (lambda request: None, "no sound answer from news.example (Server disconnected"),
    ],
)
def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone(
    web: Web, robots: Answer, reason: str
) -> None:
    web.pages["news.example/robots.txt"] = robots
    refusal = web.refusal("http://news.example/a")
    assert refusal.startswith(f"http://news.example/robots.txt: {reason}")
    assert "news.example/a" not in web.asked
    del web.pages["news.example/robots.txt"]
    web.pages["news.example/a"] = answer()
    assert web.fetch("http://news.example/a").data == PAGE


@pytest.mark.parametrize("status", [204, 206, 304, 404, 500])
def test_a_page_that_is_not_there_is_refused(web: Web, status: int) -> None:
    web.pages["news.example/a"] = answer(b"", status=status)
    assert web.refusal("http://news.example/a") == f"the site answers with status {status}"


def test_a_redirect_to_nowhere_is_no_page(web: Web) -> None:
    web.pages["news.example/a"] = answer(status=302)
    assert web.refusal("http://news.example/a") == "the site answers with status 302"


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(PAGE, mtime=0), "gzip"),
        (gzip.compress(PAGE, mtime=0), "GZIP"),
        (PAGE, "identity"),
        (PAGE, ""),
    ],
)
def test_gzip_is_unpacked(web: Web, body: bytes, coding: str) -> None:
    web.pages["news.example/a"] = answer(body, Content_Encoding=coding)
    assert web.fetch("http://news.example/a").data == PAGE


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (answer(b"", Content_Length="10000001"), "more than 10,000,000 bytes"),
        (answer(b"a" * 10_000_001), "more than 10,000,000 bytes"),
        (
            answer(gzip.compress(b"a" * 10_000_001, mtime=0), Content_Encoding="gzip"),
            "more than 10,000,000 bytes",
        ),
        (answer(Content_Encoding="gzip"), "not sound gzip"),
        (answer(gzip.compress(PAGE, mtime=0)[:-9], Content_Encoding="gzip"), "not one whole gzip"),
        (answer(gzip.compress(PAGE, mtime=0) * 2, Content_Encoding="gzip"), "not one whole gzip"),
        (answer(Content_Encoding="br"), "packed in a way that was not asked for: 'br'"),
        (
            answer(
                gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0), Content_Encoding="gzip, gzip"
            ),
            "packed in a way that was not asked for: 'gzip, gzip'",
        ),
        (answer(b"cut", Content_Length="9"), "no sound answer from news.example (peer closed"),
        (answer(a="b" * 200_000), "no sound answer from news.example ("),
    ],
)
def test_bodies_that_are_refused(web: Web, page: Answer, reason: str) -> None:
    web.pages["news.example/a"] = page
    assert web.refusal("http://news.example/a").startswith(reason)


def test_ten_million_bytes_are_not_too_many(web: Web) -> None:
    web.pages["news.example/a"] = answer(b"a" * 10_000_000)
    assert len(web.fetch("http://news.example/a").data) == 10_000_000


@pytest.mark.parametrize(
    "page",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Type: "),
        lambda request: time.sleep(1),
    ],
)
def test_what_takes_too_long_is_given_up(
    web: Web, page: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_SECONDS", 0.3)
    web.pages["news.example/a"] = page
    begun = time.monotonic()
    assert web.refusal("http://news.example/a") == "no whole answer within 0.3 seconds"
    assert time.monotonic() - begun < 1


def test_redirects_do_not_begin_the_time_anew(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        moved("/a")(request)

    monkeypatch.setattr(fetching, "_SECONDS", 0.5)
    web.pages["news.example/a"] = slowly
    assert web.refusal("http://news.example/a") == "no whole answer within 0.5 seconds"


def test_the_environment_names_no_proxy(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    web.pages["news.example/a"] = answer()
    assert web.fetch("http://news.example/a").data == PAGE
    assert set(web.reached) == {(PUBLIC, 80)}


class Canned:
    """Every host is public and answers with these bytes; ``certified`` are the names TLS asks."""

    def __init__(self, sent: bytes) -> None:
        self.sent = sent
        self.certified: list[str | None] = []

    def resolve(self, host: str) -> list[str]:
        return [PUBLIC]

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        return CannedStream(self)


class CannedStream(httpcore.MockStream):
    def __init__(self, network: Canned) -> None:
        super().__init__([network.sent])
        self.network = network

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        assert ssl_context.check_hostname and ssl_context.verify_mode is ssl.CERT_REQUIRED
        self.network.certified.append(server_hostname)
        return self


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://news.example/a", "news.example"),
        ("https://news.example:8443/", "news.example"),
        ("https://مثال.إختبار/", "xn--mgbh0fb.xn--kgbechtv"),
        (f"https://[{OTHER}]/", OTHER),
    ],
)
def test_the_certificate_must_be_of_the_host_not_of_its_address(url: str, name: str) -> None:
    network = Canned(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nwords")
    assert fetching.fetch(url, network=network, robots={}).data == b"words"
    assert set(network.certified) == {name}


def test_what_is_as_it_was_is_not_sent_again(web: Web) -> None:
    def page(request: BaseHTTPRequestHandler) -> None:
        same = request.headers["If-None-Match"] == '"1"'
        answer(b"" if same else PAGE, status=304 if same else 200, ETag='"1"')(request)

    web.pages["news.example/a"] = page
    web.pages["news.example/old"] = moved("/a")
    for url in ("http://news.example/a", "http://news.example/old"):
        first = web.fetch(url)
        assert first.version == ((b"If-None-Match", b'"1"'),)
        assert fetching.fetch(url, first, network=web, robots=web.robots) is first
    # What was another page then is asked for as if it had never been.
    other = dataclasses.replace(first, url="http://news.example/b")
    assert fetching.fetch(url, other, network=web, robots=web.robots) == first
    web.pages["news.example/a"] = answer(Last_Modified="Tue, 01 Jul 2025 10:00:00 GMT")
    later = fetching.fetch(url, first, network=web, robots=web.robots)
    assert later.version == ((b"If-Modified-Since", b"Tue, 01 Jul 2025 10:00:00 GMT"),)
    assert web.refusal("http://news.example/c") == "the site answers with status 404"
    web.pages["news.example/c"] = answer(b"", status=304)
    assert web.refusal("http://news.example/c") == "the site answers with status 304"


def test_a_robots_txt_holds_for_a_day(web: Web) -> None:
    web.pages["news.example/a"] = answer()
    web.fetch("http://news.example/a")
    web.pages["news.example/robots.txt"] = answer(b"User-agent: *\nDisallow: /", kind="text/plain")
    web.fetch("http://news.example/a")
    web.robots["http://news.example/robots.txt"].last_checked -= 86_401
    reason = "disallowed by http://news.example/robots.txt"
    assert web.refusal("http://news.example/a") == reason


@pytest.mark.usefixtures("words")
def test_feeds_and_pages_are_watched_by_time(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lists(*entries: str, link: str = "<link>http://news.example/{}</link>") -> Answer:
        items = "".join(
            f"<item><title>{name}</title>{link.format(name)}<description>{told}</description></item>"
            for name, told in (entry.split(": ") for entry in entries)
        )
        feed = f'<rss version="2.0"><channel><title>Radio</title>{items}</channel></rss>'
        return answer(feed.encode(), kind="application/rss+xml", ETag=f'"{len(feed)}"')

    waited: list[float] = []
    rounds = iter([
        {"news.example/feed": lists("b: The harbour is shut again.", "c: The airport opens.")},
        {"news.example/feed": answer(b"", status=503)},
        {"news.example/feed": answer(b"", status=304), "other.example/live": lists(
            "now: A third train leaves.", link="")},
    ])  # fmt: skip

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        web.pages.update(next(rounds, {}))
        if len(waited) > 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    asking = partial(fetching.fetch, network=web, robots=web.robots)
    monkeypatch.setattr(fetching, "fetch", asking)
    web.pages["news.example/feed"] = lists("a: The mayor speaks.", "b: The harbour opens.")
    web.pages["other.example/live"] = lists(
        "now: A train leaves.",
        "now: A second train leaves.",
        link="<link>http://other.example/</link>",
    )
    addresses = ["http://news.example/feed", "http://other.example/live"]
    where = ["--index", str(tmp_path / "index")]
    ingest = ["ingest", "--fetch", "--watch", *addresses, *where]
    assert cli.main([*ingest, "--every", "5"]) == 0
    assert waited == [300] * 4
    said = capsys.readouterr().err
    assert re.findall(r"musnad: (.*(?:added|status).*)", said) == [
        "4 added, 0 replaced, 0 unchanged",
        "2 added, 1 replaced, 2 unchanged",
        "http://news.example/feed: the site answers with status 503",
        "0 added, 0 replaced, 2 unchanged",
        "1 added, 0 replaced, 2 unchanged",
    ]
    assert cli.main(["list", "--json", *where]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 6
    for wrong in (["--every", "0"], ["--every", "99999"]):
        assert cli.main([*ingest, *wrong]) == 2
    assert cli.main(["ingest", "--fetch", "--every", "5", *addresses, *where]) == 2


def test_without_a_certificate_that_holds_nothing_is_fetched(web: Web) -> None:
    reason = "https://news.example/robots.txt: no sound answer from news.example ([SSL"
    assert web.refusal("https://news.example/a").startswith(reason)


LINE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=30)
HEADER = st.tuples(
    st.sampled_from(["Content-Type", "Content-Length", "Content-Encoding", "Location"]),
    LINE | st.sampled_from(["text/html", "gzip", "7", "7, 7", "/a", "http://[", "chunked"]),
)


def outcome(url: str, sent: bytes) -> str:
    """The name and the encoding of what is fetched, or why nothing is."""
    try:
        found = fetching.fetch(url, network=Canned(sent), robots={})
        return f"{found.name} {found.charset}"
    except CorpusError as error:
        return str(error)


@given(st.binary(max_size=200), st.integers(100, 599), st.lists(HEADER, max_size=4))
def test_no_answer_brings_another_error(body: bytes, status: int, headers: list[Any]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    sent = f"HTTP/1.1 {status} A\r\n{head}\r\n".encode("latin-1") + body
    for answered in (sent, body):
        assert "\n" not in outcome("http://news.example/a", answered)


@given(st.text(max_size=60) | st.text(max_size=60).map("http://news.example".__add__))
def test_no_address_brings_another_error(url: str) -> None:
    assert "\n" not in outcome(url, b"HTTP/1.1 404 A\r\n\r\n")
