"""The door before a small application that says who came: places, tokens, sizes, how often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server.doors import Locked
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from rag.errors import UsageError
from rag.server.door import Door, Guard
from rag.server.hosts import Hosts
from rag.server.keys import Keys
from rag.server.limits import Rate
from rag.server.tokens import FILE, Tokens
from rag.service.audit import FILE as AUDIT
from rag.service.audit import Audit
from rag.service.rights import Role

AT = "http://127.0.0.1:7860"


async def told(request: Request) -> JSONResponse:
    """Who came, and how much they sent; a foreign site is welcome here, as at Gradio's."""
    caller = request.state.caller
    said = {"who": caller and [caller.name, caller.role], "bytes": len(await request.body())}
    leave = {"access-control-allow-origin": "*", "access-control-allow-credentials": "true"}
    return JSONResponse(said, headers=leave)


async def broken(request: Request) -> JSONResponse:
    raise RuntimeError("/secret/place")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.scope["state"]["caller"].name)
    await socket.close()


def visit(door: Door) -> TestClient:
    """A client of the application behind ``door``."""
    every = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
    routes = [
        Route("/v1/search/broken", broken),
        WebSocketRoute("/talk", talk),
        Route("/{path:path}", told, methods=every),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, door=door)])
    return TestClient(app, AT, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def locked(tmp_path: Path) -> Locked:
    return Locked(tmp_path / "home")


def audited(home: Path) -> list[dict[str, str]]:
    """The lines of the audit."""
    lines = (home / AUDIT).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_token_says_who_comes(locked: Locked) -> None:
    client = visit(locked.door)
    for role in Role:
        reply = client.post("/v1/search", headers=locked.bearer(role))
        assert reply.json()["who"] == [role.name.lower(), role]
    assert client.get("/health").json()["who"] is None


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer {token}x"},
        {"authorization": "Bearer {token}\0"},
        {"authorization": "Basic {token}"},
        {"authorization": "{token}"},
        {"authorization": "Bearer " + "a" * 60_000},
        {"authorization": "Bearer \xff\xfe"},
        {"cookie": "musnad_session={token}"},
        {"x-forwarded-for": "127.0.0.1"},
    ],
)
def test_what_is_no_token_is_refused(locked: Locked, header: dict[str, str]) -> None:
    token = locked.shown[Role.ADMIN]
    sent = [(k.encode(), v.replace("{token}", token).encode("latin-1")) for k, v in header.items()]
    reply = visit(locked.door).post("/v1/search", headers=sent)
    assert reply.status_code == 401
    assert reply.json() == {"error": "a token is needed"}
    assert reply.headers["www-authenticate"] == "Bearer"
    assert token not in reply.text


def test_two_tokens_at_once_are_none(locked: Locked) -> None:
    headers = [("authorization", f"Bearer {locked.shown[role]}") for role in Role]
    assert visit(locked.door).get("/v1/articles", headers=headers).status_code == 401


