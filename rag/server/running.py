"""Runs the server."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from rag.console import say
from rag.errors import UsageError

# How long answers under way are waited for once the server is told to end.
_LAST_SECONDS = 10


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve ``app`` at ``host:port`` until interrupted.

    Raises:
        UsageError: the port is taken or not allowed, or there is no such address.
    """
    config = uvicorn.Config(
        app, log_level="warning", lifespan="on", timeout_graceful_shutdown=_LAST_SECONDS,
        # What others say of where a request comes from is not believed.
        proxy_headers=False, server_header=False,
    )  # fmt: skip
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=config.backlog)
    except (OSError, OverflowError) as error:
        raise UsageError(f"--host {host} --port {port}: {error}") from error
    named = f"[{host}]" if ":" in host else host
    say(f"serving at http://{named}:{listening.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[listening])
