"""The adapter to llama.cpp, over a server that plays a script through its callback."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.errors import GenerationError, ModelError
from rag.models.llama import LlamaGenerator, check_gguf
from rag.models.protocols import Usage

Event = dict[str, Any]
HELLO = [{"role": "user", "content": "Hello?"}]


def said(text: str) -> Event:
    return {"choices": [{"delta": {"content": text}}]}


class ScriptedServer:
    """Sends its events until it is told to stop, then raises its error, if it has one."""

    def __init__(self, *events: Event, error: Exception | None = None) -> None:
        self.events = events
        self.error = error
        self.asked: list[Event] = []
        self.sent = 0

    def handle_chat_completions(self, request: Event, take: Callable[[Event], bool]) -> None:
        self.asked.append(request)
        for event in self.events:
            self.sent += 1
            if take(event):
                return
        if self.error:
            raise self.error


def generator(server: ScriptedServer) -> LlamaGenerator:
    """A generator around ``server``, without a model file."""
    made = LlamaGenerator.__new__(LlamaGenerator)
    made._server = server
    made._turn = threading.BoundedSemaphore(1)
    return made


def test_pieces_come_as_they_are_written_and_then_the_tokens() -> None:
    opening = {"choices": [{"delta": {"role": "assistant", "content": None}}]}
    closing = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    server = ScriptedServer(opening, said("Hello, "), said("reader."), closing)
    stream = generator(server).stream(HELLO, max_tokens=9, grammar="root ::= [a-z]")
    assert (next(stream), next(stream)) == ("Hello, ", "reader.")
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert end.value.value == Usage(prompt=5, reply=2)
    (asked,) = server.asked
    assert (asked["messages"], asked["max_tokens"], asked["temperature"]) == (HELLO, 9, 0)
    assert asked["grammar"] == "root ::= [a-z]"


def test_dropping_the_iterator_stops_the_model_and_lets_the_next_in() -> None:
    dropped = threading.Event()

    class Waiting(ScriptedServer):
        def handle_chat_completions(self, request: Event, take: Callable[[Event], bool]) -> None:
            assert not take(said("one"))
            assert dropped.wait(10)
            while not take(said("more")):  # Never told to stop, this would never end.
                pass
            self.sent += 1

    server = Waiting()
    made = generator(server)
    stream = made.stream(HELLO, max_tokens=9)
    assert next(stream) == "one"
    dropped.set()
    stream.close()
    assert server.sent == 1
    assert next(made.stream(HELLO, max_tokens=9)) == "one"


def test_while_the_model_reads_empty_pieces_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.models.llama._HEARTBEAT_SECONDS", 0.01)
    read = threading.Event()

    class Reading(ScriptedServer):
        def handle_chat_completions(self, request: Event, take: Callable[[Event], bool]) -> None:
            assert read.wait(10)
            take(said("one"))

    stream = generator(Reading()).stream(HELLO, max_tokens=9)
    assert [next(stream), next(stream)] == ["", ""]
    read.set()
    assert "".join(stream) == "one"


@pytest.mark.parametrize(
    "server",
    [
        ScriptedServer(said("one"), {"error": {"message": "context is full"}}, said("two")),
        ScriptedServer(said("one"), error=RuntimeError("context is full")),
    ],
)
def test_what_llama_cpp_reports_or_raises_is_a_generation_error(server: ScriptedServer) -> None:
    stream = generator(server).stream(HELLO, max_tokens=9)
    assert next(stream) == "one"
    with pytest.raises(GenerationError, match="the language model failed: context is full"):
        next(stream)


def test_what_is_no_model_is_refused_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with pytest.raises(ModelError, match=r"model\.gguf: No such file"):
        check_gguf(path)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelError, match=r"not a GGUF model file \(begins with b'PK"):
        LlamaGenerator(path, name="model", context_tokens=64, threads=1)
    path.write_bytes(b"GGUF and more")
    check_gguf(path)


def test_the_engine_loads_beside_what_else_is_compiled() -> None:
    """Parts built by Cython share types: of another size than the engine's, they shut it out."""
    imports = "import lxml.etree, pandas, scipy.special, sklearn.linear_model, uharfbuzz, xllamacpp"
    subprocess.run([sys.executable, "-c", imports], check=True)
