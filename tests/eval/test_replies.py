"""Replies kept on disk: an interrupted run goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.replies import ask_all, run_key
from eval.sets.values import Item
from rag.config import Settings

ITEMS = [Item(f"q{n}", "en", "t", f"Question {n}?") for n in range(4)]


class Asked:
    """Answers with the question's id, and remembers whom it asked."""

    def __init__(self, fails_at: str = "") -> None:
        self.keys: list[str] = []
        self._fails_at = fails_at

    def __call__(self, item: Item) -> dict[str, Any]:
        if item.id == self._fails_at:
            raise KeyboardInterrupt
        self.keys.append(item.key)
        return {"key": item.key, "says": item.id}


def test_a_run_goes_on_after_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "work" / "replies.jsonl"
    with pytest.raises(KeyboardInterrupt):
        list(ask_all(ITEMS, Asked("q2"), path))
    later = Asked()
    replies = list(ask_all(ITEMS, later, path))
    assert later.keys == ["q2/en", "q3/en"]
    assert [reply["says"] for reply in replies] == ["q0", "q1", "q2", "q3"]
    nobody = Asked()
    assert list(ask_all(ITEMS, nobody, path)) == replies and nobody.keys == []


@pytest.mark.parametrize("tail", [b'{"key": "q3/en", "sa', b"\xff\xfe", b"\x00" * 9])
def test_a_last_line_cut_short_is_asked_again(tail: bytes, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    list(ask_all(ITEMS[:3], Asked(), path))
    with path.open("ab") as stream:
        stream.write(tail)
    later = Asked()
    assert len(list(ask_all(ITEMS, later, path))) == 4
    assert later.keys == ["q3/en"]
    assert list(ask_all(ITEMS, Asked("q0"), path))[3]["says"] == "q3"


def test_a_line_that_is_no_reply_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text('[]\n{"no": "key"}\nnonsense\n', encoding="utf-8")
    assert len(list(ask_all(ITEMS, Asked(), path))) == 4


def test_a_question_that_was_changed_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    list(ask_all(ITEMS, Asked(), path))
    changed = [Item("q0", "en", "t", "Another question?"), *ITEMS[1:]]
    later = Asked()
    list(ask_all(changed, later, path))
    assert later.keys == ["q0/en"]


def test_what_shapes_a_reply_names_the_file() -> None:
    shape = {"encoder": "e"}
    settings = Settings(home=Path("h"))
    name = run_key(shape, settings, "musnad/m", "corpus")
    assert name == run_key({"encoder": "e"}, Settings(home=Path("i"), threads=9),
                           "musnad/m", "corpus")  # fmt: skip
    others = [
        run_key({"encoder": "f"}, settings, "musnad/m", "corpus"),
        run_key(shape, Settings(home=Path("h"), answerable=0.9), "musnad/m", "corpus"),
        run_key(shape, settings, "musnad/n", "corpus"),
        run_key(shape, settings, "musnad/m", "other"),
    ]
    assert len({name, *others}) == 5
