"""Our models as LlamaIndex's, and LlamaIndex's language models as ours.

Leaves to :mod:`rag.llama_index` what is made of a whole library.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from collections.abc import Generator as Generation
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.generic_utils import (
    chat_to_completion_decorator,
    stream_chat_to_completion_decorator,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import LLM, ChatMessage, ChatResponse, CustomLLM, LLMMetadata
from llama_index.core.llms import CompletionResponse as Completion
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

from rag.errors import GenerationError
from rag.models.protocols import Encoder, Generator, Message, Usage

T = TypeVar("T")
Responses: TypeAlias = Generation[ChatResponse, None, None]


def in_thread(method: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """The asynchronous twin of a method: no event loop waits for our models."""

    @wraps(method)
    async def twin(*args: Any, **kwargs: Any) -> T:
        return await asyncio.to_thread(method, *args, **kwargs)

    return twin


async def each_in_thread(items: Iterator[T]) -> AsyncGenerator[T, None]:
    """``items``, each of which comes of work in a thread."""
    end: Any = object()
    while (item := await asyncio.to_thread(next, items, end)) is not end:
        yield item


class MusnadEmbedding(BaseEmbedding):
    """An encoder of ours, such as the first of ``library.encoders()``."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, **options: Any) -> None:
        """``options`` are those of LlamaIndex's embedding models."""
        super().__init__(model_name=encoder.name, **options)
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self._encoder.encode([query], "query")[0].tolist())

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return list(self._encoder.encode(texts, "passage").tolist())

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    _aget_query_embedding = in_thread(_get_query_embedding)
    _aget_text_embeddings = in_thread(_get_text_embeddings)
    _aget_text_embedding = in_thread(_get_text_embedding)


class MusnadLLM(CustomLLM):
    """A generator of ours, such as ``library.generator()``. It decodes greedily, whatever is asked.

    The last response of a reply counts the tokens it took, where the generator does.
    """

    context_window: int = 4096
    num_output: int = 256
    _generator: Generator = PrivateAttr()

    def __init__(self, generator: Generator, **options: Any) -> None:
        """``options`` are the sizes above, in tokens, and those of LlamaIndex's language models."""
        super().__init__(**options)
        self._generator = generator

    @property
    def metadata(self) -> LLMMetadata:
        """Sizes in tokens, and the generator's name."""
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.num_output,
            is_chat_model=True,
            model_name=self._generator.name,
        )

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Responses:
        """The reply in pieces."""
        return self._written(messages, **kwargs)

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole reply."""
        return self._whole(messages, **kwargs)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Generation[Completion, None, None]:
        """The reply to ``prompt`` in pieces."""
        return stream_chat_to_completion_decorator(self._written)(prompt, **kwargs)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Completion:
        """The whole reply to ``prompt``."""
        return chat_to_completion_decorator(self._whole)(prompt, **kwargs)

    achat = in_thread(chat)
    acomplete = in_thread(complete)

    async def astream_chat(self, *args: Any, **kwargs: Any) -> AsyncGenerator[ChatResponse, None]:
        """See :meth:`stream_chat`."""
        return each_in_thread(self.stream_chat(*args, **kwargs))

    async def astream_complete(self, *args: Any, **kwargs: Any) -> AsyncGenerator[Completion, None]:
        """See :meth:`stream_complete`."""
        return each_in_thread(self.stream_complete(*args, **kwargs))

    # The public methods report each call to LlamaIndex, so none of them is made of another.
    def _whole(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        *_, whole = self._written(messages, **kwargs)
        return whole

    def _written(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None, **_: Any
    ) -> Responses:
        sent = [{"role": m.role.value, "content": m.content or ""} for m in messages]
        stream: Any = self._generator.stream(sent, max_tokens=max_tokens or self.num_output)
        text = ""
        usage: Usage | None = None

        def pieces() -> Iterator[str]:
            nonlocal usage
            usage = yield from stream

        for piece in pieces():
            text += piece
            yield _response(text, piece)
        yield _response(text, "", usage)


def _response(text: str, delta: str, usage: Usage | None = None) -> ChatResponse:
    """The reply as far as ``text``, with token counts where OpenAI's models leave them."""
    counts = (
        {} if usage is None else {"prompt_tokens": usage.prompt, "completion_tokens": usage.reply}
    )
    message = ChatMessage(text, role="assistant")
    return ChatResponse(
        message=message, delta=delta, raw={"usage": counts}, additional_kwargs=counts
    )


class LlamaIndexGenerator:
    """Any language model of LlamaIndex as a generator. It is told of no grammar."""

    def __init__(self, llm: LLM) -> None:
        """Write with ``llm``."""
        self._llm = llm
        named = llm.metadata.model_name
        self.name = llm.class_name() if named == "unknown" else named

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generation[str, None, Usage | None]:
        """Pieces of the reply. See :class:`rag.models.protocols.Generator`."""
        sent = [ChatMessage(m["content"], role=m["role"]) for m in messages]
        counts: dict[str, Any] = {}
        try:
            for response in self._llm.stream_chat(sent, max_tokens=max_tokens):
                counts = response.additional_kwargs
                if response.delta:
                    yield response.delta
        except Exception as error:  # Each model raises errors of its own.
            raise GenerationError(f"{self.name}: {error}") from error
        if "completion_tokens" not in counts:
            return None
        return Usage(counts["prompt_tokens"], counts["completion_tokens"])
