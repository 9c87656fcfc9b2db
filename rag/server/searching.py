"""``/v1/search``: passages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from fastapi import Request as HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from rag.answering.pipeline import Request
from rag.filters import Filter, Period
from rag.server.errors import refusals
from rag.service.service import Service
from rag.text.normalize import encodable
from rag.types import Hit

router = APIRouter(prefix="/v1", tags=["questions"])


def service_of(request: HttpRequest) -> Service:
    """The service behind the application."""
    service: Service = request.app.state.service
    return service


Served = Annotated[Service, Depends(service_of)]
Passages = Annotated[int | None, Field(ge=1, le=100, description="passages to retrieve")]


class Question(BaseModel):
    """What is asked, and of which articles."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    since: str | None = Field(None, description="only articles from this date on (2024-07)")
    until: str | None = Field(None, description="only articles up to this date (2024)")
    indexes: list[str] = Field([], description="names of indexes; the server's own if none")

    def where(self) -> Filter:
        """The articles that are meant.

        Raises:
            UsageError: a date is none, or the first is after the last.
        """
        return Filter(Period.parse(self.since, self.until, mark=""))


class Searched(Question):
    """What is searched for."""

    k: Passages = None


class Found(BaseModel):
    """The passages that best match a question, best first."""

    model_config = ConfigDict(extra="forbid")

    question: str
    hits: list[Hit]


def examples(**more: Any) -> dict[str, Any]:
    """A question in each language, with ``more`` beside it."""
    return {
        "Arabic": {"value": {"question": "متى التقى وانغ يي ولافروف؟", **more}},
        "English": {"value": {"question": "When did Wang Yi meet Lavrov?", **more}},
    }


@router.post(
    "/search",
    summary="Find passages",
    response_model=Found,
    responses=refusals(400, 404, 422, 503),
)
def search(
    question: Annotated[Searched, Body(openapi_examples=examples(k=3, since="2024-07"))],
    service: Served,
) -> Any:
    """The passages that best match a question, in Arabic or English, best first."""
    service.corpora.check(question.indexes)
    request = Request(question.question, question.where(), passages=question.k)
    hits = service.search(request, question.indexes)
    return {"question": encodable(question.question), "hits": [hit.to_dict() for hit in hits]}
