"""How errors are told: a status, and one line about the request, never about what is inside."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from rag.errors import MusnadError
from rag.service.faults import FAILED, told
from rag.text.normalize import encodable

# As nginx has it, for what nobody reads.
_CLIENT_GONE = 499
_RETRY_SECONDS = "5"


class Error(BaseModel):
    """What went wrong, in one line."""

    model_config = ConfigDict(extra="forbid")

    error: str


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of a route that refuse, for its description."""
    told = {
        400: "The request makes no sense",
        404: "There is no such thing",
        409: "This does not go with how things stand",
        413: "Too large",
        415: "Of no kind that is read",
        422: "A field is missing, unknown or of another type; it is named",
        503: "Not now; it may be asked for again",
    }
    return {status: {"model": Error, "description": told[status]} for status in statuses}


def tell_errors(app: FastAPI) -> None:
    """Have the errors of ``app`` told so."""
    app.add_exception_handler(MusnadError, _musnad_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(ClientDisconnect, lambda *_: Response(status_code=_CLIENT_GONE))
    app.add_exception_handler(Exception, lambda *_: _error(500, FAILED))


def _musnad_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MusnadError)
    status, text = told(error)
    return _error(status, text)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where, *fields = map(str, first["loc"])
    # Where the body is no JSON, what follows is the place in it.
    named = where if first["type"] == "json_invalid" else ".".join(fields) or where
    return _error(422, f"{named}: {first['msg']}")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(error.status_code, str(error.detail), error.headers)


def _error(status: int, text: str, headers: Any = None) -> Response:
    headers = {**(headers or {}), **({"Retry-After": _RETRY_SECONDS} if status == 503 else {})}
    return JSONResponse({"error": encodable(" ".join(text.split()))}, status, headers)
