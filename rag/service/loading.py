"""Loads the language model in the background, so that questions are answered meanwhile."""

from __future__ import annotations

import logging
import threading
from typing import NamedTuple

from rag.errors import MusnadError
from rag.library import Library

_log = logging.getLogger(__name__)


class Fetching(NamedTuple):
    """Of the weights called ``label``, ``done`` of ``total`` bytes are here."""

    label: str
    done: int
    total: int


class ModelLoader:
    """Fetches and loads ``library``'s generator on a thread of its own."""

    def __init__(self, library: Library) -> None:
        """Nothing happens before :meth:`start`."""
        self._library = library
        self._thread = threading.Thread(target=self._load, name="model-loader", daemon=True)
        self._ready = threading.Event()
        self.progress = Fetching("starting", 0, 0)
        self.failure: str | None = None

    def start(self) -> None:
        """Begin loading."""
        self._library.models.progress = self._fetched
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

    def _fetched(self, label: str, done: int, total: int) -> None:
        self.progress = Fetching(label, done, total)

    def _load(self) -> None:
        try:
            self._library.generator()
        except MusnadError as error:
            _log.warning("%s", error)
            self.failure = str(error)
        else:
            self._ready.set()
