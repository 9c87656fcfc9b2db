"""Answer metrics by hand arithmetic."""

from __future__ import annotations

import pytest

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
