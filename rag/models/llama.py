"""The embedded language model: a GGUF file run by llama.cpp inside this process."""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import GenerationError, ModelError
from rag.models.protocols import Message, Usage

_GGUF_MAGIC = b"GGUF"
# Of a prompt so many tokens are read at once, which is as long as stopping takes.
_BATCH_TOKENS = 16
# How often an empty piece is told while the model reads: nobody may want its reply any more.
_HEARTBEAT_SECONDS = 0.5


class LlamaGenerator:
    """Runs one GGUF model. ``slots`` replies at a time; further callers wait their turn."""

    def __init__(
        self, model: Path, *, name: str, context_tokens: int, threads: int, slots: int = 1
    ) -> None:
        """Load ``model``, which is to have ``context_tokens`` for each reply.

        Raises:
            ModelError: it is not a GGUF file, or llama.cpp cannot load it.
        """
        check_gguf(model)
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_ctx = context_tokens * slots
        params.n_batch = params.n_ubatch = _BATCH_TOKENS
        params.n_parallel = slots
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.verbosity = 0
        params.warmup = False
        params.ui = False
        params.offline = True
        # llama.cpp opens a loopback port whether it is wanted or not: nobody else may use it.
        params.api_keys = [secrets.token_hex(16)]
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError(f"{model}: damaged or unsupported model file ({error})") from error
        self.name = name
        self._turn = threading.BoundedSemaphore(slots)

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generator[str, None, Usage | None]:
        """Pieces of the reply, greedily decoded. See :class:`rag.models.protocols.Generator`."""
        request: dict[str, Any] = {
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": True,
            # Calls back after every batch of the prompt, and so hears that it is to stop.
            "return_progress": True,
        }
        if grammar is not None:
            request["grammar"] = grammar
        with self._turn:
            return (yield from _pieces(self._server, request))


def _pieces(server: Any, request: dict[str, Any]) -> Generator[str, None, Usage | None]:
    """llama.cpp's callback as an iterator; dropping the iterator stops the model."""
    events: queue.SimpleQueue[dict[str, Any] | Exception | None] = queue.SimpleQueue()
    stopped = threading.Event()

    def take(event: dict[str, Any]) -> bool:
        events.put(event)
        return stopped.is_set()  # True tells llama.cpp to stop.

    def run() -> None:
        try:
            server.handle_chat_completions(request, take)
        except Exception as error:
            events.put(error)
        events.put(None)

    worker = threading.Thread(target=run, name="llama-reply", daemon=True)
    worker.start()
    usage = None
    try:
        while True:
            try:
                event = events.get(timeout=_HEARTBEAT_SECONDS)
            except queue.Empty:
                yield ""
                continue
            if event is None:
                break
            if isinstance(event, Exception):
                raise GenerationError(f"the language model failed: {event}") from event
            if error := event.get("error"):
                raise GenerationError(f"the language model failed: {error.get('message', error)}")
            if tokens := event.get("usage"):
                usage = Usage(tokens["prompt_tokens"], tokens["completion_tokens"])
            for choice in event.get("choices", ()):
                if content := choice.get("delta", {}).get("content"):
                    yield content
    finally:
        stopped.set()
        worker.join()
    return usage


def check_gguf(path: Path) -> None:
    """Refuse what cannot be a GGUF model, before llama.cpp sees it.

    Raises:
        ModelError: the file is missing, empty, or does not begin like a GGUF file.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from error
    if magic != _GGUF_MAGIC:
        raise ModelError(f"{path}: not a GGUF model file (begins with {magic!r})")
