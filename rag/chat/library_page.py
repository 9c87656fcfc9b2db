"""What the library page shows and does, without its components: each reply is a piece of HTML.

The state of a reader's page is a :class:`View`, which every handler takes and gives back.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.chat.library_article import AMENDABLE, Refused, article_html, note_html
from rag.chat.library_html import framed
from rag.chat.library_list import (
    asides_html,
    copies_html,
    list_html,
    pages,
    summary_html,
    turned,
)
from rag.chat.library_results import hint_html, progress_html, results_html
from rag.chat.markup import Markup, element
from rag.chat.timeline import timeline
from rag.chat.timeline_html import timeline_html
from rag.chat.words import Words, words
from rag.errors import MusnadError, UsageError
from rag.library import Library
from rag.service.catalogue import Shelf
from rag.service.uploads import FileResult, Problem, add_address, add_files
from rag.types import Report

_POLL_SECONDS = 0.25

_Told = tuple[str, int, int] | list[FileResult]
_Work = Callable[[Library, Report], list[FileResult]]


@dataclass(frozen=True, slots=True)
class View:
    """What one reader looks at: the search, its order and page, and the article that is open.

    ``parts`` are those of :data:`FOLDED` that are open. ``asking`` shows the question before the
    removal of the article, and ``focused`` takes the reader to it. ``refused`` is what was typed to
    correct it. Who looks at it ``edits`` the articles, or only reads them.
    """

    query: str = ""
    order: str = "newest"
    page: int = 0
    chosen: str = ""
    parts: frozenset[str] = frozenset()
    asking: bool = False
    focused: bool = False
    refused: Refused | None = None
    edits: bool = True


def _listing(shelf: Shelf, view: View, said: Words) -> Markup:
    catalogue = shelf.current()
    if not catalogue.entries:
        return element("p.musnad-lib-empty", said.empty_library, role="status")
    found = catalogue.find(view.query, view.order)
    page = min(view.page, pages(len(found)) - 1)
    return list_html(found, page=page, order=view.order, chosen=view.chosen, said=said)


def _article(shelf: Shelf, view: View, said: Words) -> Markup:
    if not view.chosen:
        return element("p.musnad-lib-empty.musnad-lib-choose", said.choose_article)
    now = {"asking": view.asking, "focused": view.focused, "edits": view.edits}
    return article_html(shelf.current(), view.chosen, said, **now, refused=view.refused)


def _timeline(shelf: Shelf, view: View, said: Words) -> Markup:
    return timeline_html(timeline((e.date, e.outlet) for e in shelf.current().entries), said)


PIECES: dict[str, Callable[[Shelf, View, Words], Markup]] = {
    "summary": lambda shelf, _, said: summary_html(shelf.current(), said),
    "hint": lambda shelf, view, said: hint_html(said, edits=view.edits),
    "timeline": _timeline,
    "list": _listing,
    "article": _article,
    "copies": lambda shelf, _, said: copies_html(shelf.current(), said),
    "asides": lambda shelf, _, said: asides_html(shelf.current(), said),
}
FOLDED = ("copies", "asides")


class LibraryPage:
    """The handlers of the page over one library; nothing of a reader is kept here."""

    def __init__(self, library: Library) -> None:
        """Nothing is read before it is asked for."""
        self._library = library
        self._shelf = Shelf(library)

    def piece(self, name: str, view: View, language: str) -> Markup:
        """A piece of the page, or the reason why it cannot be drawn; nothing while it is folded."""
        said = words(language)
        if name in FOLDED and name not in view.parts:
            return Markup()
        try:
            drawn = PIECES[name](self._shelf, view, said)
        except MusnadError as error:
            # What is wrong is said once, and again only to who asks for more.
            drawn = Markup() if name in ("timeline", "list") else note_html(str(error))
        return framed(drawn, said)

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

    def may_read(self, language: str) -> Markup:
        """What stands in the place of what only editors may do."""
        said = words(language)
        return framed(note_html(said.may_read), said)

    def meanwhile(self, what: str, language: str) -> Markup:
        """What stands in the place of an article while it is being removed or corrected."""
        said = words(language)
        return framed(note_html(said.sentences[what]), said)

    def amend(self, view: View, typed: Mapping[str, str], language: str) -> View:
        """Correct what was ``typed`` anew of the article that is open; the view to show then."""
        try:
            article = self._shelf.current().article(view.chosen)
            new: dict[str, Any] = {
                name: typed[name]
                for name in AMENDABLE
                if article and typed[name].split() != (getattr(article, name) or "").split()
            }
            if new:
                self._library.amend(view.chosen, **new)
        except UsageError:
            trouble = words(language).bad_date.format(value=typed["date"])
        except MusnadError as error:
            trouble = str(error)
        else:
            return dataclasses.replace(view, focused=True)
        return dataclasses.replace(view, refused=Refused(typed, trouble))

    def remove(self, article_id: str, language: str) -> tuple[Markup, bool]:
        """Remove an article and the stories of its page; says what went, and whether it did."""
        said = words(language)
        try:
            # An id in full only: the library would take the beginning of one.
            if self._shelf.current().entry(article_id) is None:
                return framed(note_html(said.article_gone), said), False
            gone = self._library.remove([article_id])
        except MusnadError as error:
            return framed(note_html(str(error)), said), False
        told = said.removed.format(articles=said.counted("article", len(gone)))
        return framed(note_html(told, *(article.label for article in gone)), said), True

    def add(self, files: Sequence[Path], language: str) -> Iterator[Markup]:
        """Add files: how far it is, again and again, and at last what became of each.

        The work goes on when the reader leaves: what was accepted is not lost.
        """
        yield from self._told([file.name for file in files], _adding(files), language)

    def fetch(self, url: str, language: str) -> Iterator[Markup]:
        """Add what is at an address, as :meth:`add` adds files."""
        yield from self._told([url], _fetching(url), language)

    def _told(self, names: Sequence[str], work: _Work, language: str) -> Iterator[Markup]:
        said = words(language)
        told: queue.SimpleQueue[_Told] = queue.SimpleQueue()
        threading.Thread(target=self._do, args=(names, work, told), daemon=True).start()
        state: _Told = ("", 0, 0)
        while not isinstance(state, list):
            yield framed(progress_html(len(names), *state, said), said)
            time.sleep(_POLL_SECONDS)
            state = told.get()
            while not told.empty():
                state = told.get()
        try:
            catalogue = self._shelf.current()
        except MusnadError:
            catalogue = None
        yield framed(results_html(state, catalogue, said), said)

    def _do(self, names: Sequence[str], work: _Work, told: queue.SimpleQueue[_Told]) -> None:
        """Do the ``work``; tells how far it is, and at last what became of each of ``names``."""
        try:
            told.put(work(self._library, lambda *state: told.put(state)))
        except Exception as error:  # On a thread nobody else would hear of it.
            told.put([FileResult(name, problems=(Problem(str(error)),)) for name in names])
            if not isinstance(error, MusnadError):
                raise


def _adding(files: Sequence[Path]) -> _Work:
    return lambda library, report: add_files(library, files, report)


def _fetching(url: str) -> _Work:
    return lambda library, report: add_address(library, url, report)
