"""BM25 by visible arithmetic, and agreement with a well-kept implementation."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import StoreError
from rag.store.lexical import LexicalIndex, Saturation, build_lexical
from rag.store.words import WordTable, tabulate_words

DOCUMENTS = [["a", "b", "a"], ["b"], ["c", "c", "d", "e"]]
K1, B = 0.9, 0.6


def index_of(documents: Sequence[Sequence[str]]) -> LexicalIndex:
    table = tabulate_words(documents).expand(lambda word: (word,))
    return build_lexical(table, Saturation(K1, B))


def test_scores_are_bm25() -> None:
    index = index_of(DOCUMENTS)
    mean = (3 + 1 + 4) / 3
    idf_a, idf_b = log(1 + (3 - 1 + 0.5) / (1 + 0.5)), log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    first = idf_a * 2 / (2 + K1 * (1 - B + B * 3 / mean)) + 0.5 * idf_b * 1 / (
        1 + K1 * (1 - B + B * 3 / mean)
    )
    second = 0.5 * idf_b * 1 / (1 + K1 * (1 - B + B * 1 / mean))
    scores = index.scores({"a": 1.0, "b": 0.5, "missing": 3.0})
    assert scores == pytest.approx([first, second, 0.0], rel=1e-6)


def test_a_group_counts_as_one_term_of_expected_frequency() -> None:
    index = index_of(DOCUMENTS)
    mean = (3 + 1 + 4) / 3
    # Documents 0 and 1 hold a (likely 1) and b (likely 0.5): 2 + 0.5 and 0.5 times.
    idf = log(1 + (3 - (1 + 0.5 * 2) + 0.5) / (1 + 0.5 * 2 + 0.5))
    first = idf * 2.5 / (2.5 + K1 * (1 - B + B * 3 / mean))
    second = idf * 0.5 / (0.5 + K1 * (1 - B + B * 1 / mean))
    assert index.group_scores({"a": 1.0, "b": 0.5}) == pytest.approx([first, second, 0], rel=1e-6)
    assert index.group_scores({"a": 1.0}) == pytest.approx(index.scores({"a": 1.0}), rel=1e-6)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=9))
def test_scores_agree_with_bm25s(documents: list[list[str]]) -> None:
    if not any(documents):
        return
    theirs = bm25s.BM25(k1=K1, b=B, method="lucene")
    theirs.index([list(d) for d in documents], show_progress=False)
    query = [t for t in "abh" if any(t in d for d in documents)]
    ours = index_of(documents).scores(dict.fromkeys(query, 1.0))
    expected = theirs.get_scores(query) if query else np.zeros(len(documents))
    assert ours == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_save_then_load_is_the_same(tmp_path: Path) -> None:
    index = index_of(DOCUMENTS)
    index.save(tmp_path, "stems")
    loaded = LexicalIndex.load(tmp_path, "stems")
    assert loaded.terms == index.terms
    assert (loaded.scores({"c": 1.0}) == index.scores({"c": 1.0})).all()
    assert loaded.document_frequency("b") == 2
    assert loaded.document_frequency("z") == 0


@pytest.mark.parametrize("documents", [[], [[]], [[], ["a"]]])
def test_empty_documents_and_indexes(tmp_path: Path, documents: list[list[str]]) -> None:
    index_of(documents).save(tmp_path, "stems")
    loaded = LexicalIndex.load(tmp_path, "stems")
    assert len(loaded.scores({"a": 1.0})) == len(documents)
    assert len(loaded.group_scores({"a": 1.0})) == len(documents)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    index_of(DOCUMENTS).save(tmp_path, "stems")
    (tmp_path / "stems.postings.npy").write_bytes(b"")
    with pytest.raises(StoreError, match="damaged lexical index"):
        LexicalIndex.load(tmp_path, "stems")


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=6))
def test_expanding_words_is_analysing_them_one_by_one(documents: list[list[str]]) -> None:
    def analyse(word: str) -> list[str]:
        return [] if word == "d" else [word, word + word]

    table = tabulate_words(documents).expand(analyse)
    terms = [
        [table.terms[number] for number in table.numbers[a:b]]
        for a, b in zip(table.bounds[:-1], table.bounds[1:], strict=True)
    ]
    assert terms == [[t for word in document for t in analyse(word)] for document in documents]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), min_size=1, max_size=6))
def test_dropping_passages_is_never_having_had_them(documents: list[list[str]]) -> None:
    whole = tabulate_words(documents)
    runs = [whole.numbers[a:b] for a, b in zip(whole.bounds[:-1], whole.bounds[1:], strict=True)]
    left = tabulate_words([*runs[1:], ["z"]], whole.words)
    assert left.passages() == [*documents[1:], ["z"]]
    assert set(left.words) == {word for document in left.passages() for word in document}


def test_word_tables_are_saved(tmp_path: Path) -> None:
    cases: tuple[list[list[str]], ...] = (DOCUMENTS, [], [[]])
    for documents in cases:
        tabulate_words(documents).save(tmp_path)
        assert WordTable.load(tmp_path).passages() == documents
