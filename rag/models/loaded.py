"""The models in force: each is loaded when it is first needed, once for all that share them."""

from __future__ import annotations

import threading

from rag.config import Settings
from rag.models.batching import BatchingEncoder
from rag.models.centring import centred
from rag.models.encoders import load_encoder, load_sentence_encoder
from rag.models.generators import load_generator
from rag.models.protocols import Encoder, Generator, Reader, Translator
from rag.models.reader import load_reader
from rag.models.translator import load_translator
from rag.types import Report


class Models:
    """Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder | None = None,
        sentence_encoder: Encoder | None = None,
        reader: Reader | None = None,
        translator: Translator | None = None,
        generator: Generator | None = None,
        progress: Report | None = None,
    ) -> None:
        """Models given here are used as they are, the others are loaded as ``settings`` say, with
        ``progress``, which may be set at any time, told of weights being fetched.
        """
        self._settings = settings
        self._encoder = encoder
        self._sentence_encoder = sentence_encoder
        self._reader = reader
        self._translator = translator
        self._generator = generator
        self.progress = progress
        self._lock = threading.Lock()
        # Its own lock: fetching a language model takes minutes, and searches go on meanwhile.
        self._generator_lock = threading.Lock()

    def encoders(self) -> tuple[Encoder, Encoder]:
        """The passage encoder and the sentence encoder. Here and below: raises ModelError where one
        cannot be had or loaded.
        """
        with self._lock:
            if self._encoder is None:
                loaded = load_encoder(self._settings, progress=self.progress)
                self._encoder = BatchingEncoder(centred(loaded))
            if self._sentence_encoder is None:
                loaded = load_sentence_encoder(self._settings)
                self._sentence_encoder = BatchingEncoder(centred(loaded))
            return self._encoder, self._sentence_encoder

    def reader(self) -> Reader:
        """The model that marks answers in passages."""
        with self._lock:
            if self._reader is None:
                self._reader = load_reader(self._settings, self.progress)
            return self._reader

    def translator(self) -> Translator:
        """The model that weighs how Arabic answers are said in English."""
        with self._lock:
            if self._translator is None:
                self._translator = load_translator(self._settings, self.progress)
            return self._translator

    def generator(self) -> Generator | None:
        """The language model, or ``None`` when answers are quotations."""
        with self._generator_lock:
            if self._generator is None:
                self._generator = load_generator(self._settings, self.progress)
            return self._generator
