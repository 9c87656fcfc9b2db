"""The gate, over the seeds with switched parts: whole it passes, and each broken part shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_exam import Knowing, run

from eval.compare import read_record
from eval.gate import floors, violations, write_record
from rag.answering import compose
from rag.reading.evidence import Evidence
from rag.retrieval import legs
from rag.retrieval.fusion import LEGS
from rag.retrieval.query import Query
from rag.retrieval.retriever import Pool
from rag.store.protocol import Floats
from rag.types import Citation, Span

# English questions over Arabic articles: no counted word translates.
COUNTING_LEGS = [leg for leg in LEGS if leg != "translated"]
Gated = Callable[[], list[str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of the index, and the accepted figures of the whole system."""
    folder = tmp_path_factory.mktemp("gate")
    return folder, run(folder).record


@pytest.fixture
def gated(whole: tuple[Path, dict[str, Any]]) -> Gated:
    """What the gate says of the system as it is now."""
    folder, accepted = whole
    return lambda: violations(run(folder).record, accepted)


def test_the_whole_system_passes(gated: Gated) -> None:
    assert gated() == []


def test_citations_numbered_from_two_are_noticed(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = compose._Text._cite

    def shifted(self: compose._Text, item: Evidence, span: Span) -> Citation:
        citation = sound(self, item, span)
        return replace(citation, n=citation.n + 1)

    monkeypatch.setattr(compose._Text, "_cite", shifted)
    assert any(line.startswith("numbering sound (all)") for line in gated())


def test_citations_of_other_words_are_noticed(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = compose._Text._cite

    def opening(self: compose._Text, item: Evidence, span: Span) -> Citation:
        return sound(self, item, Span(0, span.end - span.start))

    monkeypatch.setattr(compose._Text, "_cite", opening)
    assert any(line.startswith("citation recall (all)") for line in gated())


def test_a_quote_that_is_not_in_its_article_is_noticed(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = compose._Text._cite

    def altered(self: compose._Text, item: Evidence, span: Span) -> Citation:
        citation = sound(self, item, span)
        return replace(citation, quote=citation.quote + " ")

    monkeypatch.setattr(compose._Text, "_cite", altered)
    assert any(line.startswith("quotes exact (all)") for line in gated())


@pytest.mark.parametrize("name", COUNTING_LEGS)
def test_a_dropped_leg_is_noticed(name: str, gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds all passages alike."""
    sound = legs.score

    def without(*arguments: Any) -> dict[str, Floats]:
        scores = dict(sound(*arguments))
        return {**scores, name: np.zeros_like(scores[name])}

    monkeypatch.setattr("rag.retrieval.retriever.score", without)
    assert any(line.startswith(f"leg {name} (all)") for line in gated())


def test_a_reversed_sort_is_noticed(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    ascending = Pool.scores

    def reverse(self: Pool, query: Query) -> Floats:
        return -ascending(self, query)

    monkeypatch.setattr(Pool, "scores", reverse)
    assert any(line.startswith("nDCG@10 (all)") for line in gated())


def test_a_reader_that_always_answers_is_noticed(
    whole: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, accepted = whole
    monkeypatch.setattr(Knowing, "believing", True)
    lines = violations(run(folder).record, accepted)
    assert any(line.startswith("abstention recall (all)") for line in lines)


def record(model: str, recalled: list[float]) -> dict[str, Any]:
    keys = [f"q{n}/en" for n in range(len(recalled))]
    return {
        "format": 1,
        "model": model,
        "questions": keys,
        "questions_fingerprint": "f",
        "values": {"R@5": recalled, "quotes exact": [1.0] * len(recalled)},
    }


def test_one_question_may_turn_and_two_may_not() -> None:
    accepted = record("none", [1.0] * 10)
    assert floors(accepted)["en"]["R@5"] == 1 - 1.5 / 10
    assert floors(record("some model", [1.0] * 10))["en"]["R@5"] == 1 - 3.5 / 10
    assert violations(record("none", [0.0] + [1.0] * 9), accepted) == []
    assert violations(record("none", [0.0] * 2 + [1.0] * 8), accepted) == [
        "R@5 (all): 0.800, below the floor of 0.850",
        "R@5 (en): 0.800, below the floor of 0.850",
    ]


def test_one_quote_that_is_not_exact_is_too_many() -> None:
    worse = record("none", [1.0] * 10)
    worse["values"]["quotes exact"][3] = 0.0
    lines = violations(worse, record("none", [1.0] * 10))
    assert lines[0] == "quotes exact (all): 0.900, below the floor of 1.000"


def test_what_is_not_measured_or_asked_differently_does_not_pass() -> None:
    accepted = record("none", [1.0] * 10)
    other = {**accepted, "values": {"R@5": [1.0] * 10}, "questions_fingerprint": "g"}
    lines = violations(other, accepted)
    assert lines[0] == "quotes exact (all): not measured; at least 1.000 was expected"
    assert "not those that were accepted" in lines[-1]


def test_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = record("none", [1.0, 0.5])
    write_record(tmp_path / "r.json", written)
    assert read_record(tmp_path / "r.json") == written
