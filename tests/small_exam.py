"""A small evaluation that a person can follow: the seeds, models that count words, a model that
knows which questions have an answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator as Stream
from collections.abc import Sequence
from pathlib import Path

from fakes import SEEDS, WordEncoder

from eval.running import Exam, Run
from eval.sets import EvaluationSet, read_seeds
from rag.answering.prompts import NOT_FOUND
from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Message, Usage

ENCODERS = (WordEncoder("passages"), WordEncoder("sentences"))
QUESTIONS = read_seeds().choose(28)


class Knowing:
    """Says that there is no answer exactly where there is none; else leaves it to the quotes."""

    name = "knowing"

    def __init__(self) -> None:
        self._unanswerable = [item.text for item in QUESTIONS.items if not item.answerable]

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Stream[str, None, Usage]:
        asked = messages[-1]["content"]
        yield NOT_FOUND if any(question in asked for question in self._unanswerable) else "[1]"
        return Usage(prompt=1, reply=1)


class AlwaysAnswering(Knowing):
    """Never says that there is no answer."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Stream[str, None, Usage]:
        yield "[1]"
        return Usage(prompt=1, reply=1)


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def exam(
    folder: Path, generator: Knowing | None = None, questions: EvaluationSet = QUESTIONS
) -> Exam:
    """The questions and a library of the seeds below ``folder``."""
    home = folder / "home"
    settings = Settings(home=home, offline=True, llm="none", chunk_tokens=60, answerable=0.0)
    made = folder / "made"
    if not made.exists():
        opened = Library(made, settings, encoder=ENCODERS[0], sentence_encoder=ENCODERS[1])
        opened.ingest([SEEDS])
    library = Library(
        made, settings, encoder=ENCODERS[0], sentence_encoder=ENCODERS[1], generator=generator
    )
    return Exam(questions, library, folder / "work", silent)


def run(folder: Path, generator: Knowing | None = None) -> Run:
    """Everything asked anew."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    return exam(folder, generator).ours()
