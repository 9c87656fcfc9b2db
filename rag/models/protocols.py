"""What the other rooms ask of a model: small protocols, so that a fake fits in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.types import Span

Vectors: TypeAlias = NDArray[np.float32]
# A word stands alone, out of any sentence; only sentence encoders are asked for those.
Role = Literal["query", "passage", "word"]
Message: TypeAlias = dict[str, str]


class Encoder(Protocol):
    """Turns texts into unit vectors whose dot product is their similarity."""

    @property
    def name(self) -> str:
        """What a person calls this encoder."""

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the vectors would: hash of weights, prefixes and pooling."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many of the encoder's own tokens each text takes, special tokens left out."""


class Told(NamedTuple):
    """What a reader reads: a passage, and what it is told of its article."""

    heading: str
    passage: str


class Marks(NamedTuple):
    """What a reader makes of one passage, told a question.

    ``answers`` is the log-odds that the passage answers it. ``tokens`` are where the passage's
    tokens stand in it, as far as it was read; ``starts`` and ``ends``, each of that length, are the
    log-probabilities that the answer starts or ends with each, if there is one.
    """

    answers: float
    tokens: Sequence[Span]
    starts: Vectors
    ends: Vectors


class Reader(Protocol):
    """Marks what answers a question in passages of either language."""

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        """The marks of each passage, in the order given."""


class Translator(Protocol):
    """Weighs what is said in English for a few Arabic words."""

    def weigh(self, text: str, said: Sequence[str]) -> list[Vectors]:
        """Of each that is ``said`` for ``text`` the log-probability of every piece of it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a language model read and wrote for one reply."""

    prompt: int
    reply: int


class Generator(Protocol):
    """Writes text after a conversation."""

    @property
    def name(self) -> str:
        """What a person calls this model."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Iterator[str]:
        """Pieces of the reply as they are written, empty ones where that takes time; closing the
        iterator stops the model.

        A generator that counts tokens returns them at its end, as :class:`Usage`. ``messages`` are
        ``{"role", "content"}`` objects; ``grammar`` is GBNF.

        Raises:
            GenerationError: the model could not reply.
        """
