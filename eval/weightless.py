"""A library that needs no weights, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Role, Vectors

State: TypeAlias = dict[str, str]


class HashEncoder:
    """Unit vectors drawn by the text's hash: quick, and the same in every process."""

    name = fingerprint = "hash"
    dimension = 16

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """See :class:`rag.models.protocols.Encoder`, here and below."""
        rows = [np.random.default_rng(list(text.encode())).normal(size=16) for text in texts]
        vectors = np.asarray(rows, dtype=np.float32).reshape(-1, 16)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]


def library(path: Path, store: str | None = None) -> Library:
    """A library that needs no weights, in a folder or with what it holds in a ``store``."""
    settings = Settings.from_environment({"MUSNAD_LLM": "none", "MUSNAD_STORE": store or ""})
    return Library(path, settings, encoder=HashEncoder(), sentence_encoder=HashEncoder())


def stated(store: Library) -> State:
    """What an index holds: texts by id."""
    return {article.id: article.text for article in store.articles()} if store.exists() else {}
