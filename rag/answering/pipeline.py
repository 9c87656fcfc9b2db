"""The way of a question: prepare → retrieve → read → compose.

Made once for a snapshot. Searching, asking, follow-ups, the page and the evaluation all go
this way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.answering.compose import QUOTING_MODEL, Draft, Quoted, Retrieved, Steps
from rag.answering.conversation import Turn, resolve
from rag.answering.rendering import Renderer
from rag.answering.writing import Writer
from rag.config import Settings
from rag.filters import EVERYTHING, Filter
from rag.models.protocols import Encoder, Reader, Translator
from rag.models.threads import one_blas_thread
from rag.reading.reader import PassageReader
from rag.retrieval.query import Query, prepare
from rag.retrieval.retriever import Found, FusionRetriever
from rag.retrieval.translation import TermTranslator
from rag.store.protocol import Snapshot
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Request:
    """A question and how it is to be answered.

    Only articles that ``where`` admits are read, and of those the best ``passages`` (default: the
    settings'). A question that leans on the turns before it in ``history`` is completed from them.
    ``language`` (``"ar"``, ``"en"``) is the one to answer in, by default the question's; quotes are
    always in their article's.
    """

    question: str
    where: Filter = EVERYTHING
    history: Sequence[Turn] = ()
    passages: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """The stages but the last, which is given with each question, what says answers in the other
    language, and the two numbers chosen: how many passages are read, and how likely they must be to
    answer. Safe to use from several threads.
    """

    encoders: tuple[Encoder, Encoder]
    retriever: FusionRetriever
    reader: PassageReader
    renderer: Renderer
    passages: int
    answerable: float
    # What is left of a search holds the interpreter: two at once would only be in each other's way.
    _retrieving: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def prepare(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """The question completed from ``history`` where it leans on it, analysed and encoded."""
        return prepare(resolve(question, history), *self.encoders)

    def search(self, request: Request) -> tuple[Query, list[Found]]:
        """The question as understood, and its best passages, best first."""
        count = self.passages if request.passages is None else request.passages
        with one_blas_thread():
            query = self.prepare(request.question, request.history)
            with self._retrieving:
                return query, self.retriever.retrieve(query, count, request.where)

    def answer(self, request: Request, writer: Writer | None = None) -> Steps:
        """Events on the way to the answer, which is returned: the passages, the quotations, that
        ``writer`` is writing; without one the answer is quotations.

        Raises:
            GenerationError: the language model failed.
        """
        started = time.perf_counter()
        query, found = self.search(request)
        timings = {"search": time.perf_counter() - started}
        hits = tuple(item.hit for item in found)
        yield Retrieved(hits)
        reading = self.reader.read(query, found)
        language = request.language or query.language
        draft = Draft(
            request.question, query, language, hits, reading, self.renderer, started, timings
        )
        if not reading.evidence or reading.likelihood < self.answerable:
            return draft.decline(writer.generator.name if writer else QUOTING_MODEL)
        quoted = draft.quote()
        yield Quoted(quoted)
        return (yield from writer.compose(draft)) if writer else quoted


def finished(steps: Steps) -> Answer:
    """The answer at the end of ``steps``."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def pipeline_of(
    snapshot: Snapshot,
    encoders: tuple[Encoder, Encoder],
    reader: Callable[[], Reader],
    translator: Callable[[], Translator],
    settings: Settings,
) -> Pipeline:
    """The stages over ``snapshot``; ``reader`` gives the model that reads, and ``translator`` the
    one that says short answers in the other language, when they are needed.
    """
    retriever = FusionRetriever(snapshot, TermTranslator(snapshot, encoders[1]))
    reading = PassageReader(reader, settings.evidence)
    renderer = Renderer(translator)
    return Pipeline(encoders, retriever, reading, renderer, settings.passages, settings.answerable)
