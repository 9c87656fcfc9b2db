"""The door of a server by its options: who has to say that everybody may come."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import UsageError
from rag.server.opening import add_door_options, door_of
from rag.server.tokens import Tokens
from rag.service.rights import Role


def options(*given: str, strict: bool = True) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_door_options(parser, strict=strict, port=8000)
    return parser.parse_args(given)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_on_this_machine_nothing_is_asked(tmp_path: Path, host: str) -> None:
    door = door_of(options("--host", host), Settings(tmp_path))
    assert door.keys is not None and not door.keys.locked


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "news.example.org"])
def test_a_wide_address_takes_a_token_or_a_word(
    tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="would let everybody in") as caught:
        door_of(options("--host", host), Settings(tmp_path))
    assert "\n" not in str(caught.value)
    door_of(options("--host", host, "--open"), Settings(tmp_path))
    assert "everybody who reaches" in capsys.readouterr().err
    door_of(options("--host", host, strict=False), Settings(tmp_path))
    assert "everybody who reaches" in capsys.readouterr().err
    logins = tmp_path / "logins"
    logins.write_text("a:b\n")
    door_of(options("--host", host, "--auth", str(logins)), Settings(tmp_path))
    Tokens(tmp_path).add("desk", Role.READER)
    door = door_of(options("--host", host), Settings(tmp_path))
    assert door.keys is not None and door.keys.locked
    assert capsys.readouterr().err == ""


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--allow-host https://a"):
        door_of(options("--allow-host", "https://a"), Settings(tmp_path))
