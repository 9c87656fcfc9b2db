"""``/v1/chat/completions`` and ``/v1/models``: for programs that speak OpenAI's API.

Each index is a model. The last message of the user is the question, those before it are what it
may lean on; what a system message or an assistant said is not drawn on. Nothing is sent before it
is checked, so a stream waits, and then has the whole answer in a few chunks.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from rag.answering.conversation import turns
from rag.answering.pipeline import Request
from rag.errors import MusnadError, UsageError
from rag.server.replying import Reply
from rag.server.searching import Served
from rag.server.streaming import EventStream, events, last
from rag.service.faults import FAILED, told
from rag.service.service import Service, Told
from rag.text.normalize import encodable
from rag.types import Answer

_MODEL = "musnad"
# As nginx has it, for what nobody reads.
_CLIENT_GONE = 499

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that is not answered, told as this API tells it."""

    def __init__(
        self, message: str, param: str | None = None, *, code: str | None = None, status: int = 400
    ) -> None:
        """``param`` is what of the request is at fault."""
        super().__init__(message)
        self.param = param
        self.code = code
        self.status = status

    @property
    def told(self) -> dict[str, Any]:
        """The error object."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        about = {
            "message": encodable(str(self)),
            "type": kind,
            "param": self.param,
            "code": self.code,
        }
        return {"error": about}


class _Route(APIRoute):
    """Tells errors as this API does."""

    def get_route_handler(self) -> Callable[[HttpRequest], Coroutine[Any, Any, Response]]:
        """See :class:`APIRoute`."""
        handle = super().get_route_handler()

        async def handled(request: HttpRequest) -> Response:
            try:
                return await handle(request)
            except ClientDisconnect:
                return Response(status_code=_CLIENT_GONE)
            except (Refused, RequestValidationError, HTTPException, MusnadError) as error:
                refused = _refused(error)
                return JSONResponse(refused.told, refused.status)

        return handled


def _refused(error: Exception) -> Refused:
    match error:
        case Refused():
            return error
        case RequestValidationError():
            first = error.errors()[0]
            param = ".".join(map(str, first["loc"][1:]))
            return Refused(f"{param}: {first['msg']}", param)
        case HTTPException():
            return Refused(str(error.detail), status=error.status_code)
        case UsageError():
            return Refused(str(error), "messages")
        case MusnadError():
            status, line = told(error)
            return Refused(line, status=status)
        case _:
            _log.error("an answer broke off", exc_info=error)
            return Refused(FAILED, status=503)


router = APIRouter(prefix="/v1", tags=["questions"], route_class=_Route)


class Part(BaseModel):
    """A part of a message."""

    type: str
    text: str = ""


class Message(BaseModel):
    """What somebody said."""

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """Its text.

        Raises:
            Refused: there is something else in it.
        """
        if not isinstance(self.content, list):
            return self.content or ""
        for part in self.content:
            if part.type != "text":
                raise Refused(f"{part.type}: only text can be asked", "messages")
        return "\n".join(part.text for part in self.content)


class Kind(BaseModel):
    """The format that a reply is to have."""

    type: str


class StreamOptions(BaseModel):
    """What a stream is to tell besides."""

    include_usage: bool = False


_EXAMPLES: dict[str, Any] = {
    language: {"value": {"model": _MODEL, "messages": [{"role": "user", "content": question}]}}
    for language, question in (
        ("Arabic", "أين عُقدت محادثات وانغ يي ولافروف؟"),
        ("English", "Where did Wang Yi and Lavrov meet?"),
    )
}


class Asked(BaseModel):
    """A request of this API. What would change nothing (``temperature`` …) may be there too."""

    model: str = Field(description="an index, as /v1/models names it")
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: Kind | None = None

    def request(self) -> Request:
        """The question for the service.

        Raises:
            Refused: there is none, or something is wanted that Musnad does not do.
        """
        if self.n not in (None, 1):
            raise Refused(f"n = {self.n}: there is one answer", "n")
        if self.tools or self.functions:
            raise Refused("tools: none are called", "tools" if self.tools else "functions")
        if self.response_format and self.response_format.type != "text":
            message = f"response_format {self.response_format.type!r}: answers are text"
            raise Refused(message, "response_format")
        asked = [message.words for message in self.messages if message.role == "user"]
        if not asked:
            raise Refused("messages: the user asks nothing", "messages")
        return Request(asked[-1], history=turns(filter(str.strip, asked[:-1])))


class Fault(BaseModel):
    """What went wrong: ``param`` is what of the request is at fault."""

    message: str
    type: str
    param: str | None
    code: str | None


class Failed(BaseModel):
    """An error, as this API has it."""

    error: Fault


_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Failed, "description": "Nothing that can be answered"},
    404: {"model": Failed, "description": "There is no such model"},
    503: {"model": Failed, "description": "Not now; it may be asked for again"},
}


@router.get("/models")
def models(service: Served) -> dict[str, Any]:
    """The indexes, the server's own first."""
    return {"object": "list", "data": [_described(name) for name in _indexes(service)]}


@router.get("/models/{model:path}", responses=_ERRORS)
def model(model: str, service: Served) -> dict[str, Any]:
    """One of them."""
    _index(service, model)
    return _described(model)


Posted = Annotated[Asked, Body(openapi_examples=_EXAMPLES)]


@router.post("/chat/completions", responses=_ERRORS)
async def complete(asked: Posted, request: HttpRequest, service: Served) -> Response:
    """An answer, every citation an annotation with the exact words."""
    reply = Reply(asked.model, await run_in_threadpool(_index, service, asked.model))
    wanted = await run_in_threadpool(asked.request)
    told = events(service.ask(wanted, [reply.index]))
    if not asked.stream:
        answer = await last(told, request)
        assert isinstance(answer, Answer)
        return JSONResponse(reply.whole(answer))
    # What goes wrong at once still has a status.
    first = await anext(told)
    usage = asked.stream_options is not None and asked.stream_options.include_usage
    return EventStream(_stream(reply, first, told, with_usage=usage))


async def _stream(
    reply: Reply, event: Told, told: AsyncGenerator[Told], *, with_usage: bool
) -> AsyncGenerator[str]:
    """The chunks of a stream, with a comment for each event until there is an answer."""
    async with aclosing(told):
        yield _sent(reply.opening())
        try:
            async for event in told:
                yield f": {type(event).__name__.lower()}\n\n"
        except Exception as error:  # The status is sent already: nobody else would tell the client.
            yield _sent(_refused(error).told)
            return
        assert isinstance(event, Answer)
        for chunk in reply.chunks(event, with_usage=with_usage):
            yield _sent(chunk)
        yield "data: [DONE]\n\n"


def _sent(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def _indexes(service: Service) -> dict[str, str]:
    """The names of the indexes by those of the models."""
    own, *others = service.corpora.named()
    return {_MODEL: own} | {f"{_MODEL}/{name}": name for name in others}


def _index(service: Service, model: str) -> str:
    """The index that a model is.

    Raises:
        Refused: there is none.
    """
    index = _indexes(service).get(model)
    if index is None:
        message = f"the model {model!r} does not exist"
        raise Refused(message, "model", code="model_not_found", status=404)
    return index


def _described(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": 0, "owned_by": _MODEL}
