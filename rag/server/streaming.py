"""Answers on their way to a client that may go away: what is made for it then ends.

The service tells its events one after another and is waited for in threads.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Final, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Request as HttpRequest
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

T = TypeVar("T")

_END: Final[Any] = object()


async def events(iterator: Iterator[T]) -> AsyncGenerator[T]:
    """What ``iterator`` gives, each waited for in a worker thread. Closing this closes the
    iterator, in a thread too, as soon as it gives what it was asked for last.
    """
    # A thread for each client: those who wait must not keep the others from the few there are.
    own = CapacityLimiter(1)
    try:
        while (event := await to_thread.run_sync(next, iterator, _END, limiter=own)) is not _END:
            yield event
    finally:
        close = getattr(iterator, "close", None)
        if close:
            with CancelScope(shield=True):
                await to_thread.run_sync(close, limiter=own)


async def last(told: AsyncGenerator[T], request: HttpRequest) -> T:
    """The last of the events ``told``, of which there is one at least.

    Raises:
        ClientDisconnect: the client of ``request`` went away before.
    """
    async with aclosing(told):
        event = await anext(told)
        async for later in told:
            event = later
            if await request.is_disconnected():
                raise ClientDisconnect
    return event


class EventStream(StreamingResponse):
    """Server-sent events, whose source is closed when the client goes away."""

    media_type = "text/event-stream"

    def __init__(self, source: AsyncGenerator[str]) -> None:
        """``source`` gives events as they are sent, each with the empty line that ends it."""
        super().__init__(source, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See :class:`StreamingResponse`."""
        async with aclosing(self._source):
            await super().__call__(scope, receive, send)
