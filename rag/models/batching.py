"""Texts that several threads want encoded at once, encoded together: one pass costs less than many.

Nothing waits for company: what arrives while the model is at work is its next batch.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from rag.models.protocols import Encoder, Role, Vectors

# Texts in a batch: more cost as much each, and every size is a shape of its own to OpenVINO.
MOST = 8


class _Call(NamedTuple):
    texts: Sequence[str]
    role: Role
    vectors: Future[Vectors]


class BatchingEncoder:
    """An encoder whose vectors are those of ``encoder``. Safe to use from several threads.

    A call of many texts is a batch already, and goes to ``encoder`` as it is.
    """

    def __init__(self, encoder: Encoder) -> None:
        """``encoder`` is to be safe to use from several threads itself."""
        self.encoder = encoder
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.count_tokens = encoder.count_tokens
        self._waiting: list[_Call] = []
        self._busy = False
        self._changed = threading.Condition()

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given.

        Raises what ``encoder`` raises for these texts.
        """
        if len(texts) > MOST:
            return self.encoder.encode(texts, role)
        call = _Call(texts, role, Future())
        with self._changed:
            self._waiting.append(call)
        while batch := self._next(call):
            try:
                self._encode(batch)
            finally:
                with self._changed:
                    self._busy = False
                    self._waiting[:0] = [one for one in batch if not one.vectors.done()]
                    self._changed.notify_all()
        return call.vectors.result()

    def _next(self, call: _Call) -> list[_Call]:
        """The calls that are now the caller's to encode; none, once ``call`` is done."""
        with self._changed:
            self._changed.wait_for(lambda: call.vectors.done() or not self._busy)
            if call.vectors.done():
                return []
            self._busy = True
            batch: list[_Call] = []
            room = MOST
            for one in self._waiting:
                room -= len(one.texts)
                if room < 0 or one.role != self._waiting[0].role:
                    break
                batch.append(one)
            del self._waiting[: len(batch)]
            return batch

    def _encode(self, batch: Sequence[_Call]) -> None:
        try:
            vectors = self.encoder.encode([t for one in batch for t in one.texts], batch[0].role)
        except Exception as error:
            if len(batch) == 1:
                batch[0].vectors.set_exception(error)
                return
            # The others' texts are not to blame.
            for one in batch:
                self._encode([one])
            return
        start = 0
        for one in batch:
            end = start + len(one.texts)
            one.vectors.set_result(vectors[start:end])
            start = end
