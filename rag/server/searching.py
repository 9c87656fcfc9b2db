"""``/v1/search``: passages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from rag.answering.pipeline import Request
from rag.filters import Filter, Period
from rag.service.service import Service

router = APIRouter()


def service_of(request: HttpRequest) -> Service:
    """The service behind the application."""
    service: Service = request.app.state.service
    return service


Served = Annotated[Service, Depends(service_of)]


class Question(BaseModel):
    """What is asked, and of which articles."""

    model_config = ConfigDict(extra="forbid")

    question: str
    k: int | None = Field(None, ge=1, le=100, description="passages to retrieve")
    since: str | None = Field(None, description="only articles from this date on (2024-07)")
    until: str | None = Field(None, description="only articles up to this date (2024)")
    indexes: tuple[str, ...] = Field((), description="names of indexes; the server's own if none")

    def request(self) -> Request:
        """The same for the service.

        Raises:
            UsageError: a date is none.
        """
        return Request(self.question, Filter(Period.parse(self.since, self.until)), passages=self.k)


@router.post("/search")
def search(question: Question, service: Served) -> dict[str, Any]:
    """The passages that best match a question, best first."""
    hits = service.search(question.request(), question.indexes)
    return {"question": question.question, "hits": [hit.to_dict() for hit in hits]}
