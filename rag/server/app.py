"""The application: its routes, and its description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response
from starlette.routing import Match, Mount

from rag import __version__
from rag.mcp.serving import mount_mcp
from rag.server import articles, asking, completions, jobs, searching, status
from rag.server.door import Door, Guard
from rag.server.errors import tell_errors
from rag.server.metrics import add_metrics
from rag.service.service import Service
from rag.types import Record

_ROUTERS = tuple(part.router for part in (searching, asking, completions, articles, jobs, status))
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ABOUT = """\
Answers about news articles, in Arabic or English, that quote the words supporting every sentence.
What is sent here is what the command line prints with `--json`. Every error is
`{"error": "one line"}`.
"""


def build_app(service: Service, *, page: bool = True, door: Door | None = None) -> FastAPI:
    """The application over ``service``, with the ``page`` at its root, for those whom the ``door``
    lets in: without one, everybody.
    """
    door = door or Door()
    app = _Application(
        title="Musnad", version=__version__, description=_ABOUT, docs_url=None, redoc_url=None
    )
    app.state.service = service
    for router in _ROUTERS:
        app.include_router(router)
    mount_mcp(app, service)
    app.add_middleware(Guard, door=door)
    # Outside of the door: what it refuses is counted.
    add_metrics(app, service)
    tell_errors(app)
    # Else the page would be asked for what is no route of ours.
    app.add_route("/v1/{rest:path}", _nothing, _METHODS, include_in_schema=False)
    if page:
        from rag.chat.launch import mount_page
        from rag.server.login import login_routes

        app.routes.extend(login_routes(door))
        mount_page(app, service)
    return app


class _Application(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The description, in which a value that is sent has all of its fields and no others."""
        described = super().openapi()
        schemas = described["components"]["schemas"]
        # What FastAPI would say of a field that does not fit; here no route does.
        for path in described["paths"].values():
            for operation in path.values():
                told = operation["responses"].get("422", {}).get("content", {})
                if any("HTTPValidationError" in str(kind) for kind in told.values()):
                    del operation["responses"]["422"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for kind in Record.__subclasses__():
            if schema := schemas.get(kind.__name__):
                schema["required"] = list(schema["properties"])
                schema["additionalProperties"] = False
        return described


async def _nothing(request: Request) -> Response:
    """Raises :class:`HTTPException`: there is no such route, or not with this method."""
    routes = [one for one in request.app.routes if not isinstance(one, Mount)]
    routes = [one for one in routes if getattr(one, "endpoint", None) is not _nothing]
    allowed = [
        method
        for method in _METHODS
        if any(one.matches({**request.scope, "method": method})[0] is Match.FULL for one in routes)
    ]
    if allowed:
        raise HTTPException(405, "no such method", {"Allow": ", ".join(allowed)})
    raise HTTPException(404, "no such route")
