"""Numbers must agree and words must overlap, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rag.answering.figures import numbers_of, values_of
from rag.answering.verification import (
    best_support,
    clause_span,
    negated,
    support,
)
from rag.reading.evidence import Evidence
from rag.types import Article, Span


def evidence(text: str, date: str | None = None, n: int = 1) -> Evidence:
    article = Article("a", text, date=date, language="en")
    return Evidence(n, article, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("سقوط ١٤٤ شخصا", {"144"}),
        ("1,200 and 3.5 on 2024-07-05", {"1200", "3.5", "2024", "7", "5"}),
        ("none", set()),
    ],
)
def test_numbers_of(text: str, numbers: set[str]) -> None:
    assert numbers_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("30 ألف شخص", {30_000}),
        ("30-thousand", {30_000}),
        ("بلغ ٢,٥٠٠ دولار", {2_500}),
        ("2.5 مليون", {2_500_000}),
        ("390 billion trees in 2016", {390 * 10**9, 2016}),
        ("3 millionaires", {3}),
        ("25.07.2024", {25, 7, 2024}),
        ("0.5", {Decimal("0.5")}),
    ],
)
def test_values_of(text: str, values: set[int | Decimal]) -> None:
    assert values_of(text) == values


@pytest.mark.parametrize(
    ("claim", "agrees"),
    [
        ("30,000 people died", True),
        ("30 thousand people died", True),
        ("30 million people died", False),
        ("3 thousand people died", False),
        ("From 30 to 50 thousand people died", True),
        ("30,000 to 50,000 people died", True),
        ("40,000 people died", False),
    ],
)
def test_a_number_is_compared_with_its_scale(claim: str, agrees: bool) -> None:
    item = evidence("Between 30 thousand and 50 thousand people died.")
    assert support(claim, item, "How many?").agrees == agrees


def test_a_claim_with_another_number_is_not_supported() -> None:
    item = evidence("At least 144 people died.")
    right = support("144 people died", item, "How many died?")
    wrong = support("150 people died", item, "How many died?")
    assert (right.agrees, right.enough) == (True, True)
    assert (wrong.agrees, wrong.enough) == (False, False)


def test_numbers_of_the_article_date_may_be_repeated_those_of_the_question_may_not() -> None:
    item = evidence("They met in Guilin.", date="2021-03-23")
    assert support("In 2021 they met in Guilin", item, "Where?").enough
    other = support("In 2022 they met", item, "Where in 2022?")
    assert not other.agrees


def test_in_one_language_the_score_is_the_share_of_new_words() -> None:
    item = evidence("Lavrov landed in Guilin")
    # New words of the claim: guilin, river; one of two stands in the evidence.
    half = support("Guilin River", item, "Where?")
    assert half.score == pytest.approx(1 / 2)
    assert not half.enough
    assert support("Lavrov in Guilin", item, "Where is Lavrov?").enough


def test_a_claim_that_only_repeats_the_question_says_nothing() -> None:
    item = evidence("Lavrov landed in Guilin")
    assert support("Lavrov landed", item, "Where did Lavrov land?").score == 0


def test_best_support_prefers_what_suffices() -> None:
    good = support("Guilin", evidence("Guilin", n=1), "Where?")
    bad = support("Guilin 5", evidence("Guilin", n=2), "Where?")
    assert best_support([bad, good]) is good
    assert best_support([]) is None


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("لم يحضر الوزير الاجتماع", True),
        ("ولن تشارك روسيا", True),
        ("حضر الوزير الاجتماع", False),
        ("The minister didn't attend", True),
        ("Moscow denied the report", True),
        ("He noted the note", False),
    ],
)
def test_negation_is_seen(text: str, denies: bool) -> None:
    assert negated(text) is denies


def test_a_claim_that_turns_a_denial_is_not_supported() -> None:
    item = evidence("The minister did not attend the summit, and he spoke in Moscow.")
    question = "Who attended?"
    turned = support("The minister attended the summit in Moscow", item, "?")
    assert not turned.enough
    assert support("The minister did not attend the summit", item, question).enough
    # The denial stands in a clause the claim does not speak of.
    assert support("he spoke in Moscow", item, question).enough


def test_a_clause_holds_all_the_words_the_sentence_shares() -> None:
    text = "On Monday, the dam opened, said Omar, and rain fell."
    for claim, clause in (
        ("The dam opened", "the dam opened,"),
        ("The dam opened said Omar", "the dam opened, said Omar,"),
        ("Nothing else", text),
    ):
        assert clause_span(claim, text).of(text) == clause


def test_within_a_language_no_word_may_be_strange_to_the_article() -> None:
    item = evidence("وعقد وزير الخارجية الصيني وانغ يي محادثات في فينتيان. وسقوط 144 شخصا.")
    asked = "ماذا قال وزير الخارجية الياباني؟"
    for claim, agrees in (
        ("عقد وزير الخارجية الصيني محادثات في فينتيان", True),
        ("عقد وزير الخارجية الصيني محادثات في وانتيان", False),
        ("عقد وزير الخارجية الياباني محادثات في فينتيان", False),
        ("سقط 144 شخصا", True),
    ):
        assert support(claim, item, asked).agrees == agrees


def test_the_outlet_of_a_dateline_is_not_where_it_happened() -> None:
    text = "فينتيان 25 يوليو 2024 (شينخوا) عقد الوزيران محادثات."
    start = text.index("شينخوا")
    article = Article("a", text, provenance={"outlet": Span(start, start + len("شينخوا"))})
    item = Evidence(1, article, Span(0, len(text)))
    assert item.text == text
    assert item.statement == "فينتيان 25 يوليو 2024  عقد الوزيران محادثات."
    question = "أين عقد الوزيران محادثات؟"
    for place, enough in (("فينتيان", True), ("شينخوا", False)):
        claim = f"عقد الوزيران محادثات في {place}"
        assert support(claim, item, question).enough is enough
    elsewhere = Evidence(1, article, Span(start + 8, len(text)))
    assert elsewhere.statement == elsewhere.text


def test_a_fragment_is_no_answer() -> None:
    item = evidence("استقبل لافروف رئيس مكتب اللجنة المركزية، والحزب الشيوعي حاضر.")
    question = "أي هيئة كان يدير مكتبها؟"
    for claim, enough in (
        ("والحزب الشيوعي.", False),
        ("والحزب الشيوعي حاضر.", True),  # The article's own words.
        ("اللجنة المركزية.", True),
        ("والد لافروف.", False),  # His father is a word that the evidence does not hold.
    ):
        assert support(claim, item, question).enough is enough, claim
