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


class LlamaGenerator:
    """Runs one GGUF model. One reply at a time; further callers wait their turn."""

    def __init__(self, model: Path, *, name: str, context_tokens: int, threads: int) -> None:
        """Load ``model``.

        Raises:
            ModelError: it is not a GGUF file, or llama.cpp cannot load it.
        """
        check_gguf(model)
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_ctx = context_tokens
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
        self._turn = threading.Lock()

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
        }
        if grammar is not None:
            request["grammar"] = grammar
        with self._turn:
            return (yield from _Reply(self._server, request).pieces())


class _Reply:
    """Turns llama.cpp's callback into an iterator; dropping the iterator stops the model."""

    def __init__(self, server: Any, request: dict[str, Any]) -> None:
        self._server = server
        self._request = request
        self._pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._usage: Usage | None = None

    def pieces(self) -> Generator[str, None, Usage | None]:
        """The reply's text as it comes, and at the end what it took."""
        worker = threading.Thread(target=self._run, name="llama-reply", daemon=True)
        worker.start()
        try:
            while (piece := self._pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise GenerationError(f"the language model failed: {piece}") from piece
                yield piece
        finally:
            self._stopped.set()
            worker.join()
        return self._usage

    def _run(self) -> None:
        try:
            self._server.handle_chat_completions(self._request, self._take)
        except Exception as error:
            self._pieces.put(error)
        self._pieces.put(None)

    def _take(self, event: dict[str, Any]) -> bool:
        """Queue one event's text. True tells llama.cpp to stop."""
        if "error" in event:
            self._pieces.put(GenerationError(str(event["error"].get("message", event["error"]))))
            return True
        if usage := event.get("usage"):
            self._usage = Usage(usage["prompt_tokens"], usage["completion_tokens"])
        for choice in event.get("choices", ()):
            if content := choice.get("delta", {}).get("content"):
                self._pieces.put(content)
        return self._stopped.is_set()


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
