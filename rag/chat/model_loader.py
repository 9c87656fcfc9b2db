"""Loads the language model in the background, so that the page can quote in the meantime; and the
status line, which says how far that is, and the index's size and fingerprint.
"""

from __future__ import annotations

import logging
import threading

from rag.chat.markup import Markup, element, escape, filled, isolated, joined
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.library import Library
from rag.models.progress import readable_size

_log = logging.getLogger(__name__)


class ModelLoader:
    """Fetches and loads ``library``'s generator on a thread of its own."""

    def __init__(self, library: Library) -> None:
        """Nothing happens before :meth:`start`."""
        self._library = library
        self._thread = threading.Thread(target=self._load, name="model-loader", daemon=True)
        self._state = ("starting", 0, 0)
        self._failure: str | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin loading."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether answers can be generated now (or quoting is what was asked for)."""
        return self._ready.is_set()

    @property
    def model(self) -> str | None:
        """The name of the language model, once there is one."""
        generator = self._library.generator() if self.ready else None
        return generator.name if generator else None

    def on_progress(self, label: str, done: int, total: int) -> None:
        """Told by the fetcher how many of ``total`` bytes are here."""
        self._state = (label, done, total)

    def status(self, said: Words) -> Markup:
        """One line on the model's state."""
        label, done, total = self._state
        if self._failure:
            return joined((f"{said.model_failed} ", isolated(self._failure)))
        if self.ready and (model := self.model):
            return filled(said.model_ready, model=isolated(model))
        if done < total and not self.ready:
            counts = {"done": f"{done / 1e6:,.0f}", "total": f"{total / 1e6:,.0f}"}
            return filled(said.fetching, label=isolated(label), **counts)
        return escape(said.no_model if self.ready else said.loading_model)

    def _load(self) -> None:
        try:
            self._library.generator()
        except MusnadError as error:
            _log.warning("%s", error)
            self._failure = str(error)
        else:
            self._ready.set()


def status_html(library: Library, loader: ModelLoader, language: str) -> Markup:
    """One line for a reader whose page is in ``language``."""
    said = words(language)
    parts: list[str] = [loader.status(said)]
    try:
        snapshot = library.snapshot()
    except MusnadError as error:
        parts.append(f"{said.failed} {error}")
    else:
        sizes = {
            "articles": said.counted("article", snapshot.counts.articles),
            "passages": said.counted("passage", snapshot.counts.passages),
            "size": isolated(readable_size(snapshot.size)),
        }
        parts.append(filled(said.index_size, **sizes))
        parts.append(filled(said.fingerprint, name=isolated(snapshot.version)))
    return element("p.musnad-status", *(element("span", part) for part in parts))
