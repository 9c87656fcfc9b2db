"""Many questions from a file: order, resuming, and what bad files are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.batch import Question, answer_all, read_questions
from rag.errors import CorpusError, UsageError

QUESTIONS = [Question("a", "one"), Question("b", "two"), Question("c", "three")]


def echo(question: str) -> dict[str, Any]:
    if question == "bad":
        raise UsageError("empty question")
    return {"question": question, "answer": question.upper()}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_results_come_in_order_with_their_ids(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    assert list(answer_all(QUESTIONS, output, echo)) == ["a", "b", "c"]
    assert [row["id"] for row in lines(output)] == ["a", "b", "c"]
    assert lines(output)[1] == {"id": "b", "question": "two", "answer": "TWO"}


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    assert next(iter(answer_all(QUESTIONS, output, echo))) == "a"
    with output.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "b", "quest')
    assert list(answer_all(QUESTIONS, output, echo)) == ["b", "c"]
    assert [row["id"] for row in lines(output)] == ["a", "b", "c"]


def test_results_of_other_questions_are_not_touched(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    output.write_text('{"id": "z"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="other questions"):
        list(answer_all(QUESTIONS, output, echo))
    assert output.read_text(encoding="utf-8") == '{"id": "z"}\n'


def test_lone_surrogates_can_be_asked_about(tmp_path: Path) -> None:
    file, output = tmp_path / "q.jsonl", tmp_path / "r.jsonl"
    file.write_text(r'{"id": "\ud800", "question": "who \ud800?"}', encoding="utf-8")
    list(answer_all(read_questions(file), output, echo))
    assert lines(output) == [{"id": "?", "question": "who ??", "answer": "WHO ??"}]


def test_a_question_that_cannot_be_asked_becomes_an_error_record(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    list(answer_all([Question("a", "bad"), *QUESTIONS[1:]], output, echo))
    assert lines(output)[0] == {"id": "a", "question": "bad", "error": "empty question"}
    assert len(lines(output)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "q.jsonl:1: not JSON"),
        ("9" * 5000, "q.jsonl:1: not JSON: Exceeds the limit"),
        ("[" * 100_000, "q.jsonl:1: not JSON: maximum recursion"),
        ('{"id": "a"}', "q.jsonl:1: expected an object"),
        ('{"question": "x"}', 'q.jsonl:1: "id" is missing'),
        ('{"id": 1, "question": "x"}\n\n{"id": "1", "question": "y"}', "id '1' stands twice"),
    ],
)
def test_bad_questions_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_questions(path)


def test_a_missing_questions_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="none.jsonl: No such file"):
        read_questions(tmp_path / "none.jsonl")
