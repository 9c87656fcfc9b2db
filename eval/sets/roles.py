"""Which data may be used for what: the one table of all data sets.

Weights are fitted on ``train``, thresholds and choices on ``dev``. Nothing is fitted on an
``exam``: :func:`read_for_fitting` is the only way by which ``eval/fit`` comes by data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from eval.sets.ours import QUESTIONS, TRAINING, read_questions, read_seeds
from eval.sets.public import parallel_set, read_table, squad_set
from eval.sets.values import EvaluationSet
from rag.batch import read_rows
from rag.errors import UsageError

Role = Literal["train", "dev", "exam"]


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a data set is for, and how it is read from the folder of development data."""

    role: Role
    read: Callable[[Path], EvaluationSet]


def _xquad(data: Path, half: int) -> EvaluationSet:
    """Every second source article of XQuAD's development half, all its passages to be searched."""
    files = [data / f"xquad-dev/xquad.{language}.dev.json" for language in ("ar", "en")]
    whole = squad_set(files)
    chosen = tuple(item for item in whole.items if int(item.source) % 2 == half)
    return replace(whole, items=chosen)


def _over(data: Path, name: str) -> EvaluationSet:
    """Questions of ours over the passages of a public set."""
    ours = read_questions(f"written-{name}", TRAINING / f"{name}.jsonl", [])
    return replace(squad_set([data / f"{name}/{name}.json"]), items=ours.items)


def _news(data: Path, name: str) -> EvaluationSet:
    """Questions of ours over all the articles of the ANT corpus."""
    return read_questions(name, QUESTIONS / f"{name}.jsonl", [data / "ant/articles.jsonl"])


_TYDI_ENGLISH = "tydi-en-train/tydiqa-goldp-train-en.json"
_TYDI = "tydi-half/tydi-goldp-dev-arabic-even.json"

DATA: Mapping[str, DataSet] = {
    "xquad-even": DataSet("train", lambda data: _xquad(data, 0)),
    "xquad-odd": DataSet("dev", lambda data: _xquad(data, 1)),
    "arcd-train": DataSet("train", lambda data: squad_set([data / "arcd-train/arcd-train.json"])),
    "arcd-test": DataSet("train", lambda data: squad_set([data / "arcd-test/arcd-test.json"])),
    "tydi-en": DataSet("train", lambda data: squad_set([data / _TYDI_ENGLISH])),
    "tydi": DataSet("dev", lambda data: squad_set([data / _TYDI])),
    "pud": DataSet("train", lambda data: parallel_set(data / "pud/parallel.tsv")),
    "news": DataSet("dev", lambda data: _news(data, "news")),
    "news-hard": DataSet("dev", lambda data: _news(data, "news-hard")),
    "news-exam": DataSet("exam", lambda data: _news(data, "news-exam")),
    "written": DataSet(
        "train",
        lambda data: read_questions(
            "written", TRAINING / "questions.jsonl", [data / "ant/articles.jsonl"]
        ),
    ),
    "written-arcd-train": DataSet("train", lambda data: _over(data, "arcd-train")),
    "written-arcd-test": DataSet("train", lambda data: _over(data, "arcd-test")),
    "seeds": DataSet("exam", lambda data: read_seeds()),
}


def read_set(name: str, data: Path) -> EvaluationSet:
    """The set ``name``; ``data`` is the folder of development data.

    Raises:
        UsageError: there is no set of this name.
        CorpusError: a file of it cannot be read.
    """
    if name not in DATA:
        raise UsageError(f"--set {name!r}: not one of {', '.join(DATA)}")
    return replace(DATA[name].read(data), name=name)


def read_for_fitting(name: str, data: Path, *, threshold: bool = False) -> EvaluationSet:
    """The set ``name`` to fit weights on or, where that is what is fitted, a ``threshold``.

    Raises:
        UsageError: its role forbids it; or as :func:`read_set`.
    """
    allowed = ("train", "dev") if threshold else ("train",)
    if name in DATA and DATA[name].role not in allowed:
        raise UsageError(f"{name}: its role is {DATA[name].role}; nothing of this is fitted on it")
    return read_set(name, data)


def digest(question: str) -> str:
    """What stands for a question of a public set in ``eval/training/translations.jsonl``."""
    return hashlib.sha256(question.encode()).hexdigest()[:16]


def read_translations() -> dict[str, tuple[str, str]]:
    """By the digest of a question of a training set, another language and the question in it."""
    rows = read_rows(TRAINING / "translations.jsonl")
    return {row["question"]: (row["language"], row["translation"]) for _, row in rows}


def read_pairs(file: str) -> Iterator[tuple[str, str]]:
    """Arabic and English that say the same, of a table of ``eval/training``."""
    yield from ((row["arabic"], row["english"]) for row in read_table(TRAINING / file))
