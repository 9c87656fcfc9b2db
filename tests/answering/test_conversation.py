"""Follow-up questions are completed; questions that stand alone are left as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.conversation import Turn, leans, resolve
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
    "question",
    [
        *("and where was that?", "why?", "What did China say about it?", "Who was there?", "when"),
        *("How many people died?", "What was the result?", "in 2023?", "who is he?", "But why"),
        *("What about China?", "And Wang Yi?", "Which Russian city did he visit?", "with whom?"),
        *("ما السبب؟", "ما اسمه؟", "من هو؟", "متى؟", "ومن حضر؟", "ماذا قال لافروف عنه؟", "ومصر؟"),
        *("كم قُتل هناك؟", "وماذا عن الصين؟", "هل وافق بوتين على ذلك؟", "وكم كان عددهم؟"),
    ],
)
def test_a_question_that_leans_has_its_topic_in_brackets(question: str) -> None:
    for former in (BRICS, VIENTIANE):
        mark = "؟" if detect_language(question) == "ar" else "?"
        topic = former.rstrip("?؟")
        assert resolve(question, [turn(former)]) == f"{question.rstrip('?؟')}{mark} ({topic})"


@pytest.mark.parametrize(
    "question",
    [
        *("Who is Lavrov?", "who is putin?", "what is inflation?", "What's BRICS?"),
        *("Is it true that Lavrov visited Kazan in 2024?", "Where did Lavrov go?", "hello"),
        *("How many countries are there in the EU?", "Who won the election this year in France?"),
        *("What did Lavrov say when he visited China for the talks?", "who are you?", "thanks"),
        "And where did the foreign ministers of Russia and China sign the declaration in 2021?",
        *("من هو بوتين؟", "ما هي بريكس؟", "من فاز في الانتخابات الأمريكية؟", "شكرا", "من أنت؟"),
        *("هل هناك اتفاق بين روسيا والصين وإيران حول الغاز؟", "ما الدول التي شارك فيها لافروف؟"),
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    for former in (BRICS, VIENTIANE):
        assert resolve(question, [turn(former)]) == question


def test_hardly_any_question_of_the_evaluation_leans() -> None:
    leaning = [question for question in QUESTIONS if leans(question)]
    assert len(leaning) <= 0.05 * len(QUESTIONS), leaning


@pytest.mark.parametrize(
    ("questions", "last"),
    [
        ((BRICS, "ومن حضر؟", "متى؟"), "متى؟ (ومن حضر؟ أين عُقدت قمة بريكس في يوليو 2024)"),
        ((VIENTIANE, "Who is Putin?", "when?"), "when? (Who is Putin)"),
        ((BRICS, "شكرا", "ومن حضر؟"), "ومن حضر؟ (أين عُقدت قمة بريكس في يوليو 2024)"),
        (("Did Lavrov resign today?", "؟", "why?"), "why? (Did Lavrov resign today)"),
    ],
)
def test_a_chain(questions: tuple[str, ...], last: str) -> None:
    assert talk(*questions)[-1] == last


@pytest.mark.parametrize("question", ["", " ", "?", "؟!", "()", "\n", "متى؟", "why?", "and where?"])
def test_without_a_topic_nothing_changes(question: str) -> None:
    for history in ([], [turn("")], [turn("؟")], [turn(" \n ")]):
        assert resolve(question, history) == question


def test_a_turn_not_resolved_counts_as_typed() -> None:
    assert resolve("why?", [Turn("Did Lavrov resign?", "", "")]) == "why? (Did Lavrov resign)"


def test_the_oldest_of_a_long_topic_gives_way() -> None:
    former = " ".join(f"word{n}" for n in range(200))
    resolved = resolve("who attended?", [turn(former)])
    assert len(resolved) <= 500
    assert resolved.endswith(" word198 word199)")
    assert resolved.startswith("who attended? (word")


def test_brackets_of_the_topic_go() -> None:
    resolved = resolve("why?", [turn("Who runs the (new) party?")])
    assert resolved == "why? (Who runs the new party)"


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
