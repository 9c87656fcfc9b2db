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

PIECES = ["It was ", "144 ", "[1]"]


class Handler(BaseHTTPRequestHandler):
    """Lists one model and streams a fixed reply; remembers what it was asked."""

    asked: list[dict[str, Any]]
    models: ClassVar[list[dict[str, Any]]] = [
        {"id": "tiny", "object": "model", "created": 0, "owned_by": "us"}
    ]
    status = 200

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"object": "list", "data": self.models}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append({**json.loads(body), "key": self.headers["Authorization"]})
        chunks = [
            {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "tiny",
                "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
            }
            for piece in PIECES
        ]
        lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
        self._send("text/event-stream", "".join((*lines, "data: [DONE]\n\n")))

    def _send(self, kind: str, text: str) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", kind)
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
    return OpenAILikeGenerator(url, model=model, key="secret", context_tokens=4096)


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


def test_a_server_without_models_and_no_server_are_named(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    monkeypatch.setattr(handler, "models", [])
    with pytest.raises(ModelError, match="the server lists no models"):
        generator(url)
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9/v1: no answer"):
        generator("http://127.0.0.1:9/v1")


def test_a_failing_server_is_a_generation_error(
    server: tuple[str, type[Handler]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    llm = generator(url)
    monkeypatch.setattr(handler, "status", 404)
    with pytest.raises(GenerationError, match=url):
        list(llm.stream([{"role": "user", "content": "x"}], max_tokens=8))
