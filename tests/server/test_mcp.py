"""The MCP server, by the SDK's own client: over a process's input and output, and over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fakes import ROOT, SEEDS, HeldModel, WordReader
from libraries import word_library, word_settings
from mcp import Client, MCPError, StdioServerParameters
from served import served, wait_for
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from rag import cli
from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Generator as Model
from rag.server.app import build_app
from rag.service.service import Service
from rag.types import Article

SHOOTING = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
QUESTIONS = [SHOOTING, "What did Lavrov say in Vientiane?"]
BRIDGE = "The bridge of Zarqa opened in 1932. 🌉 It is 503 metres long."
WHEN = "When did the bridge of Zarqa open?"

Work = Callable[[Client], Awaitable[Any]]


def run(server: str | StdioServerParameters, work: Work, mode: str = "auto") -> Any:
    """What ``work`` gives with a client of ``server``."""

    async def connected() -> Any:
        async with Client(server, mode=mode) as client:
            return await work(client)

    return asyncio.run(connected())


def call(server: Any, tool: str, mode: str = "auto", **arguments: Any) -> Any:
    """The result of a call."""
    return run(server, lambda client: client.call_tool(tool, arguments), mode)


def command(folder: Path, *arguments: str) -> StdioServerParameters:
    """``musnad mcp`` in ``folder``."""
    environment = {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
        "MUSNAD_HOME": str(folder / "home"),
        "MUSNAD_OFFLINE": "1",
    }
    script = str(ROOT / "tests/server/mcp_command.py")
    return StdioServerParameters(
        command=sys.executable, args=[script, *arguments], env=environment, cwd=folder
    )


@contextmanager
def mounted(library: Library) -> Iterator[str]:
    """The address of the server over ``library``."""
    service = Service(library)
    service.start()
    wait_for(lambda: service.loader.ready)
    with served(build_app(service, page=False)) as url:
        yield f"{url}/mcp"


def small(folder: Path, generator: Model | None = None) -> Library:
    """A library of one article about a bridge and many about others."""
    settings = word_settings(folder / "home", chunk_tokens=480)
    library = word_library(folder / "news", settings, reader=WordReader(99.0), generator=generator)
    others = (Article(f"bridge {n}", f"The bridge number {n} is open.") for n in range(120))
    library.add([Article("b/1", BRIDGE, "A bridge", "2024-07-25", "The Post"), *others])
    return library


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mounted(small(tmp_path_factory.mktemp("small"))) as url:
        yield url


# --- the same as the command line -----------------------------------------------------------------


@pytest.fixture
def printed(words: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What the command line prints as JSON, in a folder with the seeds."""

    def run_it(*arguments: str) -> Any:
        assert cli.main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run_it


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What does not change from one time to another."""
    return {key: value for key, value in answer.items() if key != "timings"}


def test_over_stdio_the_answers_are_those_of_the_command_line(
    printed: Callable[..., Any], tmp_path: Path
) -> None:
    expected = [printed("ask", "--llm", "none", question) for question in QUESTIONS]
    hits = printed("search", SHOOTING, "-k", "3")

    async def work(client: Client) -> Any:
        answers = [await client.call_tool("ask", {"question": one}) for one in QUESTIONS]
        return answers, await client.call_tool("search", {"question": SHOOTING, "k": 3})

    # A folder of its own: encoders that count words are made anew with each process, and their
    # scores differ by a little.
    other = tmp_path / "other"
    other.mkdir()
    (other / "seeds").symlink_to(SEEDS)
    answers, found = run(command(other), work)
    for answer, same in zip(answers, expected, strict=True):
        assert same["claims"] and answer.structured_content["claims"] == same["claims"]
        assert answer.structured_content["text"] == same["text"]
    places = [[(hit["chunk"], hit["text"]) for hit in some] for some in (found_of(found), hits)]
    assert places[0] == places[1]


def found_of(result: Any) -> Any:
    """The passages of a search, by the rank in which they are."""
    hits = result.structured_content["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    return hits


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_too(printed: Callable[..., Any], mode: str) -> None:
    expected = [printed("ask", "--llm", "none", question) for question in QUESTIONS]
    library = Library(settings=Settings.from_environment({"MUSNAD_LLM": "none"}))
    with mounted(library) as url:
        answers = [call(url, "ask", mode, question=question) for question in QUESTIONS]
    assert [told(one.structured_content) for one in answers] == list(map(told, expected))


def test_nothing_but_the_protocol_is_on_the_output(words: None, tmp_path: Path) -> None:
    server = command(tmp_path)
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    asked = {"name": "ask", "arguments": {"question": SHOOTING}}
    messages = (
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": asked},
    )
    with subprocess.Popen(
        [server.command, *server.args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=server.cwd,
        env={**os.environ, **(server.env or {})},
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
        process.stdin.flush()
        first, second = (json.loads(process.stdout.readline()) for _ in "12")
        rest, log = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")
    assert log.count("loading") >= 3 and "Traceback" not in log
    assert first["result"]["serverInfo"]["name"] == "musnad"
    assert "markers" in first["result"]["instructions"]
    assert second["result"]["structuredContent"]["answered"]


def test_what_cannot_be_opened_is_one_line_and_an_exit_code(words: None, tmp_path: Path) -> None:
    server = command(tmp_path, "--index", "nowhere")
    done = subprocess.run(
        [server.command, *server.args],
        input="",
        capture_output=True,
        text=True,
        cwd=server.cwd,
        env={**os.environ, **(server.env or {})},
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("musnad: nowhere: no index here")


# --- tools ----------------------------------------------------------------------------------------


def test_every_tool_only_reads_and_states_what_it_gives(address: str) -> None:
    calls = {
        "search": {"question": WHEN},
        "ask": {"question": WHEN},
        "read_article": {"id": "b/1"},
    }

    async def work(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == list(calls)
        for tool in tools:
            assert tool.annotations and tool.annotations.read_only_hint
            assert tool.output_schema
            result = await client.call_tool(tool.name, calls[tool.name])
            jsonschema.validate(result.structured_content, tool.output_schema)
            assert result.structured_content.keys() == tool.output_schema["properties"].keys()

    run(address, work)


def test_the_text_of_an_answer_has_every_quotation(address: str) -> None:
    result = call(address, "ask", question=WHEN)
    (content,) = result.content
    (first, *_) = result.structured_content["claims"][0]["citations"]
    assert BRIDGE[first["start"] : first["end"]] == first["quote"]
    assert content.text.startswith(result.structured_content["text"])
    assert (
        "[1] A bridge · The Post · 2024-07-25\n"
        f"    article b/1, characters {first['start']} to {first['end']}\n"
        f"    «{first['quote']}»"
    ) in content.text


def test_an_article_is_read_by_the_offsets_of_a_quotation(address: str) -> None:
    start = BRIDGE.index("It is")
    result = call(address, "read_article", id="b/1", index="news", start=start)
    assert result.structured_content["text"] == "It is 503 metres long."
    assert result.structured_content["end"] == len(BRIDGE)
    assert result.structured_content["article"]["title"] == "A bridge"
    result = call(address, "read_article", id="b/1", start=0, end=10**9)
    assert result.structured_content["text"] == BRIDGE


def test_a_long_article_is_read_in_parts(tmp_path: Path) -> None:
    library = small(tmp_path)
    text = "The bridge is open. " * 1_500
    library.add([Article("long", text)])
    with mounted(library) as url:
        first = call(url, "read_article", id="long").structured_content
        rest = call(url, "read_article", id="long", start=first["end"]).structured_content
    assert (first["end"], first["characters"]) == (20_000, 30_000)
    assert first["text"] + rest["text"] == text


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {"question": " "}, "empty question"),
        ("ask", {"question": "x" * 2001}, "question of 2,001 characters: at most 2,000"),
        ("ask", {"question": WHEN, "language": "fr"}, "language: Input should be 'ar' or 'en'"),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": WHEN, "k": 0, "x": 1}, "k: Input should be greater than or equal"),
        ("search", {"question": WHEN, "since": "soon"}, "'soon'"),
        ("search", {"question": WHEN, "indexes": ["../x"]}, "index '../x': not one of news"),
        ("read_article", {"id": "nothing"}, "no article with id 'nothing'"),
        ("read_article", {"id": "b/1", "index": "x"}, "index 'x': not one of news"),
        ("read_article", {"id": "b/1", "start": 99}, "the article has 60"),
        ("read_article", {"id": "b/1", "start": 9, "end": 3}, "characters 9 to 3: none"),
        ("read_article", {"id": "b/1", "start": -1}, "start: Input should be greater"),
        ("remove", {"id": "b/1"}, "tool 'remove': not one of search, ask, read_article"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_in_one_line(
    address: str, tool: str, arguments: dict[str, Any], message: str
) -> None:
    result = call(address, tool, **arguments)
    (content,) = result.content
    assert result.is_error and message in content.text and "\n" not in content.text


# --- resources ------------------------------------------------------------------------------------


def test_articles_are_resources_page_by_page(address: str) -> None:
    async def work(client: Client) -> None:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        assert (len(first.resources), len(second.resources)) == (100, 21)
        assert first.next_cursor and second.next_cursor is None
        uris = [str(one.uri) for one in (*first.resources, *second.resources)]
        assert len(set(uris)) == 121
        assert uris[:2] == ["musnad://news/articles/b%2F1", "musnad://news/articles/bridge%200"]
        assert first.resources[0].title == "A bridge"
        (content,) = (await client.read_resource(uris[0])).contents
        assert content.text == BRIDGE  # type: ignore[union-attr]
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "musnad://{index}/articles/{id}"

    run(address, work)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("musnad://news/articles/none", "no article with id 'none'"),
        ("musnad://other/articles/b%2F1", "index 'other': not one of news"),
        ("musnad://..%2Fnews/articles/b%2F1", "index '../news': not one of news"),
        ("musnad://news", "expected musnad://INDEX/articles/ID"),
        ("file:///etc/passwd", "expected musnad://INDEX/articles/ID"),
    ],
)
def test_what_is_no_resource_is_refused(address: str, uri: str, message: str) -> None:
    async def work(client: Client) -> None:
        with pytest.raises(MCPError, match=message):
            await client.read_resource(uri)

    run(address, work)


@pytest.mark.parametrize("cursor", ["-1", "x", "9" * 5000, "١"])
def test_a_cursor_that_is_none_is_refused(address: str, cursor: str) -> None:
    async def work(client: Client) -> None:
        with pytest.raises(MCPError, match="not one of ours"):
            await client.list_resources(cursor=cursor)

    run(address, work)


# --- over HTTP ------------------------------------------------------------------------------------


def test_a_call_that_is_given_up_frees_the_model(tmp_path: Path) -> None:
    model = HeldModel()

    async def work(client: Client) -> Any:
        asking = asyncio.create_task(client.call_tool("ask", {"question": WHEN}))
        await asyncio.to_thread(wait_for, lambda: model.writing == 1)
        asking.cancel()
        assert await asyncio.to_thread(wait_for, lambda: model.stopped == 1) < 1
        model.released.set()
        return await client.call_tool("ask", {"question": WHEN})

    with mounted(small(tmp_path, model)) as url:
        result = run(url, work)
    assert result.structured_content["answered"]
    assert (model.writing, model.stopped) == (2, 1)


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25"])
def test_a_client_of_before_that_goes_away_frees_it_too(tmp_path: Path, version: str) -> None:
    model = HeldModel()
    asked = {"name": "ask", "arguments": {"question": WHEN}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": version,
    }
    with mounted(small(tmp_path, model)) as address:
        url = httpx.URL(address)
        connection = HTTPConnection(url.host, url.port or 80)
        connection.request("POST", url.path, json.dumps(body), headers)
        wait_for(lambda: model.writing == 1)
        connection.close()
        assert wait_for(lambda: model.stopped == 1) < 1


class Door:
    """Lets in who says the word."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = dict(scope.get("headers", ())).get(b"x-word")
        let_in = scope["type"] != "http" or said == b"open"
        app = self._app if let_in else PlainTextResponse("no", 401)
        await app(scope, receive, send)


def test_it_lives_with_the_application_behind_a_door(tmp_path: Path) -> None:
    service = Service(small(tmp_path))
    service.start()
    app = build_app(service, page=False)
    lived = []
    before = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        async with before(app) as state:
            lived.append("begun")
            yield state
        lived.append("ended")

    app.router.lifespan_context = lifespan
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"Accept": "application/json, text/event-stream"}
    with served(Door(app)) as url:
        assert httpx.post(f"{url}/mcp", json=ping, headers=accept).status_code == 401
        let_in = httpx.post(f"{url}/mcp", json=ping, headers=accept | {"X-Word": "open"})
        assert let_in.status_code == 200 and '"result"' in let_in.text
    assert lived == ["begun", "ended"]
