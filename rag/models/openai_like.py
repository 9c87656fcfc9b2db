"""A language model behind any OpenAI-compatible server, through OpenAI's own client."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from typing import Any

from rag.errors import GenerationError, ModelError
from rag.models.progress import one_line
from rag.models.protocols import Message, Usage

_log = logging.getLogger(__name__)
_REPLY_SECONDS = 120.0
_LISTING_SECONDS = 10.0
# A server's error may be a whole page: this much of it, on one line.
_ERROR_CHARACTERS = 300


class OpenAILikeGenerator:
    """Streams chat replies from ``url``.

    A grammar goes out under both names it has among servers; each passes over the name it does not
    know, and Ollama over both. One that refuses the request for it is asked without from then on.
    JSON schemas, which more servers take, make small models repeat the question.
    """

    def __init__(self, url: str, *, model: str, key: str) -> None:
        """Use ``model`` at ``url``; ``default`` is the first model the server lists.

        Raises:
            ModelError: the server cannot be asked for its models.
        """
        import openai

        self._url = url.rstrip("/")
        self._client: Any = openai.OpenAI(
            base_url=self._url, api_key=key, timeout=_REPLY_SECONDS, max_retries=1
        )
        self.name = self._first_model() if model == "default" else model
        self._takes_grammars = True

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generator[str, None, Usage | None]:
        """Pieces of the reply. See :class:`rag.models.protocols.Generator`."""
        import httpx
        import openai

        usage = None
        request = {
            "model": self.name,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": 0.0,
            "stream": True,
        }
        try:
            # Left early, the connection is closed: that frees the server's slot.
            with self._open(request, grammar) as events:
                for event in events:
                    if event.usage:
                        usage = Usage(event.usage.prompt_tokens, event.usage.completion_tokens)
                    for choice in event.choices or ():
                        if choice.delta and choice.delta.content:
                            yield choice.delta.content
        # While it streams, the client passes on what goes wrong beneath it: a connection that
        # breaks, a line that is not JSON.
        except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
            raise GenerationError(f"{self._url}: {one_line(error, _ERROR_CHARACTERS)}") from error
        return usage

    def _open(self, request: dict[str, Any], grammar: str | None) -> Any:
        """The reply's events, under ``grammar`` where the server takes it."""
        import openai

        create = self._client.chat.completions.create
        if grammar is None or not self._takes_grammars:
            return create(**request)
        # GBNF: the first is llama.cpp's name for it, the second vLLM's.
        both = {"grammar": grammar, "structured_outputs": {"grammar": grammar}}
        try:
            return create(**request, extra_body=both)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            events = create(**request)
            # Only now is it known that the grammar was at fault.
            self._takes_grammars = False
            _log.info("%s: takes no grammar (%s)", self._url, one_line(error))
            return events

    def _first_model(self) -> str:
        """The first model that the server lists.

        Raises:
            ModelError: it does not answer, or lists none.
        """
        import openai

        asked = self._client.with_options(timeout=_LISTING_SECONDS, max_retries=0)
        try:
            listing = asked.get("/models", cast_to=object)
        except (openai.OpenAIError, ValueError) as error:
            cause = one_line(error, _ERROR_CHARACTERS)
            raise ModelError(
                f"{self._url}: no answer from the language model server ({cause})"
            ) from error
        models = listing.get("data") if isinstance(listing, dict) else None
        if not models:
            raise ModelError(f"{self._url}: the server lists no models")
        return str(models[0]["id"])
