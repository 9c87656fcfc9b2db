"""``/v1/ask``: an answer, at once or with what happens on the way to it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Body
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Message, Send

from rag.answering.compose import Quoted, Retrieved, Writing
from rag.answering.conversation import turns
from rag.answering.pipeline import Request
from rag.errors import MusnadError
from rag.server.errors import refusals
from rag.server.searching import Passages, Question, Served, examples
from rag.server.streaming import EventStream, events, last
from rag.service.faults import FAILED, told
from rag.service.service import Told, Waiting
from rag.types import Answer

# What lies between takes a stream for dead that is silent for long; in seconds.
_SILENCE = 10.0
_EVENTS = ("passages", "quoted", "waiting", "writing", "answer", "error", "end")
_STREAM = {
    "schema": {
        "type": "object",
        "description": "The data of an event is JSON: of `passages`, their `hits`; of `quoted` and"
        " `answer`, an Answer; of `waiting`, how many are `ahead` and for about how many `seconds`,"
        " if that can be told; of `error`, an Error.",
        "properties": {"event": {"enum": list(_EVENTS)}, "data": {"type": "string"}},
        "required": ["event", "data"],
        "additionalProperties": False,
    },
    "example": {"event": "waiting", "data": '{"ahead": 1, "seconds": 8.5}'},
}

_log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["questions"])


class Former(BaseModel):
    """A question that was asked before, and its answer, which is not drawn on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    answer: str = ""


class Asked(Question):
    """What is asked, and how it is to be answered."""

    passages: Passages = None
    language: Literal["ar", "en"] | None = Field(None, description="default: the question's")
    history: list[Former] = Field([], description="what a follow-up leans on, the first first")
    quote_only: bool = Field(False, description="leave the language model out")
    stream: bool = Field(False, description="server-sent events, as with Accept: text/event-stream")


@router.post(
    "/ask",
    summary="Answer a question",
    response_model=Answer,
    responses={
        200: {
            "description": "The answer; or a stream of events: `passages`, `quoted` (the answer by"
            " quotation), `waiting` for the language model and `writing` again and again, `answer`"
            " or `error`, and `end`. Nothing the model wrote is sent before it is checked.",
            "content": {"text/event-stream": _STREAM},
        },
        **refusals(400, 404, 422, 503),
    },
)
async def ask(
    asked: Annotated[Asked, Body(openapi_examples=examples(quote_only=True))],
    service: Served,
    http: HttpRequest,
) -> Response:
    """An answer whose every claim cites the exact words of an article that support it; where the
    articles do not answer, it says so, with what comes nearest.
    """
    service.corpora.check(asked.indexes)
    history = turns(former.question for former in asked.history)
    request = Request(asked.question, asked.where(), history, asked.passages, asked.language)
    steps = events(service.ask(request, asked.indexes, quoting=asked.quote_only))
    if asked.stream or "text/event-stream" in http.headers.get("accept", ""):
        # What is wrong with the question is found before the first event, and has a status.
        first = await anext(steps)
        return _KeptAlive(_sent(first, steps))
    answer = await last(steps, http)
    assert isinstance(answer, Answer)
    return JSONResponse(answer.to_dict())


async def _sent(first: Told, later: AsyncGenerator[Told]) -> AsyncGenerator[str]:
    async with aclosing(later):
        try:
            yield _event(*_named(first))
            async for event in later:
                yield _event(*_named(event))
        except MusnadError as error:
            yield _event("error", {"error": told(error)[1]})
        except Exception:  # The status is sent already: nobody else would tell the client.
            _log.exception("a stream broke off")
            yield _event("error", {"error": FAILED})
        yield _event("end", {})


def _named(event: Told) -> tuple[str, Any]:
    match event:
        case Retrieved(passages):
            return "passages", {"hits": [hit.to_dict() for hit in passages]}
        case Quoted(answer):
            return "quoted", answer.to_dict()
        case Waiting():
            return "waiting", event._asdict()
        case Writing():
            return "writing", {}
        case Answer():
            return "answer", event.to_dict()


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


class _KeptAlive(EventStream):
    """Says, as a comment, that it is still here, again and again."""

    async def stream_response(self, send: Send) -> None:
        """See :class:`EventStream`."""
        said = {"type": "http.response.body", "body": b": still here\n\n", "more_body": True}
        ended = False

        async def forward(message: Message) -> None:
            nonlocal ended
            ended = not message.get("more_body", True)
            await send(message)

        async def say_so() -> None:
            while not ended:
                await anyio.sleep(_SILENCE)
                if not ended:
                    await send(said)

        async with anyio.create_task_group() as group:
            group.start_soon(say_so)
            await super().stream_response(forward)
            group.cancel_scope.cancel()
