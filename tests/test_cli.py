"""The command line over computable encoders: output, exit codes, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_tasks import Inline
from fakes import SEEDS

from rag import cli

pytestmark = pytest.mark.usefixtures("words")


def test_the_first_question_indexes_the_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "وانغ يي", "-k", "2", "--json"]) == 0
    captured = capsys.readouterr()
    hits = json.loads(captured.out)
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert "first run" in captured.err


def test_ingest_list_show_remove(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest"]) == 0
    assert "6 added, 0 replaced, 0 unchanged" in capsys.readouterr().err
    assert cli.main(["ingest"]) == 0
    assert "0 added, 0 replaced, 6 unchanged" in capsys.readouterr().err
    assert cli.main(["list", "--json"]) == 0
    articles = json.loads(capsys.readouterr().out)
    assert len(articles) == 6
    assert cli.main(["list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert cli.main(["show", articles[0]["id"], "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["text"] == sorted(SEEDS.iterdir())[0].read_text(encoding="utf-8")
    assert cli.main(["remove", articles[0]["id"]]) == 0
    capsys.readouterr()
    assert cli.main(["list", "--json"]) == 0
    assert [a["id"] for a in json.loads(capsys.readouterr().out)] == [a["id"] for a in articles[1:]]


def test_ingest_by_workers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("rag.library", "rag.distributed.choice"):
        monkeypatch.setattr(f"{place}.Processes", Inline)
    command = ["ingest", "seeds", "nowhere", "--workers", "2"]
    assert cli.main(command) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "musnad: 6 articles so far",
        "musnad: nowhere: no such file or folder",
        "musnad: 6 added, 0 replaced, 0 unchanged",
    ]
    assert cli.main(command[:2] + command[3:]) == 0
    assert "0 added, 0 replaced, 6 unchanged" in capsys.readouterr().err


def test_ask_prints_the_answer_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    question = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
    assert cli.main(["ask", "--llm", "none", question]) == 0
    out = capsys.readouterr().out
    assert "144" in out
    assert "[1]" in out
    assert "date unknown" in out
    assert cli.main(["ask", "--llm", "none", "--json", question]) == 0
    assert json.loads(capsys.readouterr().out)["answered"] is True


def test_batch_forms(tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": 1, "question": "وانغ يي"}\n{"id": 2, "question": " "}\n')
    arguments = ["--questions", str(questions), "--output", str(tmp_path / "r.jsonl")]
    assert cli.main(["search", *arguments, "-k", "3"]) == 0
    first, second = map(json.loads, (tmp_path / "r.jsonl").read_text().splitlines())
    assert (first["id"], len(first["hits"])) == ("1", 3)
    assert second == {"id": "2", "question": " ", "error": "empty question"}
    assert cli.main(["ask", "--llm", "none", *arguments[:3], str(tmp_path / "a.jsonl")]) == 0
    assert json.loads((tmp_path / "a.jsonl").read_text().splitlines()[0])["passages"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "empty question"),
        (["ask", "x" * 100_000], 2, "question of 100,000 characters: at most 2,000"),
        (["ask", "--llm", "gpt-99", "question"], 2, "--llm 'gpt-99': expected auto, none"),
        (["ask", "--llm", "missing.gguf", "question"], 1, "missing.gguf: No such file"),
        (["ask", "--llm", "bad.gguf", "question"], 1, "bad.gguf: not a GGUF model file"),
        (["search", "-k", "0", "question"], 2, "-k 0: at least 1"),
        (["search"], 2, "give one QUESTION"),
        (["search", "q", "--questions", "q.jsonl"], 2, "--questions and --output go together"),
        (["search", "q", "--index", "nowhere"], 1, "nowhere: no index here; make one with"),
        (["list", "--index", "nowhere"], 1, "nowhere: no index here"),
        (["ingest", "nowhere"], 1, "nowhere: no such file or folder"),
        (["ingest", "empty.txt"], 1, "empty.txt: empty file"),
        (["ingest", "binary.txt"], 1, "binary.txt: binary file (NUL at byte 1)"),
        (["ingest", "latin.txt"], 1, "latin.txt: not UTF-8: byte 0xe9 at offset 3"),
        (["ingest", "--workers", "0"], 2, "--workers 0: at least 1"),
        (["ingest", "--workers", "2", "--sync"], 2, "--workers and --ray go with none of --sync,"),
        (["ingest", "--ray", "seeds"], 2, "--ray seeds: not HOST:PORT, auto or local"),
        (["chat", "--auth", "nowhere"], 2, "--auth nowhere: No such file"),
        (["chat", "--auth", "latin.txt"], 2, "--auth latin.txt: not UTF-8 text"),
        (["chat", "--auth", "empty.txt"], 2, "--auth empty.txt: nobody could log in"),
        (["chat", "--auth", "names.txt"], 2, "--auth names.txt, line 2: expected name:password"),
        (["serve", "--auth", "nowhere"], 2, "--auth nowhere: No such file"),
        (["show", "zzz"], 1, "no article with id 'zzz'"),
    ],
)
def test_bad_input_is_one_line_and_loses_nothing(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ingest"]) == 0
    capsys.readouterr()
    Path("empty.txt").write_bytes(b"")
    Path("binary.txt").write_bytes(b"a\0b")
    Path("latin.txt").write_bytes(b"caf\xe9")
    Path("names.txt").write_text("reader:secret\nguest\n")
    Path("bad.gguf").write_bytes(b"no model")
    assert cli.main(arguments) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
    lines = [line for line in captured.err.splitlines() if "0 added" not in line]
    assert len(lines) == 1
    assert captured.out == ""
    assert cli.main(["list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 6


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "--index", "nowhere", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["search", "q", "-k", "many"]])
def test_unknown_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(arguments)
    assert exit_info.value.code == 2


def test_an_article_cannot_drive_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    page.write_text("The dam opened.\x1b]0;owned\x07 It cost \x1b[31m5 million.", encoding="utf-8")
    assert cli.main(["ingest", str(page)]) == 0
    for command in (["search", "dam"], ["ask", "--llm", "none", "What did the dam cost?"]):
        capsys.readouterr()
        assert cli.main(command) == 0
        out = capsys.readouterr().out
        assert "dam" in out and "\x1b" not in out and "\x07" not in out
