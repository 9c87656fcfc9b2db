"""The fitting of the weights by which a page's date and outlet are chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cleanup import Count
from eval.fit import fields as fitting
from eval.fit.fields import FIELDS, Sample, crossed, fit, main, sample
from rag.corpus.page.choice import Candidate, choose
from rag.types import Span

PAGE = (
    "The Elm Post\nHome | News | Sport | Weather\nNew market opens at Larch End\n12 May 2021\n"
    "The town council of Larch End opened a new market on Wednesday in the station yard.\n"
    "Snow closes the road\n3 May 2020"
)


def named(**names: bool) -> list[Candidate]:
    return [Candidate(name, Span(0, 1), {"bias": 1, "top": top}) for name, top in names.items()]


STATED = [Sample(named(a=True, b=False, c=False), "a")] * 8
SILENT = [Sample(named(b=False, c=False), None), Sample([], None)] * 4


def test_a_sample_knows_what_is_true_of_its_page() -> None:
    for field, value in (("date", "2021-05-12"), ("outlet", "the  ELM Post")):
        found = sample(PAGE, field, value)
        assert any(each.value == found.true for each in found.candidates)
    assert sample(PAGE, "outlet", None).true is None


def test_what_is_fitted_tells_what_is_true_from_nothing() -> None:
    weights = fit([*STATED, *SILENT])
    found, likely = choose(STATED[0].candidates, weights)
    assert found and found.value == "a" and likely > 0.8
    assert choose(SILENT[0].candidates, weights)[1] < 0.5


def test_pages_are_judged_by_weights_that_have_not_seen_them() -> None:
    (low, high) = crossed(STATED, SILENT, [0.5, 1.0])
    assert low == Count(right=8, found=8, there=8)
    assert high == Count(right=0, found=0, there=8)


def test_the_command_fits_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ant").mkdir()
    (tmp_path / "ant" / "training_ids.txt").write_text("a\n", "utf-8")
    news = {"id": "a", "text": PAGE.splitlines()[4]}
    (tmp_path / "ant" / "articles.jsonl").write_text(json.dumps(news) + "\n", "utf-8")
    monkeypatch.setattr(fitting, "WEIGHTS", tmp_path / "fields.json")
    monkeypatch.setattr(fitting, "_PARTS", 2)
    assert main([str(tmp_path), "--write"]) == 0
    assert set(json.loads((tmp_path / "fields.json").read_text("utf-8"))) == set(FIELDS)
    assert capsys.readouterr().out.count("precision") == 6
