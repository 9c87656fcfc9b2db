"""The server's end: streams on which nothing is awaited end at once, answers are finished."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# On this one of Gradio's standing streams come the answers of the page.
_ANSWERS = "/queue/data"


class Closing:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        """Wraps ``app``, whose answers have ``seconds`` left once :meth:`begin` is called."""
        self._app = app
        self._seconds = seconds
        self._under_way: set[asyncio.Timeout] = set()
        self._standing: set[asyncio.Timeout] = set()

    def begin(self) -> None:
        """End the streams that only stand open, and set a limit to everything else."""
        now = asyncio.get_running_loop().time()
        for limit in self._under_way:
            limit.reschedule(now if limit in self._standing else now + self._seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything, as long as it may go on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stands = scope["method"] == "GET" and not scope["path"].endswith(_ANSWERS)
        limit = asyncio.timeout(None)
        ended = False

        async def sent(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if stands and kind.startswith("text/event-stream"):
                    self._standing.add(limit)
            else:
                ended = not message.get("more_body", False)
            await send(message)

        try:
            async with limit:
                self._under_way.add(limit)
                await self._app(scope, receive, sent)
        except TimeoutError:
            if not limit.expired():
                raise
            # What only stood open has nothing more to say; an answer is seen to be cut off.
            if limit in self._standing and not ended:
                await send({"type": "http.response.body", "body": b""})
        finally:
            self._under_way.discard(limit)
            self._standing.discard(limit)
