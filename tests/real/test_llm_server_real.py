"""The adapter to servers against llama.cpp's own, over HTTP, with the language model's weights."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

import httpx
import pytest

from rag.answering.prompts import answer_grammar
from rag.config import DEFAULT_LLM, Settings
from rag.models.catalogue import payload
from rag.models.fetch import pull
from rag.models.openai_like import OpenAILikeGenerator

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("MUSNAD_REQUIRE_MODELS") != "1", reason="MUSNAD_REQUIRE_MODELS is not 1"
    ),
    pytest.mark.filterwarnings("default"),
]

ASKED = [{"role": "user", "content": "[1] The sky is blue. [2] Grass is green. What is green?"}]
COUNT = [{"role": "user", "content": "Count from one to a thousand, in words."}]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where llama.cpp's server listens; it has one slot."""
    import xllamacpp

    settings = Settings.from_environment()
    params = xllamacpp.CommonParams()
    params.model.path = str(pull(payload(DEFAULT_LLM), home=settings.home))
    params.n_ctx = 1024
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    params.endpoint_slots = True
    params.verbosity = 0
    params.warmup = False
    params.ui = False
    server = xllamacpp.Server(params)
    yield server.listening_address
    del server  # That ends it.


@pytest.fixture
def llm(address: str) -> OpenAILikeGenerator:
    return OpenAILikeGenerator(f"{address}/v1", model="default", key="none")


def test_the_reply_keeps_to_the_grammar(llm: OpenAILikeGenerator) -> None:
    free = "".join(llm.stream(ASKED, max_tokens=12))
    bound = "".join(llm.stream(ASKED, max_tokens=12, grammar=answer_grammar(2)))
    form = r"NOT FOUND|\[[12]\] [^\[\]\n]+"
    assert free and not re.fullmatch(form, free)
    assert re.fullmatch(form, bound)


def test_a_grammar_that_the_server_refuses_does_not_keep_back_the_reply(
    llm: OpenAILikeGenerator,
) -> None:
    free = list(llm.stream(ASKED, max_tokens=12))
    assert list(llm.stream(ASKED, max_tokens=12, grammar="root ::= (")) == free


def test_a_reply_that_is_left_frees_its_slot_within_a_second(
    llm: OpenAILikeGenerator, address: str
) -> None:
    def busy() -> bool:
        (slot,) = httpx.get(f"{address}/slots").json()
        return bool(slot["is_processing"])

    stream = llm.stream(COUNT, max_tokens=900)
    assert next(stream)
    assert busy()
    stream.close()
    left = time.monotonic()
    while busy():
        assert time.monotonic() - left < 1
        time.sleep(0.02)
