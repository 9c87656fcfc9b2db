"""Evaluation sets: questions with their gold, and the corpus they are asked of.

A set's own layout is that of ``eval/questions/seeds.jsonl`` (see its README). SQuAD and BEIR are
read into the same values, so that everything after this module knows one kind of question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.metrics.citations import Cited
from rag.config import DEFAULT_CORPUS
from rag.errors import CorpusError

QUESTIONS = Path(__file__).parent / "questions" / "seeds.jsonl"
LANGUAGES = ("ar", "en")


@dataclass(frozen=True)
class Item:
    """One question in one language; ``id`` is the same for its translation.

    ``answers`` are short answers in the question's language, ``otherwise`` in others. ``groups``
    are the facts needed, each with the alternative spans that state it; without any, the articles
    do not answer. ``relevant`` are graded judgements of whole articles, for sets that have those
    instead of spans.
    """

    id: str
    language: str
    type: str
    text: str
    answers: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    groups: tuple[tuple[Cited, ...], ...] = ()
    relevant: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names this question in this language."""
        return f"{self.id}/{self.language}"

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the question or its gold does."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def answerable(self) -> bool:
        """Whether the articles answer it."""
        return bool(self.groups or self.relevant)


@dataclass(frozen=True)
class EvaluationSet:
    """Questions, and the corpus: ``paths`` to ingest or, else, ``documents`` as JSON objects.

    ``judged`` says what gold there is: ``spans`` (answers can be measured) or ``articles``
    (retrieval alone).
    """

    name: str
    items: tuple[Item, ...]
    paths: tuple[Path, ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()
    judged: str = "spans"

    @property
    def fingerprint(self) -> str:
        """Changes exactly when a question or its gold does."""
        return hashlib.sha256("".join(i.fingerprint for i in self.items).encode()).hexdigest()[:16]

    def choose(self, questions: int) -> EvaluationSet:
        """A fixed choice of so many questions, each type in proportion, in all its languages.

        Which ones depends on their ids alone. Types take turns by the largest share still owed to
        them, so that a small choice holds as many types as it can.
        """
        kinds = {item.id: item.type for item in self.items}
        waiting: dict[str, list[str]] = {}
        for name in sorted(kinds, key=lambda n: hashlib.sha256(n.encode()).digest()):
            waiting.setdefault(kinds[name], []).append(name)
        sizes = {kind: len(names) for kind, names in waiting.items()}
        taken: dict[str, int] = dict.fromkeys(sizes, 0)
        for _ in range(min(questions, len(kinds))):
            # Sainte-Laguë's divisors: proportional, and kind to small types.
            kind = max(
                (kind for kind in sizes if taken[kind] < sizes[kind]),
                key=lambda kind: (sizes[kind] / (2 * taken[kind] + 1), kind),
            )
            taken[kind] += 1
        chosen = {name for kind, names in waiting.items() for name in names[: taken[kind]]}
        return replace(self, items=tuple(item for item in self.items if item.id in chosen))

    def in_language(self, language: str) -> EvaluationSet:
        """Only the questions in ``language``.

        Raises:
            CorpusError: there are none.
        """
        items = tuple(item for item in self.items if item.language == language)
        if not items:
            raise CorpusError(f"{self.name}: no questions in language {language!r}")
        return replace(self, items=items)


def read_seeds() -> EvaluationSet:
    """The questions over the seed articles.

    Raises:
        CorpusError: the seed articles are not here.
    """
    beside = Path(__file__).parent.parent / DEFAULT_CORPUS
    corpus = DEFAULT_CORPUS if DEFAULT_CORPUS.is_dir() else beside
    if not corpus.is_dir():
        raise CorpusError(f"{DEFAULT_CORPUS}/: no seed articles here; run this in a copy of Musnad")
    return read_questions("seeds", QUESTIONS, [corpus])


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


def read_rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON-lines file, each with its place for messages.

    Raises:
        CorpusError: it cannot be read, or a line is not a JSON object.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{file}:{number}: not JSON: {error.msg}") from error
        if not isinstance(row, dict):
            raise CorpusError(f"{file}:{number}: expected an object")
        yield f"{file}:{number}", row


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
        )  # fmt: skip
