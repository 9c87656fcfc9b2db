"""``/v1/articles``: what questions are answered from, to list, read, add, correct and remove."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO, Literal, TypeVar

from fastapi import APIRouter, Body, HTTPException, Path, Query, Response
from fastapi import Request as HttpRequest
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from rag.console import article_record
from rag.filters import Period
from rag.server.errors import refusals
from rag.server.searching import Served
from rag.service.catalogue import PAGE_ROWS
from rag.service.jobs import Job
from rag.service.uploads import MOST_BYTES, stated
from rag.types import Span

router = APIRouter(prefix="/v1", tags=["articles"])

# Seconds that an upload is waited for before the answer is a job.
_PATIENCE = 5.0
_MOST_ROWS = 500
_LINES = ("application/x-ndjson", "application/jsonl")

T = TypeVar("T")
Id = Annotated[str, Path(description="the whole id", examples=["a1b2c3d4e5f60718"])]


class Listed(BaseModel):
    """An article without its text. What is not known is null; ``amended`` are the fields that are
    as a person said; a story that was found in a page names that page in ``host``.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str | None
    date: str | None
    outlet: str | None
    url: str | None
    language: str | None
    path: str | None
    label: str
    amended: list[str]
    host: str | None
    characters: int


class Whole(Listed):
    """An article: ``debris`` are the spans of its text that are not indexed, ``evidence`` those
    from which title, date and outlet were read, ``pages`` where those of a PDF begin.
    """

    text: str
    debris: list[Span]
    evidence: dict[str, Span]
    pages: list[int]


class Listing(BaseModel):
    """Some of the ``total`` articles that were asked for. ``version`` is another one as soon as
    anything in the index has changed: pages of one version are of one list.
    """

    model_config = ConfigDict(extra="forbid")

    version: str
    total: int
    offset: int
    articles: list[Listed]


class Wanted(BaseModel):
    """Which articles, and how many of them."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field("", max_length=200, description="words, all of which an article holds")
    language: str | None = Field(None, description="as articles have it: ar, en")
    outlet: str | None = None
    since: str | None = Field(None, description="only those from this date on (2024-07)")
    until: str | None = Field(None, description="only those up to this date (2024)")
    order: Literal[
        "added", "newest", "oldest", "title", "title_back", "outlet", "outlet_back",
        "language", "language_back", "longest", "shortest",
    ] = "added"  # fmt: skip
    limit: int = Field(PAGE_ROWS, ge=1, le=_MOST_ROWS)
    offset: int = Field(0, ge=0, le=1 << 31)


class Stated(BaseModel):
    """An article. What is not stated is read from the text, where that says it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    title: str | None = None
    date: str | None = Field(None, description="2024-03-25, 2024-03 or 2024")
    outlet: str | None = None
    url: str | None = None
    language: str | None = None


