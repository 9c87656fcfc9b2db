"""The words of every passage, as numbers: what all lexical indexes are derived from.

Text is analysed once, when it comes in. Dropping or adding passages later moves numbers about and
analyses nothing again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.arrays import load_array

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class WordTable:
    """``numbers[bounds[p]:bounds[p + 1]]`` are the words of passage ``p``, in order, by their place
    in ``words``.
    """

    words: Sequence[str]
    numbers: Ints
    bounds: Longs

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def passages(self) -> list[list[str]]:
        """The words of each passage."""
        return [
            [self.words[number] for number in self.numbers[a:b]] for a, b in pairwise(self.bounds)
        ]

    def save(self, folder: Path) -> None:
        """Write the table into ``folder``."""
        (folder / "words.txt").write_text("\n".join(self.words), encoding="utf-8")
        np.save(folder / "word_numbers.npy", self.numbers)
        np.save(folder / "word_bounds.npy", self.bounds)

    @classmethod
    def load(cls, folder: Path) -> WordTable:
        """Open what :meth:`save` wrote.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            words = read_lines(folder / "words.txt")
            numbers = load_array(folder / "word_numbers.npy")
            return cls(words, numbers, load_array(folder / "word_bounds.npy"))
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged word table ({error})") from error


def read_lines(path: Path) -> list[str]:
    """The lines of a file that was joined with newlines; an empty file has none."""
    text = path.read_text(encoding="utf-8")
    return text.split("\n") if text else []


def tabulate_words(
    passages: Iterable[Sequence[str] | Ints], words: Sequence[str] = ()
) -> WordTable:
    """The table of passages given as words, or as numbers into ``words``; unused words go."""
    numbers = {word: number for number, word in enumerate(words)}
    parts: list[Ints] = []
    for passage in passages:
        if not isinstance(passage, np.ndarray):
            run = [numbers.setdefault(word, len(numbers)) for word in passage]
            passage = np.asarray(run, dtype=np.int32)
        parts.append(passage)
    flat = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    used = np.zeros(len(numbers), dtype=bool)
    used[flat] = True
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    kept = [word for word, number in numbers.items() if used[number]]
    bounds = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    return WordTable(kept, renumbered[flat], bounds)
