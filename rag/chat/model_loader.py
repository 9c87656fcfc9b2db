"""Loads the language model in the background, so that the page can quote in the meantime."""

from __future__ import annotations

import logging
import threading

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

    def status(self, said: Words) -> str:
        """One line on the model's state; names stand between U+2066 and U+2069."""
        if self._failure:
            return f"{said.model_failed} {_isolate(self._failure)}"
        if self.ready:
            model = self.model
            return said.model_ready.format(model=_isolate(model)) if model else said.no_model
        label, done, total = self._state
        if total and done < total:
            return said.fetching.format(
                label=_isolate(label), done=f"{done / 1e6:,.0f}", total=f"{total / 1e6:,.0f}"
            )
        return said.loading_model

    def _load(self) -> None:
        try:
            self._library.generator()
        except MusnadError as error:
            _log.warning("%s", error)
            self._failure = str(error)
        else:
            self._ready.set()


def _isolate(text: str) -> str:
    return f"\u2066{text}\u2069"
