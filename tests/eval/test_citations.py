"""Citation metrics by hand arithmetic."""

from __future__ import annotations

import pytest

from eval.metrics.citations import Cited, citation_precision, citation_recall, numbering_sound

# Two facts; the first is stated in two places.
GROUPS = [[Cited("a", 0, 10), Cited("b", 5, 9)], [Cited("a", 20, 30)]]


@pytest.mark.parametrize(
    ("quotes", "recall", "precision"),
    [
        ([Cited("a", 9, 12)], 1 / 2, 1 / 1),
        ([Cited("a", 10, 20)], 0 / 2, 0 / 1),
        ([Cited("b", 0, 6), Cited("a", 0, 3)], 1 / 2, 2 / 2),
        ([Cited("b", 0, 6), Cited("a", 29, 40), Cited("c", 0, 99)], 2 / 2, 2 / 3),
        ([Cited("a", 0, 30)], 2 / 2, 1 / 1),
        ([Cited("a", 0, 3), Cited("a", 0, 3), Cited("c", 0, 3)], 1 / 2, 1 / 2),
    ],
)
def test_every_fact_is_wanted_and_any_of_its_spans_will_do(
    quotes: list[Cited], recall: float, precision: float
) -> None:
    assert citation_recall(quotes, GROUPS) == recall
    assert citation_precision(quotes, GROUPS) == precision


def test_nothing_cited_or_nothing_to_cite() -> None:
    assert citation_recall([], GROUPS) == 0
    assert citation_precision([], GROUPS) is None
    assert citation_recall([Cited("a", 0, 1)], []) == 0
    assert citation_precision([Cited("a", 0, 1)], []) == 0


ONE, TWO = Cited("a", 0, 5), Cited("b", 3, 9)


@pytest.mark.parametrize(
    ("text", "first", "second", "sound"),
    [
        ("x [1]\ny [2]", (1, ONE), (2, TWO), True),
        ("x [1]\ny [1]", (1, ONE), (1, ONE), True),
        ("x [2]\ny [1]", (2, ONE), (1, TWO), False),
        ("x [1]\ny [2]", (2, ONE), (1, TWO), False),
        ("x [1]\ny [3]", (1, ONE), (3, TWO), False),
        ("x [1]\ny [1]", (1, ONE), (1, TWO), False),
        ("x [1]\ny [2]", (1, ONE), (2, ONE), False),
        ("x [1]\ny", (1, ONE), (2, TWO), False),
        ("x [1]\ny [2] [3]", (1, ONE), (2, TWO), False),
        ("[1] x [1]\ny [2]", (1, ONE), (2, TWO), False),
        ("y [1]\nx [2]", (1, ONE), (2, TWO), False),
    ],
)
def test_a_marker_leads_to_the_source_of_its_sentence(
    text: str, first: tuple[int, Cited], second: tuple[int, Cited], sound: bool
) -> None:
    assert numbering_sound(text, [("x", [first]), ("y", [second])]) is sound


def test_an_answer_without_sources_is_not_sound() -> None:
    assert not numbering_sound("x", [])
    assert not numbering_sound("x", [("x", [])])


def test_brackets_inside_an_articles_words_are_no_markers() -> None:
    assert numbering_sound("«as [7] says» [1]", [("as [7] says", [(1, ONE)])])