def test_a_person_is_led_to_the_login(locked: Locked) -> None:
    reply = visit(locked.door).get("/", headers={"accept": "text/html,*/*"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")
    assert visit(locked.door).post("/", headers={"accept": "text/html"}).status_code == 401


def test_roles(locked: Locked) -> None:
    client = visit(locked.door)
    takes = {
        ("POST", "/v1/ask"): Role.READER,
        ("POST", "/v1/chat/completions"): Role.READER,
        ("GET", "/v1/articles/a/b"): Role.READER,
        ("POST", "/mcp"): Role.READER,
        ("GET", "/metrics"): Role.READER,
        ("PUT", "/v1/articles/a"): Role.EDITOR,
        ("DELETE", "/v1/articles/a"): Role.EDITOR,
        ("GET", "/v1/jobs/1"): Role.EDITOR,
        ("POST", "/gradio_api/upload"): Role.EDITOR,
        ("POST", "/v1/search/x"): Role.ADMIN,
        ("POST", "/v1/nobody/knows"): Role.ADMIN,
        ("GET", "/health/x"): Role.ADMIN,
        ("GET", "//v1/articles"): Role.ADMIN,
        ("BREW", "/"): Role.ADMIN,
    }
    for (method, path), least in takes.items():
        for role in Role:
            reply = client.request(method, path, headers=locked.bearer(role))
            assert (reply.status_code == 403) == (role < least), (method, path, role)
            if role < least:
                assert reply.json() == {"error": f"this takes the role {least.name.lower()}"}


def test_one_revoked_stops_at_once(locked: Locked) -> None:
    client = visit(locked.door)
    reader = locked.bearer(Role.READER)
    assert client.get("/v1/articles", headers=reader).status_code == 200
    Tokens(locked.home).revoke("reader")
    assert client.get("/v1/articles", headers=reader).status_code == 401


def test_once_locked_it_stays_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    client = visit(Door(Keys(Tokens(home)), Hosts.of("127.0.0.1")))
    assert client.get("/").json()["who"] == ["", Role.ADMIN]
    Tokens(home).add("desk", Role.READER)
    assert client.get("/v1/articles").status_code == 401
    Tokens(home).revoke("desk")
    assert client.get("/v1/articles").status_code == 401
    (home / FILE).unlink()
    assert client.get("/v1/articles").status_code == 401


def test_a_damaged_file_lets_nobody_in_and_says_nothing_of_it(locked: Locked) -> None:
    (locked.home / FILE).write_text("{")
    reply = visit(locked.door).get("/v1/articles", headers=locked.bearer(Role.ADMIN))
    assert reply.status_code == 503
    assert reply.json() == {"error": "tokens cannot be checked now"}


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("127.0.0.1:7860", True),
        ("localhost", True),
        ("LOCALHOST.:1", True),
        ("[::1]:7860", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example@127.0.0.1", False),
        ("10.0.0.1", False),
        ("127.0.0.1:7860:1", False),
        ("127.0.0.1/", False),
        ("", False),
        ("\xe9", False),
    ],
)
def test_only_names_of_the_server(locked: Locked, host: str, *, answered: bool) -> None:
    headers = [(b"host", host.encode("latin-1"))]
    for door in (locked.door, Door(hosts=Hosts.of("127.0.0.1"))):
        reply = visit(door).get("/health", headers=headers)
        assert (reply.status_code == 200) == answered
        assert answered or reply.status_code == 421


def test_two_hosts_are_none(locked: Locked) -> None:
    headers = [("host", "127.0.0.1"), ("host", "127.0.0.1")]
    assert visit(locked.door).get("/health", headers=headers).status_code == 421


def test_names_that_were_allowed_and_numbers_of_a_wide_address() -> None:
    wide = Hosts.of("0.0.0.0", ["News.example.org"])
    assert all(map(wide.serve, ("news.example.org:443", "10.0.0.1:7860", "[fe80::1]", "localhost")))
    assert not wide.serve("evil.example")
    assert Hosts.of("10.0.0.1").serve("10.0.0.1:1")
    assert not Hosts.of("10.0.0.1").serve("10.0.0.2:1")
    for wrong in ("http://a", "a:80", "a b", ""):
        with pytest.raises(UsageError, match="--allow-host"):
            Hosts.of("127.0.0.1", [wrong])


@pytest.mark.parametrize(
    ("origin", "answered"),
    [
        (AT, True),
        ("https://127.0.0.1:7860", True),
        ("http://127.0.0.1:3000", False),
        ("http://localhost:7860", False),
        ("https://evil.example", False),
        ("null", False),
        ("", False),
        ("file://127.0.0.1:7860", False),
        ("http://[", False),
    ],
)
def test_only_pages_of_the_server(locked: Locked, origin: str, *, answered: bool) -> None:
    headers = {**locked.bearer(Role.ADMIN), "origin": origin}
    for method, path in (("POST", "/gradio_api/queue/join"), ("GET", "/"), ("POST", "/login")):
        reply = visit(locked.door).request(method, path, headers=headers)
        assert reply.status_code == (200 if answered else 403)
        assert not [name for name in reply.headers if name.startswith("access-control")]
    asked = {"origin": origin, "access-control-request-method": "POST"}
    reply = visit(locked.door).options("/v1/search", headers=asked)
    assert reply.status_code in (401, 403)


def test_pages_behind_another_server_if_it_is_named(tmp_path: Path) -> None:
    client = visit(Door(hosts=Hosts.of("127.0.0.1", ["news.example.org"])))
    for origin, status in (("https://news.example.org", 200), ("https://a.example.org", 403)):
        assert client.post("/", headers={"origin": origin}).status_code == status


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not stated."""
    for start in range(0, size, 1 << 20):
        yield bytes(min(1 << 20, size - start))


def test_bodies_that_are_too_large(locked: Locked) -> None:
    client, reader = visit(locked.door), locked.bearer(Role.READER)
    most = 10_000_000
    for body in (bytes(most), pieces(most)):
        reply = client.post("/v1/search", content=body, headers=reader)
        assert reply.json()["bytes"] == most
    for body in (bytes(most + 1), pieces(most + 1)):
        reply = client.post("/v1/search", content=body, headers=reader)
        assert reply.status_code == 413
        assert reply.json() == {"error": "the request is too large"}
    for stated in ("-1", "1e9", "9" * 5000, "\xb2"):
        told = {**reader, "content-length": stated}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
        assert client.post("/v1/search", content=b"", headers=headers).status_code == 413


def test_what_editors_send_may_be_larger(locked: Locked) -> None:
    client = visit(locked.door)
    size = 10_000_001
    for path in ("/v1/articles", "/gradio_api/upload"):
        reply = client.post(path, content=bytes(size), headers=locked.bearer(Role.EDITOR))
        assert reply.json()["bytes"] == size
        refused = client.post(path, content=bytes(size), headers=locked.bearer(Role.READER))
        assert refused.status_code == 403
    assert client.post("/login", content=bytes(10_001)).status_code == 413


def test_how_often_each_may_ask(tmp_path: Path) -> None:
    locked = Locked(tmp_path)
    locked.door._rate = Rate(2, 3, locked.clock)
    client, reader = visit(locked.door), locked.bearer(Role.READER)
    replies = [client.get("/v1/articles", headers=reader) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].headers["retry-after"] == "1"
    assert client.get("/v1/articles", headers=locked.bearer(Role.EDITOR)).status_code == 200
    locked.clock.now += 0.5
    assert client.get("/v1/articles", headers=reader).status_code == 200


def test_guessing_at_the_secret_of_a_known_id_is_not_hashed_for_long(locked: Locked) -> None:
    client = visit(locked.door)
    guess = {"authorization": f"Bearer {locked.shown[Role.ADMIN][:-1]}?".replace("?", "x")}
    assert client.get("/", headers=guess).status_code == 401
    locked.door.keys._fresh = Rate(1, 2, locked.clock)  # type: ignore[union-attr]
    last = locked.shown[Role.ADMIN][-1]
    wrong = locked.shown[Role.ADMIN][:-1] + ("0" if last != "0" else "1")
    statuses = [
        client.get("/", headers={"authorization": f"Bearer {wrong}"}).status_code for _ in range(3)
    ]
    assert statuses == [401, 401, 429]


def test_errors_tell_nothing_of_what_is_inside(locked: Locked) -> None:
    reply = visit(locked.door).get("/v1/search/broken", headers=locked.bearer(Role.ADMIN))
    assert reply.status_code == 500
    assert reply.text == "Internal Server Error"


def test_every_reply_has_the_headers(locked: Locked) -> None:
    client = visit(locked.door)
    for reply in (client.get("/health"), client.get("/x"), client.get("/", headers={"host": "x"})):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "SAMEORIGIN"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert "private" in reply.headers["cache-control"]


def test_a_websocket_is_no_way_around(locked: Locked) -> None:
    client = visit(locked.door)
    place, admin = "ws://127.0.0.1:7860/talk", locked.bearer(Role.ADMIN)
    for headers in ({}, locked.bearer(Role.READER), {**admin, "origin": "https://evil.example"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(place, headers=headers):
            pass
    with client.websocket_connect(place, headers=admin) as socket:
        assert socket.receive_text() == "admin"


def test_writes_are_noted_and_secrets_are_not(locked: Locked) -> None:
    client = visit(locked.door)
    client.get("/v1/articles", headers=locked.bearer(Role.ADMIN))
    client.put("/v1/articles/a%22%D9%85", headers=locked.bearer(Role.EDITOR))
    client.delete("/v1/articles/" + "x" * 1000, headers=locked.bearer(Role.READER))
    first, second = audited(locked.home)
    assert first.pop("time").endswith("Z")
    assert first == {
        "who": "editor",
        "address": "testclient",
        "did": "PUT",
        "what": '/v1/articles/a"م',
        "outcome": "200",
    }
    assert (second["who"], second["did"], second["outcome"]) == ("reader", "DELETE", "403")
    assert len(second["what"]) == 300
    written = (locked.home / AUDIT).read_text(encoding="utf-8")
    assert not [token for token in locked.shown.values() if token in written]
    assert (locked.home / AUDIT).stat().st_mode & 0o777 == 0o600


def test_the_audit_stays_small(tmp_path: Path) -> None:
    audit = Audit(tmp_path, most_bytes=2000)
    for n in range(200):
        audit.note("desk", "127.0.0.1", "PUT", f"/v1/articles/{n}", "200")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 6
    assert all(file.stat().st_size <= 2000 and not file.stat().st_mode & 0o077 for file in files)
    assert audited(tmp_path)[-1]["what"] == "/v1/articles/199"


def test_nothing_is_asked_without_keys() -> None:
    said: dict[str, Any] = visit(Door()).put("/v1/articles/a", headers={"host": "any"}).json()
    assert said["who"] == ["", Role.ADMIN]
