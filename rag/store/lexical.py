"""BM25 over analysed tokens: an inverted index of numpy arrays, memory-mapped, built in one pass.

Tokens come in already analysed (``rag.text.analyze``); this module only counts. Weights are
computed when the index is built, so a query is one addition per posting, and each query term may
carry a weight of its own. The token sequences are kept beside the postings: dropping or adding
documents rebuilds from them without analysing any text again.

Scores are those of Lucene's BM25 (Kamphuis et al. 2020, "Which BM25 Do You Mean?", the accurate
variant): ``ln(1 + (N - df + 0.5)/(df + 0.5)) * tf / (tf + k1 (1 - b + b len/avglen))``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.arrays import load_array

K1 = 1.2
B = 0.75

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LexicalIndex:
    """An inverted index over ``len(bounds) - 1`` documents.

    ``tokens[bounds[d]:bounds[d + 1]]`` are the term numbers of document ``d`` in text order;
    ``postings[starts[t]:starts[t + 1]]`` the documents that hold term ``t``, ``weights`` alike.
    """

    terms: Mapping[str, int]
    tokens: Ints
    bounds: NDArray[np.int64]
    postings: Ints
    weights: Floats
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def scores(self, query: Mapping[str, float]) -> Floats:
        """BM25 of every document for weighted query terms, shape ``(len(self),)``."""
        total = np.zeros(len(self), dtype=np.float32)
        for term, weight in query.items():
            number = self.terms.get(term)
            if number is not None:
                run = slice(self.starts[number], self.starts[number + 1])
                total[self.postings[run]] += weight * self.weights[run]
        return total

    def document_frequency(self, term: str) -> int:
        """In how many documents ``term`` stands."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def documents(self) -> list[list[str]]:
        """The token lists the index was built from, in order."""
        names = list(self.terms)
        return [
            [names[number] for number in self.tokens[a:b]]
            for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write the index into ``folder``, which must exist."""
        (folder / "terms.txt").write_text("\n".join(self.terms), encoding="utf-8")
        for name, file in _ARRAYS.items():
            np.save(folder / f"{file}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open an index written by :meth:`save`, its arrays memory-mapped.

        Raises:
            StoreError: a file is missing or is not what ``save`` wrote.
        """
        try:
            names = (folder / "terms.txt").read_text(encoding="utf-8")
            arrays = {name: load_array(folder / f"{file}.npy") for name, file in _ARRAYS.items()}
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged lexical index ({error})") from error
        terms = {term: number for number, term in enumerate(names.split("\n") if names else [])}
        return cls(terms=terms, **arrays)


_ARRAYS = {
    "tokens": "tokens",
    "bounds": "token_bounds",
    "postings": "postings",
    "weights": "weights",
    "starts": "starts",
}


def build_lexical(documents: Iterable[Sequence[str]]) -> LexicalIndex:
    """Index analysed documents, in order."""
    terms: dict[str, int] = {}
    numbers: list[int] = []
    bounds = [0]
    for document in documents:
        numbers.extend(terms.setdefault(token, len(terms)) for token in document)
        bounds.append(len(numbers))
    tokens = np.asarray(numbers, dtype=np.int32)
    return _invert(terms, tokens, np.asarray(bounds, dtype=np.int64))


def _invert(terms: dict[str, int], tokens: Ints, bounds: NDArray[np.int64]) -> LexicalIndex:
    count = len(bounds) - 1
    lengths = np.diff(bounds)
    rows = np.repeat(np.arange(count, dtype=np.int64), lengths)
    pairs, frequency = np.unique(tokens.astype(np.int64) * max(count, 1) + rows, return_counts=True)
    term_of, postings = np.divmod(pairs, max(count, 1))
    document_frequency = np.bincount(term_of, minlength=len(terms))
    starts = np.concatenate([[0], np.cumsum(document_frequency)]).astype(np.int64)
    idf = np.log1p((count - document_frequency + 0.5) / (document_frequency + 0.5))
    mean = lengths.mean() if count and lengths.sum() else 1.0
    saturation = K1 * (1 - B + B * lengths / mean)
    weights = idf[term_of] * frequency / (frequency + saturation[postings])
    return LexicalIndex(
        terms=terms,
        tokens=tokens,
        bounds=bounds,
        postings=postings.astype(np.int32),
        weights=weights.astype(np.float32),
        starts=starts,
    )
