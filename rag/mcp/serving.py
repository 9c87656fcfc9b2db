"""Serves over standard input and output, and over HTTP as part of an application."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from typing import Any

import anyio
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.mcp.server import build_server
from rag.service.service import Service


def serve_stdio(service: Service) -> None:
    """Serve one client, until it closes the input. Nothing else is written to the output."""

    async def serve() -> None:
        server = build_server(service)
        async with stdio_server() as (read, write):
            # What a library prints would wait in the buffer of the output, and come out at the end.
            with redirect_stdout(sys.stderr):
                await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def mount_mcp(app: Starlette, service: Service, path: str = "/mcp") -> None:
    """Serve at ``path`` of ``app``, as long as that lives. Who may, and under which name of the
    host, is for what stands before ``app``.
    """
    endpoint, before = _Endpoint(service), app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        async with before(app) as state, endpoint.running():
            yield state

    app.router.lifespan_context = lifespan
    app.router.routes.append(Route(path, endpoint))


class _Endpoint:
    """The server at one path."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        # Nothing is kept of a client between its requests.
        self._manager = StreamableHTTPSessionManager(build_server(self._service), stateless=True)
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)
