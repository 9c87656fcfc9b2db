"""The one object behind the page, the HTTP server and the tools: what one can do, all can."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator
from contextlib import closing
from typing import NamedTuple, TypeAlias

from rag.answering.compose import Event, Quoted
from rag.answering.pipeline import Request
from rag.library import Library
from rag.service.corpora import Corpora
from rag.service.line import Line
from rag.service.loading import ModelLoader
from rag.types import Answer, Hit


class Waiting(NamedTuple):
    """The quotations are there, and so many are ahead at the language model: for about so many
    seconds, if that can be told yet.
    """

    ahead: int
    seconds: float | None = None


Told: TypeAlias = Event | Waiting | Answer


class Service:
    """Safe to use from several threads. Answers by quoting until the language model is there."""

    def __init__(self, library: Library) -> None:
        """Over ``library`` and the indexes beside it; :meth:`start` loads the models."""
        self.corpora = Corpora(library)
        self.loader = ModelLoader(library)
        self._line = Line(library.settings.llm_slots, library.settings.llm_waiting)

    @property
    def library(self) -> Library:
        """The index that is meant where none is named."""
        return self.corpora.own

    def start(self) -> None:
        """Load the encoders now, and the language model in the background.

        Raises:
            StoreError, IndexMismatch, ModelError: nothing could be answered.
        """
        self.library.encoders()
        self.library.snapshot()
        self.loader.start()

    def search(self, request: Request, indexes: Collection[str] = ()) -> list[Hit]:
        """The best passages of the indexes so named. Raises what :meth:`Library.search` does."""
        library = self.corpora.chosen(indexes)
        return library.search(request.question, request.passages, request.where)

    def ask(
        self, request: Request, indexes: Collection[str] = (), *, quoting: bool = False
    ) -> Generator[Told, None, None]:
        """Events on the way to the answer, which is the last.

        The language model writes for as many at a time as it has slots; the others are told how
        many are ahead, again and again. Closing the iterator gives the place up. Where too many
        wait already, or the question has taken its time, the quotations are the answer.

        Raises what :meth:`Library.ask_stream` does.
        """
        library = self.corpora.chosen(indexes)
        if quoting or not self.loader.ready:
            yield from library.stream(request, quote_only=True)
            return
        until = time.monotonic() + library.settings.answer_seconds
        with self._line.join() as turn:
            if turn is None:
                yield from library.stream(request, quote_only=True)
                return
            quoted: Answer | None = None
            with closing(library.stream(request)) as events:
                for event in events:
                    yield event
                    if isinstance(event, Quoted):
                        quoted = event.answer
                        for place in turn:
                            yield Waiting(*place)
                            if time.monotonic() > until:
                                break
                    if quoted and not isinstance(event, Answer) and time.monotonic() > until:
                        yield quoted
                        return
