"""The log-in: sessions, their cookie, what it says in both languages, and how it slows down."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from server.doors import Locked
from starlette.testclient import TestClient

from rag.chat.auth import hashed, read_logins
from rag.server.door import Guard
from rag.server.login import login_routes
from rag.server.sessions import COOKIE, SECONDS
from rag.server.tokens import Tokens
from rag.service.audit import FILE as AUDIT
from rag.service.rights import Role

AT = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html"}


def visit(locked: Locked, at: str = AT) -> TestClient:
    """A browser before an application that says who is in."""
    app = FastAPI()
    app.add_middleware(Guard, door=locked.door)
    app.routes.extend(login_routes(locked.door))

    @app.get("/v1/articles/{path:path}")
    def told(request: Request) -> list[object]:
        return [request.state.caller.name, request.state.caller.role]

    return TestClient(app, at, follow_redirects=False)


def log_in(client: TestClient, name: str, password: str, **headers: str) -> Any:
    return client.post("/login", data={"name": name, "password": password}, headers=headers)


@pytest.fixture
def locked(tmp_path: Path) -> Locked:
    """A token of each role, and two people in a file."""
    file = tmp_path / "logins"
    file.write_text(f"reader2:{hashed('كلمة السر')}\nplain:secret\n", encoding="utf-8")
    return Locked(tmp_path / "home", check=read_logins(file))


def test_with_a_token_and_out_again(locked: Locked) -> None:
    client = visit(locked)
    assert client.get("/", headers=PAGE).headers["location"] == "/login"
    reply = log_in(client, "reader", locked.shown[Role.READER])
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert client.get("/v1/articles/").json() == ["reader", Role.READER]
    assert client.get("/login").headers["location"] == "/"
    cookie = client.cookies[COOKIE]
    assert client.get("/logout").headers["location"] == "/login"
    assert COOKIE not in client.cookies
    assert client.get("/v1/articles/", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 401


@pytest.mark.parametrize(("name", "password"), [("reader2", "كلمة السر"), ("plain", "secret")])
def test_those_of_the_file_edit(locked: Locked, name: str, password: str) -> None:
    client = visit(locked)
    assert log_in(client, name, password).status_code == 303
    assert client.get("/v1/articles/").json() == [name, Role.EDITOR]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("reader", "{admin}"),
        ("", "{reader}"),
        ("reader", ""),
        ("reader", "{reader}\0"),
        ("reader\0", "{reader}"),
        ("plain", "{reader}"),
        ("plain", "secret "),
        ("nobody", "secret"),
        ("plain", "x" * 5000),
        ("x" * 5000, "secret"),
        ("a\r\nset-cookie: b=c", "x\r\ny"),
    ],
)
def test_a_wrong_pair_is_refused(locked: Locked, name: str, password: str) -> None:
    client = visit(locked)
    password = password.format(**{r.name.lower(): token for r, token in locked.shown.items()})
    reply = log_in(client, name, password)
    assert reply.status_code == 401
    assert "set-cookie" not in reply.headers
    assert "do not belong together" in reply.text
    assert not password or password not in reply.text


@pytest.mark.parametrize(
    "body",
    [b"", b"name", b"name=a", b"\xff=\xff", b"&" * 50, b"name=plain&" * 20 + b"password=secret"],
)
def test_a_form_that_is_none_is_refused(locked: Locked, body: bytes) -> None:
    assert visit(locked).post("/login", content=body).status_code == 401


def test_the_cookie_is_for_this_server_and_no_script(locked: Locked) -> None:
    plain = log_in(visit(locked), "plain", "secret").headers["set-cookie"]
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Max-Age={SECONDS}; Path=/; SameSite=strict", plain
    )
    direct = log_in(visit(locked, "https://127.0.0.1:7860"), "plain", "secret")
    proxied = log_in(visit(locked), "plain", "secret", origin="https://127.0.0.1:7860")
    for reply in (direct, proxied):
        assert "; Secure" in reply.headers["set-cookie"]


def test_a_session_cannot_be_given_to_somebody(locked: Locked) -> None:
    """What the cookie held before the log-in is not what it holds after, nor does it count on."""
    client = visit(locked)
    log_in(client, "plain", "secret", cookie=f"{COOKIE}=known")
    first = client.cookies[COOKIE]
    assert first != "known"
    log_in(client, "reader", locked.shown[Role.READER])
    client.cookies.clear()
    for former in ("known", first):
        headers = {"cookie": f"{COOKIE}={former}"}
        assert client.get("/v1/articles/", headers=headers).status_code == 401


def test_a_session_ends_by_itself(locked: Locked) -> None:
    client = visit(locked)
    log_in(client, "plain", "secret")
    locked.clock.now += SECONDS - 1
    assert client.get("/v1/articles/").status_code == 200
    locked.clock.now += 1
    assert client.get("/v1/articles/").status_code == 401
    assert client.get("/", headers=PAGE).headers["location"] == "/login"


def test_a_session_ends_with_its_token(locked: Locked) -> None:
    client = visit(locked)
    log_in(client, "editor", locked.shown[Role.EDITOR])
    assert client.get("/v1/articles/").json() == ["editor", Role.EDITOR]
    Tokens(locked.home).revoke("editor")
    assert client.get("/v1/articles/").status_code == 401
    # One of the same name is another.
    Tokens(locked.home).add("editor", Role.ADMIN)
    assert client.get("/v1/articles/").status_code == 401


def test_a_foreign_page_cannot_use_the_session_nor_log_in(locked: Locked) -> None:
    client = visit(locked)
    log_in(client, "editor", locked.shown[Role.EDITOR])
    for origin in ("https://evil.example", "http://127.0.0.1:3000", "null"):
        for method, path in (("POST", "/logout"), ("GET", "/v1/articles/"), ("POST", "/login")):
            assert client.request(method, path, headers={"origin": origin}).status_code == 403
    assert client.get("/v1/articles/").status_code == 200


def test_eight_wrong_passwords_take_minutes(locked: Locked) -> None:
    client = visit(locked)
    statuses = [log_in(client, "plain", f"wrong {n}").status_code for n in range(8)]
    assert statuses == [401] * 3 + [429] * 5
    # The right one has to wait as well, but nobody else.
    reply = log_in(client, "plain", "secret")
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert "The next is possible in 1 second." in reply.text
    assert log_in(client, "reader2", "كلمة السر").status_code == 303
    client.cookies.clear()
    locked.clock.now += 1
    assert log_in(client, "plain", "wrong").status_code == 401
    locked.clock.now += 1
    assert log_in(client, "plain", "secret").headers["retry-after"] == "1"
    locked.clock.now += 1
    assert log_in(client, "plain", "secret").status_code == 303
    client.cookies.clear()
    assert log_in(client, "plain", "wrong").status_code == 401


def test_one_address_cannot_try_name_after_name(locked: Locked) -> None:
    client = visit(locked)
    statuses = [log_in(client, f"name {n}", "wrong").status_code for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    spoofed = log_in(client, "name", "wrong", **{"x-forwarded-for": "10.9.8.7"})
    assert spoofed.status_code == 429


def test_in_the_readers_language_without_a_script(locked: Locked) -> None:
    client = visit(locked)
    english = client.get("/login", headers={"accept-language": "en"})
    arabic = client.get("/login", headers={"accept-language": "ar-EG,en;q=0.5"})
    chosen = client.get("/login", headers={"accept-language": "en", "cookie": "musnad_language=ar"})
    assert '<html dir="ltr" lang="en">' in english.text and "Log in" in english.text
    assert '<html dir="rtl" lang="ar">' in arabic.text and "تسجيل الدخول" in arabic.text
    assert chosen.text == arabic.text
    for page in (english, arabic):
        assert "<script" not in page.text and "http" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"


def test_what_was_typed_is_no_markup(locked: Locked) -> None:
    reply = log_in(visit(locked), '"><script>alert(1)</script>', "x")
    assert "<script" not in reply.text and "&lt;script&gt;" in reply.text


def test_log_ins_are_noted_without_passwords(locked: Locked) -> None:
    client = visit(locked)
    for password in ("wrong1", "wrong2", "wrong3", "secret"):
        log_in(client, "plain", password)
    log_in(client, "reader2", "كلمة السر")
    client.post("/logout")
    text = (locked.home / AUDIT).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    told = [(line["who"], line["did"], line["outcome"]) for line in lines]
    assert told == [
        *[("plain", "log in", "refused")] * 3,
        ("reader2", "log in", "let in"),
        ("reader2", "log out", "done"),
    ]
    assert "wrong" not in text and "secret" not in text and "كلمة" not in text


def test_nobody_has_to_log_in_where_there_is_nothing_to_show(tmp_path: Path) -> None:
    client = visit(Locked(tmp_path / "home", roles=False))
    assert client.get("/login").headers["location"] == "/"
    assert log_in(client, "a", "b").headers["location"] == "/"
    assert client.get("/v1/articles/").json() == ["", Role.ADMIN]
