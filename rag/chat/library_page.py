"""What the library page shows and does, without its components: each reply is a piece of HTML.

The state of a reader's page is a :class:`View`, which every handler takes and gives back.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.chat.library_article import article_html, note_html
from rag.chat.library_catalogue import Catalogue, Order, Shelf
from rag.chat.library_html import framed
from rag.chat.library_list import list_html, pages, summary_html, turned
from rag.chat.library_results import hint_html, progress_html, results_html
from rag.chat.library_sections import asides_html, copies_html
from rag.chat.library_uploads import FileResult, Problem, add_files
from rag.chat.library_words import library_words
from rag.chat.timeline import timeline
from rag.chat.timeline_html import timeline_html
from rag.errors import MusnadError
from rag.library import Library

_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class View:
    """What one reader looks at: the search, its order and page, and the article that is open.

    ``parts`` are the folded parts of the page that are open: ``copies``, ``asides``.
    """

    query: str = ""
    order: Order = "newest"
    page: int = 0
    chosen: str = ""
    parts: frozenset[str] = frozenset()


class LibraryPage:
    """The handlers of the page over one library; nothing of a reader is kept here."""

    def __init__(self, library: Library) -> None:
        """Nothing is read before it is asked for."""
        self._library = library
        self._shelf = Shelf(library)

    # --- pieces of the page -----------------------------------------------------------------

    def summary(self, language: str) -> str:
        """The heading, and the reason when the library cannot be read."""
        say = library_words(language)
        return self._with(language, lambda catalogue: summary_html(catalogue, say))

    def hint(self, language: str) -> str:
        """Which files can be added."""
        return framed(hint_html(library_words(language)), language)

    def timeline(self, language: str) -> str:
        """The picture of the articles by date and outlet."""

        def drawn(catalogue: Catalogue) -> str:
            line = timeline((entry.date, entry.outlet) for entry in catalogue.entries)
            return timeline_html(line, library_words(language), rtl=language == "ar")

        return self._with(language, drawn, failing="")

    def listing(self, view: View, language: str) -> str:
        """The page of the list that ``view`` is at."""

        def shown(catalogue: Catalogue) -> str:
            found = catalogue.find(view.query, view.order)
            return list_html(
                found,
                page=min(view.page, pages(len(found)) - 1),
                order=view.order,
                chosen=view.chosen,
                empty=not catalogue.entries,
                say=library_words(language),
            )

        return self._with(language, shown, failing="")

    def article(
        self, view: View, language: str, *, asking: bool = False, focused: bool = False
    ) -> str:
        """The article that is open, or what is to be done to open one.

        ``asking`` shows the question before its removal; ``focused`` takes the reader there.
        """
        say = library_words(language)
        if not view.chosen:
            choose = f'<p class="musnad-lib-empty musnad-lib-choose">{say.choose}</p>'
            return framed(choose, language)
        return self._with(
            language,
            lambda c: article_html(c, view.chosen, say, asking=asking, focused=focused),
        )

    def part(self, name: str, view: View, language: str) -> str:
        """A folded part of the page; nothing while it is folded."""
        draw = copies_html if name == "copies" else asides_html
        if name not in view.parts:
            return ""
        return self._with(language, lambda catalogue: draw(catalogue, library_words(language)))

    def _with(
        self, language: str, draw: Callable[[Catalogue], str], failing: str | None = None
    ) -> str:
        """What ``draw`` makes of the catalogue; ``failing``, or the reason, when there is none."""
        try:
            drawn = draw(self._shelf.current())
        except MusnadError as error:
            drawn = note_html(str(error)) if failing is None else failing
        return framed(drawn, language)

    # --- what a reader does -----------------------------------------------------------------

    def turn(self, view: View, did: Mapping[str, str]) -> View:
        """The view after a heading or a page of the list was chosen."""
        match did.get("does"):
            case "sort":
                order = turned(view.order, did.get("by", ""))
                return dataclasses.replace(view, order=order, page=0) if order else view
            case "page":
                to = did.get("to", "")
                page = int(to) if to.isascii() and to.isdigit() and len(to) < 9 else 0
                return dataclasses.replace(view, page=page)
        return view

    def removing(self, language: str) -> str:
        """What stands in the place of an article while it is being removed."""
        return framed(note_html(library_words(language).removing), language)

    def remove(self, article_id: str, language: str) -> str:
        """Remove an article and the stories of its page; says what went."""
        say = library_words(language)

        def removed(catalogue: Catalogue) -> str:
            # An id in full only: the library would take the beginning of one.
            if catalogue.entry(article_id) is None:
                return note_html(say.gone)
            gone = self._library.remove([article_id])
            told = say.removed.format(articles=say.article.of(len(gone)))
            return note_html(told, names=[article.label for article in gone])

        return self._with(language, removed)

    def add(self, files: Sequence[Path], language: str) -> Iterator[str]:
        """Add files: how far it is, again and again, and at last what became of each.

        The work goes on when the reader leaves: what was accepted is not lost.
        """
        say = library_words(language)
        told: queue.SimpleQueue[tuple[str, int, int]] = queue.SimpleQueue()
        results: list[FileResult] = []
        work = threading.Thread(target=self._work, args=(files, told, results), daemon=True)
        work.start()
        state = ("", 0, 0)
        yield framed(progress_html(len(files), *state, say), language)
        while work.is_alive():
            work.join(_POLL_SECONDS)
            before = state
            while not told.empty():
                state = told.get()
            if state != before and work.is_alive():
                yield framed(progress_html(len(files), *state, say), language)
        yield framed(results_html(results, self._catalogue(), say), language)

    def _work(
        self,
        files: Sequence[Path],
        told: queue.SimpleQueue[tuple[str, int, int]],
        results: list[FileResult],
    ) -> None:
        def report(stage: str, done: int, total: int) -> None:
            told.put((stage, done, total))

        try:
            results += add_files(self._library, files, report)
        except Exception as error:  # On a thread nobody else would hear of it.
            results += [FileResult(file.name, problems=(Problem(str(error)),)) for file in files]
            if not isinstance(error, MusnadError):
                raise

    def _catalogue(self) -> Catalogue | None:
        try:
            return self._shelf.current()
        except MusnadError:
            return None
