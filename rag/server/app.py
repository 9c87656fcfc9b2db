"""The application: its routes, and how errors are told."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from rag import __version__
from rag.chat.auth import Check
from rag.errors import ArticleNotFound, MusnadError, UsageError
from rag.mcp.serving import mount_mcp
from rag.server import completions, searching
from rag.service.service import Service

# What an error says of the request; anything else that Musnad raises is the server's own trouble.
_STATUSES = {UsageError: 400, ArticleNotFound: 404}


def build_app(service: Service, *, page: bool = True, check: Check | None = None) -> FastAPI:
    """The application over ``service``, with the ``page`` at its root, for those whom ``check``
    lets in.
    """
    app = FastAPI(title="Musnad", version=__version__, docs_url=None, redoc_url=None)
    app.state.service = service
    app.include_router(searching.router, prefix="/v1")
    app.include_router(completions.router, prefix="/v1")
    mount_mcp(app, service)
    app.add_exception_handler(MusnadError, _told)
    if page:
        from rag.chat.launch import mount_page

        mount_page(app, service, check)
    return app


def _told(request: Request, error: Exception) -> JSONResponse:
    status = next((s for kind, s in _STATUSES.items() if isinstance(error, kind)), 503)
    return JSONResponse({"error": str(error)}, status)
