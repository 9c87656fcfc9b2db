"""Arabic answers in English: numbers, months and names; nothing where a word is not known."""

from __future__ import annotations

import pytest

from rag.answering import rendering
from rag.answering.rendering import english

LEXICON = {
    "words": {"عوامل": "factors", "نمو": "growth", "شخصا": "people", "ست": "six", "سنو": "years"},
    "names": {"باكاري غاساما": "Bakari Gassama", "قيروان": "Kairouan"},
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_lexicon", lambda: LEXICON)


@pytest.mark.parametrize(
    ("arabic", "said"),
    [
        ("37 مليون", "37 million"),
        ("أكثر من 30 ألف", "more than 30,000"),
        ("مليون و387 ألف", "1,387,000"),
        ("١٢٬٥٠٠", "12,500"),
        ("2016", "2016"),
        ("2.5 ألف", "2,500"),
        ("2.5 مليون", "2.5 million"),
        ("22 في المئة", "22%"),
        ("10%", "10%"),
        ("144 شخصا", "144 people"),
        ("16 نوفمبر 2016", "16 November 2016"),
        ("03 أوت", "3 August"),
        ("27 كانون الثاني/يناير 1967", "27 January 1967"),
        ("باكاري غاساما", "Bakari Gassama"),
        ("بالقيروان", "Kairouan"),
        ("عوامل النمو", "growth factors"),
        ("EutelSat 7w", "EutelSat 7w"),
    ],
)
def test_what_is_known_is_said_in_english(arabic: str, said: str) -> None:
    assert english(arabic) == said


@pytest.mark.parametrize("arabic", ["فشل ذريع", "144 فيلا", "بوعرقوب"])
def test_what_is_not_known_is_not_guessed(arabic: str) -> None:
    assert english(arabic) is None


def test_the_lexicon_that_ships_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert english("فرنسا") == "France"
    assert english("الصين وروسيا") == "China and Russia"
    assert english("وادي") is None


def test_an_and_is_not_lost() -> None:
    assert english("باكاري غاساما والقيروان") == "Bakari Gassama and Kairouan"


def test_two_proper_nouns_are_not_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"words": {"موسكو": "Moscow", "بكين": "Beijing"}, "names": {}}
    monkeypatch.setattr(rendering, "_lexicon", lambda: words)
    assert english("موسكو") == "Moscow"
    assert english("موسكو وبكين") is None


def test_what_follows_a_name_is_not_put_in_order() -> None:
    assert english("عوامل القيروان") == "factors Kairouan"
    assert english("القيروان عوامل") is None
