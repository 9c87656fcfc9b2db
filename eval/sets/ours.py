"""Questions in our own layout, that of ``eval/questions/seeds.jsonl`` (see its README)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.metrics.citations import Cited
from eval.sets.values import LANGUAGES, EvaluationSet, Item
from rag.batch import read_rows
from rag.config import DEFAULT_CORPUS
from rag.errors import CorpusError

QUESTIONS = Path(__file__).parent.parent / "questions"
TRAINING = Path(__file__).parent.parent / "training"


def read_seeds() -> EvaluationSet:
    """The questions over the seed articles.

    Raises:
        CorpusError: the seed articles are not here.
    """
    beside = QUESTIONS.parent.parent / DEFAULT_CORPUS
    corpus = DEFAULT_CORPUS if DEFAULT_CORPUS.is_dir() else beside
    if not corpus.is_dir():
        raise CorpusError(f"{DEFAULT_CORPUS}/: no seed articles here; run this in a copy of Musnad")
    return read_questions("seeds", QUESTIONS / "seeds.jsonl", [corpus])


def read_questions(name: str, file: Path, corpus: Sequence[Path]) -> EvaluationSet:
    """A set in our own layout over the articles at ``corpus``.

    Raises:
        CorpusError: the file cannot be read, or a line of it is not in the layout.
    """
    items: list[Item] = []
    seen: set[str] = set()
    for place, row in read_rows(file):
        try:
            found = list(_items(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CorpusError(f"{place}: not a question in our layout ({error!r})") from error
        if not found:
            raise CorpusError(f"{place}: no question in {' or '.join(LANGUAGES)}")
        if found[0].id in seen:
            raise CorpusError(f"{place}: id {found[0].id!r} stands twice")
        seen.add(found[0].id)
        items.extend(found)
    if not items:
        raise CorpusError(f"{file}: no questions")
    return EvaluationSet(name, tuple(items), paths=tuple(corpus))


def _items(row: Mapping[str, Any]) -> Iterator[Item]:
    groups = tuple(
        tuple(Cited(str(one["article"]), int(one["start"]), int(one["end"])) for one in group)
        for group in row["gold"]
    )
    if not all(groups):
        raise ValueError("an empty group of gold spans")
    answers: Mapping[str, Sequence[str]] = row.get("answers", {})
    for language in LANGUAGES:
        if not str(row.get(language) or "").strip():
            continue
        yield Item(
            id=str(row["id"]),
            language=language,
            type=str(row.get("type", "question")),
            text=row[language].strip(),
            answers=tuple(answers.get(language, ())),
            otherwise=tuple(a for other in LANGUAGES if other != language
                            for a in answers.get(other, ())),
            groups=groups,
            source=" ".join(row.get("articles", ())) or str(row["id"]),
        )  # fmt: skip
