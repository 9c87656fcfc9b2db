"""What workers do: files → documents → articles → entries of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from rag.config import Settings
from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents
from rag.errors import ModelError
from rag.models.loaded import Models
from rag.models.protocols import Encoder
from rag.store.indexing import encode_articles, shape_of
from rag.store.protocol import Entry, Shape
from rag.store.sources import Look
from rag.types import Article

# Gives the passage encoder and the sentence encoder that settings name.
Load: TypeAlias = Callable[[Settings], tuple[Encoder, Encoder]]


class Listed(NamedTuple):
    """A file, and how it looked before it was read."""

    path: Path
    look: Look | None


class Piece(NamedTuple):
    """One thing that a file gave; ``None`` after all that it gave."""

    file: Listed
    found: Document | Unreadable | None


def read_files(files: Sequence[Listed]) -> list[Piece]:
    """What each file gives, and its end."""
    return [Piece(file, found) for file in files for found in (*read_documents([file.path]), None)]


def read_pages(pieces: Sequence[Piece]) -> list[list[Article]]:
    """The articles of each document; none of what is none."""
    found = (piece.found for piece in pieces)
    return [list(articles_of(one)) if isinstance(one, Document) else [] for one in found]


def encode(
    articles: Sequence[Article], settings: Settings, shape: Shape, load: Load
) -> list[Entry]:
    """The entry of each article, by encoders that the worker keeps for the next share.

    Raises:
        ModelError: they would not give the index its ``shape``.
    """
    encoders = _loaded(load, settings)
    made = shape_of(*encoders, settings.chunk_tokens)
    if made != shape:
        raise ModelError(
            f"a worker's models or its Musnad are not those of the command: {made}, not {shape}"
        )
    return encode_articles(articles, encoders, settings.chunk_tokens)


@cache
def _loaded(load: Load, settings: Settings) -> tuple[Encoder, Encoder]:
    return load(settings)


def load_encoders(settings: Settings) -> tuple[Encoder, Encoder]:
    """Those that a library of these settings has."""
    return Models(settings).encoders()
