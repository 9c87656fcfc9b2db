"""Tables on disk: where passages lie in the articles, and the words they hold.

Text is analysed once, when it comes in. Dropping or adding passages later moves numbers about and
analyses nothing again.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.protocol import Ids, Ints
from rag.types import Article, Chunk, Span

Mask: TypeAlias = NDArray[np.bool_]

_HEADER_BYTES = 128


@dataclass(frozen=True)
class Table:
    """Columns, each in a file named after it: numpy arrays, and words as lines of text."""

    def save(self, folder: Path, prefix: str = "") -> None:
        """Write the columns into ``folder``, under names that begin with ``prefix``."""
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, np.ndarray):
                path = folder / f"{prefix}{field.name}.npy"
                save_array(path, column.dtype, column.shape, [column])
            else:
                save_lines(folder / f"{prefix}{field.name}.txt", column)

    @classmethod
    def load(cls, folder: Path, prefix: str = "") -> Self:
        """Open what :meth:`save` wrote.

        Raises:
            StoreError: a file is missing or damaged.
        """
        return cls(**{field.name: _load(folder, prefix + field.name) for field in fields(cls)})


def _load(folder: Path, name: str) -> NDArray[Any] | list[str]:
    lines, path = folder / f"{name}.txt", folder / f"{name}.npy"
    if lines.exists():
        return load_lines(lines)
    try:
        # An empty array cannot be mapped.
        empty = path.stat().st_size <= _HEADER_BYTES
        array = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise StoreError(f"{path}: damaged index file ({error})") from error
    # A plain view: each slice of a memmap object costs a microsecond, and a search takes thousands.
    return np.asarray(array)


def save_array(
    path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], blocks: Iterable[NDArray[Any]]
) -> None:
    """Write an array, given block after block of its rows, as ``numpy.save`` does: that leaves the
    last bytes to C's streams, which on a full disk drop them without a word.
    """
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        for block in blocks:
            stream.write(np.ascontiguousarray(block).data)


def save_lines(path: Path, lines: Iterable[str]) -> None:
    """Write ``lines``, none of which holds a newline."""
    path.write_text("\n".join(lines), encoding="utf-8")


def load_lines(path: Path) -> list[str]:
    """What :func:`save_lines` wrote.

    Raises:
        StoreError: the file is missing or damaged.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: damaged index file ({error})") from error
    return text.split("\n") if text else []


@dataclass(frozen=True)
class ChunkTable(Table):
    """Offsets of ``n`` chunks and their ``m`` sentences, in the raw text of their articles.

    ``chunks`` has shape ``(n, 3)``: article row, start, end. ``sentences`` has shape ``(m, 2)``:
    start, end; those of chunk ``i`` are ``sentences[bounds[i]:bounds[i + 1]]``.
    """

    chunks: Ids
    sentences: Ids
    bounds: Ids

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def owners(self) -> Ids:
        """The row of each chunk's article, shape ``(n,)``."""
        return self.chunks[:, 0]

    def chunk(self, row: int, article: Article) -> Chunk:
        """Chunk ``row``, given the article it is part of."""
        _, start, end = self.chunks[row].tolist()
        spans = self.sentences[self.bounds[row] : self.bounds[row + 1]].tolist()
        return Chunk(article.id, start, end, article.text[start:end], tuple(map(Span._make, spans)))


def tabulate_chunks(chunks: Sequence[Sequence[Chunk]]) -> ChunkTable:
    """The table of ``chunks[article_row]``, in article order."""
    rows = [(row, c.start, c.end) for row, group in enumerate(chunks) for c in group]
    sentences = [c.sentences for group in chunks for c in group]
    spans = [span for group in sentences for span in group]
    return ChunkTable(
        chunks=np.asarray(rows, dtype=np.int64).reshape(-1, 3),
        sentences=np.asarray(spans, dtype=np.int64).reshape(-1, 2),
        bounds=np.cumsum([0, *map(len, sentences)], dtype=np.int64),
    )


@dataclass(frozen=True)
class WordTable(Table):
    """The words of passage ``p``, by their place in ``words`` and in order, are
    ``word_numbers[word_bounds[p]:word_bounds[p + 1]]``.
    """

    words: Sequence[str]
    word_numbers: Ints
    word_bounds: Ids

    def __len__(self) -> int:
        return len(self.word_bounds) - 1

    def of(self, rows: Iterable[int]) -> list[Ints]:
        """The words of each of these passages, by number."""
        bounds = self.word_bounds
        return [self.word_numbers[bounds[row] : bounds[row + 1]] for row in rows]

    def placed(self, rows: Ids) -> tuple[Ints, Ids]:
        """The words of these passages one after another, and the place in ``rows`` of each."""
        starts, ends = self.word_bounds[rows], self.word_bounds[rows + 1]
        places = np.repeat(np.arange(len(rows)), ends - starts)
        return self.word_numbers[concatenated(starts, ends)], places


def tabulate_words(passages: Iterable[Sequence[str]]) -> WordTable:
    """The table of the words of passages."""
    numbers: dict[str, int] = {}
    flat = array("i")
    bounds = [0]
    for passage in passages:
        flat.extend([numbers.setdefault(word, len(numbers)) for word in passage])
        bounds.append(len(flat))
    return WordTable(list(numbers), np.frombuffer(flat, np.int32), np.asarray(bounds, np.int64))


def concatenated(starts: Ids, ends: Ids) -> Ids:
    """The whole numbers from each start up to its end, one run after another."""
    counts = ends - starts
    before = np.cumsum(counts) - counts
    numbers: Ids = np.repeat(starts - before, counts)
    numbers += np.arange(len(numbers))
    return numbers
