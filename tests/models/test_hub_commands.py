"""``musnad models`` with models of the hub, and which it suggests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hub import REPO, FakeHub, serving

from rag.cli import main
from rag.config import Settings
from rag.models import machine
from rag.models.hub import parse_hub_name
from rag.models.suggestions import SUGGESTIONS, Suggestion

NAME = f"hf:{REPO}"
FILE = f"{NAME}:tiny-Q4_K_M.gguf"
GB = 10**9


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setenv("MUSNAD_HOME", str(tmp_path))
    monkeypatch.delenv("MUSNAD_OFFLINE", raising=False)
    with serving(FakeHub({"tiny-Q4_K_M.gguf": b"GGUF, four bits"})) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("hub")
def test_what_was_pulled_is_listed_and_verified(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["models", "pull", NAME]) == 0
    path = tmp_path / "weights" / "someone--tiny-GGUF--tiny-Q4_K_M.gguf"
    assert lines(capsys) == [f"{NAME}: {path}"]
    assert main(["models", "list"]) == 0
    assert lines(capsys)[-1].split() == [FILE, "llm", "15", "B", "apache-2.0", "ready"]
    for name in (NAME, FILE):
        assert main(["models", "verify", name]) == 0
        assert lines(capsys)[0].startswith(f"{FILE}: ok, sha256 ")
    path.write_bytes(b"GGUF, damaged 4")
    assert main(["models", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["state"] == "damaged"
    assert main(["models", "verify", NAME]) == 1
    assert f"run `musnad models pull {FILE} --force`" in capsys.readouterr().err
    assert main(["models", "pull", FILE, "--force"]) == 0
    assert main(["models", "verify", NAME]) == 0


@pytest.mark.usefixtures("hub")
def test_what_was_not_pulled_and_what_is_no_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["models", "verify", NAME]) == 1
    assert f"{NAME}: not here; run `musnad models pull {NAME}`" in capsys.readouterr().err
    for command in (["models", "pull", NAME, "hf:tiny"], ["ask", "متى؟", "--llm", "hf:tiny"]):
        assert main(command) == 2
        assert "'hf:tiny': expected hf:OWNER/NAME" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_one_that_the_hub_refuses_does_not_keep_the_others_back(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "pull", "hf:nobody/nothing", NAME]) == 1
    told = capsys.readouterr()
    assert "musnad: hf:nobody/nothing: model hub: HTTP 404: not there\n" in told.err
    assert f"{NAME}: " in told.out


def test_the_token_and_the_hub_are_read_from_the_environment() -> None:
    environ = {"HF_TOKEN": "one", "HF_ENDPOINT": "http://hub"}
    settings = Settings.from_environment(environ)
    assert (settings.hub, settings.hub_token) == ("http://hub", "one")
    assert Settings.from_environment({**environ, "MUSNAD_HF_TOKEN": "two"}).hub_token == "two"
    assert (Settings.from_environment({}).hub, Settings.from_environment({}).hub_token) == (
        None,
        None,
    )


def test_memory_is_weights_cache_and_buffers() -> None:
    model = Suggestion(
        "hf:a/b", "2024-09", "MIT", 4 * GB, layers=28, heads=4, width=128, expected=""
    )
    # A key and a value of 4 × 128 numbers of two bytes, in 28 layers, for each token.
    assert model.cache(4096) == 4096 * 28 * 2 * (4 * 128) * 2
    assert model.memory(4096) == 4 * GB + model.cache(4096) + machine._BUFFERS


def test_a_container_has_no_more_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = machine.memory()
    monkeypatch.setattr(machine, "_CONTAINER", tmp_path / "memory.max")
    for limit, expected in (("max\n", whole), ("2000000000\n", 2 * GB)):
        (tmp_path / "memory.max").write_text(limit)
        assert machine.memory() == min(expected, whole)


def test_what_fits_is_suggested_first_and_the_larger_before_the_smaller(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "memory", lambda: 8 * GB)
    assert main(["models", "suggest", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert len(records) == len(SUGGESTIONS)
    sizes = [record["size"] for record in records if record["fits"]]
    others = [record["size"] for record in records if not record["fits"]]
    assert sizes == sorted(sizes, reverse=True) and others == sorted(others)
    assert [record["memory"] <= 5 * GB for record in records] == [
        record["fits"] for record in records
    ]
    assert sizes and others
    assert main(["models", "suggest"]) == 0
    shown = lines(capsys)
    assert sum("fits" in line for line in shown) == len(sizes)
    assert "None was measured here" in shown[-1]


@pytest.mark.parametrize("model", SUGGESTIONS, ids=lambda model: model.name)
def test_every_suggestion_can_be_pulled_by_its_name(model: Suggestion) -> None:
    assert parse_hub_name(model.name).filename is None
    assert 1 * GB < model.size < 10 * GB
