"""A small evaluation that a person can follow: the seeds, models that count words, a reading that
knows which questions have an answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fakes import SEEDS, WordEncoder

from eval.running import Exam, Run
from eval.sets.ours import read_seeds
from rag.config import Settings
from rag.library import Library
from rag.reading.evidence import Evidence
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found

ENCODERS = (WordEncoder("passages"), WordEncoder("sentences"))
QUESTIONS = read_seeds().choose(28)


UNANSWERABLE = frozenset(item.text for item in QUESTIONS.items if not item.answerable)


def knowing(query: Query, found: Sequence[Found], evidence: Sequence[Evidence]) -> float:
    """A likelihood that knows what has an answer, for a library that answers from 0 on."""
    return -0.5 if query.text in UNANSWERABLE else 0.5


def believing(query: Query, found: Sequence[Found], evidence: Sequence[Evidence]) -> float:
    """A likelihood that always finds an answer."""
    return 0.5


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def run(folder: Path) -> Run:
    """Everything asked anew, by quoting."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    settings = Settings(
        home=folder / "home", offline=True, llm="none", chunk_tokens=60, answerable=0.0
    )
    library = Library(folder / "made", settings, encoder=ENCODERS[0], sentence_encoder=ENCODERS[1])
    if not library.exists():
        library.ingest([SEEDS])
    return Exam(QUESTIONS, library, folder / "work", silent).ours()
