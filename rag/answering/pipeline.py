"""The way of a question: prepare → retrieve → read → compose.

Made once for a snapshot. Searching, asking, follow-ups, the parts of a question, the page and the
evaluation all go this way.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.answering.compose import Clock, Composer, Draft, Retrieved, Steps
from rag.answering.conversation import Turn, resolve
from rag.config import Settings
from rag.filters import EVERYTHING, Filter
from rag.models.protocols import Encoder
from rag.models.threads import one_blas_thread
from rag.reading.decomposition import parts
from rag.reading.reader import Part, Reader, SentenceReader
from rag.retrieval.query import Query, prepare
from rag.retrieval.retriever import Found, FusionRetriever, Retriever
from rag.retrieval.translation import Translator
from rag.store.protocol import Snapshot
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Request:
    """A question and how it is to be answered.

    Only articles that ``where`` admits are read, and of those the best ``passages`` (default: the
    settings'). A question that leans on the turns before it in ``history`` is completed from them.
    ``language`` is the one to answer in, by default the question's.
    """

    question: str
    where: Filter = EVERYTHING
    history: Sequence[Turn] = ()
    passages: int | None = None
    language: str | None = None


class Preparer(Protocol):
    """The first stage: a question as the others see it."""

    def prepare(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """Completed from ``history`` where it leans on it, analysed and encoded."""


class EncodingPreparer:
    """Prepares questions with the passage and the sentence encoder."""

    def __init__(self, encoders: tuple[Encoder, Encoder]) -> None:
        """Encode with ``encoders``."""
        self._encoders = encoders

    def prepare(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """See :class:`Preparer`."""
        return prepare(resolve(question, history), *self._encoders)


@dataclass(frozen=True)
class Pipeline:
    """The stages but the last, which is given with each question, and the two numbers chosen: how
    many passages are read, and how likely they must be to answer. Safe to use from several threads.
    """

    preparer: Preparer
    retriever: Retriever
    reader: Reader
    translator: Translator
    passages: int
    answerable: float
    _searching: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def search(self, request: Request) -> tuple[Query, list[Found]]:
        """The question as understood, and its best passages, best first."""
        count = self.passages if request.passages is None else request.passages
        with self._searching, one_blas_thread():
            query = self.preparer.prepare(request.question, request.history)
            return query, self.retriever.retrieve(query, count, request.where)

    def answer(self, request: Request, composer: Composer, clock: Clock | None = None) -> Steps:
        """Events on the way to the answer, which is returned: the passages, the quotations, pieces
        of a model's text. ``clock`` counts from before the call where it is given.

        Raises:
            GenerationError: the language model failed.
        """
        clock = clock or Clock()
        query, found = self.search(request)
        several: list[Part] = [
            self.search(Request(part, request.where, passages=request.passages))
            for part in parts(query.text)
        ]
        clock.mark("search")
        hits = tuple(item.hit for item in found)
        yield Retrieved(hits)
        reading = self.reader.read(query, found, several)
        language = request.language or query.language
        draft = Draft(request.question, query, language, hits, reading, clock)
        if not reading.evidence or reading.likelihood < self.answerable:
            return draft.decline(composer.name)
        return (yield from composer.compose(draft))


def finished(steps: Steps) -> Answer:
    """The answer at the end of ``steps``."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def pipeline_of(
    snapshot: Snapshot, encoders: tuple[Encoder, Encoder], settings: Settings
) -> Pipeline:
    """The stages as they are over ``snapshot``."""
    translator = Translator(snapshot, encoders[1])
    return Pipeline(
        EncodingPreparer(encoders),
        FusionRetriever(snapshot, translator),
        SentenceReader(
            snapshot,
            encoders[0],
            translator,
            most=settings.evidence,
            tokens=settings.evidence_tokens,
        ),
        translator,
        settings.passages,
        settings.answerable,
    )
