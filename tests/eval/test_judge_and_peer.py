"""The judge's verdicts, and the peer's replies as ours are laid out."""

from __future__ import annotations

from pathlib import Path

from fakes import ScriptedGenerator
from small_exam import silent

from eval.judge import judge_replies
from eval.metrics.citations import Cited
from eval.peer import claims_of, in_pages
from eval.scoring import Scored, score
from eval.sets.values import Item
from rag.types import Article

SOURCES = [["a", 0, 5, "words", "words"], ["b", 3, 9, "others", "others"]]


def scored(name: str, *, answered: bool = True) -> Scored:
    item = Item(name, "ar", "single", "كم؟", ("ثلاثة",), ("three",), ((Cited("a", 0, 5),),))
    claims = [{"text": "كانوا ثلاثة", "citations": []}] if answered else []
    reply = {"answered": answered, "text": "", "claims": claims, "hits": [], "relevant": 1}
    return score(item, reply, {})


def test_a_judge_is_asked_of_what_was_answered_and_only_once(tmp_path: Path) -> None:
    judge = ScriptedGenerator("Yes.", "no", "perhaps")
    rows = [scored("q1"), scored("q2"), scored("q3"), scored("q4", answered=False)]
    found = judge_replies(rows, judge, tmp_path, silent)
    # Right, wrong, neither (left out), declined.
    assert found["right"]["ar"][0] == round(1 / 3, 4)
    assert found["right"]["ar"][3] == 3
    assert len(judge.asked) == 3
    assert "ثلاثة; three" in judge.asked[0][0]["content"]
    assert judge_replies(rows, judge, tmp_path, silent) == found


def test_the_peers_markers_belong_to_the_words_before_them() -> None:
    claims = claims_of("One [1][2]. Two [7] three [2]. Rest", SOURCES)
    assert [(c["text"], [quote[:2] for quote in c["citations"]]) for c in claims] == [
        ("One", [[1, "a"], [2, "b"]]),
        (". Two", []),
        ("three", [[2, "b"]]),
        (". Rest", []),
    ]
    assert claims_of("", SOURCES) == []


def test_gold_in_a_story_counts_where_it_stands_in_its_page() -> None:
    page = Article("page", "menu. The story begins here.")
    story = Article("story", "The story begins here.", host="page")
    item = Item("q", "en", "t", "?", groups=((Cited("story", 4, 9),), (Cited("page", 0, 4),)))
    (found,) = in_pages([item], [page, story])
    assert found.groups == ((Cited("story", 4, 9), Cited("page", 10, 15)), (Cited("page", 0, 4),))
