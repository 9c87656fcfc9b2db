"""Model output to drafts, and the grammar that shapes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.prompts import NOT_FOUND, answer_grammar
from rag.answering.writing import Citing, abstains, parse_citing


@pytest.mark.parametrize(
    ("output", "drafts"),
    [
        ("It was 144. [2]", [Citing("It was 144.", (2,))]),
        ("It was 144 [2].", [Citing("It was 144", (2,))]),
        (
            "قُتل 144 شخصا [1][3]. ثم غادر [2]",
            [Citing("قُتل 144 شخصا", (1, 3)), Citing("ثم غادر", (2,))],
        ),
        ("One. Two. [1, 2]", [Citing("One.", (1, 2)), Citing("Two.", (1, 2))]),
        ("Made up [9].", [Citing("Made up", ())]),
        ("No marker at all.", [Citing("No marker at all.", ())]),
        ("[1] [2]", []),
        ("", []),
    ],
)
def test_markers_belong_to_the_text_before_them(output: str, drafts: list[Citing]) -> None:
    assert parse_citing(output, available=3) == drafts


@pytest.mark.parametrize(
    ("output", "drafts"),
    [
        ("[2] It was 144.", [Citing("It was 144.", (2,))]),
        (
            "[1] قُتل 144 شخصا\n[3] ثم غادر",
            [Citing("قُتل 144 شخصا", (1,)), Citing("ثم غادر", (3,))],
        ),
        ("[9] Made up.", [Citing("Made up.", ())]),
        ("[2] It was 144 [2]", [Citing("It was 144", (2,))]),
    ],
)
def test_markers_that_come_first_belong_to_the_text_after_them(
    output: str, drafts: list[Citing]
) -> None:
    assert parse_citing(output, available=3) == drafts


@given(st.text(alphabet="ab .[]0123456789,،\n", max_size=60), st.integers(0, 5))
def test_only_numbers_that_exist_are_cited(output: str, available: int) -> None:
    for draft in parse_citing(output, available):
        assert all(1 <= n <= available for n in draft.numbers)
        assert draft.text == draft.text.strip() != ""


@pytest.mark.parametrize("output", [NOT_FOUND, f" {NOT_FOUND.lower()}. ", "", "  "])
def test_the_sentinel_and_silence_abstain(output: str) -> None:
    assert abstains(output)
    assert not abstains("144 people [1]")


def test_the_grammar_knows_the_sentinel_and_just_the_numbers_there_are() -> None:
    grammar = answer_grammar(3)
    assert f'"{NOT_FOUND}"' in grammar
    assert 'number ::= "1" | "2" | "3"' in grammar
    assert '"4"' not in grammar
