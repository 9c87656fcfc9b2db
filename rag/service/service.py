"""The one object behind the page, the HTTP server and the tools: what one can do, all can."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from typing import NamedTuple, TypeAlias

from rag.answering.compose import Event, Quoted
from rag.answering.pipeline import Request
from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.filters import well_formed
from rag.library import Library
from rag.service.catalogue import Shelf
from rag.service.corpora import Corpora
from rag.service.jobs import Jobs
from rag.service.line import Line
from rag.service.loading import ModelLoader
from rag.types import Answer, Article, Hit


class Waiting(NamedTuple):
    """The quotations are there, and so many are ahead at the language model: for about so many
    seconds, if that can be told yet.
    """

    ahead: int
    seconds: float | None = None


class Put(NamedTuple):
    """An article as it now stands, and whether there was none of its id before."""

    article: Article
    new: bool


Told: TypeAlias = Event | Waiting | Answer


class Service:
    """Safe to use from several threads. Answers by quoting until the language model is there.

    What changes articles is done one after another, as its future tells; a future cancelled before
    its turn does nothing. Ids of articles are meant in full.
    """

    def __init__(self, library: Library) -> None:
        """Over ``library`` and the indexes beside it; :meth:`start` loads the models."""
        self.corpora = Corpora(library)
        self.loader = ModelLoader(library)
        self.jobs = Jobs(library)
        self.shelf = Shelf(library)
        # Told of every answer that is given.
        self.hearers: list[Callable[[Answer], None]] = []
        self._line = Line(library.settings.llm_slots, library.settings.llm_waiting)

    @property
    def library(self) -> Library:
        """The index that is meant where none is named."""
        return self.corpora.own

    def start(self) -> None:
        """Load the encoders now, and the language model in the background; and go on with uploads
        that were left undone.

        Raises:
            StoreError, IndexMismatch, ModelError: nothing could be answered.
        """
        self.library.encoders()
        self.library.snapshot()
        self.loader.start()
        self.jobs.start()

    def stop(self) -> None:
        """Change articles no more. What was acknowledged and not done is done after the next
        :meth:`start`, by whichever process.
        """
        self.jobs.close()

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
        with closing(self._answered(request, indexes, quoting=quoting)) as events:
            for event in events:
                if isinstance(event, Answer):
                    for hear in self.hearers:
                        hear(event)
                yield event

    def _answered(
        self, request: Request, indexes: Collection[str], *, quoting: bool
    ) -> Generator[Told]:
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

    @property
    def queue(self) -> int:
        """How many questions are at the language model or wait for it."""
        return len(self._line)

    def put(self, document: Document) -> Future[Put]:
        """Have an article as ``document``, which gives its id, states it; what persons said of the
        one before stays.

        Raises (the future):
            StoreError, IndexMismatch, ModelError: as :meth:`Library.add`.
        """

        def put() -> Put:
            first, *stories = articles_of(document)
            done = self.library.add([first, *stories])
            return Put(self.library.article(first.id, exact=True), first.id in done.added)

        return self.jobs.do(put)

    def amend(self, name: str, said: Mapping[str, str]) -> Future[Article]:
        """Correct the title, date or outlet of an article; raises what :meth:`Library.amend` does.

        Raises:
            UsageError: the date is not ISO 8601, of any precision.
        """
        if said.get("date"):
            well_formed("date", said["date"])
        return self.jobs.do(partial(self.library.amend, name, exact=True, **said))

    def remove(self, name: str) -> Future[tuple[Article, ...]]:
        """Remove an article and the stories of its page; raises as :meth:`Library.remove`."""
        return self.jobs.do(partial(self.library.remove, [name], exact=True))
