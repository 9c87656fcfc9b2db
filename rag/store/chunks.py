"""Where chunks and their sentences lie in the articles: three memory-mapped arrays of offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.arrays import load_array
from rag.types import Article, Chunk, Span

Offsets = NDArray[np.int64]


@dataclass(frozen=True)
class ChunkTable:
    """Offsets of ``n`` chunks and their ``m`` sentences, in the raw text of their articles.

    ``chunks`` has shape ``(n, 3)``: article row, start, end. ``sentences`` has shape ``(m, 2)``:
    start, end; those of chunk ``i`` are ``sentences[bounds[i]:bounds[i + 1]]``.
    """

    chunks: Offsets
    sentences: Offsets
    bounds: Offsets

    def __len__(self) -> int:
        return len(self.chunks)

    def article_row(self, row: int) -> int:
        """The row of the article that chunk ``row`` is part of."""
        return int(self.chunks[row, 0])

    def sentence_rows(self, row: int) -> range:
        """The rows of the sentences of chunk ``row``."""
        return range(int(self.bounds[row]), int(self.bounds[row + 1]))

    def chunk(self, row: int, article: Article) -> Chunk:
        """Chunk ``row``, given the article it is part of."""
        _, start, end = (int(value) for value in self.chunks[row])
        spans = self.sentences[self.bounds[row] : self.bounds[row + 1]]
        sentences = tuple(Span(int(a), int(b)) for a, b in spans)
        return Chunk(article.id, start, end, article.text[start:end], sentences)

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        for name in ("chunks", "sentences", "bounds"):
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> ChunkTable:
        """Open what :meth:`save` wrote, memory-mapped where there is anything to map.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            return cls(
                *(load_array(folder / f"{n}.npy") for n in ("chunks", "sentences", "bounds"))
            )
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged chunk table ({error})") from error


def tabulate(chunks: Sequence[Sequence[Chunk]]) -> ChunkTable:
    """The table of ``chunks[article_row]``, in article order."""
    rows = [(row, c.start, c.end) for row, group in enumerate(chunks) for c in group]
    spans = [span for group in chunks for c in group for span in c.sentences]
    counts = [len(c.sentences) for group in chunks for c in group]
    return ChunkTable(
        chunks=np.asarray(rows, dtype=np.int64).reshape(-1, 3),
        sentences=np.asarray(spans, dtype=np.int64).reshape(-1, 2),
        bounds=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )
