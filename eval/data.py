"""Question sets and corpora in public layouts: SQuAD 1.1, parallel sentences, JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CorpusError
from rag.text.language import detect_language
from rag.types import Span


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the id of the passage that answers it, its short answers in the question's
    language, where they stand in the passage, and the group (source article) that
    cross-validation must not split.
    """

    text: str
    gold: str
    answers: tuple[str, ...]
    group: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Passages by id, and questions over them."""

    name: str
    passages: dict[str, str]
    questions: tuple[Question, ...]


def read_squad(files: Sequence[Path], language: str | None = None) -> QuestionSet:
    """Passages of the first file; questions of the one whose questions are in ``language``.

    The files must be parallel, item by item, as XQuAD's are. Equal passages count as one.

    Raises:
        CorpusError: a file is not in SQuAD's layout, or none has questions in ``language``.
    """
    items = [_squad_items(file) for file in files]
    chosen = items[0] if language is None else _in_language(items, language, files)
    passages: dict[str, str] = {}
    ids: dict[str, str] = {}
    questions = []
    for here, asked in zip(items[0], chosen, strict=True):
        name = ids.setdefault(here.context, f"p{len(ids)}")
        passages[name] = here.context
        questions.append(Question(asked.question, name, asked.answers, here.group, here.spans))
    return QuestionSet(f"{files[0].name}/{language or 'own'}", passages, tuple(questions))


def _in_language(items: Sequence[list[_Item]], language: str, files: Sequence[Path]) -> list[_Item]:
    for item in items:
        if item and detect_language(" ".join(i.question for i in item[:20])) == language:
            return item
    names = ", ".join(file.name for file in files)
    raise CorpusError(f"{names}: no questions in language {language!r}")


@dataclass(frozen=True, slots=True)
class _Item:
    group: int
    context: str
    question: str
    answers: tuple[str, ...]
    spans: tuple[Span, ...]


def _squad_items(file: Path) -> list[_Item]:
    try:
        data: Any = json.loads(file.read_text(encoding="utf-8"))
        return [
            _squad_item(group, paragraph["context"], qa)
            for group, article in enumerate(data["data"])
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
        ]
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{file}: not in SQuAD's layout ({error!r})") from error


def _squad_item(group: int, context: str, qa: dict[str, Any]) -> _Item:
    cut = len(context) - len(context.lstrip())
    answers = tuple(answer["text"] for answer in qa["answers"])
    starts = [answer["answer_start"] - cut for answer in qa["answers"]]
    spans = tuple(Span(s, s + len(text)) for s, text in zip(starts, answers, strict=True))
    return _Item(group, context.strip(), qa["question"].strip(), answers, spans)


def read_parallel(path: Path) -> dict[str, list[str]]:
    """English and Arabic sentences of a tab-separated file: a header line, then id, en, ar."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return {"en": [row[1] for row in rows], "ar": [row[2] for row in rows]}


def parallel_questions(path: Path) -> QuestionSet:
    """Each English sentence asks for its Arabic translation among all of them."""
    sentences = read_parallel(path)
    passages = {f"p{i}": text for i, text in enumerate(sentences["ar"])}
    questions = tuple(
        # Neighbouring sentences come from one document.
        Question(text, f"p{i}", (), i // 20)
        for i, text in enumerate(sentences["en"])
    )
    return QuestionSet(path.name, passages, questions)
