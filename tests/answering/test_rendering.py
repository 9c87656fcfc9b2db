"""Arabic answers in English: the parts that are known, how they are joined, and what is sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.answering import glossary
from rag.answering.glossary import Part, parts_of
from rag.answering.rendering import Renderer, plural, put_together
from rag.models.protocols import Vectors
from rag.text.normalize import normalize

KNOWN = {
    "عوامل": ["factors"],
    "النمو": ["growth", "the growth"],
    "شخصا": ["a person"],
    "سنوات": ["years"],
    "ميناء": ["port"],
    "القيروان": ["Kairouan"],
    normalize("الرئيس"): ["the president"],
    normalize("الرئيس الصيني"): ["the Chinese president"],
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "load_glossary", lambda: KNOWN)


class Preferring:
    """A translator to whom these are likely, and all else is not."""

    def __init__(self, *liked: str) -> None:
        self.liked = liked
        self.asked: list[str] = []

    def weigh(self, text: str, said: Sequence[str]) -> list[Vectors]:
        self.asked.append(text)
        return [np.full(2, -0.1 if one in self.liked else -9.0, np.float32) for one in said]


def english(text: str, *liked: str) -> str | None:
    return Renderer(lambda: Preferring(*liked)).english(text)


@pytest.mark.parametrize(
    ("arabic", "said"),
    [
        ("37 مليون", "37 million"),
        ("مليون و387 ألف", "1,387,000"),
        ("١٢٬٥٠٠", "12,500"),
        ("2016", "2016"),
        ("2.5 ألف", "2,500"),
        ("2.5 مليون", "2.5 million"),
        ("10%", "10%"),
        ("16 نوفمبر 2016", "16 November 2016"),
        ("03 أوت", "3 August"),
        ("27 كانون الثاني/يناير 1967", "27 January 1967"),
        ("EutelSat 7w", "EutelSat 7w"),
    ],
)
def test_figures_are_said_without_asking_anybody(arabic: str, said: str) -> None:
    def nobody() -> Preferring:
        raise AssertionError("asked")

    assert Renderer(nobody).english(arabic) == said


@pytest.mark.parametrize(
    ("arabic", "ways"),
    [
        ("القيروان", ["Kairouan"]),
        # What is written onto a word, and what is not.
        ("والقيروان", ["and Kairouan"]),
        ("بالقيروان", ["in Kairouan", "by Kairouan", "with Kairouan"]),
        ("للنمو", ["for growth", "to growth"]),
        ("نمو", ["growth"]),
        ("الميناء", ["port"]),
        ("الرئيس الصيني", ["the Chinese president"]),
    ],
)
def test_a_run_of_words_is_known_as_it_stands_or_by_its_parts(
    arabic: str, ways: Sequence[str]
) -> None:
    (part,) = parts_of(arabic) or [Part(())]
    assert sorted(set(part.ways)) == sorted(ways)


@pytest.mark.parametrize("arabic", ["فشل ذريع", "144 فيلا", "بوعرقوب"])
def test_what_is_not_known_is_not_guessed(arabic: str) -> None:
    assert parts_of(arabic) is None
    assert english(arabic) is None


def test_nouns_may_be_said_of_one_another() -> None:
    factors, growth = Part(("factors",)), Part(("the growth",))
    assert put_together([factors, growth]) == [
        "factors the growth",
        "factors of the growth",
        "growth factors",
    ]
    assert put_together([Part(("in the port",)), growth])[2] == "in the growth port"
    assert put_together([factors, Part(("in Kairouan",))]) == ["factors in Kairouan"]


def test_what_is_counted_is_several() -> None:
    assert put_together([Part(("144",), True), Part(("a person",))]) == ["144 people"]
    assert put_together([Part(("1",), True), Part(("a person",))]) == ["1 a person"]
    assert [plural(noun) for noun in ("city", "day", "boss", "years", "young man")] == [
        "cities", "days", "bosses", "years", "young men",
    ]  # fmt: skip


def test_the_likeliest_is_said_if_it_is_likely() -> None:
    assert english("عوامل النمو", "growth factors") == "growth factors"
    assert english("عوامل النمو") is None


def test_it_is_less_sure_beside_another_that_is_as_likely() -> None:
    alone = Renderer(lambda: Preferring("growth factors")).render("عوامل النمو")
    rival = Renderer(lambda: Preferring("growth factors", "factors of growth")).render(
        "عوامل النمو"
    )
    assert alone and rival
    # Mean log-probability, margin, parts, names.
    assert alone.signs == pytest.approx((-0.1, 2.0, 2.0, 0.0))
    assert rival.signs == pytest.approx((-0.1, 0.0, 2.0, 0.0))
    assert alone.likelihood > rival.likelihood


def test_the_glossary_that_ships_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    known = glossary.load_glossary()
    assert known["فرنسا"] == ["France"]
    assert "Foreign Minister" in known["وزير الخارجيه"][0].title()
    # The west before it is a village of that name.
    assert known["الغرب"] == ["the West"]
