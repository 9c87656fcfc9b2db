"""Loads the language model in the background, so that the page can quote in the meantime."""

from __future__ import annotations

import logging
import threading

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

    def on_progress(self, label: str, done: int, total: int) -> None:
        """Told by the fetcher how many of ``total`` bytes are here."""
        self._state = (label, done, total)

    def status(self) -> str:
        """One line on the model's state, for the page."""
        if self._failure:
            return f"Quoting only: {self._failure}"
        if self.ready:
            generator = self._library.generator()
            return f"Model: {generator.name}" if generator else "Quoting only, no language model"
        label, done, total = self._state
        if total and done < total:
            return (
                f"Fetching {label}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
                " — answering by quoting meanwhile"
            )
        return "Loading the language model — answering by quoting meanwhile"

    def _load(self) -> None:
        try:
            self._library.generator()
        except MusnadError as error:
            _log.warning("%s", error)
            self._failure = str(error)
        else:
            self._ready.set()
