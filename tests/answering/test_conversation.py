"""Follow-up questions are completed; questions that stand alone are left as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.conversation import Turn, resolve
from rag.answering.leaning import leans
from rag.text.language import detect_language

SEEDS = Path(__file__).resolve().parents[2] / "eval" / "questions" / "seeds.jsonl"
QUESTIONS = [
    question[language]
    for question in map(json.loads, SEEDS.read_text(encoding="utf-8").splitlines())
    for language in ("ar", "en")
]
BRICS = "أين عُقدت قمة بريكس في يوليو 2024؟"
VIENTIANE = "When did Wang Yi meet Lavrov in Vientiane?"


def turn(question: str) -> Turn:
    return Turn(question, question, "Some answer about Paris in 1999.")


def talk(*questions: str) -> list[str]:
    """What each question becomes, one after the other."""
    history: list[Turn] = []
    for question in questions:
        history.append(Turn(question, resolve(question, history), ""))
    return [each.resolved for each in history]


@pytest.mark.parametrize(
    ("former", "question", "resolved"),
    [
        # The same clause with another question word.
        (VIENTIANE, "and where was that?", "Where did Wang Yi meet Lavrov in Vientiane?"),
        (VIENTIANE, "why?", "Why did Wang Yi meet Lavrov in Vientiane?"),
        (VIENTIANE, "Where did that happen?", "Where did Wang Yi meet Lavrov in Vientiane?"),
        ("Did Lavrov visit Turkey?", "when?", "When did Lavrov visit Turkey?"),
        ("Did Lavrov visit Turkey?", "why not?", "why not? (Lavrov visit Turkey)"),
        ("Did Lavrov visit Turkey?", "how often?", "how often? (Lavrov visit Turkey)"),
        ("Did Lavrov visit Turkey?", "how many?", "how many? (Lavrov visit Turkey)"),
        ("هل زار لافروف تركيا؟", "متى؟", "متى زار لافروف تركيا؟"),
        (BRICS, "متى؟", "متى عُقدت قمة بريكس في يوليو 2024؟"),
        (BRICS, "ولماذا؟", "لماذا عُقدت قمة بريكس في يوليو 2024؟"),
        (BRICS, "فمتى كان ذلك؟", "متى عُقدت قمة بريكس في يوليو 2024؟"),
        # The event after the verb that wants one.
        (BRICS, "ومن حضر؟", "من حضر قمة بريكس في يوليو 2024؟"),
        ("متى جرت الانتخابات في مصر؟", "من حضر؟", "من حضر الانتخابات في مصر؟"),
        # Another year, place or name.
        (BRICS, "وماذا عن 2023؟", "أين عُقدت قمة بريكس في يوليو 2023؟"),
        (BRICS, "وفي عام 2023؟", "أين عُقدت قمة بريكس في يوليو 2023؟"),
        ("What happened in Kazan in 2023?", "and in 2024?", "What happened in Kazan in 2024?"),
        ("What did Lavrov say in Goa?", "And in Moscow?", "What did Lavrov say in Moscow?"),
        ("What did Lavrov say in Goa?", "in New Delhi?", "What did Lavrov say in New Delhi?"),
        ("ماذا قال لافروف في موسكو؟", "وفي بكين؟", "ماذا قال لافروف في بكين؟"),
        ("Who is the ally of Russia?", "What about China?", "Who is the ally of China?"),
        ("What is Lavrov's position?", "And Wang Yi?", "What is Wang Yi's position?"),
        # With several names it would be a guess which one is meant.
        (
            "When did Lavrov visit Turkey?",
            "What about Wang Yi?",
            "What about Wang Yi? (When did Lavrov visit Turkey)",
        ),
        (
            "ما موقف روسيا من أوكرانيا؟",
            "وماذا عن الصين؟",
            "وماذا عن الصين؟ (ما موقف روسيا من أوكرانيا)",
        ),
        ("من هو لافروف؟", "وماذا عن الصين؟", "وماذا عن الصين؟ (من هو لافروف)"),
        # Everything else gets the topic.
        (VIENTIANE, "who else attended?", "who else attended? (Wang Yi meet Lavrov in Vientiane)"),
        (
            VIENTIANE,
            "What else did he say?",
            "What else did he say? (Wang Yi meet Lavrov in Vientiane)",
        ),
        ("Who met Lavrov in Goa?", "who is he?", "who is he? (met Lavrov in Goa)"),
        ("Who met Lavrov in Goa?", "when", "when? (met Lavrov in Goa)"),
        (
            "What happened in Kazan in 2023?",
            "How many were killed there?",
            "How many were killed there? (happened in Kazan in 2023)",
        ),
        (BRICS, "ماذا قال بعد ذلك؟", "ماذا قال بعد ذلك؟ (قمة بريكس في يوليو 2024)"),
        (BRICS, "هل حدث ذلك في 2023؟", "هل حدث ذلك في 2023؟ (قمة بريكس في يوليو 2024)"),
        (BRICS, "ومع من؟", "ومع من؟ (قمة بريكس في يوليو 2024)"),
        ("ما هي منظمة شنغهاي للتعاون؟", "من رئيسها؟", "من رئيسها؟ (منظمة شنغهاي للتعاون)"),
        ("من وقّع إعلان بكين؟", "أين عُقد؟", "أين عُقد؟ (وقّع إعلان بكين)"),
        (
            "Tell me about the BRICS summit.",
            "where was it held?",
            "where was it held? (BRICS summit)",
        ),
        # The language of the follow-up stays, whatever the topic's.
        (VIENTIANE, "متى؟", "متى؟ (Wang Yi meet Lavrov Vientiane)"),
        (BRICS, "why?", "why? (قمة بريكس يوليو 2024)"),
        (
            "ماذا قال لافروف في موسكو؟",
            "What about Beijing?",
            "What about Beijing? (قال لافروف موسكو)",
        ),
    ],
)
def test_a_follow_up_is_completed(former: str, question: str, resolved: str) -> None:
    assert resolve(question, [turn("Who won the cup in 1998?"), turn(former)]) == resolved


@pytest.mark.parametrize(
    "question",
    [
        *("Which Russian city did he visit?", "What did China say about it?", "Who was there?"),
        *(
            "How many people died?",
            "What was the result?",
            "in 2023?",
            "What did Lavrov say there?",
        ),
        *("When did he meet Lavrov?", "What happened next?", "when was this meeting?", "and then?"),
        *("What did Wang Yi and Lavrov say about it?", "And what did China say?", "Is that true?"),
        *("what's his position?", "with whom?", "WHO IS HE?", "What is its capital?", "But why"),
        *("What happened after that?", "and how many people were wounded?", "who signed it?"),
        *("ما السبب؟", "ما اسمه؟", "من هو؟", "هل هو رئيس الصين؟", "متى عُقد هذا الاجتماع؟"),
        *("هل وافق بوتين على ذلك؟", "ماذا قال لافروف عنه؟", "ما الذي حدث بعدها؟", "كم شخصا قتل؟"),
        *(
            "كم قُتل هناك؟",
            "ولماذا رفض؟",
            "وماذا بعد؟",
            "من هم؟",
            "وما نتيجة ذلك؟",
            "وكم كان عددهم؟",
        ),
    ],
)
def test_it_leans(question: str) -> None:
    resolved = resolve(question, [turn(VIENTIANE)])
    assert "Lavrov" in resolved and "Vientiane" in resolved
    assert detect_language(resolved) == detect_language(question)


@pytest.mark.parametrize(
    "question",
    [
        *(
            "Who is Lavrov?",
            "who is putin?",
            "what is inflation?",
            "What is BRICS?",
            "how to vote?",
        ),
        *("Is it true that Lavrov visited Kazan in 2024?", "Was it Wang Yi who went to Goa?"),
        *("How many countries are there in the EU?", "Who won the election this year?", "Lavrov"),
        *(
            "What did Lavrov say when he visited China?",
            "When he met Lavrov, what did Wang Yi say?",
        ),
        *("What did Wang Yi say about his visit to Russia?", "Which country changed its flag?"),
        *("How did China respond when Russia attacked it?", "It was announced that Putin won"),
        *("Who was arafat?", "hello", "thanks", "who are you?", "Can you help me?", "BRICS summit"),
        "And where did the foreign ministers of Russia and China sign the declaration in 2021?",
        *("من هو بوتين؟", "ما التضخم؟", "ما هي بريكس؟", "ما هي منظمة شنغهاي للتعاون؟"),
        *("هل هناك اتفاق بين روسيا والصين؟", "ماذا حدث في غزة هذا العام؟", "واشنطن وموسكو"),
        *("وانغ يي", "أين تقع كازان؟", "من فاز في الانتخابات الأمريكية؟", "ما عاصمة فرنسا؟"),
        *("ما الدول التي شارك فيها لافروف؟", "شكرا", "مرحبا", "من أنت؟", "قمة بريكس 2024"),
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    for former in (BRICS, VIENTIANE):
        assert resolve(question, [turn(former)]) == question


def test_no_question_of_the_evaluation_leans() -> None:
    assert [question for question in QUESTIONS if leans(question)] == []


@pytest.mark.parametrize(
    ("questions", "last"),
    [
        ((BRICS, "ومن حضر؟", "متى؟"), "متى؟ (حضر قمة بريكس في يوليو 2024)"),
        ((BRICS, "متى؟", "وماذا عن 2023؟"), "متى عُقدت قمة بريكس في يوليو 2023؟"),
        (
            (VIENTIANE, "and where was that?", "who else attended?"),
            "who else attended? (Wang Yi meet Lavrov in Vientiane)",
        ),
        (
            (VIENTIANE, "who else attended?", "What else did he say?"),
            "What else did he say? (Wang Yi meet Lavrov in Vientiane, attended)",
        ),
        (
            ("What did Lavrov say in Goa?", "And in Moscow?", "What about Wang Yi?"),
            "What about Wang Yi? (What did Lavrov say in Moscow)",
        ),
        (("ما موقف روسيا من الحرب؟", "وماذا عن الصين؟", "why?"), "why? (موقف روسيا الحرب الصين)"),
        ((VIENTIANE, "Who is Putin?", "when?"), "when? (Putin)"),
        ((BRICS, "شكرا", "ومن حضر؟"), "من حضر قمة بريكس في يوليو 2024؟"),
    ],
)
def test_a_chain(questions: tuple[str, ...], last: str) -> None:
    assert talk(*questions)[-1] == last


@pytest.mark.parametrize("question", ["", " ", "?", "؟!", "()", "\n", "متى؟", "why?", "and where?"])
def test_without_a_topic_nothing_changes(question: str) -> None:
    for history in ([], [turn("")], [turn("؟")], [turn(" \n ")]):
        assert resolve(question, history) == question


@pytest.mark.parametrize("question", ["", " ", "?", "؟!", "()", "\n", "٣", "و", "and", "ف", "'s"])
def test_odd_questions_stay(question: str) -> None:
    assert resolve(question, [turn(BRICS)]) == question


def test_a_turn_without_words_is_passed_over() -> None:
    assert resolve("متى؟", [turn(BRICS), turn("؟")]) == "متى عُقدت قمة بريكس في يوليو 2024؟"


def test_a_turn_not_resolved_counts_as_typed() -> None:
    assert resolve("why?", [Turn("Did Lavrov resign?", "", "")]) == "Why did Lavrov resign?"


def test_the_oldest_of_a_long_topic_gives_way() -> None:
    former = " ".join(f"word{n}" for n in range(200))
    resolved = resolve("who attended?", [turn(former)])
    assert len(resolved) <= 500
    assert resolved.endswith(" word198 word199)")
    assert resolved.startswith("who attended? (word")


def test_brackets_of_the_topic_go() -> None:
    resolved = resolve("why?", [turn("Who runs the (new) party?")])
    assert resolved == "why? (runs the new party)"


_FRAGMENTS = """
and what about where when was that he it there this why how in Moscow Lavrov 2023 met , ? ( ) U.S.
ومن حضر متى وماذا عن ذلك هناك في موسكو قمة هو عُقدت بعدها اسمه ؟ هل هذا الاجتماع
"""
_WORDS = st.sampled_from(_FRAGMENTS.split())
_QUESTION = st.one_of(
    st.text(max_size=60), st.lists(_WORDS, max_size=9).map(" ".join), st.sampled_from(QUESTIONS)
)
_TURNS = st.lists(st.builds(Turn, _QUESTION, _QUESTION, st.text(max_size=5)), max_size=3)


@settings(max_examples=300, deadline=None)
@given(_QUESTION, _TURNS)
def test_whatever_is_said(question: str, history: list[Turn]) -> None:
    resolved = resolve(question, history)
    assert resolve(question, []) == question
    assert resolve(resolved, history) == resolved
    assert len(resolved) <= max(500, len(question))
