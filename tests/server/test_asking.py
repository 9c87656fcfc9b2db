"""Search and answers over HTTP: what the command line prints, at once or step by step."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from fakes import HeldModel, ScriptedGenerator
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from served import served, wait_for
from server.bridges import WHEN, bridges

from rag import cli
from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Usage
from rag.server import asking
from rag.server.app import build_app
from rag.service.service import Service

ARABIC = "متى التقى وانغ يي ولافروف؟"
ENGLISH = "When did Wang Yi meet Lavrov?"


def validate(client: TestClient, name: str, value: object) -> None:
    """Hold ``value`` against the schema ``name`` of the description."""
    described = client.get("/openapi.json").json()
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(schema).validate(value)


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("question", [ARABIC, ENGLISH])
def test_http_answers_what_the_command_line_prints(
    question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ingest"]) == 0

    def printed(*arguments: str) -> Any:
        capsys.readouterr()
        assert cli.main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    service = Service(
        Library(settings=Settings.from_environment({**_home(), "MUSNAD_LLM": "none"}))
    )
    with TestClient(build_app(service, page=False)) as client:
        asked = {"question": question, "passages": 3, "since": "2020", "language": "en"}
        answer = client.post("/v1/ask", json=asked).json()
        expected = printed(
            "ask", "--llm", "none", question, "-k", "3", "--since", "2020", "--answer-lang", "en"
        )
        assert answer.pop("timings").keys() == expected.pop("timings").keys()
        assert answer == expected and list(answer) == list(expected)
        assert answer["answered"]
        found = client.post("/v1/search", json={"question": question, "k": 2}).json()
        assert found == {"question": question, "hits": printed("search", question, "-k", "2")}
        listed = client.get("/v1/articles").json()["articles"]
        assert listed == printed("list")
        for article in listed:
            whole = client.get(f"/v1/articles/{article['id']}").json()
            assert whole == printed("show", article["id"])
            validate(client, "Whole", whole)


def _home() -> dict[str, str]:
    return {"MUSNAD_HOME": str(Path.cwd() / "home"), "MUSNAD_OFFLINE": "1"}


def test_what_is_sent_is_exactly_what_is_described(reader: TestClient) -> None:
    answer = reader.post("/v1/ask", json={"question": ARABIC}).json()
    validate(reader, "Answer", answer)
    validate(reader, "Found", reader.post("/v1/search", json={"question": ARABIC}).json())
    schemas = reader.get("/openapi.json").json()["components"]["schemas"]
    for name, value in (
        ("Answer", answer),
        ("Claim", answer["claims"][0]),
        ("Citation", answer["claims"][0]["citations"][0]),
        ("Hit", answer["passages"][0]),
        ("ArticleRef", answer["passages"][0]["article"]),
    ):
        assert schemas[name]["required"] == list(schemas[name]["properties"]) == list(value)
        assert schemas[name]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"question": " "}, 400, "empty question"),
        ({"question": "؟"}, 400, "empty question"),
        ({"question": "x" * 2001}, 400, "question of 2,001 characters: at most 2,000"),
        ({"question": "x", "since": "soon"}, 400, "since 'soon': expected a date like 2024-07-25"),
        (
            {"question": "x", "since": "2025", "until": "2024"},
            400,
            "since 2025 is after until 2024",
        ),
        ({"question": "x", "indexes": ["index", "../up"]}, 404, "index '../up': not one of index"),
        ({}, 422, "question: Field required"),
        ({"question": 3}, 422, "question: Input should be a valid string"),
        ({"question": "x", "more": 1}, 422, "more: Extra inputs are not permitted"),
        ([], 422, "body: Input should be"),
    ],
)
@pytest.mark.parametrize("route", ["search", "ask"])
def test_bad_questions_are_told_in_one_line(
    reader: TestClient, route: str, body: Any, status: int, error: str
) -> None:
    reply = reader.post(f"/v1/{route}", json=body)
    assert reply.status_code == status
    assert list(reply.json()) == ["error"]
    assert reply.json()["error"].startswith(error) and "\n" not in reply.json()["error"]
    if route == "ask" and isinstance(body, dict):
        streamed = reader.post("/v1/ask", json={**body, "stream": True})
        assert (streamed.status_code, streamed.json()) == (status, reply.json())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (rb'{"question": "who \ud800?"}', 200),
        (rb'{"question": "who \u0000?"}', 200),
        (rb'{"\ud800": 1}', 422),
        (rb'{"question": "who", "language": "\ud800"}', 422),
        (b'{"question": "who', 422),
        (b'{"question": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"question": "who", "passages": 1e400}', 422),
        (b'{"question": "who", "passages": NaN}', 422),
        (b'{"question": "who", "passages": ' + b"9" * 5000 + b"}", 400),
    ],
)
def test_no_body_breaks_the_server(reader: TestClient, body: bytes, status: int) -> None:
    for route, said in (("ask", body), ("search", body.replace(b"passages", b"k"))):
        headers = {"content-type": "application/json"}
        reply = reader.post(f"/v1/{route}", content=said, headers=headers)
        assert reply.status_code == status, reply.text
        assert reply.json()


@pytest.mark.parametrize(("route", "name"), [("search", "k"), ("ask", "passages")])
@pytest.mark.parametrize("count", [0, -1, 101, "5", 1.5, True])
def test_the_number_of_passages(reader: TestClient, route: str, name: str, count: object) -> None:
    reply = reader.post(f"/v1/{route}", json={"question": "x", name: count})
    assert reply.status_code == 422 and reply.json()["error"].startswith(f"{name}: ")


def test_nothing_of_what_is_inside_is_told(client: TestClient, service: Service) -> None:
    (service.library.path / "manifest.json").write_text("{", encoding="utf-8")
    reply = client.post("/v1/ask", json={"question": "Who?"})
    assert reply.status_code == 503 and reply.headers["retry-after"]
    assert reply.json() == {"error": "the server cannot do this now; its log says why"}
    assert client.get("/ready").status_code == 503
    assert client.get("/ready").json()["ready"] is False
    assert client.get("/health").json() == {"status": "ok"}


def test_what_breaks_unforeseen_is_told_alike(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(service, "search", broken)
    reply = client.post("/v1/search", json={"question": "Who?"})
    assert reply.status_code == 500
    assert reply.json() == {"error": "the server cannot do this now; its log says why"}


def test_a_follow_up_leans_on_the_questions_before(reader: TestClient) -> None:
    history = [{"question": ARABIC, "answer": "2024"}]
    answer = reader.post("/v1/ask", json={"question": "أين؟", "history": history}).json()
    assert answer["resolved"] == f"أين؟ ({ARABIC.rstrip('؟')})"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/search", 405), ("DELETE", "/v1/ask", 405), ("GET", "/v1/none", 404)],
)
def test_what_is_no_route(reader: TestClient, method: str, path: str, status: int) -> None:
    reply = reader.request(method, path)
    assert reply.status_code == status and list(reply.json()) == ["error"]
    assert reply.headers.get("allow") == ("POST" if status == 405 else None)


# --- step by step -----------------------------------------------------------------------------


def events(lines: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    """The events of a stream."""
    name = ""
    for line in lines:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def opened(url: str, body: dict[str, Any]) -> HTTPConnection:
    """A question that is being answered."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    headers = {"content-type": "application/json"}
    connection.request("POST", "/v1/ask", json.dumps(body).encode(), headers)
    return connection


