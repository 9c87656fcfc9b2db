"""BM25 over terms, by an inverted index of words: numpy arrays, memory-mapped.

A term (a stem, a run of letters, a consonant skeleton) is a set of words, so one list of passages
for each *word* serves every field: proposing passages adds up the lists of the words of the
question's terms, and scoring given passages counts the words that stand in them. Lists for each
term of each field would take many times the space.

Scores are those of Lucene's BM25 (Kamphuis et al. 2020, "Which BM25 Do You Mean?", the accurate
variant): ``ln(1 + (N - df + 0.5)/(df + 0.5)) * tf / (tf + k1 (1 - b + b len/avglen))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.arrays import load_array
from rag.store.protocol import Floats, Group, Ids
from rag.store.words import Ints, Longs, WordTable, read_lines

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Saturation:
    """BM25's two parameters: how soon repeats stop counting, and how much length does."""

    k1: float = 0.9
    b: float = 0.6


@dataclass(frozen=True)
class Postings:
    """The passages of each word: those of word ``w`` are ``passages[starts[w]:starts[w + 1]]``,
    where it stands ``counts`` times.
    """

    starts: Longs
    passages: Ints
    counts: NDArray[np.uint16]

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        for array in _POSTINGS:
            np.save(folder / f"postings.{array}.npy", getattr(self, array))

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Open what :meth:`save` wrote, memory-mapped.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            return cls(*(load_array(folder / f"postings.{array}.npy") for array in _POSTINGS))
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged lexical index ({error})") from error


def invert(words: WordTable) -> Postings:
    """The passages of each word of ``words``."""
    from scipy.sparse import csr_array

    shape = (len(words), len(words.words))
    ones = np.ones(len(words.numbers), dtype=np.uint16)
    # Column by column, a word's repeats in a passage come next to each other and are summed.
    columns = csr_array((ones, words.numbers, words.bounds), shape=shape).tocsc()
    columns.sum_duplicates()
    return Postings(columns.indptr.astype(np.int64), columns.indices.astype(np.int32), columns.data)


@dataclass(frozen=True)
class PassageWords:
    """The words of some passages: ``numbers[i]`` stands in the passage at place ``places[i]``."""

    rows: Ids
    numbers: Ints
    places: Longs

    @classmethod
    def of(cls, words: WordTable, rows: Ids) -> PassageWords:
        """The words of the passages ``rows``."""
        starts, ends = words.bounds[rows], words.bounds[rows + 1]
        places = np.repeat(np.arange(len(rows)), ends - starts)
        return cls(rows, words.numbers[_runs(starts, ends)], places)


