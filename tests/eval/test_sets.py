"""Evaluation sets: our own layout, and the choice of a part."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.metrics.citations import Cited
from eval.sets.ours import read_questions, read_seeds
from rag.errors import CorpusError

ROW: dict[str, Any] = {
    "id": "q1",
    "ar": "كم بلغت الكلفة؟",
    "en": "What did it cost?",
    "answers": {"ar": ["320 مليون"], "en": ["320 million"]},
    "gold": [[{"article": "a", "start": 3, "end": 9}], [{"article": "b", "start": 0, "end": 2}]],
}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_the_seeds_are_asked_in_both_languages() -> None:
    seeds = read_seeds()
    assert Counter(item.language for item in seeds.items) == {"ar": 186, "en": 186}
    assert sum(item.answerable for item in seeds.items) == 2 * 133
    several = [item for item in seeds.items if item.type in ("several", "comparison")]
    assert several and all(len(item.groups) > 1 for item in several)


def test_a_row_gives_a_question_a_language(tmp_path: Path) -> None:
    path = written(tmp_path, ROW, {"id": 2, "en": "Who?", "gold": []})
    arabic, english, other = read_questions("own", path, [tmp_path]).items
    assert (arabic.key, english.key, other.key) == ("q1/ar", "q1/en", "2/en")
    assert (english.answers, english.otherwise) == (("320 million",), ("320 مليون",))
    assert english.groups == ((Cited("a", 3, 9),), (Cited("b", 0, 2),))
    assert english.answerable and not other.answerable
    assert other.type == "question"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**ROW, "gold": None}, "own.jsonl:2: not a question in our layout"),
        ({"id": "x", "en": "Who?"}, "own.jsonl:2: not a question in our layout .*'gold'"),
        ({**ROW, "gold": [[]]}, "own.jsonl:2: .*empty group"),
        ({"id": "x", "gold": []}, "own.jsonl:2: no question in ar or en"),
        (ROW, "own.jsonl:2: id 'q1' stands twice"),
        ([1], "own.jsonl:2: expected an object"),
    ],
)
def test_a_line_that_is_no_question_is_named(row: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=message):
        read_questions("own", written(tmp_path, ROW, row), [tmp_path])


def test_a_part_is_fixed_keeps_translations_together_and_holds_every_type() -> None:
    seeds = read_seeds()
    part = seeds.choose(19)
    assert part.items == seeds.choose(19).items
    assert all(n == 2 for n in Counter(item.id for item in part.items).values())
    kinds = Counter(item.type for item in part.items if item.language == "ar")
    assert kinds.keys() == {item.type for item in seeds.items}
    assert kinds["single"] == round(50 * 19 / 186)
    # A larger part holds the smaller one, so its replies are used again.
    larger = {item.key for item in seeds.choose(40).items}
    assert {item.key for item in part.items} <= larger
    assert seeds.choose(1000).items == seeds.items


def test_a_question_and_its_gold_have_a_fingerprint(tmp_path: Path) -> None:
    first, _ = read_questions("own", written(tmp_path, ROW), [tmp_path]).items
    again, _ = read_questions("own", written(tmp_path, ROW), [tmp_path]).items
    other, _ = read_questions("own", written(tmp_path, {**ROW, "gold": []}), [tmp_path]).items
    assert first.fingerprint == again.fingerprint != other.fingerprint
