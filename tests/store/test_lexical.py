"""BM25 by visible arithmetic, and agreement with a well-kept implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import StoreError
from rag.store.fields import Field, invert, tabulate_terms, without
from rag.store.lexical import FieldPart, Gone, LexicalIndex, Postings, TermTable
from rag.store.protocol import Group, single
from rag.store.tables import WordTable, tabulate_words

DOCUMENTS = [["a", "b", "a"], ["b"], ["c", "c", "d", "e"]]
K1, B = 0.9, 0.6


def index_of(
    documents: Sequence[Sequence[str]],
    analyse: Callable[[str], Sequence[str]] = lambda word: (word,),
) -> LexicalIndex:
    table = tabulate_words(documents)
    part = FieldPart(tabulate_terms(table, Field(analyse, K1, B)), invert(table))
    return whole(part)


def whole(part: FieldPart) -> LexicalIndex:
    return LexicalIndex([part], [Gone(np.zeros(0, np.int64), None)], K1, B)


def passages_of(table: WordTable) -> list[list[str]]:
    return [[table.words[n] for n in numbers] for numbers in table.of(range(len(table)))]


def scores(index: LexicalIndex, documents: Sequence[Sequence[str]], *groups: Group) -> list[float]:
    rows = np.arange(len(documents))
    found = index.scores(0, groups, rows, tabulate_words(documents).placed(rows))
    return [float(score) for score in found]


def test_scores_are_bm25() -> None:
    index = index_of(DOCUMENTS)
    mean = (3 + 1 + 4) / 3
    idf_a, idf_b = log(1 + (3 - 1 + 0.5) / (1 + 0.5)), log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    first = idf_a * 2 / (2 + K1 * (1 - B + B * 3 / mean)) + 0.5 * idf_b * 1 / (
        1 + K1 * (1 - B + B * 3 / mean)
    )
    second = 0.5 * idf_b * 1 / (1 + K1 * (1 - B + B * 1 / mean))
    found = scores(index, DOCUMENTS, *single({"a": 1.0, "b": 0.5, "missing": 3.0}))
    assert found == pytest.approx([first, second, 0.0], rel=1e-6)


def test_a_group_counts_as_one_term_of_expected_frequency() -> None:
    index = index_of(DOCUMENTS)
    mean = (3 + 1 + 4) / 3
    # Documents 0 and 1 hold a (likely 1) and b (likely 0.5): 2 + 0.5 and 0.5 times.
    idf = log(1 + (3 - (1 + 0.5 * 2) + 0.5) / (1 + 0.5 * 2 + 0.5))
    first = idf * 2.5 / (2.5 + K1 * (1 - B + B * 3 / mean))
    second = idf * 0.5 / (0.5 + K1 * (1 - B + B * 1 / mean))
    found = scores(index, DOCUMENTS, Group({"a": 1.0, "b": 0.5}, 3.0))
    assert found == pytest.approx([3 * first, 3 * second, 0], rel=1e-6)


def test_a_term_is_all_the_words_that_hold_it() -> None:
    # Each letter of a word is a term: "aab" holds a twice.
    documents = [["aab", "b"], ["ab", "ab"], ["c"]]
    letters = [list("".join(document)) for document in documents]
    by_words, by_letters = index_of(documents, list), index_of(letters)
    query = single({"a": 1.0, "b": 2.0, "c": 0.5})
    assert scores(by_words, documents, *query) == pytest.approx(
        scores(by_letters, letters, *query), rel=1e-6
    )
    assert by_words.document_frequency("b") == 2


words = st.text("abcd", min_size=1, max_size=3)


@given(
    st.lists(st.lists(words, max_size=8), min_size=1, max_size=9),
    st.lists(st.dictionaries(st.sampled_from("abcdz"), st.sampled_from((1.0, 0.5)), min_size=1)),
    st.integers(1, 9),
)
def test_the_top_are_those_of_largest_score(
    documents: list[list[str]], groups: list[dict[str, float]], k: int
) -> None:
    index = index_of(documents, list)
    query = [Group(terms, 1.0 + place) for place, terms in enumerate(groups)]
    every = np.asarray(scores(index, documents, *query))
    rows = index.top(query, k, [None])
    assert len(rows) == len(set(rows.tolist())) == min(k, int((every > 0).sum()))
    assert sorted(every[rows]) == pytest.approx(sorted(every)[len(every) - len(rows) :], rel=1e-5)
    allowed = np.arange(len(documents)) % 2 == 1
    assert allowed[index.top(query, k, [allowed])].all()


def test_no_groups_score_nothing() -> None:
    assert scores(index_of(DOCUMENTS), DOCUMENTS) == [0.0, 0.0, 0.0]
    assert len(index_of(DOCUMENTS).top([], 3, [None])) == 0


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=9))
def test_scores_agree_with_bm25s(documents: list[list[str]]) -> None:
    if not any(documents):
        return
    theirs = bm25s.BM25(k1=K1, b=B, method="lucene")
    theirs.index([list(d) for d in documents], show_progress=False)
    query = [t for t in "abh" if any(t in d for d in documents)]
    ours = scores(index_of(documents), documents, *single(dict.fromkeys(query, 1.0)))
    expected = theirs.get_scores(query) if query else np.zeros(len(documents))
    assert ours == pytest.approx(expected, rel=1e-4, abs=1e-6)


def saved(documents: Sequence[Sequence[str]], folder: Path) -> LexicalIndex:
    table = tabulate_words(documents)
    invert(table).save(folder, "postings.")
    tabulate_terms(table, Field(lambda word: (word,), K1, B)).save(folder, "stems.")
    part = FieldPart(TermTable.load(folder, "stems."), Postings.load(folder, "postings."))
    return whole(part)


def test_save_then_load_is_the_same(tmp_path: Path) -> None:
    index, loaded = index_of(DOCUMENTS), saved(DOCUMENTS, tmp_path)
    query = single({"c": 1.0, "b": 1.0})
    assert scores(loaded, DOCUMENTS, *query) == scores(index, DOCUMENTS, *query)
    assert loaded.top(query, 1, [None]).tolist() == index.top(query, 1, [None]).tolist()
    assert loaded.document_frequency("b") == 2
    assert loaded.document_frequency("z") == 0


@pytest.mark.parametrize("documents", [[], [[]], [[], ["a"]]])
def test_empty_documents_and_indexes(tmp_path: Path, documents: list[list[str]]) -> None:
    loaded = saved(documents, tmp_path)
    query = single({"a": 1.0})
    assert len(scores(loaded, documents, *query)) == len(documents)
    assert len(loaded.top(query, 5, [None])) == sum("a" in document for document in documents)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    saved(DOCUMENTS, tmp_path)
    (tmp_path / "stems.times.npy").write_bytes(b"")
    with pytest.raises(StoreError, match=r"stems\.times\.npy: damaged index file"):
        TermTable.load(tmp_path, "stems.")
    (tmp_path / "postings.counts.npy").unlink()
    with pytest.raises(StoreError, match=r"postings\.counts\.npy: damaged index file"):
        Postings.load(tmp_path, "postings.")


@given(
    st.lists(st.lists(st.sampled_from("abcd"), max_size=6), min_size=2, max_size=8),
    st.integers(1, 7),
    st.sets(st.integers(0, 7)),
)
def test_segments_without_what_is_gone_score_as_one(
    documents: list[list[str]], cut: int, dead: set[int]
) -> None:
    field = Field(lambda word: (word, "x" + word), K1, B)
    kept = [n for n in range(len(documents)) if n not in dead]
    one = index_of([documents[n] for n in kept], field.analyse)
    parts, gone = [], []
    for first, some in ((0, documents[:cut]), (cut, documents[cut:])):
        table = tabulate_words(some)
        parts.append(FieldPart(tabulate_terms(table, field), invert(table)))
        rows = [n - first for n in sorted(dead) if first <= n < first + len(some)]
        gone.append(without(parts[-1], table, np.asarray(rows, np.int64)))
    several = LexicalIndex(parts, gone, K1, B)
    groups = [*single({"a": 1.0, "xb": 0.5}), Group({"c": 0.7, "d": 0.6})]
    for term in ("a", "xb", "d", "z"):
        assert several.document_frequency(term) == one.document_frequency(term)
    masks = [
        np.asarray([first + n not in dead for n in range(len(part))], dtype=bool)
        for first, part in ((0, parts[0]), (cut, parts[1]))
    ]
    found = {kept.index(n) for n in several.top(groups, 99, masks).tolist()}
    assert found == set(one.top(groups, 99, [None]).tolist())
    expected = scores(one, [documents[n] for n in kept], *groups) if kept else []
    for part, first in ((0, 0), (1, cut)):
        some = documents[:cut] if part == 0 else documents[cut:]
        every = np.arange(len(some))
        placed = tabulate_words(some).placed(every)
        for row, score in enumerate(several.scores(part, groups, every, placed)):
            if first + row not in dead:
                assert score == pytest.approx(expected[kept.index(first + row)], rel=1e-5)


def test_word_tables_are_saved(tmp_path: Path) -> None:
    cases: tuple[list[list[str]], ...] = (DOCUMENTS, [], [[]])
    for documents in cases:
        tabulate_words(documents).save(tmp_path)
        assert passages_of(WordTable.load(tmp_path)) == documents
