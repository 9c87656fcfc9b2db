import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.stem import light10, stem_english


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("الصين", "صين"),  # ين stays: only one letter would be left.
        ("والصين", "صين"),
        ("بالتعاون", "تعا"),  # Both ال and ون go: the price of a light stemmer.
        ("للتعاون", "تعا"),
        ("كالعاده", "عاد"),
        ("فالوزير", "وزير"),
        ("وزير", "زير"),
        ("ولد", "ولد"),  # A leading و only leaves words longer than three letters.
        ("وفد", "وفد"),
        ("محادثات", "محادث"),
        ("محادثاتها", "محادث"),  # ها, then ات.
        ("الخارجيه", "خارج"),
        ("الروسي", "روس"),
        ("الروسيه", "روس"),
        ("روسيا", "روسيا"),
        ("موسكو", "موسكو"),
        ("مسلمون", "مسلم"),
        ("مسلمين", "مسلم"),
        ("كتابه", "كتاب"),
        ("والد", "الد"),  # وال would leave one letter, so only و goes.
        ("ال", "ال"),
        ("ه", "ه"),
        ("", ""),
    ],
)
def test_light10(word: str, stem: str) -> None:
    assert light10(word) == stem


@given(st.text("ابتوالهينيكف"))
def test_light10_keeps_a_part_of_the_word_of_two_letters_or_more(word: str) -> None:
    assert light10(word) in word
    assert len(light10(word)) >= min(2, len(word))


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("ministers", "minist"),
        ("minister", "minist"),
        ("agreed", "agre"),
        ("policies", "polici"),
        ("cooperation", "cooper"),
        ("china's", "china"),
        ("running", "run"),
        ("", ""),
    ],
)
def test_english(word: str, stem: str) -> None:
    assert stem_english(word) == stem
