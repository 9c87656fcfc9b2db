"""``musnad eval`` on the command line, over encoders that count words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from eval.asking import Asker
from rag import cli

EVAL = ["eval", "--llm", "none", "--work", "work"]
FEW = [*EVAL, "--limit", "6"]


@pytest.fixture(autouse=True)
def nothing_accepted(words: None, tmp_path: Path) -> None:
    """A working copy without accepted figures."""
    (tmp_path / "eval" / "results").mkdir(parents=True)


def figures(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def test_a_table_the_figures_and_the_place_of_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([*FEW, "--json", "new.json"]) == 0
    captured = capsys.readouterr()
    assert "musnad, seeds: 6 questions, model none" in captured.out
    assert re.search(r"quotes exact +1\.000   1\.000-1\.000", captured.out)
    last = captured.out.splitlines()[-1].removeprefix("report: ")
    assert Path(last).read_text(encoding="utf-8").startswith("<!doctype html>")
    record = figures("new.json")
    assert len(record["questions"]) == 12
    assert record["headline"].keys() == {"ar", "en"}


def test_what_was_asked_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(FEW) == 0
    first = capsys.readouterr().out

    def nobody(self: Asker, item: object) -> None:
        raise AssertionError("asked again")

    with monkeypatch.context() as patch:
        patch.setattr(Asker, "ask", nobody)
        assert cli.main(FEW) == 0
        assert capsys.readouterr().out == first
        with pytest.raises(AssertionError, match="asked again"):
            cli.main([*FEW, "--fresh"])


def test_the_same_run_has_not_changed_and_a_worse_one_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = [*EVAL, "--limit", "24"]
    assert cli.main([*many, "--json", "old.json"]) == 0
    assert cli.main([*many, "--compare", "old.json"]) == 0
    assert "measures unchanged" in capsys.readouterr().out
    better = figures("old.json")
    better["values"]["short F1"] = [
        None if v is None else 1.0 for v in better["values"]["short F1"]
    ]
    Path("old.json").write_text(json.dumps(better), encoding="utf-8")
    assert cli.main([*many, "--compare", "old.json"]) == 1
    assert "WORSE" in capsys.readouterr().out


def test_the_gate_holds_a_run_against_what_was_accepted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([*FEW, "--gate"]) == 1
    assert "seeds-6-none.json: nothing accepted for this run" in capsys.readouterr().err
    assert cli.main([*FEW, "--accept"]) == 0
    assert cli.main([*FEW, "--gate"]) == 0
    assert "gate: nothing below its floor" in capsys.readouterr().out
    accepted = figures("eval/results/seeds-6-none.json")
    found = accepted["values"]["MRR"]
    accepted["values"]["MRR"] = [None if value is None else 2.0 for value in found]
    Path("eval/results/seeds-6-none.json").write_text(json.dumps(accepted), encoding="utf-8")
    assert cli.main([*FEW, "--gate"]) == 1
    assert "gate: MRR (all): " in capsys.readouterr().out


def test_a_tenth_is_nineteen_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*EVAL, "--quick", "--questions-lang", "ar"]) == 0
    out = capsys.readouterr().out
    assert "19 questions" in out and "English" not in out


def own_questions(**changes: Any) -> Path:
    Path("page.txt").write_text("بلغت كلفة السد 320 مليون دولار.", encoding="utf-8")
    assert cli.main(["ingest", "page.txt", "--index", "own"]) == 0
    from rag.library import Library

    (article,) = Library(Path("own")).articles()
    span = {"article": article.id, "start": 15, "end": 30, **changes}
    row = {"id": "q1", "ar": "كم بلغت كلفة السد؟", "answers": {"ar": ["320"]}, "gold": [[span]]}
    Path("q.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return Path("q.jsonl")


def test_anybodys_questions(capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--jsonl", str(own_questions()), "--corpus", "page.txt"]
    assert cli.main([*EVAL, *own, "--json", "r.json"]) == 0
    assert figures("r.json")["values"]["MRR"] == [1.0]
    assert "musnad, q: 1 questions" in capsys.readouterr().out


def test_beir_is_retrieval_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b/qrels").mkdir(parents=True)
    rows = [{"_id": "d1", "text": "The dam cost a lot."}, {"_id": "d2", "text": "Rain fell."}]
    Path("b/corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    Path("b/queries.jsonl").write_text('{"_id": "q1", "text": "What did the dam cost?"}\n')
    Path("b/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    assert cli.main([*EVAL, "--beir", "b", "--json", "r.json"]) == 0
    out = capsys.readouterr().out
    assert "model retrieval alone" in out and "citation" not in out
    assert figures("r.json")["values"]["nDCG@10"] == [1.0]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--quick", "--limit", "3"], 2, "--quick and --limit exclude one another"),
        (["--limit", "0"], 2, "--limit 0: at least 1"),
        (["--jsonl", "q.jsonl"], 2, "--jsonl and --corpus go together"),
        (["--squad", "x.json", "--beir", "b"], 2, "--squad and --beir: one set at a time"),
        (["--squad", "x.json"], 1, "x.json: No such file"),
        (["--beir", "nowhere"], 1, "qrels: no .tsv file"),
        (["--jsonl", "no.jsonl", "--corpus", "seeds"], 1, "no.jsonl: No such file"),
        (["--questions-lang", "fr"], 1, "seeds: no questions in language 'fr'"),
        (["--compare", "none.json"], 1, "none.json: No such file"),
        (["--llm", "gpt-99"], 2, "--llm 'gpt-99': expected auto"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*EVAL, *arguments]) == code
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err
    assert len([line for line in err.splitlines() if line.startswith("musnad:")]) == 1


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"article": "zzz"}, "q1: gold names 'zzz', no article of the corpus"),
        ({"end": 999}, "q1: gold 15-999 is not a place in"),
    ],
)
def test_gold_that_is_not_there_is_named(
    span: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--jsonl", str(own_questions(**span)), "--corpus", "page.txt"]
    assert cli.main([*EVAL, *own]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["retrieval"], ["--peer", "nobody"]])
def test_unknown_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(["eval", *arguments])
    assert exit_info.value.code == 2
