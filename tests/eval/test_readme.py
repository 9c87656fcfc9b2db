"""The README's headline table and the accepted figures agree."""

from __future__ import annotations

import pytest
from fakes import ROOT

from eval.compare import Record
from eval.gate import read_accepted
from eval.readme import BEGIN, END, current, headline_table, with_table

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_readme_shows_the_accepted_figures() -> None:
    assert with_table(README, current()) == README, "run: python -m eval.readme"


def test_another_figure_is_another_readme() -> None:
    accepted = read_accepted("seeds-none")
    accepted["headline"]["ar"]["nDCG@10"] = [0.123, 0.1, 0.2, 133]
    table = headline_table({"quoting": accepted})
    assert "0.12 (0.10–0.20)" in table
    assert with_table(README, table) != README


def test_a_row_a_measure_and_a_column_a_system_and_language() -> None:
    rows = {
        name: [0.5, 0.4, 0.6, 9]
        for name in ("nDCG@10", "all facts cited", "citation precision", "in either language",
                     "short F1", "answerable answered", "abstention recall")
    }  # fmt: skip
    exact = {"quotes exact": [1.0, 1.0, 1.0, 9], "numbering sound": [0.9, 0.9, 0.9, 9]}
    record: Record = {"headline": {"ar": {**rows, **exact}}}
    lines = headline_table({"quoting": record}).splitlines()
    assert lines[:2] == ["| | Arabic, quoting |", "|---|---|"]
    assert "| markers lead to their sources | 0.90 |" in lines
    assert "| nDCG@10 of the passages | 0.50 (0.40–0.60) |" in lines


@pytest.mark.parametrize("readme", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_without_its_markers_a_readme_is_refused(readme: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        with_table(readme, "")
