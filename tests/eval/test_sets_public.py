"""SQuAD and BEIR files as evaluation sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.metrics.citations import Cited
from eval.sets.public import beir_set, parallel_set, squad_set
from rag.errors import CorpusError


def squad(path: Path, context: str, *asked: tuple[str, str | None]) -> Path:
    qas = [
        {
            "question": question,
            "answers": []
            if answer is None
            else [{"text": answer, "answer_start": context.index(answer)}],
        }
        for question, answer in asked
    ]
    data: dict[str, Any] = {"data": [{"paragraphs": [{"context": context, "qas": qas}]}]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_parallel_squad_files_are_one_set_in_two_languages(tmp_path: Path) -> None:
    arabic = squad(
        tmp_path / "ar.json", "بلغت الكلفة 320 مليونا", ("كم بلغت الكلفة؟", "320 مليونا")
    )
    english = squad(
        tmp_path / "en.json", "It cost 320 million", ("What did it cost?", "320 million")
    )
    whole = squad_set([arabic, english])
    own, other = whole.items
    assert (own.key, other.key) == ("ar-00001/ar", "ar-00001/en")
    assert own.groups == other.groups == ((Cited("p0", 12, 22),),)
    assert (other.answers, other.otherwise) == (("320 million",), ("320 مليونا",))
    assert own.relevant == {"p0": 1.0}
    assert whole.documents == ({"id": "p0", "text": "بلغت الكلفة 320 مليونا"},)
    assert [item.language for item in squad_set([arabic, english], "en").items] == ["en"]


def test_a_squad_question_without_answers_is_to_be_declined(tmp_path: Path) -> None:
    file = squad(tmp_path / "x.json", "It cost 3.", ("What did it cost?", "3"), ("Who?", None))
    assert [item.answerable for item in squad_set([file]).items] == [True, False]


def test_files_that_are_not_parallel_are_named(tmp_path: Path) -> None:
    one = squad(tmp_path / "ar.json", "نص هنا", ("ما هذا؟", "نص"))
    two = squad(tmp_path / "en.json", "text", ("What is it?", "text"), ("And that?", "text"))
    with pytest.raises(CorpusError, match=r"en\.json: not parallel to .*ar\.json"):
        squad_set([one, two])


def test_spans_are_those_of_the_stripped_passage(tmp_path: Path) -> None:
    file = squad(tmp_path / "x.json", "  It cost 3. ", ("What did it cost?", "3"))
    (item,), (row,) = squad_set([file]).items, squad_set([file]).documents
    assert [row["text"][s.start : s.end] for s in item.spans] == ["3"]


def test_a_file_of_another_layout_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"x\.json: not in SQuAD's layout"):
        squad_set([tmp_path / "x.json"])
    with pytest.raises(CorpusError, match=r"none\.json: No such file"):
        squad_set([tmp_path / "none.json"])
    one = squad(tmp_path / "ar.json", "نص هنا", ("ما هذا؟", "نص"))
    with pytest.raises(CorpusError, match="no questions in language 'fr'"):
        squad_set([one], "fr")


def test_each_sentence_asks_for_its_translation(tmp_path: Path) -> None:
    path = tmp_path / "p.tsv"
    path.write_text("id\ten\tar\n1\tOne.\tواحد.\n2\tTwo.\tاثنان.\n", encoding="utf-8")
    found = parallel_set(path)
    assert [row["text"] for row in found.documents] == ["واحد.", "اثنان."]
    assert [(item.text, item.relevant) for item in found.items] == [
        ("One.", {"s0": 1.0}), ("Two.", {"s1": 1.0}),
    ]  # fmt: skip
    path.write_text("id\ten\n1\tOne.\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"p\.tsv: expected lines"):
        parallel_set(path)


def beir(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\td2\t2\nq1\td1\t0\n") -> Path:
    rows = [{"_id": "d1", "title": "T", "text": "one"}, {"_id": "d2", "title": "", "text": "two"}]
    queries = [{"_id": "q1", "text": "What is two?"}, {"_id": "q2", "text": "not judged"}]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (folder / "qrels").mkdir(exist_ok=True)
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_beir_judges_articles(tmp_path: Path) -> None:
    found = beir_set(beir(tmp_path))
    (item,) = found.items
    assert (item.key, item.relevant, found.judged) == ("q1/en", {"d2": 2.0}, "articles")
    assert found.documents == (
        {"id": "d1", "text": "one", "title": "T"},
        {"id": "d2", "text": "two"},
    )


@pytest.mark.parametrize(
    ("qrels", "message"),
    [("q1\td2\tmany\nq1\n", r"test\.tsv:2: expected"), ("q9\td2\t1\n", "no query has")],
)
def test_beir_files_that_are_not_so_are_named(qrels: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=message):
        beir_set(beir(tmp_path, qrels))
    with pytest.raises(CorpusError, match=r"qrels: no \.tsv"):
        beir_set(tmp_path / "nowhere")
