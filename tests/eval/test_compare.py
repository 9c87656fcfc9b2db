"""Two runs compared over the questions in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.compare import compare, print_changes, read_record
from rag.errors import MusnadError


def record(found: list[float], cited: list[float], **changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "set": "s",
        "model": "none",
        "questions": [f"q{n}/ar" for n in range(len(found))],
        "questions_fingerprint": "f",
        "values": {"R@5": found, "citation recall": cited},
        **changes,
    }


ONES = [1.0] * 40


def test_nothing_changed() -> None:
    changes = compare(record(ONES, ONES), record(ONES, ONES))
    assert [(c.measure, c.difference.change, c.lost) for c in changes] == [
        ("R@5", 0, False),
        ("citation recall", 0, False),
    ]


def test_a_large_loss_is_significant_and_a_small_one_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, new = record(ONES, ONES), record([0.0] * 15 + ONES[15:], [0.0, *ONES[1:]], model="m")
    found = {change.measure: change for change in compare(old, new)}
    assert found["R@5"].lost and found["R@5"].difference.change == -15 / 40
    assert not found["citation recall"].lost
    print_changes(old, new, list(found.values()))
    out = capsys.readouterr().out
    assert "model: none before, m now" in out
    assert "R@5" in out and "WORSE" in out and "within chance" in out


def test_a_gain_is_no_loss() -> None:
    (change, _) = compare(record([0.0] * 40, ONES), record(ONES, ONES))
    assert change.significant and not change.lost


def test_only_questions_in_common_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    old = record([0.0] * 10 + ONES, [1.0] * 50)
    new = record([0.0] * 10, [1.0] * 10, questions_fingerprint="g")
    changes = compare(old, new)
    assert changes[0].questions == 10 and changes[0].difference.change == 0
    print_changes(old, new, changes)
    assert "not asked the same set" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not the figures of musnad eval"),
        ("[]", "not the figures of musnad eval in format 1"),
        ('{"format": 9, "values": {}}', "in format 1"),
        (json.dumps({**record(ONES, ONES), "questions": []}), "do not fit its 0 questions"),
    ],
)
def test_a_file_that_is_something_else_is_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(text, encoding="utf-8")
    with pytest.raises(MusnadError, match=rf"old\.json: .*{message}"):
        read_record(tmp_path / "old.json")
    with pytest.raises(MusnadError, match="No such file"):
        read_record(tmp_path / "none.json")
