"""Texts encoded together: the vectors are those of each alone, and so are the errors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fakes import WordEncoder

from rag.models.batching import MOST, BatchingEncoder
from rag.models.protocols import Role, Vectors


class GatedEncoder(WordEncoder):
    """Its first call waits for the gate; ``batches`` are the texts of each. Refuses "bad"."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = threading.Event(), threading.Event()
        self.batches: list[list[str]] = []
        self.roles: list[Role] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.batches.append(list(texts))
        self.roles.append(role)
        self.begun.set()
        assert self.gate.wait(20)
        if "bad" in texts:
            raise ValueError("bad")
        return super().encode(texts, role)


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


def together(
    encoder: GatedEncoder, calls: Sequence[tuple[Sequence[str], Role]]
) -> list[Vectors | BaseException]:
    """What comes of each of the ``calls``, all but the first made while that is at work."""
    batching = BatchingEncoder(encoder)
    with ThreadPoolExecutor(len(calls)) as pool:
        made = [pool.submit(batching.encode, *calls[0])]
        assert encoder.begun.wait(20)
        for count, call in enumerate(calls[1:], start=1):
            made.append(pool.submit(batching.encode, *call))
            while len(batching._waiting) < count:
                pass
        encoder.gate.set()
        return [one.exception() or one.result() for one in made]


def test_what_arrives_meanwhile_is_encoded_together(encoder: GatedEncoder) -> None:
    calls: list[tuple[Sequence[str], Role]] = [
        (["sea"], "query"), (["red sea"], "query"), (["dead", "sea"], "query"), (["red"], "query"),
    ]  # fmt: skip
    found = together(encoder, calls)
    assert encoder.batches == [["sea"], ["red sea", "dead", "sea", "red"]]
    for (texts, role), vectors in zip(calls, found, strict=True):
        assert not isinstance(vectors, BaseException)
        assert np.array_equal(vectors, WordEncoder.encode(encoder, texts, role))


def test_roles_do_not_mix_and_a_batch_has_its_limit(encoder: GatedEncoder) -> None:
    calls: list[tuple[Sequence[str], Role]] = [(["a"], "query"), (["b"], "query"), (["c"], "word")]
    calls += [([f"d{n}"], "query") for n in range(MOST + 1)]
    together(encoder, calls)
    assert [len(batch) for batch in encoder.batches] == [1, 1, 1, MOST, 1]
    assert encoder.roles == ["query", "query", "word", "query", "query"]


def test_an_error_is_told_to_whom_it_concerns(encoder: GatedEncoder) -> None:
    first, good, bad, also = together(
        encoder, [(["a"], "query"), (["b"], "query"), (["bad"], "query"), (["c"], "query")]
    )
    assert isinstance(bad, ValueError)
    for text, vectors in (("a", first), ("b", good), ("c", also)):
        assert not isinstance(vectors, BaseException)
        assert np.array_equal(vectors, WordEncoder.encode(encoder, [text], "query"))


def test_many_texts_are_a_batch_already(encoder: GatedEncoder) -> None:
    encoder.gate.set()
    texts = [f"w{n}" for n in range(MOST + 1)]
    assert len(BatchingEncoder(encoder).encode(texts, "passage")) == MOST + 1
    assert encoder.batches == [texts]


def test_many_threads_get_their_own() -> None:
    plain = WordEncoder()
    batching = BatchingEncoder(plain)
    texts = [f"w{n} w{n % 7}" for n in range(400)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: batching.encode([text], "query")[0], texts))
    assert np.array_equal(found, plain.encode(texts, "query"))
