"""Question sets from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.data import parallel_questions, read_squad
from rag.errors import CorpusError


def squad(path: Path, context: str, question: str) -> Path:
    qas = [{"id": "1", "question": question, "answers": [{"text": "a", "answer_start": 0}]}]
    data: dict[str, Any] = {"data": [{"paragraphs": [{"context": context, "qas": qas * 2}]}]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_parallel_files_give_passages_of_one_and_questions_of_the_other(tmp_path: Path) -> None:
    arabic = squad(tmp_path / "ar.json", "نص الفقرة", "ما هو السؤال؟")
    english = squad(tmp_path / "en.json", "text of the paragraph", "What is the question?")
    own, other = read_squad([arabic, english]), read_squad([arabic, english], "en")
    assert own.passages == other.passages == {"p0": "نص الفقرة"}
    assert [q.text for q in own.questions] == ["ما هو السؤال؟"] * 2
    assert [(q.text, q.gold) for q in other.questions] == [("What is the question?", "p0")] * 2
    with pytest.raises(CorpusError, match="no questions in language 'fr'"):
        read_squad([arabic, english], "fr")


def test_a_file_of_another_layout_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"x\.json: not in SQuAD's layout"):
        read_squad([tmp_path / "x.json"])
    with pytest.raises(CorpusError, match=r"none\.json: No such file"):
        read_squad([tmp_path / "none.json"])


def test_each_sentence_asks_for_its_translation(tmp_path: Path) -> None:
    path = tmp_path / "p.tsv"
    path.write_text("id\ten\tar\n1\tOne.\tواحد.\n2\tTwo.\tاثنان.\n", encoding="utf-8")
    questions = parallel_questions(path)
    assert questions.passages == {"p0": "واحد.", "p1": "اثنان."}
    assert [(q.text, q.gold) for q in questions.questions] == [("One.", "p0"), ("Two.", "p1")]
