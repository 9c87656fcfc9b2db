"""Loads the language model in the background, so that the page can quote in the meantime."""

from __future__ import annotations

import logging
import threading

from rag.chat.markup import Markup, escape, filled, isolated, joined
from rag.chat.words import Words
from rag.errors import MusnadError
from rag.library import Library

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
