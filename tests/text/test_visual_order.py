"""Lines as a page shows them, to the order in which they are written."""

from __future__ import annotations

import unicodedata

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from rag.text.visual_order import ligature_order, logical_order, ordinary_letters

LINES = [
    "ارتفع السعر من 1.5 إلى 4,250 دينارا في 25/03/2024 عند 12:30",
    "بنسبة 50% أو ٪١٢٫٥ بين 2023-2024 و25-03-2024",
    "وقال (رويترز) إن «الأولى» [انظر ص 7] تكفي!",
    "شركة Boeing وشركة «Maersk Line» وطائرة F-16 وهاتف iPhone 15 Pro.",
    "منظمة World Health Organization (WHO) وشركة Boeing (737) معا",
    "عام 2024 (COVID-19) ثم 1) أولا 2) ثانيا",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_read_as_it_was_written(line: str) -> None:
    assert logical_order(get_display(line, base_dir="R"), rtl=True) == line


ARABIC = st.text("ابتجدهوي", min_size=1, max_size=4)
NUMBER = st.from_regex(r"[1-9][0-9]?([./:,][0-9]{1,2})?%?|[١-٩]{1,3}(٫[١-٩])?", fullmatch=True)
LATIN = st.from_regex(r"[A-Z][a-z]{0,3}( [A-Z][a-z]{1,2})?", fullmatch=True)
BRACKETED = st.tuples(st.sampled_from(["()", "[]", "«»"]), ARABIC | LATIN).map(
    lambda each: each[0][0] + each[1] + each[0][1]
)


@given(st.lists(st.tuples(ARABIC, NUMBER | LATIN | BRACKETED), min_size=1, max_size=5))
def test_any_line_is_read_as_it_was_written(words: list[tuple[str, str]]) -> None:
    line = " ".join(word for pair in words for word in pair) + " ا."
    assert logical_order(get_display(line, base_dir="R"), rtl=True) == line


@given(st.text(min_size=1).filter(lambda text: "\n" not in text), st.booleans())
def test_no_sign_is_lost(text: str, rtl: bool) -> None:
    read = logical_order(text, rtl=rtl)
    assert sorted(map(turned, read)) == sorted(map(turned, text))


def turned(sign: str) -> str:
    """One name for both of a pair of brackets."""
    return unicodedata.name(sign, sign).replace("RIGHT", "LEFT")


def test_arabic_words_within_english() -> None:
    line = "the word سلام عليكم (peace) and 1.5"
    assert logical_order(get_display(line, base_dir="L"), rtl=False) == line


def test_a_paragraph_that_begins_with_a_number() -> None:
    line = "2023-2024 و50%"
    assert logical_order("%50و 2023-2024", rtl=True, after_arabic=False) == line
    assert logical_order("%50و 2024-2023", rtl=True, after_arabic=True) == line


@pytest.mark.parametrize(
    ("shown", "read"),
    [("(صن(", "(نص)"), (")صن(", "(نص)"), ("«صن« و", "و «نص»"), ("))أ( ب((", "((ب (أ))")],
)
def test_brackets_face_what_they_hold(shown: str, read: str) -> None:
    assert logical_order(shown, rtl=True) == read


@pytest.mark.parametrize(
    ("forms", "letters"),
    [
        ("\ufefb\ufef5", "لالآ"),
        ("\ufdf2", "الله"),
        ("\ufe91\ufef4\ufe96", "بيت"),
        ("\ufe77\ufe7d", "\u064e\u0651"),
        ("ﬁle x² ½", "file x² ½"),
        ("\ufd3eنص\ufd3f", "\ufd3eنص\ufd3f"),
    ],
)
def test_presentation_forms(forms: str, letters: str) -> None:
    assert ordinary_letters(forms) == letters


@pytest.mark.parametrize(
    ("given", "backwards", "letters"),
    [
        ("ال", False, "لا"),
        ("لا", True, "لا"),
        ("هللا", True, "الله"),
        ("الله", True, "الله"),
        ("هلل", True, "لله"),
        ("لله", False, "لله"),
    ],
)
def test_letters_of_a_ligature(given: str, backwards: bool, letters: str) -> None:
    assert ligature_order(given, backwards=backwards) == letters
