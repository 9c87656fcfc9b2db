"""The reader's rows and weights, over a graph whose logits a person can compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models.framing import frame
from rag.models.graphs import Integers
from rag.models.protocols import Told, Vectors
from rag.models.quantised import pack, unpack
from rag.models.reader import OpenVinoReader
from rag.models.tokens import Tokens
from rag.types import Span


class WordTokens(Tokens):
    """A token per word, its id the word's length, its place with the space before it."""

    def __init__(self) -> None:
        """There is no tokenizer behind it."""

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        words = text.split(" ")
        ends = np.cumsum([len(word) + 1 for word in words]) - 1
        starts = [0, *ends[:-1]]
        return [len(word) for word in words], list(zip(starts, ends.tolist(), strict=True))

    def special(self, token: str) -> int:
        return {"<s>": 100, "</s>": 102}[token]


class LongestGraph:
    """A start or end is as likely as its word is long, an answer as the passage has tokens."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, ids: Integers, mask: Integers) -> list[Vectors]:
        self.rows += len(ids)
        logits = ids.astype(np.float32)
        return [logits, logits, mask.sum(1).astype(np.float32)]


def test_a_question_and_a_passage_are_one_row() -> None:
    framed = frame(WordTokens(), "who came", "News. 2024", "Omar came late")
    # query: who came | passage: News. 2024. | Omar came late
    assert framed.ids == [100, 6, 3, 4, 102, 8, 5, 5, 4, 4, 4, 102]
    assert framed.first == 8
    assert framed.offsets == [Span(0, 4), Span(5, 9), Span(10, 14)]


def test_a_long_passage_is_cut_and_a_long_question_leaves_it_room() -> None:
    framed = frame(WordTokens(), "w " * 300, "h " * 300, "p " * 300, limit=96)
    assert len(framed.ids) == 96
    assert framed.first == 1 + 96 // 3 + 1 + 96 // 8
    assert framed.ids[-1] == 102
    assert len(framed.offsets) == 96 - framed.first - 1


def test_marks_come_in_the_order_of_the_passages() -> None:
    graph = LongestGraph()
    reader = OpenVinoReader(graph, WordTokens())
    short, long = reader.read("who", [Told("a", "b cc"), Told("a", "b " * 40)])
    assert graph.rows == 2
    assert (short.answers, long.answers) == (1 + 2 + 1 + 2 + 2 + 1, 1 + 2 + 1 + 2 + 41 + 1)
    # Words of one and of two letters: log-probabilities of the two among themselves alone.
    assert np.exp(short.starts) == pytest.approx(np.exp([1, 2]) / np.exp([1, 2]).sum())
    assert short.tokens == [Span(0, 1), Span(2, 4)]


def test_weights_come_back_within_half_a_step_of_their_row(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    matrix = (rng.normal(size=(3, 8)) * [[1], [10], [0]]).astype(np.float32)
    weights = {"a.weight": matrix, "a.bias": np.array([0.5, -2.0], np.float32)}
    pack(weights, tmp_path / "r.safetensors")
    back = unpack(tmp_path / "r.safetensors")
    assert set(back) == set(weights)
    step = np.abs(matrix).max(axis=1) / 127
    assert (np.abs(back["a.weight"] - matrix).max(axis=1) <= step / 2 + 1e-6).all()
    assert back["a.bias"].tolist() == [0.5, -2.0]


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "r.safetensors"
    path.write_bytes(b"no")
    with pytest.raises(ModelError, match=r"r\.safetensors"):
        unpack(path)


def test_vowel_marks_and_tatweel_change_nothing_but_the_places() -> None:
    plain = frame(WordTokens(), "من", "", "كتب محمد هنا")
    marked = frame(WordTokens(), "مَن", "", "كَتَبَ مـحمّد هنا")
    assert marked.ids == plain.ids
    assert [span.of("كَتَبَ مـحمّد هنا") for span in marked.offsets] == ["كَتَبَ", "مـحمّد", "هنا"]
