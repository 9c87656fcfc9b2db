"""The batch forms: many questions from a file, one result a line, resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CorpusError, MusnadError, UsageError

Respond = Callable[[str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a questions file."""

    id: str
    text: str


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON-lines file of ``{"id", "question"}`` objects.

    Raises:
        CorpusError: the file or a line of it cannot be read, or two questions share an id.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    questions = [
        _question(line, f"{path}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise CorpusError(f"{path}: id {question.id!r} stands twice")
        seen.add(question.id)
    return questions


def _question(line: str, place: str) -> Question:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusError(f"{place}: not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(record, dict) or not isinstance(record.get("question"), str):
        raise CorpusError(f'{place}: expected an object with "id" and "question"')
    if not isinstance(record.get("id"), str | int):
        raise CorpusError(f'{place}: "id" is missing')
    return Question(str(record["id"]), record["question"])


def answer_all(questions: list[Question], output: Path, respond: Respond) -> Iterator[str]:
    """Write one line per question to ``output``, in order; yields each id as it is written.

    Lines that an earlier, interrupted run wrote are kept and not asked again. A question that
    cannot be asked becomes ``{"id", "question", "error"}``.

    Raises:
        UsageError: ``output`` holds results of other questions.
    """
    done = _resume(output, questions)
    with output.open("a", encoding="utf-8") as stream:
        for question in questions[done:]:
            record = {"id": question.id, **_respond(question, respond)}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            stream.flush()
            yield question.id


def _respond(question: Question, respond: Respond) -> dict[str, Any]:
    try:
        return respond(question.text)
    except UsageError as error:
        return {"question": question.text, "error": str(error)}


def _resume(output: Path, questions: list[Question]) -> int:
    """How many leading questions ``output`` answers; a half-written last line is cut off.

    Raises:
        UsageError: it answers other questions, or cannot be written.
    """
    try:
        output.touch()
        data = output.read_bytes()
    except OSError as error:
        raise MusnadError(f"{output}: {error.strerror or error}") from error
    whole = data.rfind(b"\n") + 1
    lines = [line for line in data[:whole].split(b"\n") if line.strip()]
    expected = [question.id for question in questions[: len(lines)]]
    if [_id(line) for line in lines] != expected:
        raise UsageError(f"{output}: holds results of other questions; choose another file")
    if whole < len(data):
        os.truncate(output, whole)
    return len(lines)


def _id(line: bytes) -> str | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return str(record.get("id")) if isinstance(record, dict) else None