class Correction(BaseModel):
    """What is corrected: null where the article has no such. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str | None = None
    date: str | None = Field(None, description="2024-03-25, 2024-03 or 2024")
    outlet: str | None = None


class Removed(BaseModel):
    """Ids of what was removed: the article, and the stories of its page."""

    model_config = ConfigDict(extra="forbid")

    removed: list[str]


_STATED = {
    "Arabic": {"value": {"title": "افتتاح السد", "date": "2023-05-12",
                         "text": "افتتحت الوزيرة السد الشمالي يوم الجمعة."}},
    "English": {"value": {"title": "Dam opens", "date": "2023-05-12",
                          "text": "The minister opened the northern dam on Friday."}},
}  # fmt: skip
_CORRECTED = {
    "Arabic": {"value": {"title": "افتتاح السد الشمالي", "outlet": None}},
    "English": {"value": {"title": "Northern dam opens", "outlet": None}},
}
_ROW = '{"id": "1", "title": "Dam opens", "text": "The minister opened the northern dam."}\n'
_UPLOADED = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "binary"},
                    }
                },
                "required": ["files"],
            }
        },
        **{kind: {"schema": {"type": "string"}, "example": _ROW} for kind in _LINES},
    },
}


@router.get(
    "/articles",
    summary="List articles",
    response_model=Listing,
    responses=refusals(400, 422, 503),
)
def list_articles(wanted: Annotated[Wanted, Query()], service: Served) -> Any:
    """The articles in an order, a page at a time, without their texts. Those whose order is equal
    stand as they were added, and those of which it is not known come last.
    """
    period = Period.parse(wanted.since, wanted.until, mark="")
    catalogue = service.shelf.current(copies=False)
    found = catalogue.find(
        wanted.query, wanted.order, period=period, language=wanted.language, outlet=wanted.outlet
    )
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    articles = filter(None, (catalogue.article(entry.id) for entry in shown))
    return {
        "version": catalogue.version,
        "total": len(found),
        "offset": wanted.offset,
        "articles": list(map(article_record, articles)),
    }


@router.post(
    "/articles",
    summary="Add articles",
    response_model=Job,
    openapi_extra={"requestBody": _UPLOADED},
    responses={
        200: {"description": "What became of each file"},
        202: {"model": Job, "description": "Kept, and done in its turn: /v1/jobs tells how far"},
        **refusals(400, 413, 415, 422, 503),
    },
)
async def add_articles(
    http: HttpRequest,
    response: Response,
    service: Served,
    wait: Annotated[
        float, Query(ge=0, le=60, description="seconds after which the answer is a job")
    ] = _PATIENCE,
) -> Any:
    """Files of any format that `musnad ingest` reads, or JSON lines as the body: an article a line,
    with `text` and, where known, `id`, `title`, `date`, `url`, `outlet` and `language`. A file that
    cannot be read takes no other with it: what became of each is told, and why.
    """
    async with _files(http) as files:
        job = await run_in_threadpool(service.jobs.upload, files)
    # Not cancelled with the request: what is kept is done.
    await asyncio.wait([asyncio.wrap_future(service.jobs.end(job.id))], timeout=wait)
    job = service.jobs.find(job.id)
    if not job.ended:
        response.status_code = 202
        response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job.to_dict()


@router.get(
    "/articles/{id:path}",
    summary="Read an article",
    response_model=Whole,
    responses=refusals(404, 422, 503),
)
def read_article(id: Id, service: Served) -> Any:
    """The article, its text verbatim: every `start` and `end` counts characters (code points) of
    it. Where the server's own index has none of this id, that of another index.
    """
    return article_record(service.corpora.article(id), whole=True)


@router.put(
    "/articles/{id:path}",
    summary="Put an article",
    response_model=Listed,
    responses={
        200: {"description": "It took the place of the one that had this id"},
        201: {"model": Listed, "description": "There was none of this id"},
        # No route has a line end in it.
        **refusals(400, 404, 422, 503),
    },
)
async def put_article(
    id: Id,
    article: Annotated[Stated, Body(openapi_examples=_STATED)],
    response: Response,
    service: Served,
) -> Any:
    """Have an article of this id; what a person corrected of the one before stays corrected."""
    put = await _done(service.put(stated(id, **article.model_dump())))
    response.status_code = 201 if put.new else 200
    return article_record(put.article)


@router.patch(
    "/articles/{id:path}",
    summary="Correct what is known of an article",
    response_model=Listed,
    responses=refusals(400, 404, 422, 503),
)
async def correct_article(
    id: Id, correction: Annotated[Correction, Body(openapi_examples=_CORRECTED)], service: Served
) -> Any:
    """Kept as said by a person, whatever is put later."""
    said = correction.model_dump(exclude_unset=True)
    amended = service.amend(id, {name: value or "" for name, value in said.items()})
    return article_record(await _done(amended))


@router.delete(
    "/articles/{id:path}",
    summary="Remove an article",
    response_model=Removed,
    responses=refusals(404, 422, 503),
)
async def remove_article(id: Id, service: Served) -> Any:
    """With the stories that were found in its page. No question is answered from it any more."""
    return {"removed": [article.id for article in await _done(service.remove(id))]}


async def _done(work: Future[T]) -> T:
    """What comes of the ``work``; no thread is held while it waits for its turn."""
    return await asyncio.wrap_future(work)


@asynccontextmanager
async def _files(http: HttpRequest) -> AsyncIterator[list[tuple[str, BinaryIO]]]:
    """The files of a request, each with its name.

    Raises:
        HTTPException: they are of no kind that is read, too large, or there are none.
    """
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _LINES:
        with TemporaryFile() as file:
            async for block in http.stream():
                if file.tell() + len(block) > MOST_BYTES:
                    raise HTTPException(413, f"JSON lines of at most {MOST_BYTES:,} bytes")
                file.write(block)
            file.seek(0)
            yield [("articles.jsonl", file)]
    elif kind == "multipart/form-data":
        async with http.form() as form:
            parts = [part for _, part in form.multi_items()]
            files = [(p.filename or "", p.file) for p in parts if isinstance(p, UploadFile)]
            if not files or len(files) < len(parts):
                raise HTTPException(422, "files: expected files alone, and one at least")
            yield files
    else:
        raise HTTPException(415, f"multipart/form-data or {_LINES[0]} is read, not {kind!r}")
