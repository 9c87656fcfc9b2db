"""A small evaluation that a person can follow: the seeds, models that count words, a reading that
knows which questions have an answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fakes import SEEDS, WordEncoder, WordReader

from eval.running import Exam, Run
from eval.sets.ours import read_seeds
from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Marks, Told

ENCODERS = (WordEncoder("passages"), WordEncoder("sentences"))
QUESTIONS = read_seeds().choose(28)


UNANSWERABLE = frozenset(item.text for item in QUESTIONS.items if not item.answerable)


class Knowing(WordReader):
    """A reader that knows which questions have an answer; or believes that all of them have."""

    believing = False

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        sure = -9.0 if question in UNANSWERABLE and not self.believing else 9.0
        return [marks._replace(answers=sure) for marks in super().read(question, passages)]


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def run(folder: Path) -> Run:
    """Everything asked anew, by quoting."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    settings = Settings(
        home=folder / "home", offline=True, llm="none", chunk_tokens=60, answerable=0.5
    )
    library = Library(
        folder / "made",
        settings,
        encoder=ENCODERS[0],
        sentence_encoder=ENCODERS[1],
        reader=Knowing(),
    )
    if not library.exists():
        library.ingest([SEEDS])
    return Exam(QUESTIONS, library, folder / "work", silent).ours()
