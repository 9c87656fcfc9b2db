"""Who may log in: passwords as they are or hashed, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.chat import auth
from rag.chat.auth import hashed, matches, read_logins
from rag.errors import UsageError


def test_plain_and_hashed_passwords(tmp_path: Path) -> None:
    file = tmp_path / "logins"
    file.write_text(f"# readers\nreader:a:b\n\nguest:{hashed('كلمة')}\n", encoding="utf-8")
    check = read_logins(file)
    assert check("reader", "a:b")
    assert check("guest", "كلمة")
    assert not check("reader", "a")
    assert not check("guest", hashed("كلمة"))
    assert not check("nobody", "")
    assert not check("", "")


def test_a_hash_does_not_hold_the_password_and_is_salted() -> None:
    assert "secret" not in hashed("secret")
    assert hashed("secret") != hashed("secret")
    assert matches(hashed("secret", b"0" * 16), "secret")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("guest", "line 1: expected name:password"),
        (":secret", "line 1: expected name:password"),
        ("guest:", "line 1: expected name:password"),
        ("a:b\na:c", "line 2: 'a' is there twice"),
        ("a:scrypt$0$1", "line 1: not a hash"),
        ("# nobody", "nobody could log in"),
    ],
)
def test_a_malformed_file_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "logins"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        read_logins(file)
    assert "\n" not in str(caught.value)


def test_what_is_not_there_takes_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is hashed once, which is what takes long."""
    stored, calls = hashed("secret"), []
    real = auth._hash

    def counted(password: str, salt: bytes) -> str:
        calls.append(password)
        return real(password, salt)

    monkeypatch.setattr(auth, "_hash", counted)
    assert [matches(text, "secret") for text in (stored, "secret", "other", "")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert calls == ["secret"] * 4
