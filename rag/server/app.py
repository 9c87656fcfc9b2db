"""The application: its routes, and how errors are told."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from rag import __version__
from rag.errors import ArticleNotFound, MusnadError, UsageError
from rag.server import searching
from rag.server.door import Door, Guard
from rag.service.service import Service

# What an error says of the request; anything else that Musnad raises is the server's own trouble.
_STATUSES = {UsageError: 400, ArticleNotFound: 404}


def build_app(service: Service, *, page: bool = True, door: Door | None = None) -> FastAPI:
    """The application over ``service``, with the ``page`` at its root, for those whom the ``door``
    lets in: without one, everybody.
    """
    door = door or Door()
    app = FastAPI(title="Musnad", version=__version__, docs_url=None, redoc_url=None)
    app.state.service = service
    app.include_router(searching.router, prefix="/v1")
    app.add_exception_handler(MusnadError, _told)
    app.add_middleware(Guard, door=door)
    if page:
        from rag.chat.launch import mount_page
        from rag.server.login import login_routes

        app.routes.extend(login_routes(door))
        mount_page(app, service)
    return app


def _told(request: Request, error: Exception) -> JSONResponse:
    status = next((s for kind, s in _STATUSES.items() if isinstance(error, kind)), 503)
    return JSONResponse({"error": str(error)}, status)
