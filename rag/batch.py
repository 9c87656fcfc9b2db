"""JSON lines: many questions from a file, one result a line, resumable."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import CorpusError, MusnadError, UsageError
from rag.text.normalize import encodable

Respond = Callable[[str], dict[str, Any]]


class Question(NamedTuple):
    """One line of a questions file."""

    id: str
    text: str


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON-lines file of ``{"id", "question"}`` objects, lone surrogates
    replaced.

    Raises:
        CorpusError: the file or a line of it cannot be read, or two questions share an id.
    """
    questions = [_question(row, place) for place, row in read_rows(path)]
    for name, count in Counter(question.id for question in questions).items():
        if count > 1:
            raise CorpusError(f"{path}: id {name!r} stands twice")
    return questions


def _question(row: dict[str, Any], place: str) -> Question:
    if not isinstance(row.get("question"), str):
        raise CorpusError(f'{place}: expected an object with "id" and "question"')
    if not isinstance(row.get("id"), str | int):
        raise CorpusError(f'{place}: "id" is missing')
    return Question(encodable(str(row["id"])), encodable(row["question"]))


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON-lines file, each with its place, ``file:line``, for messages.

    Raises:
        CorpusError: it cannot be read, or a line is not a JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:  # also a number of too many digits
                raise CorpusError(f"{place}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise CorpusError(f"{place}: expected an object")
            yield place, row


def answer_all(questions: list[Question], output: Path, respond: Respond) -> Iterator[str]:
    """Write one line per question to ``output``, in order; yields each id as it is written.

    Lines that an earlier, interrupted run wrote are kept and not asked again. A question that
    cannot be asked becomes ``{"id", "question", "error"}``.

    Raises:
        UsageError: ``output`` holds results of other questions.
        MusnadError: it cannot be written.
    """
    done = _resume(output, questions)
    with output.open("a", encoding="utf-8") as stream:
        for question in questions[done:]:
            try:
                reply = respond(question.text)
            except UsageError as error:
                reply = {"question": question.text, "error": str(error)}
            stream.write(json.dumps({"id": question.id, **reply}, ensure_ascii=False) + "\n")
            stream.flush()
            yield question.id


def _resume(output: Path, questions: list[Question]) -> int:
    """How many leading questions ``output`` answers; a half-written last line is cut off."""
    try:
        output.touch()
        data = output.read_bytes()
    except OSError as error:
        raise MusnadError(f"{output}: {error.strerror or error}") from error
    *lines, torn = data.split(b"\n")
    done = [_id(line) for line in lines if line.strip()]
    if done != [question.id for question in questions[: len(done)]]:
        raise UsageError(f"{output}: holds results of other questions; choose another file")
    if torn:
        os.truncate(output, len(data) - len(torn))
    return len(done)


def _id(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        return None
