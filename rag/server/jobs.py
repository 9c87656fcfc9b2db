"""``/v1/jobs``: uploads that took longer than their request."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from rag.server.errors import refusals
from rag.server.searching import Served
from rag.service.jobs import Job

router = APIRouter(prefix="/v1", tags=["jobs"])

Id = Annotated[str, Path(description="as an upload was answered", examples=["18c3f0a9d2b4e600"])]


class Jobs(BaseModel):
    """The newest first."""

    model_config = ConfigDict(extra="forbid")

    jobs: list[Job]


@router.get("/jobs", summary="List jobs", response_model=Jobs, responses=refusals(503))
def list_jobs(service: Served) -> Any:
    """Uploads that wait or are under way, and the last hundred that have ended."""
    return {"jobs": [job.to_dict() for job in service.jobs.all()]}


@router.get("/jobs/{id}", summary="See a job", response_model=Job, responses=refusals(404, 422))
def see_job(id: Id, service: Served) -> Any:
    """How far it is, by stage, and when it is done what became of each file."""
    return service.jobs.find(id).to_dict()


@router.delete(
    "/jobs/{id}", summary="Cancel a job", response_model=Job, responses=refusals(404, 409, 422)
)
def cancel_job(id: Id, service: Served) -> Any:
    """Only where it has not begun: what is begun is done whole."""
    return service.jobs.cancel(id).to_dict()
