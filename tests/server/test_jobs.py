"""Uploads: what is kept before it is acknowledged, how far it is, and what becomes of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from served import wait_for

from rag.corpus.articles import content_id
from rag.errors import Busy, Conflict, JobNotFound
from rag.library import Library
from rag.service import jobs as jobs_module
from rag.service.jobs import FOLDER, Jobs
from rag.service.service import Service
from rag.service.uploads import add_files

STORY = "Dam opens\nThe minister opened the northern dam on Friday before a crowd of thousands."
LINES = {"content-type": "application/x-ndjson"}
CSV = "id,text\nc1,The harbour of Sfax opened.\nc2,\n"


@contextmanager
def busy(jobs: Jobs) -> Iterator[None]:
    """While the writer is held by something else."""
    held, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        held.wait(10)

    work: Future[None] = jobs.do(hold)
    begun.wait(10)
    try:
        yield
    finally:
        held.set()
        work.result()


def kept(library: Library) -> list[str]:
    """What is in the folder of uploads."""
    return sorted(file.name for file in (library.path / FOLDER).iterdir() if file.is_dir())


def upload(jobs: Jobs, *stories: str) -> str:
    """The id of an upload of text files."""
    files = [(f"{n}.txt", BytesIO(story.encode())) for n, story in enumerate(stories)]
    return jobs.upload(files).id


def test_files_of_several_kinds_and_why_some_gave_nothing(
    client: TestClient, service: Service
) -> None:
    page = (
        "<html><head><title>Lake</title></head><body><p>The lake rose by a metre.</p></body></html>"
    )
    files = {
        "story.txt": STORY,
        "table.csv": CSV,
        "page.html": page,
        "photo.png": "PNG",
        "bad.jsonl": '{"text": "A short story."}\n{"text": 3}\n{',
        "../../etc/pass\\wd\u202e.txt": "A story with a place in its name.",
        "": "nameless",
    }
    sent = [("files", (name, text.encode())) for name, text in files.items() if name]
    reply = client.post("/v1/articles?wait=60", files=sent)
    assert reply.status_code == 200
    job = reply.json()
    results = {result["name"]: result for result in job["results"]}
    assert job["state"] == "done" and list(results) == job["files"]
    assert results["story.txt"]["added"] == [content_id(STORY)]
    assert results["table.csv"]["added"] == ["c1"]
    assert results["table.csv"]["problems"] == [{"text": '"text" is missing or empty', "line": 3}]
    assert len(results["page.html"]["added"]) == 1
    assert results["photo.png"]["refused"] == "kind"
    assert [problem["line"] for problem in results["bad.jsonl"]["problems"]] == [2, 3]
    assert len(results["wd.txt"]["added"]) == 1
    assert service.library.article(content_id(STORY)).path == "story.txt"
    assert job["progress"]["chunks"] == {"done": 5, "total": 5}
    assert kept(service.library) == []


def test_json_lines_are_a_body(client: TestClient) -> None:
    body = '{"id": "1", "text": "One story."}\n{"id": "2", "text": "Another story."}\n'
    first = client.post("/v1/articles?wait=60", content=body, headers=LINES).json()
    assert [result["added"] for result in first["results"]] == [["1", "2"]]
    again = client.post("/v1/articles?wait=60", content=body, headers=LINES).json()
    assert [result["known"] for result in again["results"]] == [["1", "2"]]


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({}, 415, "multipart/form-data or application/x-ndjson is read, not ''"),
        ({"json": {"text": "x"}}, 415, "multipart/form-data or application/x-ndjson is read"),
        ({"files": {"files": ("", b"")}}, 422, "files: expected files alone"),
        ({"data": {"a": "b"}, "files": {"f": ("a.txt", b"x")}}, 422, "files: expected files alone"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, ""),
        ({"content": b"x" * 11, "headers": LINES}, 413, "JSON lines of at most 10 bytes"),
    ],
)
def test_what_is_no_upload(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch, sent: Any, status: int, error: str
) -> None:
    monkeypatch.setattr("rag.server.articles.MOST_BYTES", 10)
    reply = reader.post("/v1/articles", **sent)
    assert reply.status_code == status and reply.json()["error"].startswith(error), reply.text


def test_a_long_upload_is_a_job(client: TestClient, service: Service) -> None:
    with busy(service.jobs):
        reply = client.post("/v1/articles?wait=0", content='{"text": "x"}', headers=LINES)
        assert (reply.status_code, reply.json()["state"]) == (202, "queued")
        where = reply.headers["location"]
        assert client.get(where).json() == reply.json()
        second = client.post("/v1/articles?wait=0.1", content='{"text": "y"}', headers=LINES).json()
        assert [job["id"] for job in client.get("/v1/jobs").json()["jobs"]] == [
            second["id"],
            reply.json()["id"],
        ]
        assert client.delete(f"/v1/jobs/{second['id']}").json()["state"] == "cancelled"
        assert kept(service.library) == [reply.json()["id"]]
    service.jobs.end(reply.json()["id"]).result()
    assert client.get(where).json()["state"] == "done"
    late = client.delete(where)
    assert late.status_code == 409 and "done, so it cannot be cancelled" in late.json()["error"]
    assert client.get("/v1/jobs/none").json() == {"error": "no job with id 'none'"}
    assert client.delete("/v1/jobs/none").status_code == 404
    texts = [article.text for article in service.library.articles()]
    assert "x" in texts and "y" not in texts


def test_a_write_waits_for_the_one_before(client: TestClient, service: Service) -> None:
    replies: list[int] = []

    def put() -> None:
        replies.append(client.put("/v1/articles/w", json={"text": "Waited for."}).status_code)

    with busy(service.jobs):
        thread = threading.Thread(target=put)
        thread.start()
        # Others are answered meanwhile.
        assert client.post("/v1/search", json={"question": "dam"}).status_code == 200
        assert replies == []
    thread.join()
    assert replies == [201]


# --- what a server that ends leaves to the next -----------------------------------------------


def test_what_waits_when_a_server_ends_is_done_by_the_next(library: Library) -> None:
    first = Jobs(library)
    with busy(first):
        names = [upload(first, STORY), upload(first, "Another.", "A third.")]
        closing = threading.Thread(target=first.close)
        closing.start()
        wait_for(first._closing.is_set)
        with pytest.raises(Busy, match="the server is about to end"):
            upload(first, "Too late.")
    closing.join()
    assert not library.exists() and kept(library) == names
    (library.path / FOLDER / ".draft" / "0000").mkdir(parents=True)
    second = Jobs(library)
    second.start()
    assert [job.id for job in second.all()] == names[::-1]
    for name in names:
        second.end(name).result()
    assert [job.state for job in second.all()] == ["done", "done"]
    assert {a.text for a in library.articles()} == {STORY, "Another.", "A third."}
    assert sorted(file.name for file in (library.path / FOLDER).iterdir()) == [".lock"]
    second.close()


def test_what_is_under_way_when_a_server_ends_has_no_effect(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, begun = Jobs(library), threading.Event()

    def held(library: Library, files: Any, report: Any) -> Any:
        begun.set()
        jobs._closing.wait(10)
        return add_files(library, files, report)

    monkeypatch.setattr(jobs_module, "add_files", held)
    name = upload(jobs, STORY)
    begun.wait(10)
    jobs.close()
    assert not library.exists() and kept(library) == [name]
    assert jobs.find(name).state == "queued"
    monkeypatch.undo()
    again = Jobs(library)
    again.start()
    again.end(name).result()
    assert [a.text for a in library.articles()] == [STORY]
    again.close()


def test_what_fails_is_kept_and_tried_three_times(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(jobs_module, "add_files", broken)
    jobs = Jobs(library)
    name = upload(jobs, STORY)
    for _ in range(3):
        jobs.end(name).result()
        assert jobs.find(name).state == "failed" and "secret" not in json.dumps(jobs.find(name).to_dict())  # fmt: skip  # noqa: E501
        jobs.close()
        jobs = Jobs(library)
        jobs.start()
    assert jobs.find(name).error == f"begun 3 times and never ended; its files are kept in {FOLDER}"
    (file,) = (library.path / FOLDER / name / "0000").iterdir()
    assert file.read_text() == STORY
    jobs.close()


def test_two_servers_of_one_index(library: Library) -> None:
    first, second = Jobs(library), Jobs(library)
    with busy(first):
        upload(first, STORY)
        second.start()
        assert second.all() == []
        with pytest.raises(Busy, match="another server takes the uploads of this index"):
            upload(second, "Another.")
    first.close()
    upload(second, "Another.")
    second.close()


def test_what_is_kept_of_jobs_is_bounded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "_MOST_WAITING", 2)
    monkeypatch.setattr(jobs_module, "_MOST_ENDED", 2)
    jobs = Jobs(library)
    with busy(jobs):
        names = [upload(jobs, str(n)) for n in range(2)]
        with pytest.raises(Busy, match="2 uploads wait already"):
            upload(jobs, "one more")
        jobs.cancel(names[0])
        names.append(upload(jobs, "2"))
    for n in range(3, 6):
        jobs.end(names[-1]).result()
        names.append(upload(jobs, str(n)))
    jobs.end(names[-1]).result()
    assert [job.id for job in jobs.all()] == names[:2:-1]
    with pytest.raises(JobNotFound):
        jobs.find(names[0])
    with pytest.raises(Conflict):
        jobs.cancel(names[-1])
    jobs.close()


def test_an_upload_that_cannot_be_kept_is_not_acknowledged(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    reply = client.post("/v1/articles", files={"files": ("a.txt", b"A story.")})
    assert reply.status_code == 503 and kept(service.library) == []
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_names_of_files_are_made_safe() -> None:
    assert [jobs_module._file_name(name) for name in ("a/b.txt", "C:\\x\\y.csv", "..", "", ".htm")] == ["b.txt", "y.csv", "upload", "upload", "htm"]  # fmt: skip  # noqa: E501
    long = jobs_module._file_name("خبر" * 100 + ".txt")
    assert len(long.encode()) <= 255 and long.endswith(".txt")
    assert jobs_module._file_name("x." + "y" * 300) == "upload"
    assert (
        "/" not in jobs_module._file_name("\ud800\0\n") and Path(jobs_module._file_name("\0")).name
    )
