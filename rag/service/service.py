"""The one object behind the page, the HTTP server and the tools: what one can do, all can."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeAlias

from rag.answering.compose import Event, Quoted
from rag.answering.pipeline import Request
from rag.library import Library
from rag.service.corpora import Corpora
from rag.service.line import Line
from rag.service.loading import ModelLoader
from rag.types import Answer, Hit


class Waiting(NamedTuple):
    """The quotations are there, and so many are ahead at the language model."""

    ahead: int


Told: TypeAlias = Event | Waiting | Answer


class Service:
    """Safe to use from several threads. Answers by quoting until the language model is there."""

    def __init__(self, library: Library) -> None:
        """Over ``library`` and the indexes beside it; :meth:`start` loads the models."""
        self.corpora = Corpora(library)
        self.loader = ModelLoader(library)
        self._line = Line()

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
    ) -> Iterator[Told]:
        """Events on the way to the answer, which is the last. Of those that need the language
        model, one at a time is answered, the others are told how many are ahead, again and again:
        closing the iterator gives the place up.

        Raises what :meth:`Library.ask_stream` does.
        """
        library = self.corpora.chosen(indexes)
        if quoting or not self.loader.ready:
            yield from library.stream(request, quote_only=True)
            return
        with self._line.join() as turn:
            for event in library.stream(request):
                yield event
                if isinstance(event, Quoted):
                    yield from map(Waiting, turn)
