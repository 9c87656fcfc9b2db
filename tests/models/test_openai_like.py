"""The adapter to OpenAI-compatible servers, against a small server of our own on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from rag.errors import GenerationError, ModelError
from rag.models.openai_like import OpenAILikeGenerator
from rag.models.protocols import Usage

PIECES = ["It was ", "144 ", "[1]"]
HELLO = [{"role": "user", "content": "Hello?"}]


GRAMMAR = 'root ::= "yes" | "no"'


def said(piece: str) -> str:
    """The event that sends ``piece``."""
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "tiny",
        "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
    }
    return f"data: {json.dumps(chunk)}\n\n"


class Handler(BaseHTTPRequestHandler):
    """Lists one model and streams a fixed reply; remembers what it was asked."""

    asked: list[dict[str, Any]]
    models: ClassVar[list[dict[str, Any]]] = [
        {"id": "tiny", "object": "model", "created": 0, "owned_by": "us"}
    ]
    status = 200
    # Fields of a request that are refused with 400, and how many tokens it may ask for.
    unknown: frozenset[str] = frozenset()
    most_tokens = 99
    # What is streamed after the pieces, and how much of it the server claims to send.
    end = "data: [DONE]\n\n"
    length: int | None = None

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"object": "list", "data": self.models}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({**body, "key": self.headers["Authorization"]})
        if self.unknown & body.keys() or body["max_tokens"] > self.most_tokens:
            self.status = 400
            self._send("application/json", json.dumps({"error": {"message": "not like that"}}))
            return
        self._send("text/event-stream", "".join((*map(said, PIECES), self.end)))

    def _send(self, kind: str, text: str) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", kind)
        if self.length is not None:
            self.send_header("Content-Length", str(self.length))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Handler]]]:
    handler = type("Fresh", (Handler,), {"asked": []})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1", handler
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def generator(url: str, model: str = "default") -> OpenAILikeGenerator:
    return OpenAILikeGenerator(url, model=model, key="secret")


def test_the_first_model_of_the_server_replies_piece_by_piece(
    server: tuple[str, type[Handler]],
) -> None:
    url, handler = server
    llm = generator(url)
    assert llm.name == "tiny"
    pieces = list(llm.stream([{"role": "user", "content": "How many?"}], max_tokens=32))
    assert pieces == PIECES
    (asked,) = handler.asked
    assert asked["messages"] == [{"role": "user", "content": "How many?"}]
    assert (asked["max_tokens"], asked["temperature"], asked["stream"]) == (32, 0.0, True)
    assert asked["key"] == "Bearer secret"


def test_a_grammar_goes_out_under_the_names_of_both_servers_that_take_one(
    server: tuple[str, type[Handler]],
) -> None:
    url, handler = server
    llm = generator(url, "tiny")
    assert list(llm.stream(HELLO, max_tokens=8, grammar=GRAMMAR)) == PIECES
    assert list(llm.stream(HELLO, max_tokens=8)) == PIECES
    asked, without = handler.asked
    assert asked["grammar"] == asked["structured_outputs"]["grammar"] == GRAMMAR
    assert not {"grammar", "structured_outputs"} & without.keys()


def test_a_server_that_refuses_grammars_is_asked_without_from_then_on(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    monkeypatch.setattr(handler, "unknown", frozenset({"structured_outputs"}))
    llm = generator(url, "tiny")
    for _ in range(2):
        assert list(llm.stream(HELLO, max_tokens=8, grammar=GRAMMAR)) == PIECES
    assert ["grammar" in asked for asked in handler.asked] == [True, False, False]


def test_a_request_refused_for_something_else_does_not_forget_the_grammar(
    server: tuple[str, type[Handler]],
) -> None:
    url, handler = server
    llm = generator(url, "tiny")
    with pytest.raises(GenerationError, match=f"{url}: .*not like that"):
        list(llm.stream(HELLO, max_tokens=100, grammar=GRAMMAR))
    assert list(llm.stream(HELLO, max_tokens=8, grammar=GRAMMAR)) == PIECES
    assert "grammar" in handler.asked[-1]


def test_a_reply_that_is_left_closes_its_connection(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    left = threading.Event()

    def talk(self: Handler) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self._send("text/event-stream", said("one"))
            while True:  # Until nobody listens any more.
                self.wfile.write(said("more").encode())
        except OSError:
            left.set()

    monkeypatch.setattr(handler, "do_POST", talk)
    stream = generator(url, "tiny").stream(HELLO, max_tokens=8, grammar=GRAMMAR)
    assert next(stream) == "one"
    assert not left.is_set()
    stream.close()
    assert left.wait(1)


def test_a_server_without_models_and_no_server_are_named(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    monkeypatch.setattr(handler, "models", [])
    with pytest.raises(ModelError, match="the server lists no models"):
        generator(url)
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9/v1: no answer"):
        generator("http://127.0.0.1:9/v1")


def test_what_lists_no_models_is_no_language_model_server(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    monkeypatch.setattr(handler, "do_GET", lambda self: self._send("text/html", "<p>Hello</p>"))
    with pytest.raises(ModelError, match=f"{url}: the server lists no models"):
        generator(url)
    monkeypatch.setattr(handler, "do_GET", lambda self: self._send("application/json", "{"))
    with pytest.raises(ModelError, match=f"{url}: no answer"):
        generator(url)


def test_a_server_that_counts_tokens_is_believed(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    usage = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
    counted = f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n{Handler.end}"
    for end, expected in ((Handler.end, None), (counted, Usage(prompt=5, reply=3))):
        monkeypatch.setattr(handler, "end", end)
        stream = generator(url, "tiny").stream(HELLO, max_tokens=8)
        assert [next(stream) for _ in PIECES] == PIECES
        with pytest.raises(StopIteration) as stopped:
            next(stream)
        assert stopped.value.value == expected


@pytest.mark.parametrize(
    ("end", "length", "said"),
    [
        ('data: {"error": {"message": "out of\\nmemory"}}\n\n', None, "out of memory"),
        ("data: {nonsense\n\n", None, "Expecting property name"),
        ("", 9999, "peer closed connection"),
    ],
)
def test_what_goes_wrong_while_it_streams_is_a_generation_error_of_one_line(
    server: tuple[str, type[Handler]],
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    length: int | None,
    said: str,
) -> None:
    url, handler = server
    monkeypatch.setattr(handler, "end", end)
    monkeypatch.setattr(handler, "length", length)
    stream = generator(url, "tiny").stream(HELLO, max_tokens=8)
    assert [next(stream) for _ in PIECES] == PIECES
    with pytest.raises(GenerationError, match=f"{url}: {said}") as error:
        next(stream)
    assert "\n" not in str(error.value)


def test_a_page_instead_of_a_reply_is_told_on_one_line(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    page = "<html>\n" + "nothing here\n" * 99
    monkeypatch.setattr(handler, "status", 404)
    monkeypatch.setattr(handler, "do_POST", lambda self: self._send("text/html", page))
    with pytest.raises(GenerationError, match=url) as error:
        list(generator(url, "tiny").stream(HELLO, max_tokens=8))
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_a_failing_server_is_a_generation_error(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    llm = generator(url)
    monkeypatch.setattr(handler, "status", 404)
    with pytest.raises(GenerationError, match=url):
        list(llm.stream([{"role": "user", "content": "x"}], max_tokens=8))
