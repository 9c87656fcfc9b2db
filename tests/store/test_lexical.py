"""BM25 by visible arithmetic, and agreement with a well-kept implementation."""

from __future__ import annotations

from math import log
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import StoreError
from rag.store.lexical import K1, B, LexicalIndex, build_lexical

DOCUMENTS = [["a", "b", "a"], ["b"], ["c", "c", "d", "e"]]


def test_scores_are_bm25() -> None:
    index = build_lexical(DOCUMENTS)
    mean = (3 + 1 + 4) / 3
    idf_a, idf_b = log(1 + (3 - 1 + 0.5) / (1 + 0.5)), log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    first = idf_a * 2 / (2 + K1 * (1 - B + B * 3 / mean)) + 0.5 * idf_b * 1 / (
        1 + K1 * (1 - B + B * 3 / mean)
    )
    second = 0.5 * idf_b * 1 / (1 + K1 * (1 - B + B * 1 / mean))
    scores = index.scores({"a": 1.0, "b": 0.5, "missing": 3.0})
    assert scores == pytest.approx([first, second, 0.0], rel=1e-6)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=9))
def test_scores_agree_with_bm25s(documents: list[list[str]]) -> None:
    if not any(documents):
        return
    theirs = bm25s.BM25(k1=K1, b=B, method="lucene")
    theirs.index([list(d) for d in documents], show_progress=False)
    query = [t for t in "abh" if any(t in d for d in documents)]
    ours = build_lexical(documents).scores(dict.fromkeys(query, 1.0))
    expected = theirs.get_scores(query) if query else np.zeros(len(documents))
    assert ours == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_save_then_load_is_the_same(tmp_path: Path) -> None:
    index = build_lexical(DOCUMENTS)
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.documents() == DOCUMENTS == index.documents()
    assert loaded.terms == index.terms
    assert (loaded.scores({"c": 1.0}) == index.scores({"c": 1.0})).all()
    assert loaded.document_frequency("b") == 2
    assert loaded.document_frequency("z") == 0


@pytest.mark.parametrize("documents", [[], [[]], [[], ["a"]]])
def test_empty_documents_and_indexes(tmp_path: Path, documents: list[list[str]]) -> None:
    index = build_lexical(documents)
    index.save(tmp_path)
    assert len(LexicalIndex.load(tmp_path).scores({"a": 1.0})) == len(documents)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    build_lexical(DOCUMENTS).save(tmp_path)
    (tmp_path / "postings.npy").write_bytes(b"")
    with pytest.raises(StoreError, match="damaged lexical index"):
        LexicalIndex.load(tmp_path)
