"""The translator's judgement: how likely an English text says what an Arabic one does.

It writes nothing: it weighs what others put together. ``translator.safetensors`` holds its weights
in eight bits and ``translator.json`` the pieces that it takes words apart into;
``eval/fit/translator`` makes both, and ``eval/training/README.md`` is its model card. It reads by
the default encoder's weights, whichever encoder the index uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from rag.config import DEFAULT_ENCODER, Settings
from rag.models.catalogue import payload
from rag.models.e5 import BertShape, read_tensors, read_token_embeddings
from rag.models.fetch import pull
from rag.models.protocols import Translator, Vectors
from rag.models.quantised import unpack
from rag.models.tokens import Tokens
from rag.models.transformer import (
    Weights,
    bert_layer,
    decoder_layer,
    encoder_layer,
    log_softmax,
)
from rag.text.normalize import respelled
from rag.types import Report

WEIGHTS = Path(__file__).with_name("translator.safetensors")
PIECES = Path(__file__).with_name("translator.json")
HEADS = 6
# Tokens of the longest text that is read, and pieces of the longest that is weighed.
LENGTH, LONGEST = 96, 64
# The piece before the first and after the last.
END = 1


class NumpyTranslator:
    """A :class:`~rag.models.protocols.Translator`. Safe to use from several threads."""

    def __init__(
        self,
        own: Weights,
        pieces: Tokens,
        tokens: Tokens,
        words: Callable[[Sequence[int]], Vectors],
        encoder: Weights,
        shape: BertShape,
    ) -> None:
        """``own`` are the translator's weights, and ``pieces`` those of English; ``tokens``,
        ``words`` and the weights of the ``encoder``, of this ``shape``, what it reads by.
        """
        self._own, self._pieces, self._tokens = own, pieces, tokens
        self._words, self._encoder, self._shape = words, encoder, shape

    def weigh(self, text: str, said: Sequence[str]) -> list[Vectors]:
        """Of each that is ``said`` for ``text`` the log-probability of every piece, its end too."""
        (ids,) = self._tokens.ids([f"query: {respelled(text)[0]}"])
        rows = [self._pieces.pieces(one)[0][: LONGEST - 1] for one in said]
        before = np.full((len(rows), 1 + max(map(len, rows))), END)
        for row, pieces in enumerate(rows):
            before[row, 1 : len(pieces) + 1] = pieces
        odds = self._odds(self.read(ids), before)
        return [
            odds[row, range(len(pieces) + 1), [*pieces, END]] for row, pieces in enumerate(rows)
        ]

    def read(self, ids: Sequence[int]) -> Vectors:
        """What is remembered of a text, ``(length, hidden)``."""
        words, shape, encoder = self._words(ids), self._shape, self._encoder
        positions = encoder["embeddings.position_embeddings.weight"][: len(ids)]
        x = words + positions + encoder["embeddings.token_type_embeddings.weight"][0]
        x = encoder.below("embeddings.LayerNorm").norm(x, shape.epsilon)
        # Below the last layer words of both languages are nearest (``eval/NOTES.md``).
        for i in range(shape.layers - 1):
            x = bert_layer(x, encoder.below(f"encoder.layer.{i}"), shape.heads, shape.epsilon)
        x = self._own.below("join").linear(np.concatenate([x, words], -1))
        for layer in _layers(self._own.below("enc")):
            x = encoder_layer(x, layer, HEADS)
        return self._own.below("enc.norm").norm(x)

    def _odds(self, memory: Vectors, before: Vectors) -> Vectors:
        """The log-probability of each piece after those ``before``, ``(rows, length)``."""
        own = self._own
        x = own.below("inp").linear(own["emb.weight"][before])
        x = x + own["pos.weight"][: before.shape[1]]
        for layer in _layers(own.below("dec")):
            x = decoder_layer(x, memory, layer, HEADS)
        states = own.below("out").linear(own.below("dec.norm").norm(x))
        return log_softmax(states @ own["emb.weight"].T + own["bias"])


def _layers(stack: Weights) -> list[Weights]:
    """The layers of a stack of them."""
    names = (name.removeprefix(f"{stack.name}layers.") for name in stack.values)
    count = 1 + max(int(number) for name in names if (number := name.partition(".")[0]).isdigit())
    return [stack.below(f"layers.{i}") for i in range(count)]


def load_translator(settings: Settings, progress: Report | None = None) -> Translator:
    """The translator that comes with the installation, over the default encoder's weights.

    Raises:
        WeightsMissing: the encoder's weights are not here and cannot be had.
        ModelError: they are damaged.
    """
    binary, tokenizer = (
        pull(payload(n), home=settings.home, allow_fetch=not settings.offline, progress=progress)
        for n in (DEFAULT_ENCODER, f"{DEFAULT_ENCODER}-tokenizer")
    )
    own = Weights(unpack(WEIGHTS))
    pieces = Tokens.open(PIECES, LONGEST)
    shape, encoder = read_tensors(binary, without={"embeddings.word_embeddings.weight"})
    words = read_token_embeddings(binary)
    tokens = Tokens.open(tokenizer, LENGTH)
    return NumpyTranslator(own, pieces, tokens, words, Weights(encoder), shape)
