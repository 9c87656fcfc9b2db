"""A language model behind any OpenAI-compatible server, through LlamaIndex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rag.errors import GenerationError, ModelError
from rag.models.protocols import Message

_TIMEOUT_SECONDS = 120.0


class OpenAILikeGenerator:
    """Streams chat replies from ``url``, without grammars: servers differ in what they take."""

    def __init__(self, url: str, *, model: str, key: str, context_tokens: int) -> None:
        """Use ``model`` at ``url``; ``default`` is the first model the server lists.

        Raises:
            ModelError: the server cannot be asked for its models.
        """
        from llama_index.llms.openai_like import OpenAILike

        base = url.rstrip("/")
        name = first_model(base, key) if model == "default" else model
        self._llm = OpenAILike(
            model=name,
            api_base=base,
            api_key=key,
            is_chat_model=True,
            context_window=context_tokens,
            temperature=0.0,
            timeout=_TIMEOUT_SECONDS,
            max_retries=1,
        )
        self.name = name

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Iterator[str]:
        """Pieces of the reply. See :class:`rag.models.protocols.Generator`."""
        import openai
        from llama_index.core.llms import ChatMessage

        chat = [
            ChatMessage(role=message["role"], content=message["content"]) for message in messages
        ]
        try:
            for piece in self._llm.stream_chat(chat, max_tokens=max_tokens):
                if piece.delta:
                    yield piece.delta
        except openai.OpenAIError as error:
            raise GenerationError(f"{self._llm.api_base}: {error}") from error


def first_model(base: str, key: str) -> str:
    """The first model that the server at ``base`` lists.

    Raises:
        ModelError: it does not answer, or lists none.
    """
    import openai

    client: Any = openai.OpenAI(base_url=base, api_key=key, timeout=10.0, max_retries=0)
    try:
        models = list(client.models.list())
    except openai.OpenAIError as error:
        raise ModelError(f"{base}: no answer from the language model server ({error})") from error
    if not models:
        raise ModelError(f"{base}: the server lists no models")
    return str(models[0].id)
