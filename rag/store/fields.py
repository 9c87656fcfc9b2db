"""The lexical fields that every snapshot holds, each another view of the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.store.lexical import FieldPart, Gone, Postings, TermTable
from rag.store.protocol import Ids, Ints
from rag.store.tables import WordTable
from rag.text.analyze import grams, is_arabic, stem
from rag.text.skeleton import arabic_skeletons, latin_skeletons

# Passages counted at once: the terms of all would take gigabytes.
_PASSAGES = 2048


@dataclass(frozen=True, slots=True)
class Field:
    """How a word becomes terms, and BM25's two parameters: how soon repeats stop counting, and how
    much a passage's length does.
    """

    analyse: Callable[[str], Sequence[str]]
    k1: float = 0.9
    b: float = 0.6


def _stems(word: str) -> tuple[str, ...]:
    return (stem(word),)


def _skeletons(word: str) -> tuple[str, ...]:
    return arabic_skeletons(word) if is_arabic(word) else latin_skeletons(word)


# Parameters fitted on the development questions (XQuAD, ARCD).
FIELDS: Mapping[str, Field] = {
    "stems": Field(_stems),
    "grams": Field(grams),
    "names": Field(_skeletons, k1=0.9, b=0.3),
}


def invert(words: WordTable) -> Postings:
    """The passages of each word of ``words``."""
    from scipy.sparse import csr_array

    shape = (len(words), len(words.words))
    ones = np.ones(len(words.word_numbers), dtype=np.uint16)
    # Column by column, a word's repeats in a passage come next to each other and are summed.
    columns = csr_array((ones, words.word_numbers, words.word_bounds), shape=shape).tocsc()
    columns.sum_duplicates()
    return Postings(columns.indptr.astype(np.int64), columns.indices.astype(np.int32), columns.data)


def tabulate_terms(words: WordTable, field: Field) -> TermTable:
    """The terms of ``field`` in the passages of ``words``."""
    from scipy.sparse import csr_array

    terms: dict[str, int] = {}
    flat: list[int] = []
    starts = [0]
    for word in words.words:
        flat.extend(terms.setdefault(term, len(terms)) for term in field.analyse(word))
        starts.append(len(flat))
    ones = np.ones(len(flat), dtype=np.uint16)
    of_words = csr_array(
        (ones, np.asarray(flat, np.int32), starts), shape=(len(starts) - 1, len(terms))
    )
    of_words.sum_duplicates()
    lengths, frequency = _count(words, of_words)
    of_terms = of_words.tocsc()
    return TermTable(
        terms=list(terms),
        starts=of_terms.indptr.astype(np.int64),
        words=of_terms.indices.astype(np.int32),
        times=of_terms.data,
        frequency=frequency,
        lengths=lengths.astype(np.int32),
    )


def without(part: FieldPart, words: WordTable, passages: Ids) -> Gone:
    """What is gone from a part with some of its ``passages``; ``words`` are those of all."""
    from scipy.sparse import csc_array

    if not len(passages):
        return Gone(passages, None)
    table = part.table
    shape = (len(words.words), len(table.terms))
    of_words = csc_array((table.times, table.words, table.starts), shape=shape).tocsr()
    bounds = np.cumsum([0, *(words.word_bounds[passages + 1] - words.word_bounds[passages])])
    some = WordTable(words.words, words.placed(passages)[0], bounds)
    return Gone(passages, _count(some, of_words)[1])


def _count(words: WordTable, of_words: Any) -> tuple[Ids, Ints]:
    """How many terms each passage has, and how many passages each term is in, of the sparse matrix
    of words by terms.
    """
    from scipy.sparse import csr_array

    lengths: list[Ids] = [np.zeros(0, dtype=np.int64)]
    frequency = np.zeros(of_words.shape[1], dtype=np.int64)
    for first in range(0, len(words), _PASSAGES):
        bounds = words.word_bounds[first : first + _PASSAGES + 1]
        numbers = words.word_numbers[bounds[0] : bounds[-1]]
        ones = np.ones(len(numbers), dtype=np.int32)
        shape = (len(bounds) - 1, of_words.shape[0])
        passages = csr_array((ones, numbers, bounds - bounds[0]), shape=shape) @ of_words
        lengths.append(np.asarray(passages.sum(axis=1, dtype=np.int64)))
        frequency += np.bincount(passages.indices, minlength=len(frequency))
    return np.concatenate(lengths), frequency.astype(np.int32)
