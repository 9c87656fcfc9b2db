"""``/login`` and ``/logout``: the way in for people."""

from __future__ import annotations

import math
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rag.chat.locale import language_of
from rag.chat.login_page import login_html, policy
from rag.server.door import LOGIN, Door
from rag.server.keys import TooSoon
from rag.server.sessions import COOKIE, SECONDS

_MOST_FIELDS = 10


def login_routes(door: Door) -> list[Route]:
    """The routes, for those who pass ``door``."""
    login = _Login(door)
    return [
        Route(LOGIN, login.form, methods=["GET"]),
        Route(LOGIN, login.enter, methods=["POST"]),
        Route("/logout", login.leave, methods=["GET", "POST"]),
    ]


class _Login:
    def __init__(self, door: Door) -> None:
        self._door = door

    async def form(self, request: Request) -> Response:
        """The form; who is in already sees the page."""
        return _to("/") if request.state.caller else _form(request, 200)

    async def enter(self, request: Request) -> Response:
        """What was typed into the form."""
        keys, address = self._door.keys, request.client.host if request.client else ""
        if keys is None or not keys.locked:
            return _to("/")
        name, password = _typed(await request.body())
        former = request.cookies.get(COOKIE, "")
        try:
            cookie = await keys.log_in(name, password, address)
        except TooSoon as error:
            # Not noted: whoever goes on trying would fill the audit with it.
            return _form(request, 429, name, wait=math.ceil(error.seconds))
        self._note(name, address, "let in" if cookie else "refused")
        if cookie is None:
            return _form(request, 401, name)
        keys.log_out(former)
        response = _to("/")
        # A server behind one that speaks https is not told so; the browser says it.
        secure = "https" in (request.url.scheme, request.headers.get("origin", "").split(":")[0])
        response.set_cookie(
            COOKIE, cookie, max_age=SECONDS, secure=secure, httponly=True, samesite="strict"
        )
        return response

    async def leave(self, request: Request) -> Response:
        """The session ends."""
        if self._door.keys:
            self._door.keys.log_out(request.cookies.get(COOKIE, ""))
        request.state.caller.note("log out", "", "done")
        response = _to(LOGIN)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    def _note(self, name: str, address: str, outcome: str) -> None:
        if self._door.audit:
            self._door.audit.note(name, address, "log in", "", outcome)


def _typed(body: bytes) -> tuple[str, str]:
    """Name and password; empty where they are not there."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return "", ""
    return fields.get("name", [""])[0], fields.get("password", [""])[0]


def _form(request: Request, status: int, name: str = "", wait: int = 0) -> Response:
    html = login_html(language_of(request), name, failed=status != 200, wait=wait)
    headers = {"content-security-policy": policy(), "cache-control": "no-store"}
    headers |= {"vary": "cookie, accept-language"} | ({"retry-after": str(wait)} if wait else {})
    return HTMLResponse(html, status, headers)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)
