"""Questions asked by the way every question goes, of a corpus that a person can follow."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedGenerator
from libraries import again

from eval.asking import Asker
from eval.scoring import score
from eval.sets.public import squad_set
from eval.sets.values import EvaluationSet
from rag.library import Library

PASSAGES = [
    ("بلغت كلفة سد سنار 320 مليون دولار.", "كم بلغت كلفة سد سنار؟", "320 مليون دولار"),
    ("افتتح الوزير قناة السويس في مايو.", "متى افتتح الوزير القناة؟", "في مايو"),
]


@pytest.fixture
def questions(tmp_path: Path) -> EvaluationSet:
    paragraphs = [
        {
            "context": text,
            "qas": [{"question": q, "answers": [{"text": gold, "answer_start": text.index(gold)}]}],
        }
        for text, q, gold in PASSAGES
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return squad_set([path])


@pytest.fixture
def filled(library: Library, questions: EvaluationSet, tmp_path: Path) -> Library:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(map(json.dumps, questions.documents)), encoding="utf-8")
    library.ingest([corpus])
    return library


def test_a_right_and_a_wrong_answer_are_measured(filled: Library, questions: EvaluationSet) -> None:
    first, second = questions.items
    model = ScriptedGenerator("[1] 320 مليون دولار", "[1] افتتح الوزير القناة في يونيو 1869")
    asker = Asker(filled, model)
    right, wrong = asker.ask(first), asker.ask(second)
    assert "320" in right["text"]
    # The number is not in the article, so the article's own words stand in.
    assert "1869" not in wrong["text"] and "في مايو" in wrong["text"]
    for item, reply in ((first, right), (second, wrong)):
        values = score(item, reply, {}).values
        for name in ("gold in quote", "quotes exact", "citation recall", "answerable answered"):
            assert values[name] == 1.0
        assert values["declined when hidden"] is None
        assert values["nDCG@10"] == 1.0
        assert {"quoted", "first_word", "total"} <= reply["timings"].keys()


def test_hidden_articles_are_neither_searched_nor_quoted(
    filled: Library, questions: EvaluationSet
) -> None:
    item = questions.items[0]
    asker = Asker(filled, None, hiding=True)
    assert asker.ask(item)["answered_hidden"] is True
    # Sure only where the passage is read that answers: it holds nearly all the words asked.
    strict = again(filled, replace(filled.settings, answerable=0.5))
    reply = Asker(strict, None, hiding=True).ask(item)
    assert (reply["answered"], reply["answered_hidden"]) == (True, False)
    assert score(item, reply, {}).values["declined when hidden"] == 1.0


def test_retrieval_alone_says_nothing_of_answers(filled: Library, questions: EvaluationSet) -> None:
    reply = Asker(filled, None, answering=False).ask(questions.items[0])
    assert "answered" not in reply and reply["hits"][0][0] == "p0"
    assert reply["relevant"] == 1 and reply["legs"]["stems"] == 1
