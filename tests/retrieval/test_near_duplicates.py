"""Groups of articles that print much the same text, over word tables a person can count."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.duplicates import near_duplicates, resemblance
from rag.store.protocol import Ints


def numbered(*articles: list[str]) -> list[tuple[str, list[Ints]]]:
    """Articles as runs of words, under the numbers of their places."""
    numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers))
    return [
        (str(n), [np.asarray([numbers[w] for w in p.split()], np.int32) for p in passages])
        for n, passages in enumerate(articles)
    ]


def groups(*articles: str) -> list[tuple[int, ...]]:
    return [tuple(map(int, group)) for group in near_duplicates(numbered(*([a] for a in articles)))]


def test_two_copies_and_one_article_apart() -> None:
    assert groups("a b c d e", "v w x y z", "a b c d e") == [(0, 2)]


def test_half_of_the_runs_in_common_is_enough_and_less_is_not() -> None:
    # abc bcd cde def | abc bcd cde deX: 3 of 5 are in both.
    assert groups("a b c d e f", "a b c d e X") == [(0, 1)]
    # abc bcd cde | abc bcX cXY: 1 of 5.
    assert groups("a b c d e", "a b c X Y") == []
    # abc bcd | abc: exactly 1 of 2.
    assert groups("a b c d", "a b c") == [(0, 1)]


def test_a_chain_of_changes_is_held_to_its_first() -> None:
    one, two, three = "a b c d e f", "a b c d e X", "a b c W V X"
    assert groups(one, two, three) == [(0, 1)]


def test_short_articles_are_copies_only_when_they_are_the_same() -> None:
    assert groups("a b", "a b", "a c", "a", "a") == [(0, 1), (3, 4)]


def test_an_article_of_several_passages_is_taken_whole() -> None:
    one, two = ["a b c", "d e f"], ["a b c", "d e f", "d e f"]
    assert near_duplicates(numbered(one, one, ["d e f"])) == [("0", "1", "2")]
    assert near_duplicates(numbered(one, two)) == [("0", "1")]


def test_no_articles_and_articles_without_words() -> None:
    assert groups() == []
    assert groups("", "", "a b c", "a b c") == [(2, 3)]


def test_resemblance_is_shared_over_union() -> None:
    assert resemblance(np.array([1, 2, 3], np.uint64), np.array([2, 3, 4], np.uint64)) == 2 / 4


@given(
    st.lists(
        st.lists(st.sampled_from("abcd"), min_size=3, max_size=9).map(" ".join),
        max_size=8,
    )
)
def test_the_groups_are_those_that_comparing_every_pair_gives(articles: list[str]) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return set(zip(words, words[1:], words[2:], strict=False))

    expected: list[list[int]] = []
    for row, text in enumerate(articles):
        for group in expected:
            first = runs(articles[group[0]])
            if len(first & runs(text)) >= 0.5 * len(first | runs(text)):
                group.append(row)
                break
        else:
            expected.append([row])
    assert groups(*articles) == [tuple(group) for group in expected if len(group) > 1]
