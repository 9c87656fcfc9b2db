"""``/health``, ``/ready`` and ``/v1/indexes``: whether there is anybody to ask, and about what."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from rag.errors import MusnadError
from rag.server.errors import refusals
from rag.server.searching import Served
from rag.service.faults import told
from rag.service.service import Service

router = APIRouter(tags=["server"])


class Health(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ok"] = "ok"


class Model(BaseModel):
    """The language model. Questions are answered by quoting while it is ``loading``, where it
    ``failed`` to, and where there is ``none``.
    """

    model_config = ConfigDict(extra="forbid")

    state: Literal["loading", "ready", "failed", "none"]
    name: str | None


class Ready(BaseModel):
    """Whether questions are answered."""

    model_config = ConfigDict(extra="forbid")

    ready: bool
    model: Model


class Index(BaseModel):
    """An index by its name, and how much it holds; or that it cannot be read."""

    model_config = ConfigDict(extra="forbid")

    name: str
    articles: int | None = None
    passages: int | None = None
    sentences: int | None = None
    bytes: int | None = None
    error: str | None = None


class Indexes(BaseModel):
    """The server's own first."""

    model_config = ConfigDict(extra="forbid")

    indexes: list[Index]


@router.get("/health", summary="Whether the process is alive", response_model=Health)
async def health() -> Any:
    """Answers as long as the process does."""
    return Health()


@router.get(
    "/ready",
    summary="Whether questions are answered",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "The index cannot be read now"}},
)
def ready(response: Response, service: Served) -> Any:
    """Whether the index can be read. The encoders were loaded before the server began to listen;
    the language model may still be on its way.
    """
    try:
        service.library.snapshot()
    except MusnadError as error:
        told(error)
        response.status_code = 503
    return Ready(ready=response.status_code != 503, model=_model(service))


def _model(service: Service) -> Model:
    loader = service.loader
    if loader.failure is not None:
        return Model(state="failed", name=None)
    if not loader.ready:
        return Model(state="loading", name=None)
    return Model(state="ready" if loader.model else "none", name=loader.model)


@router.get("/v1/indexes", summary="List indexes", response_model=Indexes, responses=refusals(503))
def list_indexes(service: Served) -> Any:
    """What a question may be limited to, by name."""
    return {"indexes": [_index(service, name) for name in service.corpora.named()]}


def _index(service: Service, name: str) -> Index:
    try:
        snapshot = service.corpora.chosen([name]).snapshot()
    except MusnadError as error:
        return Index(name=name, error=told(error)[1])
    return Index(name=name, bytes=snapshot.size, **snapshot.counts._asdict())
