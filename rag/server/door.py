"""The door: every request passes it, whichever part of the application is to answer.

It asks, in this order: is the request for this server, does it come from a page of its own, who
sends it, how often do they, may they, and is it too large. Who it was goes on to the application
as ``request.state.caller``, a :class:`rag.service.rights.Caller`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import TokenError
from rag.server.hosts import Hosts
from rag.server.keys import Key, Keys, TooSoon
from rag.server.limits import Rate
from rag.server.rights import READING, needs
from rag.server.sessions import COOKIE
from rag.service.audit import Audit
from rag.service.rights import Caller, Role

_log = logging.getLogger(__name__)

LOGIN = "/login"
# Requests of one caller: the page makes a hundred when it is opened, and then one a second.
_PER_SECOND, _BURST = 50.0, 500
# A form sent from a page with the referrer policy "no-referrer" would not say which page it is of.
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
}


class Refused(Exception):
    """A request that goes no further: its status, why in one line, and headers of the reply."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        """``why`` tells nothing of what is inside."""
        super().__init__(why)
        self.status = status
        self.headers = headers

    def response(self) -> Response:
        """As all errors are told."""
        return JSONResponse({"error": str(self)}, self.status, self.headers)


class Door:
    """What is asked of a request. Without ``keys`` everybody may do everything, without ``hosts``
    the server has any name, and without an ``audit`` nothing is noted.
    """

    def __init__(
        self,
        keys: Keys | None = None,
        hosts: Hosts | None = None,
        audit: Audit | None = None,
        rate: Rate | None = None,
    ) -> None:
        """``rate`` is how often each of those may ask who have to say who they are."""
        self.keys = keys
        self.audit = audit
        self._hosts = hosts
        self._rate = rate or Rate(_PER_SECOND, _BURST)

    async def caller(self, request: HTTPConnection, role: Role | None) -> Caller | None:
        """Who makes the ``request``, which takes the ``role``; none where they need not say so.

        Raises:
            Refused: it goes no further.
        """
        self._check_place(request.headers)
        address = request.client.host if request.client else ""
        try:
            if self.keys is None or not self.keys.locked:
                return Caller("", Role.ADMIN, address, self.audit)
            key = await self._key(self.keys, request, address)
        except TooSoon as error:
            raise _too_often(error.seconds) from error
        except TokenError as error:
            _log.error("%s", error)
            raise Refused(503, "tokens cannot be checked now") from error
        if key is None:
            if role is None:
                return None
            raise Refused(401, "a token is needed", {"www-authenticate": "Bearer"})
        if seconds := self._rate.wait(key.name):
            raise _too_often(seconds)
        return Caller(key.name, key.role, address, self.audit)

    def _check_place(self, headers: Headers) -> None:
        """That the request is for this server, and from no page but its own."""
        if self._hosts is None:
            return
        named = headers.getlist("host")
        if len(named) != 1 or not self._hosts.serve(named[0]):
            raise Refused(421, "not a name of this server; --allow-host NAME makes it one")
        if not all(self._hosts.own(origin, named[0]) for origin in headers.getlist("origin")):
            raise Refused(403, "pages of other sites get no answer")

    async def _key(self, keys: Keys, request: HTTPConnection, address: str) -> Key | None:
        """Who is let in by the token that is shown or, where none is, by the cookie."""
        shown = request.headers.getlist("authorization")
        if not shown:
            return keys.of_session(request.cookies.get(COOKIE, ""))
        scheme, _, token = shown[0].partition(" ")
        if len(shown) > 1 or scheme.lower() != "bearer":
            return None
        return await keys.shown(token.strip(), address)


def _too_often(seconds: float) -> Refused:
    return Refused(429, "too many requests", {"retry-after": str(math.ceil(seconds))})


class Guard:
    """ASGI middleware: what passes the ``door`` goes on to the application."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        """Stands before ``app``."""
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no request passes."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        method, path = scope.get("method", "WEBSOCKET"), scope["path"]
        need, request = needs(method, path), HTTPConnection(scope)
        body = _Body(receive, need.most_bytes)
        reply = _Reply(send, body)
        caller = None
        try:
            caller = await self._door.caller(request, need.role)
            if caller and need.role and not caller.may(need.role):
                raise Refused(403, f"this takes the role {need.role.name.lower()}")
            body.check(request.headers)
        except Refused as refused:
            if scope["type"] == "websocket":
                # Before it is accepted: answered with 403.
                await send({"type": "websocket.close"})
                return
            response = _to_login(request, method) if refused.status == 401 else None
            await (response or refused.response())(scope, receive, reply)
        else:
            # A copy: what is kept of the application's start is shared by all requests.
            scope["state"] = {**scope.get("state", {}), "caller": caller}
            await self._app(scope, body, reply)
        finally:
            if caller and need.role and need.role > Role.READER and method not in READING:
                caller.note(method, path, str(reply.status))


def _to_login(request: HTTPConnection, method: str) -> Response | None:
    """The way to the log-in, for a person who opens a page."""
    asks = method == "GET" and "text/html" in request.headers.get("accept", "")
    return RedirectResponse(LOGIN, 303) if asks else None


class _Body:
    """What is received of a request, of ``most`` bytes at most, whatever length it states."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self.refusal: Refused | None = None

    def check(self, headers: Headers) -> None:
        """Raises :class:`Refused` by the length stated in ``headers``."""
        stated = headers.get("content-length", "0")
        digits = stated.isascii() and stated.isdigit() and len(stated) < 20
        if not digits or int(stated) > self._left:
            raise self._too_large()

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.refusal = self._too_large()
            # Ends whoever reads it; what they make of it is not what is sent.
            raise HTTPException(self.refusal.status)
        return message

    def _too_large(self) -> Refused:
        return Refused(413, "the request is too large", {"connection": "close"})


class _Reply:
    """What is sent: with the headers that all have; no other site is allowed to read it."""

    def __init__(self, send: Send, body: _Body) -> None:
        self._send = send
        self._body = body
        self._instead = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._body.refusal:
                self._instead = True
                response = self._body.refusal.response()
                start = {"status": response.status_code, "headers": response.raw_headers}
                await self._start({**message, **start})
                await self._send({"type": "http.response.body", "body": response.body})
            else:
                await self._start(message)
        elif not self._instead:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        self.status = message["status"]
        headers = MutableHeaders(raw=list(message.get("headers", ())))
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        await self._send({**message, "headers": headers.raw})
