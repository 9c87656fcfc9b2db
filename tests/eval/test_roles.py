"""Data has roles, and what fits cannot come by an exam."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.sets import roles
from eval.sets.roles import DATA, DataSet, read_for_fitting, read_set
from eval.sets.values import EvaluationSet
from rag.errors import UsageError

NOTHING = EvaluationSet("nothing", ())


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """One set of each role."""
    one = {role: DataSet(role, lambda data: NOTHING) for role in ("train", "dev", "exam")}
    monkeypatch.setattr(roles, "DATA", one)


def test_the_questions_over_the_seeds_are_the_exam() -> None:
    assert DATA["seeds"].role == "exam"
    assert {one.role for one in DATA.values()} == {"train", "dev", "exam"}
    assert (DATA["xquad-even"].role, DATA["xquad-odd"].role) == ("train", "dev")


def test_weights_are_fitted_on_train_and_thresholds_on_dev_too() -> None:
    assert read_for_fitting("train", Path()).name == "train"
    assert read_for_fitting("dev", Path(), threshold=True).name == "dev"
    with pytest.raises(UsageError, match="dev: its role is dev"):
        read_for_fitting("dev", Path())


@pytest.mark.parametrize("threshold", [False, True])
def test_nothing_is_fitted_on_an_exam(threshold: bool) -> None:
    with pytest.raises(UsageError, match="exam: its role is exam"):
        read_for_fitting("exam", Path(), threshold=threshold)


def test_a_set_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="--set 'squat': not one of train, dev, exam"):
        read_set("squat", Path())
