"""From a question and its reply to values, and from values to the figures of a system."""

from __future__ import annotations

from math import log2
from typing import Any

import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from eval.aggregation import columns, mean, summarise
from eval.metrics.citations import Cited
from eval.report.failures import ANYWAY, BROKEN, DECLINED, NOT_FOUND, PARTLY, WRONG, cause_of
from eval.scoring import Scored, quotable, score
from eval.sets.values import Item

TWO_FACTS = Item(
    "q", "en", "several", "What?", ("blue",), ("أزرق",),
    ((Cited("a", 0, 5),), (Cited("b", 10, 15), Cited("c", 0, 5))),
)  # fmt: skip
NO_ANSWER = Item("u", "en", "unanswerable", "What?")


def reply(*quotes: tuple[str, int, int], words: str = "It is blue.", **changes: Any) -> Any:
    citations = [[n, *quote, words, words] for n, quote in enumerate(quotes, start=1)]
    claims = [{"text": words, "supported": True, "citations": [c]} for c in citations]
    return {
        "key": "q/en",
        "hits": [["x", 0, 9], ["c", 0, 20], ["a", 0, 20]],
        "relevant": 3,
        "legs": {"stems": 1, "names": None},
        "answered": True,
        "reason": None,
        "text": "\n".join(f"{words} [{c[0]}]" for c in citations),
        "claims": claims,
        "confidence": 0.5,
        "quoted": [list(quote) for quote in quotes],
        "timings": {"search": 0.1, "total": 0.3},
        **changes,
    }


def scored(item: Item = TWO_FACTS, *quotes: tuple[str, int, int], **changes: Any) -> Scored:
    return score(item, reply(*quotes, **changes), {"a": "ar"})


DECLINES = {"answered": False, "reason": "no_evidence", "text": "No.", "claims": []}


def test_an_answer_with_one_of_two_facts() -> None:
    one = scored(TWO_FACTS, ("a", 4, 9), ("x", 0, 3))
    found = {
        "nDCG@10": (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3) + 1 / log2(4)),
        "R@5": 2 / 2,
        "MRR": 1 / 2,
        "article@1": 0.0,
        "all facts cited": 0.0,
        "citation recall": 1 / 2,
        "citation precision": 1 / 2,
        "answer in text": 1.0,
        "quotes exact": 1.0,
        "numbering sound": 1.0,
        "answerable answered": 1.0,
        "leg stems": 1.0,
        "leg names": 0.0,
    }
    assert {name: one.values[name] for name in found} == pytest.approx(found)
    assert one.values["abstention precision"] is None
    assert one.article_language == "ar"
    assert cause_of(one) is PARTLY and not quotable(one.item, one.reply)


def test_every_fact_of_a_question_is_needed_by_any_of_its_spans() -> None:
    one = scored(TWO_FACTS, ("a", 0, 5), ("c", 2, 3))
    assert one.values["all facts cited"] == one.values["citation precision"] == 1
    assert cause_of(one) is None and quotable(one.item, one.reply)


def test_the_causes_of_failure() -> None:
    assert cause_of(scored(TWO_FACTS, ("x", 0, 3))) is WRONG
    assert cause_of(scored(TWO_FACTS, **DECLINES)) is DECLINED
    assert cause_of(scored(TWO_FACTS, ("x", 0, 3), hits=[["x", 0, 9]])) is NOT_FOUND
    assert cause_of(scored(NO_ANSWER, ("a", 0, 5))) is ANYWAY
    assert cause_of(scored(NO_ANSWER, **DECLINES)) is None
    assert cause_of(scored(TWO_FACTS, ("a", 0, 5), text="It is blue. [2]")) is BROKEN


def test_a_declined_question_supports_nothing_and_shows_no_quotes() -> None:
    values = scored(TWO_FACTS, **DECLINES).values
    assert values["citation recall"] == values["short F1"] == values["answerable answered"] == 0
    assert values["citation precision"] is values["quotes exact"] is None
    assert values["abstention precision"] == 0
    assert scored(NO_ANSWER, **DECLINES).values["abstention recall"] == 1


def test_the_figures_of_declining_are_as_scikit_learn_computes_them() -> None:
    declined = [True, True, False, False, True]
    unanswerable = [True, False, True, False, True]
    rows = [
        scored(NO_ANSWER if u else TWO_FACTS, **(DECLINES if d else {}))
        for d, u in zip(declined, unanswerable, strict=True)
    ]
    values = [one.values for one in rows]
    for name, theirs in (
        ("precision", precision_score), ("recall", recall_score), ("F1", f1_score),
    ):  # fmt: skip
        assert mean(values, f"abstention {name}") == pytest.approx(theirs(unanswerable, declined))
    assert columns(values, "abstention F1")[1] == [2, 1, 1, 0, 2]


def test_a_summary_slices_and_pairs() -> None:
    arabic = Item("q", "ar", "several", "ما؟", ("أزرق",), (), TWO_FACTS.groups)
    rows = [scored(TWO_FACTS, ("a", 0, 5), ("b", 12, 13)), scored(arabic, **DECLINES)]
    record = summarise(rows)
    assert record["headline"]["en"]["all facts cited"][0] == 1
    assert record["gap"]["all facts cited"][0] == 1
    assert record["slices"]["question type"]["several"]["ar"]["questions"] == 1
    assert record["slices"]["article language"].keys() == {"ar"}
    assert record["legs"]["en"]["stems"] == {"first": 1, "within 5": 1, "only": 1}
    assert record["seconds"]["ar"]["total"] == [0.3, 0.3]
    assert record["confidence"]["en"]["operating_coverage"] == 1


def test_judgements_of_articles_give_an_article_the_rank_of_its_best_passage() -> None:
    item = Item("q", "en", "beir", "What?", relevant={"a": 1.0, "z": 3.0})
    hits = [["x", 0, 1], ["x", 1, 2], ["a", 0, 1]]
    values = score(item, {"key": "q/en", "hits": hits, "relevant": 9, "legs": {}}, {}).values
    assert values["MRR"] == 1 / 2
    assert values["R@5"] == 1 / 2
    assert values["nDCG@10"] == pytest.approx((1 / log2(3)) / (3 + 1 / log2(3)))
    assert "citation recall" not in values
