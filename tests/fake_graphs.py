"""An encoder's parts whose results a person can compute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.models.description import EncoderDescription
from rag.models.graphs import Integers
from rag.models.openvino_encoder import FORMAT
from rag.models.protocols import Vectors
from rag.models.tokens import Tokens

DESCRIPTION = EncoderDescription(
    version=FORMAT,
    fingerprint="abc",
    dimension=2,
    length=512,
    prompts={"query": "q ", "passage": "a passage: "},
    precision="f32",
    sizes={},
)


class CharacterTokens(Tokens):
    """A token per character: its code point."""

    def __init__(self) -> None:
        """There is no tokenizer behind it."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [[ord(letter) for letter in text] for text in texts]

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


class SumGraph:
    """A row's vector is its number of tokens and their sum: padding would change neither."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, ids: Integers, mask: Integers) -> list[Vectors]:
        self.shapes.append(ids.shape)
        sums = np.stack([mask.sum(1), (ids * mask).sum(1)], axis=1).astype(np.float32)
        return [sums]
