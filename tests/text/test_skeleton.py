"""Names that must meet across scripts, and words that must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalize import normalize
from rag.text.skeleton import SHORTEST, arabic_skeletons, latin_skeletons


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Lavrov", "لافروف"),
        ("Lavrov's", "ولافروف"),
        ("Moscow", "موسكو"),
        ("Vladimir", "فلاديمير"),
        ("Sputnik", "سبوتنيك"),
        ("Johannesburg", "جوهانسبرج"),
        ("Christie", "كريستي"),
        ("Cisneros", "سيسنيروس"),
        ("Shanghai", "لشنغهاي"),
        ("Kazan", "كازان"),
        ("Palestine", "بالستين"),
    ],
)
def test_a_name_has_a_skeleton_in_common_with_itself(latin: str, arabic: str) -> None:
    assert set(latin_skeletons(latin)) & set(arabic_skeletons(normalize(arabic)))


@pytest.mark.parametrize(("latin", "arabic"), [("Fidan", "لافروف"), ("Inan", "فيدان")])
def test_other_names_have_none(latin: str, arabic: str) -> None:
    assert not set(latin_skeletons(latin)) & set(arabic_skeletons(normalize(arabic)))


@given(st.text(max_size=20))
def test_skeletons_are_long_enough_and_never_fail(word: str) -> None:
    for skeleton in (*latin_skeletons(word), *arabic_skeletons(normalize(word))):
        assert len(skeleton) >= SHORTEST
        assert skeleton.isupper()
