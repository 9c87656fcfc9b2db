"""Our models as LlamaIndex's, and LlamaIndex's language models as ours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from fakes import ScriptedGenerator
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.llms import ChatMessage, MockLLM
from llama_index.core.prompts import PromptTemplate

from rag.errors import GenerationError
from rag.models.llama_index import LlamaIndexGenerator, MusnadEmbedding, MusnadLLM
from rag.models.protocols import Role, Usage, Vectors

HELLO = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello?"}]
ASKED = [ChatMessage("Be short.", role="system"), ChatMessage("Hello?", role="user")]


class LengthEncoder:
    """One number, a text's length, its sign the role it was encoded in."""

    name = "lengths"
    fingerprint = "lengths"
    dimension = 1

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        sign = {"query": 1, "passage": -1}[role]
        return np.array([[sign * len(text)] for text in texts], dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def finished(generator: LlamaIndexGenerator, max_tokens: int = 9) -> tuple[list[str], Usage | None]:
    """The pieces of a reply to :data:`HELLO`, and what it took."""
    stream = generator.stream(HELLO, max_tokens=max_tokens, grammar="root ::= [a-z]")
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


def test_questions_and_texts_are_encoded_as_such() -> None:
    model = MusnadEmbedding(LengthEncoder(), embed_batch_size=2)
    assert model.model_name == "lengths"
    assert model.get_query_embedding("abc") == [3.0]
    assert model.get_text_embedding("abc") == [-3.0]
    assert model.get_text_embedding_batch(["a", "ab", "abc"]) == [[-1.0], [-2.0], [-3.0]]
    assert asyncio.run(model.aget_query_embedding("abc")) == [3.0]
    assert asyncio.run(model.aget_text_embedding("abc")) == [-3.0]
    assert asyncio.run(model.aget_text_embedding_batch(["a", "ab"])) == [[-1.0], [-2.0]]


def test_a_generator_chats_and_completes_whole_and_in_pieces() -> None:
    generator = ScriptedGenerator(*["Hello, reader."] * 5)
    llm = MusnadLLM(generator, context_window=2048)
    assert (llm.metadata.context_window, llm.metadata.model_name) == (2048, "scripted")
    assert llm.chat(ASKED).message.content == "Hello, reader."
    assert [said.delta for said in llm.stream_chat(ASKED)] == ["Hello, ", "reader.", ""]
    assert llm.complete("Hello?").text == "Hello, reader."
    assert [said.text for said in llm.stream_complete("Hello?")][:2] == [
        "Hello, ",
        "Hello, reader.",
    ]
    assert llm.predict(PromptTemplate("{word}?"), word="Hello") == "Hello, reader."
    alone = [{"role": "user", "content": "Hello?"}]
    assert generator.asked == [HELLO, HELLO, alone, alone, alone]


def test_a_generator_does_the_same_beside_an_event_loop() -> None:
    llm = MusnadLLM(ScriptedGenerator(*["Hello, reader."] * 4))

    async def everything() -> None:
        assert (await llm.achat(ASKED)).message.content == "Hello, reader."
        assert (await llm.acomplete("Hello?")).text == "Hello, reader."
        chat = await llm.astream_chat(ASKED)
        assert [said.delta async for said in chat] == ["Hello, ", "reader.", ""]
        completion = await llm.astream_complete("Hello?")
        assert [said.delta async for said in completion] == ["Hello, ", "reader.", ""]

    asyncio.run(everything())


def test_the_tokens_of_a_generator_are_counted_by_their_counter() -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    llm = MusnadLLM(ScriptedGenerator("Hello."), callback_manager=CallbackManager([counter]))
    llm.complete("Hello?")
    counts = counter.prompt_llm_token_count, counter.completion_llm_token_count
    assert counts == (len("Hello?"), len("Hello."))


def test_the_most_tokens_are_the_calls_or_the_models() -> None:
    asked: list[int] = []

    class Counting(ScriptedGenerator):
        def stream(self, messages: Any, *, max_tokens: int, grammar: str | None = None) -> Any:
            asked.append(max_tokens)
            return super().stream(messages, max_tokens=max_tokens)

    llm = MusnadLLM(Counting("a", "b"), num_output=64)
    llm.complete("Hello?")
    llm.complete("Hello?", max_tokens=8)
    assert asked == [64, 8]


def test_a_language_model_of_theirs_is_a_generator() -> None:
    generator = LlamaIndexGenerator(MockLLM(max_tokens=3))
    assert generator.name == "MockLLM"
    assert finished(generator) == (["text ", "text ", "text"], None)


def test_a_generator_of_ours_comes_back_from_theirs_as_it_was() -> None:
    ours = ScriptedGenerator("Hello, reader.")
    generator = LlamaIndexGenerator(MusnadLLM(ours))
    assert generator.name == "scripted"
    usage = Usage(prompt=len("Be short.Hello?"), reply=len("Hello, reader."))
    assert finished(generator) == (["Hello, ", "reader."], usage)
    assert ours.asked == [HELLO]


def test_whatever_their_model_raises_is_a_generation_error() -> None:
    class Broken(MockLLM):
        def stream_complete(self, *_: Any, **__: Any) -> Any:
            raise TimeoutError("no answer in 60 seconds")

    with pytest.raises(GenerationError, match="MockLLM: no answer in 60 seconds"):
        finished(LlamaIndexGenerator(Broken(max_tokens=3)))
