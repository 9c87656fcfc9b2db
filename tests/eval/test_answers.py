"""The evaluation of answers, by a corpus and a model that a person can follow."""

from __future__ import annotations

import json
from pathlib import Path

from fakes import ScriptedGenerator

from eval.answers import Asker, golds_in_passage, holds_gold, measure, sample, says_gold, waits
from eval.data import QuestionSet, read_squad
from eval.retrieval import index_set
from rag.library import Library

PASSAGES = {
    "سد سنار": ("بلغت كلفة سد سنار 320 مليون دولار.", "كم بلغت كلفة سد سنار؟", "320 مليون دولار"),
    "قناة السويس": ("افتتح الوزير قناة السويس في مايو.", "متى افتتح الوزير القناة؟", "في مايو"),
}


def question_set(folder: Path) -> QuestionSet:
    paragraphs = [
        {
            "context": f"  {text}",
            "qas": [
                {
                    "question": question,
                    "answers": [{"text": gold, "answer_start": text.index(gold) + 2}],
                }
            ],
        }
        for text, question, gold in PASSAGES.values()
    ]
    path = folder / "squad.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return read_squad([path])


def asker(library: Library, questions: QuestionSet, *replies: str) -> Asker:
    index_set(library, questions)
    encoder, sentence_encoder = library.encoders()
    generator = ScriptedGenerator(*replies)
    return Asker(
        Library(
            library.path,
            library.settings,
            encoder=encoder,
            sentence_encoder=sentence_encoder,
            generator=generator,
        )
    )


def test_gold_spans_are_those_of_the_stripped_passage(tmp_path: Path) -> None:
    questions = question_set(tmp_path)
    assert [golds_in_passage(q, questions.passages) for q in questions.questions] == [
        ["320 مليون دولار"],
        ["في مايو"],
    ]


def test_a_right_and_a_wrong_answer_are_measured(library: Library, tmp_path: Path) -> None:
    questions = question_set(tmp_path)
    first, second = questions.questions
    asks = asker(library, questions, "[1] 320 مليون دولار", "[1] افتتح الوزير القناة في يونيو 1869")
    right, wrong = asks.reply(first), asks.reply(second)
    assert says_gold(right, questions.passages) and holds_gold(right, questions.passages)
    # The number is not in the article, so the article's own words stand in.
    assert "1869" not in wrong.text and "في مايو" in wrong.text
    table = measure([right, wrong], questions.passages)
    assert table["gold in quote"].mean == table["quotes exact"].mean == 1.0
    assert table["citation recall"].mean == 1.0
    assert table["declined wrongly"].mean == 0.0
    assert set(waits([right])) == {"quoted", "first_word", "total"}


def test_without_its_passage_a_question_is_asked_of_the_others(
    library: Library, tmp_path: Path
) -> None:
    questions = question_set(tmp_path)
    asks = asker(library, questions, "[1] 320 مليون دولار")
    answer = asks.ask(questions.questions[0], without_gold=True)
    assert {hit.article.id for hit in answer.passages} == {"p1"}


def test_a_sample_is_fixed_and_in_order(tmp_path: Path) -> None:
    questions = question_set(tmp_path)
    assert sample(questions, 2) == list(questions.questions)
    assert sample(questions, 1) == sample(questions, 1)
