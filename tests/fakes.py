"""Models a person can compute by hand, and where the seed articles are."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from rag.config import Settings
from rag.models.protocols import Encoder, Marks, Message, Role, Told, Usage, Vectors
from rag.text.analyze import analyze
from rag.text.sentences import split_sentences
from rag.types import Span

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"


class WordEncoder:
    """A bag of words: each new term takes the next axis, so a cosine counts shared words."""

    def __init__(self, name: str = "words", dimension: int = 4096) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.dimension = dimension
        self.calls = 0
        self._axes: dict[str, int] = {}

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.calls += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in analyze(text) or ["nothing"]:
                vectors[row, self._axes.setdefault(term, len(self._axes) % self.dimension)] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class WordReader:
    """Takes the sentence with most of the question's words for the answer, from its first word to
    its last, and is as sure as the share of them that it holds: log-odds of 12 (share - 1/2), and
    ``more``. With ``detail`` its last word alone is the answer.
    """

    def __init__(self, more: float = 0.0, *, detail: bool = False) -> None:
        self._more = more
        self._detail = detail

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        return [self._marks(set(analyze(question)), told.passage) for told in passages]

    def _marks(self, asked: set[str], passage: str) -> Marks:
        sentences = split_sentences(passage)
        shares = [len(asked & set(analyze(s.of(passage)))) / len(asked or "-") for s in sentences]
        # Of equals the last: the first may be the headline.
        best = sentences[max(range(len(shares)), key=lambda n: (shares[n], n))]
        tokens = [Span(*word.span()) for word in re.finditer(r"\S+", passage)]
        first = best.of(passage).rfind(" ") + 1 if self._detail else 0
        starts = [0.0 if token.start == best.start + first else -20.0 for token in tokens]
        ends = [0.0 if token.end == best.end else -20.0 for token in tokens]
        return Marks(
            12 * (max(shares) - 0.5) + self._more,
            tokens,
            np.array(starts, np.float32),
            np.array(ends, np.float32),
        )


class LengthTranslator:
    """The shorter what is said, the likelier: a log-probability of -1/10 for each letter."""

    def weigh(self, text: str, said: Sequence[str]) -> list[Vectors]:
        return [np.full(len(one), -0.1, np.float32) for one in said]


class ScriptedGenerator:
    """Says what it was told to, in pieces, and remembers what it was asked."""

    def __init__(self, *replies: str) -> None:
        self.name = "scripted"
        self.replies = list(replies)
        self.asked: list[Sequence[Message]] = []
        self.grammars: list[str | None] = []

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generator[str, None, Usage]:
        self.asked.append(messages)
        self.grammars.append(grammar)
        reply = self.replies.pop(0)
        for start in range(0, len(reply), 7):
            yield reply[start : start + 7]
        return Usage(prompt=sum(len(m["content"]) for m in messages), reply=len(reply))


class HeldModel:
    """Goes on writing until it is released, and counts those who broke it off."""

    name = "held"

    def __init__(self, reply: str = "") -> None:
        self.reply = reply
        self.released = threading.Event()
        self.writing = 0
        self.stopped = 0

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generator[str, None, Usage]:
        self.writing += 1
        try:
            while not self.released.wait(0.01):
                yield " "
        except GeneratorExit:
            self.stopped += 1
            raise
        yield self.reply
        return Usage(prompt=1, reply=1)


class HashEncoder(WordEncoder):
    """A bag of words whose axes are the same in every process."""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        for text in texts:
            self._axes |= {t: crc32(t.encode()) % self.dimension for t in analyze(text)}
        return super().encode(texts, role)


def hash_encoders(settings: Settings) -> tuple[Encoder, Encoder]:
    """Those of passages and of sentences."""
    return HashEncoder("passages"), HashEncoder("sentences")


class DeadlyEncoder(HashEncoder):
    """Ends its process over one text."""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        if any("Row 7" in text for text in texts):
            raise SystemExit(9)
        return super().encode(texts, role)


def deadly_encoders(settings: Settings) -> tuple[Encoder, Encoder]:
    """Those of :func:`hash_encoders`, by name, and deadly."""
    return DeadlyEncoder("passages"), HashEncoder("sentences")


def other_encoders(settings: Settings) -> tuple[Encoder, Encoder]:
    """Not those of :func:`hash_encoders`."""
    return HashEncoder("others"), HashEncoder("sentences")
