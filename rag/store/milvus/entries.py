"""Entries out of Milvus: articles with all that was made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rag.store.milvus.engine import Engine, Level, listed
from rag.store.milvus.rows import chunk_of, spans_of
from rag.store.milvus.state import State
from rag.store.protocol import DENSE_FIELDS, DenseField, Entry, Floats
from rag.types import Article

_FIELDS = ("article", "start", "end", "spans", "first_sentence", "words", "passages")


def read_entries(
    engine: Engine, state: State, articles: Mapping[int, Article], level: Level
) -> Iterator[tuple[int, Entry]]:
    """The entries of articles given by version, each after its version."""
    if not articles:
        return
    found = engine.query(
        state.collections["passages"], f"article in {listed(articles)}", _FIELDS, level
    )
    rows = sorted(found, key=lambda row: row["number"])
    numbers = [row["first_sentence"] + n for row in rows for n in range(len(spans_of(row)))]
    vectors = read_sentences(engine, state, numbers, level)
    at = dict(zip(numbers, range(len(numbers)), strict=True))
    for version, article in articles.items():
        own = [row for row in rows if row["article"] == version]
        lines = [at[row["first_sentence"] + n] for row in own for n in range(len(spans_of(row)))]
        passages = np.asarray([row["passages"] for row in own], dtype=np.float32)
        made: dict[DenseField, Floats] = {field: vectors[field][lines] for field in vectors}
        made["passages"] = passages.reshape(len(own), state.dimensions["passages"])
        chunks = [chunk_of(row, article) for row in own]
        yield version, Entry(article, chunks, [row["words"].split() for row in own], made)


def read_sentences(
    engine: Engine, state: State, numbers: Sequence[int], level: Level
) -> dict[DenseField, Floats]:
    """The vectors of sentences by field, shape ``(len(numbers), d)``."""
    fields = [field for field in DENSE_FIELDS if field != "passages"]
    found = engine.get(state.collections["sentences"], numbers, fields, level)
    rows = {row["number"]: row for row in found}
    return {
        field: np.asarray([rows[number][field] for number in numbers], dtype=np.float32).reshape(
            len(numbers), state.dimensions[field]
        )
        for field in fields
    }
