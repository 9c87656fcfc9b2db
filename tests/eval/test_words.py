"""Metrics of words by hand arithmetic, and beside SQuAD's script."""

from __future__ import annotations

import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.words import contains, exact, f1


def test_f1_counts_shared_words() -> None:
    # 2 of 4 words found, 2 of 3 gold words: P = 1/2, R = 2/3.
    assert f1("lake near Baku town", ["near", "big lake Baku"]) == pytest.approx(2 * 2 / (4 + 3))
    assert f1("the lake", ["lake"]) == 1
    assert f1("lake", []) == f1("", ["lake"]) == 0


@pytest.mark.parametrize(
    ("text", "gold", "found"),
    [
        ("عقد الاجتماع في موسكو.", "موسكو", True),
        ("وبموسكو التقى الوزيران", "موسكو", False),
        ("وصل إلى القاهرة", "القاهره", True),
        ("زار والقاهرة معا", "القاهرة", True),
        ("في عام ٢٠٢٤ تقريبا", "2024", True),
        ("في عام 20245", "2024", False),
        ("It was Wang Yi who spoke", "wang yi", True),
        ("Yi Wang", "Wang Yi", False),
        ("نص", "", False),
    ],
)
def test_the_words_of_a_gold_answer_are_found_in_order(text: str, gold: str, found: bool) -> None:
    assert contains(text, [gold]) is found


def test_short_words_keep_their_letters() -> None:
    # و of وان is no particle: fewer than two letters would be left after ال or a longer prefix.
    assert not contains("ان", ["وا"])
    assert exact("الرئيس الصيني", ["رئيس صيني"])
    assert not exact("الرئيس الصيني شي", ["رئيس صيني"])


def squad_normalize(text: str) -> list[str]:
    """``normalize_answer`` of SQuAD's evaluate-v1.1.py, then its ``split``."""
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split()).split()


def squad_f1(answer: str, gold: str) -> float:
    prediction, truth = squad_normalize(answer), squad_normalize(gold)
    same = sum((Counter(prediction) & Counter(truth)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(prediction), same / len(truth)
    return (2 * precision * recall) / (precision + recall)


ENGLISH = st.lists(
    st.sampled_from(["the", "a", "U.S.", "well-known", "Lake", "lake,", "1,000", "$5", "an", "-"])
).map(" ".join)


@given(ENGLISH, ENGLISH)
def test_on_english_they_are_those_of_squads_script(answer: str, gold: str) -> None:
    assert f1(answer, [gold]) == pytest.approx(squad_f1(answer, gold))
    assert exact(answer, [gold]) == (squad_normalize(answer) == squad_normalize(gold))


def test_arabic_punctuation_and_forms_do_not_count() -> None:
    assert exact("«القاهرة»، ٢٠٢٤؟", ["قاهره 2024"])
    assert not exact("القاهرة", ["الإسكندرية"])
