"""Search, order and groups of the library page's list."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.chat.words import words
from rag.library import Library
from rag.service.catalogue import ORDERS, Catalogue, Shelf
from rag.types import Article

BODY = "The minister opened the northern dam on Friday before a crowd of thousands of people."
ARTICLES = (
    Article("a", f"{BODY} It rained.", "«Beta»", "2024-05-02", "Star", language="en"),
    Article("b", "وصل الرئيس إلى موسكو.", "إعلان", "2023", "شينخوا", language="ar"),
    Article("c", f"{BODY} It snowed.", "Alpha", language="en"),
    Article("d", "Short.", "Gamma", "2024-05", "Star"),
)


@pytest.fixture
def catalogue(library: Library) -> Catalogue:
    library.add(ARTICLES)
    return Catalogue(library.snapshot())


def ids(catalogue: Catalogue, query: str = "", order: str = "added") -> str:
    return "".join(entry.id for entry in catalogue.find(query, order))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("added", "abcd"),
        ("newest", "adbc"),
        ("oldest", "bdac"),
        ("title", "cadb"),
        ("title_back", "bdac"),
        ("outlet", "adbc"),
        ("outlet_back", "badc"),
        ("language", "bacd"),
        ("language_back", "acbd"),
        ("shortest", "dbac"),
    ],
)
def test_orders(catalogue: Catalogue, order: str, expected: str) -> None:
    assert ids(catalogue, order=order) == expected


def test_every_order_has_a_name_in_both_languages() -> None:
    for language in ("ar", "en"):
        assert set(words(language).tables["orders"]) == set(ORDERS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcd"),
        ("dam", "ac"),
        ("dams", "ac"),  # Another form of the word.
        ("nor", "ac"),  # The beginning of one.
        ("dam rained", "a"),
        ("STAR", "ad"),
        ("star dam", "a"),
        ("2024-05", "ad"),
        ("اعلان", "b"),  # إعلان
        ("الرئيس", "b"),
        ("zzz", ""),
        ("؟!", "abcd"),
    ],
)
def test_search(catalogue: Catalogue, query: str, expected: str) -> None:
    assert ids(catalogue, query) == expected


def test_near_duplicates_the_dated_first(catalogue: Catalogue) -> None:
    assert [[entry.id for entry in group] for group in catalogue.copies()] == [["a", "c"]]
    assert [entry.id for entry in catalogue.copies_of("c")] == ["a"]
    assert catalogue.copies_of("b") == ()


def test_what_was_set_aside_of_the_seeds(seeded: Library) -> None:
    asides = {aside.reason: aside for aside in Catalogue(seeded.snapshot()).set_aside()}
    assert (asides["number"].spans, asides["number"].articles) == (3, 1)
    assert asides["number"].examples[0] == "• 0"
    assert asides["story"].spans == 1
    spans = sum(len(article.debris) for article in seeded.articles())
    assert sum(aside.spans for aside in asides.values()) == spans


def test_an_empty_library(library: Library) -> None:
    library.add(ARTICLES)
    library.remove(["a", "b", "c", "d"])
    empty = Catalogue(library.snapshot())
    assert (empty.find("dam", "newest"), empty.copies(), empty.set_aside()) == ([], [], [])


def test_the_shelf_follows_the_library(library: Library, tmp_path: Path) -> None:
    library.add(ARTICLES[:1])
    shelf = Shelf(library)
    first = shelf.current()
    assert shelf.current() is first
    library.add(ARTICLES[1:])
    assert len(shelf.current().entries) == 4
