"""Tokens: what is kept of them, and that a change counts at once, from another process too."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import ROOT

from rag import cli
from rag.errors import TokenError, UsageError
from rag.server.tokens import FILE, Tokens
from rag.service.rights import Role


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_token_is_found_again_and_cannot_be_read_from_the_file(home: Path) -> None:
    tokens = Tokens(home)
    shown = tokens.add("desk", Role.EDITOR)
    assert len(bytes.fromhex(shown.rpartition("_")[2])) * 8 >= 192
    found = Tokens(home).find(shown)
    assert found is not None and (found.name, found.role) == ("desk", Role.EDITOR)
    file = home / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text(encoding="utf-8")
    assert shown not in text and shown.rpartition("_")[2] not in text
    assert found.hash.startswith("$argon2id$") and found.hash in text
    assert sorted(p.name for p in home.iterdir() if not p.name.startswith(".")) == [FILE]


def test_two_tokens_differ_in_all_that_is_random(home: Path) -> None:
    tokens = Tokens(home)
    _, first_id, first = tokens.add("a", Role.READER).split("_")
    _, second_id, second = tokens.add("b", Role.READER).split("_")
    assert first_id != second_id and first != second
    assert tokens.find(f"musnad_{first_id}_{second}") is None
    assert tokens.find(f"musnad_{second_id}_{second}") is not None


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "musnad_",
        "{token}0",
        "{token}\n",
        "{token}\0",
        " {token}",
        "MUSNAD{rest}",
        "{token}" * 100_000,
        "musnad_" + "0" * 12 + "_" + "0" * 64,
        "\ud800",
    ],
)
def test_what_is_no_token_is_not_found(home: Path, wrong: str) -> None:
    tokens = Tokens(home)
    shown = tokens.add("desk", Role.READER)
    presented = wrong.replace("{token}", shown).replace("{rest}", shown[6:])
    assert tokens.find(presented) is None
    assert tokens.known(presented) is None
    assert not tokens.could_be(presented)


def test_it_is_hashed_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Tokens(home).add("desk", Role.READER)
    tokens = Tokens(home)
    assert tokens.known(shown) is None
    found = tokens.find(shown)
    monkeypatch.setattr("rag.server.tokens._verified", None)
    assert tokens.known(shown) == found


def test_one_revoked_by_another_process_counts_no_more(home: Path) -> None:
    tokens = Tokens(home)
    shown, other = tokens.add("desk", Role.READER), tokens.add("other", Role.READER)
    assert tokens.find(shown)
    environment = {"MUSNAD_HOME": str(home), "PYTHONPATH": str(ROOT), "HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "rag", "tokens", "revoke", "desk"], check=True, env=environment
    )
    assert tokens.known(shown) is None
    assert tokens.find(shown) is None
    assert tokens.find(other)


def test_names_are_taken_once_and_kept_as_people_see_them(home: Path) -> None:
    tokens = Tokens(home)
    tokens.add("مكتب الأخبار", Role.READER)
    tokens.add("José", Role.READER)
    with pytest.raises(UsageError, match="there is a token of that name"):
        tokens.add("José", Role.ADMIN)
    assert tokens.revoke("José").role == Role.READER
    assert [token.name for token in tokens.all()] == ["مكتب الأخبار"]


@pytest.mark.parametrize("name", ["", " a", "a ", "a:b", "a\nb", "a\0", "x" * 65, "<b>", "\u202ea"])
def test_a_name_that_is_none_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UsageError, match="a name has 1 to 64"):
        Tokens(home).add(name, Role.READER)
    assert Tokens(home).all() == ()


def test_many_added_at_once_are_all_kept(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda n: Tokens(home).add(f"n{n}", Role.READER), range(8)))
    assert len(set(shown)) == len(Tokens(home).all()) == 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": 1}',
        '{"format": 1, "tokens": [{"id": "x"}]}',
        '{"format": 2}',
        "\xff",
    ],
)
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(home: Path, text: str) -> None:
    home.mkdir()
    (home / FILE).write_text(text, encoding="latin-1")
    for act in (Tokens(home).all, lambda: Tokens(home).add("desk", Role.ADMIN)):
        with pytest.raises(TokenError, match=FILE):
            act()
    assert (home / FILE).read_text(encoding="latin-1") == text


def test_a_role_that_is_none_is_damage(home: Path) -> None:
    Tokens(home).add("desk", Role.READER)
    stored = json.loads((home / FILE).read_text(encoding="utf-8"))
    stored["tokens"][0]["role"] = "owner"
    (home / FILE).write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(TokenError, match="damaged"):
        Tokens(home).all()


def test_the_commands(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUSNAD_HOME", str(home))
    assert cli.main(["tokens", "add", "desk", "--role", "editor"]) == 0
    told = capsys.readouterr()
    found = Tokens(home).find(told.out.strip())
    assert found and found.role == Role.EDITOR
    assert "not shown again" in told.err and told.out.strip() not in told.err
    assert cli.main(["tokens", "add", "guest"]) == 0
    shown = capsys.readouterr().out.strip()
    assert cli.main(["tokens", "list"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == ["editor", "reader"]
    assert cli.main(["tokens", "list", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert [record.keys() for record in records] == [{"name", "role", "made"}] * 2
    assert cli.main(["tokens", "add", "desk"]) == 2
    assert cli.main(["tokens", "revoke", "guest"]) == 0
    assert Tokens(home).find(shown) is None
    assert cli.main(["tokens", "revoke", "guest"]) == 1
    assert "no token has that name" in capsys.readouterr().err.splitlines()[-1]
