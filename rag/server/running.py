"""Runs the server."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import HANDLED_SIGNALS

from rag.console import say
from rag.errors import UsageError
from rag.server.closing import Closing

# How long answers under way are waited for once the server is told to end.
_LAST_SECONDS = 10


class _Server(uvicorn.Server):
    """Ends as :class:`Closing` says; told so twice, at once: what is on the disk bears that."""

    def __init__(self, config: uvicorn.Config, closing: Closing) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        for number in HANDLED_SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing.begin()
        await super().shutdown(sockets)


def run(app: ASGIApp, host: str, port: int, *, last_seconds: float = _LAST_SECONDS) -> None:
    """Serve ``app`` at ``host:port`` until interrupted, and then for at most ``last_seconds`` more,
    in which answers under way are finished and nothing new is accepted.

    Raises:
        UsageError: the port is taken or not allowed, or there is no such address.
    """
    closing = Closing(app, last_seconds)
    # By then Closing has ended what can be; only what a thread holds is left.
    config = uvicorn.Config(
        closing,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=int(last_seconds) + 1,
        # What others say of where a request comes from is not believed.
        proxy_headers=False,
        server_header=False,
    )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=config.backlog)
    except (OSError, OverflowError) as error:
        raise UsageError(f"--host {host} --port {port}: {error}") from error
    named = f"[{host}]" if ":" in host else host
    say(f"serving at http://{named}:{listening.getsockname()[1]}")
    _Server(config, closing).run(sockets=[listening])
