"""A model hub on the loopback, and the other machine to which it sends those who fetch a file."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

REVISION = "5" * 40
REPO = "someone/tiny-GGUF"


class Asked(NamedTuple):
    """A request: by which of the two machines it was taken, for what, and two of its headers."""

    machine: str
    path: str
    range: str | None
    token: str | None


class FakeHub:
    """``files`` of one repository. The rest is what may go wrong.

    ``status`` is answered to everything asked of the hub where it is not 200, with ``headers``.
    ``token`` is the one it wants. ``breaks`` are the bytes after which the connections to the other
    machine end, one after the other. ``sent`` changes the bytes it sends. ``stated`` are sizes that
    are stated and not true.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[Asked] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.token: str | None = None
        self.breaks: list[int] = []
        self.ranges = True
        self.sent: Callable[[bytes], bytes] = lambda data: data
        self.stated: dict[str, int] = {}
        self.url = self.store_url = ""

    def fetched(self) -> list[tuple[str, str | None]]:
        """What was asked of the other machine: files, and from where on."""
        return [
            (one.path.rpartition("/")[2], one.range) for one in self.asked if one.machine == "store"
        ]

    def about(self) -> dict[str, object]:
        """What the hub says of the repository, as ``/api/models/OWNER/NAME?blobs=true`` does."""
        siblings = [
            {
                "rfilename": name,
                "size": self.stated.get(name, len(data)),
                "blobId": "0" * 40,
                "lfs": {
                    "size": self.stated.get(name, len(data)),
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "pointerSize": 135,
                },
            }
            for name, data in self.files.items()
        ]
        siblings.append({"rfilename": "README.md", "size": 5, "blobId": "1" * 40})
        card = {"license": "apache-2.0"}
        return {"id": REPO, "sha": REVISION, "siblings": siblings, "cardData": card, "tags": []}


class _Machine(BaseHTTPRequestHandler):
    hub: FakeHub
    machine: str

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        range_, token = self.headers["Range"], self.headers["Authorization"]
        self.hub.asked.append(Asked(self.machine, url.path, range_, token))
        if self.machine == "store":
            self._file(self.hub.files[url.path.removeprefix("/")], range_)
        elif self.hub.status != 200:
            self._reply(self.hub.status, self.hub.headers)
        elif self.hub.token and token != f"Bearer {self.hub.token}":
            self._reply(401, {"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"})
        elif url.path == f"/api/models/{REPO}" and "blobs" in parse_qs(url.query):
            self._reply(200, {"Content-Type": "application/json"}, json.dumps(self.hub.about()))
        else:
            self._send_elsewhere(url.path.removeprefix(f"/{REPO}/resolve/{REVISION}/"))

    def _send_elsewhere(self, name: str) -> None:
        if name not in self.hub.files:
            self._reply(404, {"X-Error-Code": "EntryNotFound"})
            return
        data = self.hub.files[name]
        linked = {
            "X-Linked-Size": str(len(data)),
            "X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"',
            "X-Repo-Commit": REVISION,
        }
        self._reply(302, {**linked, "Location": f"{self.hub.store_url}/{name}"})

    def _file(self, data: bytes, asked: str | None) -> None:
        data = self.hub.sent(data)
        start = 0
        if asked and self.hub.ranges and (found := re.fullmatch(r"bytes=(\d+)-", asked)):
            start = int(found[1])
        rest = data[start:]
        self.send_response(206 if asked and self.hub.ranges else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        self.wfile.write(rest[: self.hub.breaks.pop(0)] if self.hub.breaks else rest)
        self.close_connection = True

    def _reply(self, status: int, headers: dict[str, str], body: str = "") -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """``hub`` with its two machines listening."""
    servers = []
    for machine in ("hub", "store"):
        handler = type("Handler", (_Machine,), {"hub": hub, "machine": machine})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
    hub.url, hub.store_url = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    try:
        yield hub
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def names(home: Path) -> set[str]:
    """What lies in the cache, locks left out."""
    return {path.name for path in (home / "weights").iterdir() if not path.name.endswith(".lock")}
