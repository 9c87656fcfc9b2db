"""The peer's replies, laid out as ours are."""

from __future__ import annotations

from eval.metrics.citations import Cited
from eval.peer import claims_of, in_pages
from eval.sets.values import Item
from rag.types import Article

SOURCES = [["a", 0, 5, "words", "words"], ["b", 3, 9, "others", "others"]]


def test_the_peers_markers_belong_to_the_words_before_them() -> None:
    claims = claims_of("One [1][2]. Two [7] three [2]. Rest", SOURCES)
    assert [(c["text"], [quote[:2] for quote in c["citations"]]) for c in claims] == [
        ("One", [[1, "a"], [2, "b"]]),
        (". Two", []),
        ("three", [[2, "b"]]),
        (". Rest", []),
    ]
    assert claims_of("", SOURCES) == []


def test_gold_in_a_story_counts_where_it_stands_in_its_page() -> None:
    page = Article("page", "menu. The story begins here.")
    story = Article("story", "The story begins here.", host="page")
    item = Item("q", "en", "t", "?", groups=((Cited("story", 4, 9),), (Cited("page", 0, 4),)))
    (found,) = in_pages([item], [page, story])
    assert found.groups == ((Cited("story", 4, 9), Cited("page", 10, 15)), (Cited("page", 0, 4),))
