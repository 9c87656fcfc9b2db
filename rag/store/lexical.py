"""BM25 over terms: an inverted index of numpy arrays, memory-mapped.

Weights are computed when the index is built, so a query is one addition per posting, and each
query term may carry a weight of its own. Chosen by measurement over 15,280 news passages and the
Arabic development questions, with the same terms: bm25s gives the same ranking (nDCG@10 0.895),
but cannot weigh query terms or score groups of them; Tantivy 0.887 and SQLite FTS5 0.883, whose k1
and b are fixed, FTS5 with a p95 of 10 ms against 0.1 ms. Those two can add and delete in place;
here a snapshot is rebuilt from the word table, which takes seconds and is swapped in atomically.

Scores are those of Lucene's BM25 (Kamphuis et al. 2020, "Which BM25 Do You Mean?", the accurate
variant): ``ln(1 + (N - df + 0.5)/(df + 0.5)) * tf / (tf + k1 (1 - b + b len/avglen))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.arrays import load_array
from rag.store.words import TermTable, read_lines

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Saturation:
    """BM25's two parameters: how soon repeats stop counting, and how much length does."""

    k1: float = 0.9
    b: float = 0.6


@dataclass(frozen=True)
class LexicalIndex:
    """An inverted index over ``len(saturation)`` passages.

    ``postings[starts[t]:starts[t + 1]]`` are the passages that hold term ``t``; ``frequencies``
    and ``weights`` (BM25) lie alike. ``saturation[p]`` is what is added to a term's frequency in
    passage ``p``.
    """

    terms: Mapping[str, int]
    postings: NDArray[np.int32]
    frequencies: NDArray[np.uint16]
    weights: Floats
    starts: NDArray[np.int64]
    saturation: Floats

    def __len__(self) -> int:
        return len(self.saturation)

    def scores(self, query: Mapping[str, float]) -> Floats:
        """BM25 of every passage for weighted query terms, shape ``(len(self),)``."""
        total = np.zeros(len(self), dtype=np.float32)
        for term, weight in query.items():
            run = self._run(term)
            total[self.postings[run]] += weight * self.weights[run]
        return total

    def group_scores(self, group: Mapping[str, float]) -> Floats:
        """BM25 of every passage for one term that may be any of ``group``'s, each so likely.

        Frequencies and document frequencies are the expected ones ("probabilistic structured
        queries", Darwish and Oard 2003).
        """
        frequency = np.zeros(len(self), dtype=np.float32)
        expected = 0.0
        for term, likely in group.items():
            run = self._run(term)
            frequency[self.postings[run]] += likely * self.frequencies[run]
            expected += likely * (run.stop - run.start)
        idf = inverse_document_frequency(np.asarray(expected), len(self))
        return np.asarray(idf * frequency / (frequency + self.saturation), dtype=np.float32)

    def document_frequency(self, term: str) -> int:
        """In how many passages ``term`` stands."""
        run = self._run(term)
        return int(run.stop - run.start)

    def _run(self, term: str) -> slice:
        number = self.terms.get(term)
        if number is None:
            return slice(0, 0)
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def save(self, folder: Path, name: str) -> None:
        """Write the index into ``folder`` under files that begin with ``name``."""
        (folder / f"{name}.terms.txt").write_text("\n".join(self.terms), encoding="utf-8")
        for array in _ARRAYS:
            np.save(folder / f"{name}.{array}.npy", getattr(self, array))

    @classmethod
    def load(cls, folder: Path, name: str) -> LexicalIndex:
        """Open an index written by :meth:`save`, its arrays memory-mapped.

        Raises:
            StoreError: a file is missing or is not what ``save`` wrote.
        """
        try:
            lines = read_lines(folder / f"{name}.terms.txt")
            arrays = {array: load_array(folder / f"{name}.{array}.npy") for array in _ARRAYS}
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged lexical index ({error})") from error
        return cls(terms={term: number for number, term in enumerate(lines)}, **arrays)


# Passages counted at once.
_BLOCK = 2048

_ARRAYS = ("postings", "frequencies", "weights", "starts", "saturation")


def inverse_document_frequency(frequency: NDArray[np.float64], count: int) -> Floats:
    """``ln(1 + (N - df + 0.5)/(df + 0.5))``, never below 0, of document frequencies ``df``."""
    return np.log1p(np.maximum(count - frequency + 0.5, 0) / (frequency + 0.5)).astype(np.float32)


def build_lexical(table: TermTable, parameters: Saturation) -> LexicalIndex:
    """Index the terms of ``table``."""
    count = len(table.bounds) - 1
    lengths = np.diff(table.bounds)
    term_of, postings, frequency = _count(table)
    document_frequency = np.bincount(term_of, minlength=len(table.terms))
    mean = lengths.mean() if count and lengths.sum() else 1.0
    relative = parameters.b * lengths.astype(np.float32) / np.float32(mean)
    saturation = np.float32(parameters.k1) * (np.float32(1 - parameters.b) + relative)
    idf = inverse_document_frequency(document_frequency.astype(np.float64), count)
    weights = frequency.astype(np.float32)
    weights /= weights + saturation[postings]
    weights *= idf[term_of]
    return LexicalIndex(
        terms={term: number for number, term in enumerate(table.terms)},
        postings=postings,
        frequencies=frequency,
        weights=weights,
        starts=np.concatenate([[0], np.cumsum(document_frequency)]).astype(np.int64),
        saturation=saturation,
    )


def _count(table: TermTable) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16]]:
    """Term, passage and frequency of every posting, by term and then passage.

    Some passages at a time: the terms of all, as pairs to be sorted, would take gigabytes.
    """
    parts = []
    last = len(table.bounds) - 1
    for first in range(0, last, _BLOCK):
        bounds = table.bounds[first : min(first + _BLOCK, last) + 1]
        numbers = table.numbers[bounds[0] : bounds[-1]].astype(np.int64)
        rows = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        pairs, counts = np.unique(numbers * _BLOCK + rows, return_counts=True)
        terms, places = np.divmod(pairs, _BLOCK)
        frequency = np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16)
        parts.append((terms.astype(np.int32), (places + first).astype(np.int32), frequency))
    if not parts:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint16)
    term_of, postings, frequency = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(term_of, kind="stable")
    return term_of[order], postings[order], frequency[order]
