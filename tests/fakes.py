"""Models a person can compute by hand, and where the seed articles are."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from rag.models.protocols import Message, Role, Usage, Vectors
from rag.text.analyze import analyze

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

    def encode_tokens(self, texts: Sequence[str], role: Role) -> list[Vectors]:
        """Each term by itself, so that a question is aligned by the share of its terms found."""
        return [self.encode(analyze(text), role) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


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