def test_the_order_of_events(tmp_path: Path) -> None:
    service = bridges(tmp_path, ScriptedGenerator("[1] The bridge of Zarqa opened in 1932."))
    with TestClient(build_app(service, page=False)) as client:
        headers = {"accept": "text/event-stream"}
        reply = client.post("/v1/ask", json=WHEN, headers=headers)
        assert reply.headers["content-type"].startswith("text/event-stream")
        told = list(events(line.encode() for line in reply.text.splitlines()))
    names = [name for name, _ in told]
    assert names == ["passages", "quoted", *["writing"] * 6, "answer", "end"]
    found, quoted, answer = (dict(told)[name] for name in ("passages", "quoted", "answer"))
    assert found["hits"] == quoted["passages"] == answer["passages"]
    assert (quoted["model"], answer["model"]) == ("none", "scripted")
    assert answer["claims"][0]["text"] == "The bridge of Zarqa opened in 1932."
    # Nothing the model wrote is told while it is not checked.
    assert all(data == {} for name, data in told if name in ("writing", "end"))


def test_what_fails_on_the_way_is_an_event(tmp_path: Path) -> None:
    service = bridges(tmp_path, ScriptedGenerator())
    with TestClient(build_app(service, page=False)) as client:
        reply = client.post("/v1/ask", json={**WHEN, "stream": True})
        told = list(events(line.encode() for line in reply.text.splitlines()))
    assert [name for name, _ in told] == ["passages", "quoted", "error", "end"]
    assert dict(told)["error"] == {"error": "the server cannot do this now; its log says why"}
    assert service.queue == 0


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_gives_its_place_up(tmp_path: Path, stream: bool) -> None:
    model = HeldModel("[1] The bridge of Zarqa opened in 1932.")
    service = bridges(tmp_path, model)
    with served(build_app(service, page=False)) as url:
        before = threading.active_count()
        first = opened(url, {**WHEN, "stream": stream})
        wait_for(lambda: model.writing == 1)
        second = opened(url, {**WHEN, "stream": True})
        told = events(iter(second.getresponse()))
        assert [next(told)[0] for _ in range(3)] == ["passages", "quoted", "waiting"]
        assert next(told) == ("waiting", {"ahead": 1, "seconds": None})
        assert service.queue == 2
        first.close()
        assert wait_for(lambda: model.stopped == 1) < 1
        assert wait_for(lambda: service.queue == 1 and model.writing == 2) < 1
        model.released.set()
        assert [name for name, _ in told if name != "writing"][-2:] == ["answer", "end"]
        second.close()
        assert service.queue == 0
        # Threads that worked for a request wait for the next one; none is at work for nobody.
        assert threading.active_count() <= before + 4


def test_one_who_waits_may_go_away_too(tmp_path: Path) -> None:
    model = HeldModel("[1] The bridge of Zarqa opened in 1932.")
    service = bridges(tmp_path, model)
    with served(build_app(service, page=False)) as url:
        first, second = (opened(url, {**WHEN, "stream": True}) for _ in range(2))
        wait_for(lambda: service.queue == 2)
        second.close()
        assert wait_for(lambda: service.queue == 1) < 1.5
        model.released.set()
        told = [name for name, _ in events(iter(first.getresponse()))]
        assert told[-2:] == ["answer", "end"]
        first.close()


def test_a_silent_stream_says_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(ScriptedGenerator):
        def stream(self, *args: Any, **more: Any) -> Generator[str, None, Usage]:
            time.sleep(0.5)
            return (yield from super().stream(*args, **more))

    monkeypatch.setattr(asking, "_SILENCE", 0.05)
    service = bridges(tmp_path, Slow("[1] The bridge of Zarqa opened in 1932."))
    with served(build_app(service, page=False)) as url:
        connection = opened(url, {**WHEN, "stream": True})
        lines = connection.getresponse().read().splitlines()
        connection.close()
    assert 4 <= lines.count(b": still here") <= 12
    assert lines[-3:] == [b"event: end", b"data: {}", b""]
