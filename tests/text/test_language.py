import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import detect_language, direction


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("من هو Sergey Lavrov؟", "ar"),
        ("متى زار Foreign Minister Sergey Lavrov؟", "ar"),
        ("Who is لافروف؟", "en"),
        ("What did وزير الخارجية الصيني وانغ يي say?", "en"),
        ("وزير الخارجية الصيني", "ar"),
        ("وَزِيرٌ", "ar"),
        ("Lavrov Moscow", "en"),
        ("Lavrov موسكو والصين", "ar"),
        ("Сергей Лавров", "und"),
        ("王毅", "und"),
        ("2024 ...", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("من هو Sergey Lavrov", "rtl"),
        ("Who is لافروف وزير الخارجية", "ltr"),
        ("(2024) الصين", "rtl"),
        ("שלום", "rtl"),
        ("Hello", "ltr"),
        ("٢٠٢٤ - 3/24", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


@given(st.text(st.characters()))
def test_any_text_has_a_language_and_a_direction(text: str) -> None:
    assert detect_language(text) in {"ar", "en", "und"}
    assert direction(text) in {"rtl", "ltr"}
