"""Numbers must agree and words must overlap, by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rag.answering.figures import numbers_of, values_of
from rag.answering.verification import (
    best_support,
    clause_span,
    names_agree,
    negated,
    support,
)
from rag.reading.evidence import Evidence, Signals
from rag.text.analyze import stem
from rag.types import Article, Span


def evidence(text: str, date: str | None = None, n: int = 1) -> Evidence:
    article = Article("a", text, date=date, language="en")
    return Evidence(n, article, Span(0, len(text)), Signals(coverage=1.0))


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
    item = evidence("قتل ما بين 30 ألفا و50 ألف شخص")
    assert support(claim, item, "How many died?", same_language=False).true == agrees


def test_a_figure_with_its_scale_is_supported_across_languages() -> None:
    item = evidence("قتل ما بين 30 ألفا و50 ألف شخص")
    for claim in ("30 thousand", "50,000", "30 to 50 thousand"):
        weighed = support(claim, item, "How many people died?", same_language=False)
        assert (weighed.enough, weighed.score) == (True, 1.0)


def test_a_claim_with_another_number_is_not_supported() -> None:
    item = evidence("At least 144 people died.")
    right = support("144 people died", item, "How many died?", same_language=True)
    wrong = support("150 people died", item, "How many died?", same_language=True)
    assert (right.agrees, right.enough) == (True, True)
    assert (wrong.agrees, wrong.enough) == (False, False)


def test_numbers_of_the_article_date_may_be_repeated_those_of_the_question_may_not() -> None:
    item = evidence("They met in Guilin.", date="2021-03-23")
    assert support("In 2021 they met in Guilin", item, "Where?", same_language=True).enough
    other = support("In 2022 they met", item, "Where in 2022?", same_language=True)
    assert not other.agrees


def test_a_bare_number_can_be_compared_across_languages() -> None:
    item = evidence("سقوط 144 شخصا")
    assert support("144", item, "How many died?", same_language=False).score == 1.0


def test_in_one_language_the_score_is_the_share_of_new_words() -> None:
    item = evidence("Lavrov landed in Guilin")
    # New words of the claim: guilin, river; one of two stands in the evidence.
    half = support("Guilin River", item, "Where?", same_language=True)
    assert half.score == pytest.approx(1 / 2)
    assert not half.enough
    assert support("Lavrov in Guilin", item, "Where is Lavrov?", same_language=True).enough


def test_a_claim_that_only_repeats_the_question_says_nothing() -> None:
    item = evidence("Lavrov landed in Guilin")
    assert support("Lavrov landed", item, "Where did Lavrov land?", same_language=True).score == 0


def test_words_near_in_meaning_alone_are_no_support() -> None:
    item = evidence("أعلن تنظيم داعش مسؤوليته، لكن روسيا تتهم غيره")
    known = {"Russian": {stem("روسيا")}, "authorities": {stem("مسؤوليته")}}
    claim = "Russian authorities claimed responsibility"
    weighed = support(
        claim,
        item,
        "Who claimed responsibility?",
        same_language=False,
        stand_ins=lambda word: known.get(word, ()),
    )
    assert (weighed.score, weighed.enough) == (1.0, False)


def test_across_languages_words_with_a_counterpart_count_too() -> None:
    item = evidence("وصول حجم التجارة إلى 200 مليار دولار")
    known = {"billion": {"مليار"}, "dollars": {"دولار"}}
    claim = "It is 200 billion dollars"
    weighed = support(
        claim, item, "How much?", same_language=False, stand_ins=lambda w: known.get(w, ())
    )
    assert (weighed.score, weighed.enough) == (1.0, True)


def test_best_support_prefers_what_suffices() -> None:
    good = support("Guilin", evidence("Guilin", n=1), "Where?", same_language=True)
    bad = support("Guilin 5", evidence("Guilin", n=2), "Where?", same_language=True)
    assert best_support([bad, good]) is good
    assert best_support([]) is None


def test_a_mangled_name_is_not_supported() -> None:
    item = evidence("حيث سيلتقي نظيره التركي، هاكان فيدان.")
    question = "Who is Lavrov's Turkish counterpart?"
    right = support("It is Hakan Fidan", item, question, same_language=False)
    wrong = support("It is Hakan Inan", item, question, same_language=False)
    assert (right.agrees, wrong.agrees) == (True, False)


def test_a_name_that_is_translated_needs_a_stand_in() -> None:
    text = "بعد زيارة الصين"
    assert not names_agree(["China"], text, lambda word: ())
    assert names_agree(["China"], text, lambda word: {"China": {"صين"}}[word])


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
    turned = support("The minister attended the summit in Moscow", item, "?", same_language=True)
    assert not turned.enough
    assert support(
        "The minister did not attend the summit", item, question, same_language=True
    ).enough
    # The denial stands in a clause the claim does not speak of.
    assert support("he spoke in Moscow", item, question, same_language=True).enough


def test_a_clause_holds_all_the_words_the_sentence_shares() -> None:
    text = "On Monday, the dam opened, said Omar, and rain fell."
    for claim, clause in (
        ("The dam opened", "the dam opened,"),
        ("The dam opened said Omar", "the dam opened, said Omar,"),
        ("Nothing else", text),
    ):
        assert clause_span(claim, text).of(text) == clause


def test_across_languages_the_evidence_must_speak_of_what_is_asked() -> None:
    item = evidence("قاد لافروف الفريق إلى الفوز وعمره 38 سنة")
    claim = "The anthem was sung by Lavrov at 38"
    question = "Who sang the anthem?"
    assert support(claim, item, question, same_language=False).agrees
    elsewhere = replace(item, signals=Signals(coverage=0.3))
    assert not support(claim, elsewhere, question, same_language=False).agrees


def test_of_whom_the_question_supposes_the_article_must_speak() -> None:
    item = evidence("قال وزير الخارجية الروسي لافروف إن الزيارة مهمة")
    claim = "Lavrov and Fidan said the visit was important"
    asked = "What did Lavrov and Fidan say?"
    assert not support(claim, item, asked, same_language=False).true
    told = evidence("قال وزير الخارجية الروسي لافروف إن الزيارة مهمة. وحضر فيدان.")
    told = replace(told, span=Span(0, 48))
    assert support(claim, told, asked, same_language=False).true


def test_within_a_language_no_word_may_be_strange_to_the_article() -> None:
    item = evidence("وعقد وزير الخارجية الصيني وانغ يي محادثات في فينتيان. وسقوط 144 شخصا.")
    asked = "ماذا قال وزير الخارجية الياباني؟"
    for claim, agrees in (
        ("عقد وزير الخارجية الصيني محادثات في فينتيان", True),
        ("عقد وزير الخارجية الصيني محادثات في وانتيان", False),
        ("عقد وزير الخارجية الياباني محادثات في فينتيان", False),
        ("سقط 144 شخصا", True),
    ):
        assert support(claim, item, asked, same_language=True).agrees == agrees


def test_the_outlet_of_a_dateline_is_not_where_it_happened() -> None:
    text = "فينتيان 25 يوليو 2024 (شينخوا) عقد الوزيران محادثات."
    start = text.index("شينخوا")
    article = Article("a", text, provenance={"outlet": Span(start, start + len("شينخوا"))})
    item = Evidence(1, article, Span(0, len(text)), Signals(coverage=1.0))
    assert item.text == text
    assert item.statement == "فينتيان 25 يوليو 2024  عقد الوزيران محادثات."
    question = "أين عقد الوزيران محادثات؟"
    for place, enough in (("فينتيان", True), ("شينخوا", False)):
        claim = f"عقد الوزيران محادثات في {place}"
        assert support(claim, item, question, same_language=True).enough is enough
    elsewhere = Evidence(1, article, Span(start + 8, len(text)), Signals(coverage=1.0))
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
        assert support(claim, item, question, same_language=True).enough is enough, claim