@dataclass(frozen=True)
class LexicalIndex:
    """One field of terms over the passages of ``postings``.

    The words that hold term ``t`` are ``words[starts[t]:starts[t + 1]]``, each ``times`` over;
    ``frequency[t]`` is the number of passages that hold it. ``saturation[p]`` is what is added to
    a term's frequency in passage ``p``.
    """

    terms: Mapping[str, int]
    starts: Longs
    words: Ints
    times: NDArray[np.uint16]
    frequency: Ints
    saturation: Floats
    postings: Postings

    def __len__(self) -> int:
        return len(self.saturation)

    def top(self, groups: Iterable[Group], k: int, allowed: Mask | None = None) -> Ids:
        """Ids of the ``k`` passages with the largest scores above zero, in no order.

        In an index of hundreds of thousands, the words that most passages have are left out of
        account: they cost the most and tell the least.
        """
        total = np.zeros(len(self), dtype=np.float32)
        found = np.zeros(len(self), dtype=np.float32)
        for group in self._telling(groups):
            passages, tf, repeated = self._passages(group)
            if repeated:
                found[passages] = 0
                np.add.at(found, passages, tf)
                tf = found[passages]
            weight = np.float32(group.weight * self._idf(group))
            # Repeated passages are given the same sum several times over.
            total[passages] += weight * tf / (tf + self.saturation[passages])
        if allowed is not None:
            total[~allowed] = 0
        rows = np.flatnonzero(total > 0)
        if len(rows) <= k:
            return rows
        return rows[np.argpartition(-total[rows], k - 1)[:k]]

    def _telling(self, groups: Iterable[Group]) -> Iterator[Group]:
        """``groups`` from the rarest on, as long as their lists of passages are not too long."""
        length = 0.0
        for group in sorted(groups, key=self._expected):
            length += self._expected(group)
            if length > max(_MOST_ADDED, self._expected(group)):
                return
            yield group

    def scores(self, groups: Sequence[Group], passages: PassageWords) -> Floats:
        """BM25 of ``passages``, shape ``(len(passages.rows),)``."""
        count = len(passages.rows)
        if not groups:
            return np.zeros(count, dtype=np.float32)
        members = [self._members(group) for group in groups]
        words = np.concatenate([words for words, _ in members])
        times = np.concatenate([times for _, times in members])
        group_of = np.repeat(np.arange(len(groups)), [len(words) for words, _ in members])
        order = np.argsort(words, kind="stable")
        words, times, group_of = words[order], times[order], group_of[order]
        # Which words of the passages are among these, and where their runs begin and end.
        known = np.zeros(len(self.postings.starts), dtype=bool)
        known[words] = True
        hits = np.flatnonzero(known[passages.numbers])
        numbers = passages.numbers[hits]
        starts, ends = np.searchsorted(words, numbers), np.searchsorted(words, numbers, "right")
        runs = _runs(starts, ends)
        cells = np.repeat(passages.places[hits], ends - starts) * len(groups) + group_of[runs]
        tf = np.bincount(cells, times[runs], minlength=count * len(groups))
        tf = tf.reshape(count, len(groups))
        weights = np.asarray([group.weight * self._idf(group) for group in groups])
        saturation = self.saturation[passages.rows]
        return np.asarray(tf / (tf + saturation[:, None]) @ weights, dtype=np.float32)

    def passages_of(self, term: str, words: Iterable[int]) -> Ids:
        """Rows of the passages that hold ``term`` or one of ``words``, each once."""
        numbers = set(words)
        number = self.terms.get(term)
        if number is not None:
            numbers.update(self.words[self.starts[number] : self.starts[number + 1]].tolist())
        lists = self.postings
        found = [lists.passages[lists.starts[n] : lists.starts[n + 1]] for n in numbers]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def document_frequency(self, term: str) -> int:
        """In how many passages ``term`` stands."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.frequency[number])

    def _idf(self, group: Group) -> float:
        return float(inverse_document_frequency(np.asarray(self._expected(group)), len(self)))

    def _expected(self, group: Group) -> float:
        return sum(likely * self.document_frequency(term) for term, likely in group.terms.items())

    def _members(self, group: Group) -> tuple[Ints, Floats]:
        """The words that hold a term of ``group``, and how many of it each stands for."""
        words, times = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for term, likely in group.terms.items():
            number = self.terms.get(term)
            if number is not None:
                run = slice(int(self.starts[number]), int(self.starts[number + 1]))
                words.append(self.words[run])
                times.append(self.times[run] * np.float32(likely))
        return np.concatenate(words), np.concatenate(times)

    def _passages(self, group: Group) -> tuple[Ints, Floats, bool]:
        """Passages that hold words of ``group``, what each word there adds to the count, and
        whether a passage may come several times.
        """
        words, times = self._members(group)
        starts, ends = self.postings.starts[words], self.postings.starts[words + 1]
        if len(words) == 1:
            run = slice(int(starts[0]), int(ends[0]))
            return self.postings.passages[run], self.postings.counts[run] * times[0], False
        runs = _runs(starts, ends)
        weights = np.repeat(times, ends - starts)
        return self.postings.passages[runs], self.postings.counts[runs] * weights, True

    def save(self, folder: Path, name: str) -> None:
        """Write the field into ``folder`` under files that begin with ``name``."""
        (folder / f"{name}.terms.txt").write_text("\n".join(self.terms), encoding="utf-8")
        for array in _ARRAYS:
            np.save(folder / f"{name}.{array}.npy", getattr(self, array))

    @classmethod
    def load(cls, folder: Path, name: str, postings: Postings) -> LexicalIndex:
        """Open a field written by :meth:`save`, its arrays memory-mapped.

        Raises:
            StoreError: a file is missing or is not what ``save`` wrote.
        """
        try:
            lines = read_lines(folder / f"{name}.terms.txt")
            arrays = {array: load_array(folder / f"{name}.{array}.npy") for array in _ARRAYS}
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"{folder}: damaged lexical index ({error})") from error
        terms = {term: number for number, term in enumerate(lines)}
        return cls(terms=terms, postings=postings, **arrays)


# How many entries of passage lists a search adds up, about; a million take 25 ms.
_MOST_ADDED = 500_000
# Passages counted at once.
_PASSAGES = 2048

_POSTINGS = ("starts", "passages", "counts")
_ARRAYS = ("starts", "words", "times", "frequency", "saturation")


def inverse_document_frequency(frequency: NDArray[np.float64], count: int) -> Floats:
    """``ln(1 + (N - df + 0.5)/(df + 0.5))``, never below 0, of document frequencies ``df``."""
    return np.log1p(np.maximum(count - frequency + 0.5, 0) / (frequency + 0.5)).astype(np.float32)


def build_lexical(
    words: WordTable,
    postings: Postings,
    analyse: Callable[[str], Sequence[str]],
    parameters: Saturation,
) -> LexicalIndex:
    """The field of the terms that ``analyse`` makes of each word of ``words``."""
    from scipy.sparse import csr_array

    terms: dict[str, int] = {}
    flat: list[int] = []
    starts = [0]
    for word in words.words:
        flat.extend(terms.setdefault(term, len(terms)) for term in analyse(word))
        starts.append(len(flat))
    ones = np.ones(len(flat), dtype=np.uint16)
    of_words = csr_array(
        (ones, np.asarray(flat, np.int32), starts), shape=(len(starts) - 1, len(terms))
    )
    of_words.sum_duplicates()
    lengths, frequency = _count(words, of_words)
    mean = lengths.mean() if len(lengths) and lengths.sum() else 1.0
    relative = parameters.b * lengths.astype(np.float32) / np.float32(mean)
    of_terms = of_words.tocsc()
    return LexicalIndex(
        terms=terms,
        starts=of_terms.indptr.astype(np.int64),
        words=of_terms.indices.astype(np.int32),
        times=of_terms.data,
        frequency=frequency,
        saturation=np.float32(parameters.k1) * (np.float32(1 - parameters.b) + relative),
        postings=postings,
    )


def _count(words: WordTable, of_words: Any) -> tuple[Longs, Ints]:
    """How many terms each passage has, and how many passages each term is in.

    ``of_words`` is the sparse matrix of words by terms. Some passages at a time: the terms of all
    would take gigabytes.
    """
    from scipy.sparse import csr_array

    terms_of = np.asarray(of_words.sum(axis=1, dtype=np.int64))
    lengths = np.zeros(len(words), dtype=np.int64)
    frequency = np.zeros(of_words.shape[1], dtype=np.int64)
    for first in range(0, len(words), _PASSAGES):
        bounds = words.bounds[first : first + _PASSAGES + 1]
        numbers = words.numbers[bounds[0] : bounds[-1]]
        sums = np.concatenate([[0], np.cumsum(terms_of[numbers])])[bounds - bounds[0]]
        lengths[first : first + _PASSAGES] = np.diff(sums)
        ones = np.ones(len(numbers), dtype=np.int32)
        shape = (len(bounds) - 1, of_words.shape[0])
        passages = csr_array((ones, numbers, bounds - bounds[0]), shape=shape)
        frequency += np.bincount((passages @ of_words).indices, minlength=len(frequency))
    return lengths, frequency.astype(np.int32)


def _runs(starts: Longs, ends: Longs) -> Longs:
    """The whole numbers from each start up to its end, one run after another."""
    counts = ends - starts
    before = np.cumsum(counts) - counts
    runs: Longs = np.repeat(starts - before, counts)
    runs += np.arange(len(runs))
    return runs
