"""BM25 over terms, by an inverted index of words: numpy arrays, memory-mapped.

A term (a stem, a run of letters, a consonant skeleton) is a set of words, so one list of passages
for each *word* serves every field: proposing passages adds up the lists of the words of the
question's terms, and scoring given passages counts the words that stand in them. Lists for each
term of each field would take many times the space.

Scores are those of Lucene's BM25 (Kamphuis et al. 2020, "Which BM25 Do You Mean?", the accurate
variant): ``ln(1 + (N - df + 0.5)/(df + 0.5)) * tf / (tf + k1 (1 - b + b len/avglen))``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.store.protocol import Floats, Group, Ids, Ints
from rag.store.tables import Mask, Table, concatenated

# How many entries of passage lists a search adds up, about; a million take 25 ms.
_MOST_ADDED = 500_000


@dataclass(frozen=True)
class Postings(Table):
    """The passages of each word: those of word ``w`` are ``passages[starts[w]:starts[w + 1]]``,
    where it stands ``counts`` times.
    """

    starts: Ids
    passages: Ints
    counts: NDArray[np.uint16]


@dataclass(frozen=True)
class TermTable(Table):
    """The terms of one field.

    The words that hold term ``t`` are ``words[starts[t]:starts[t + 1]]``, each ``times`` over;
    ``frequency[t]`` is the number of passages that hold it. ``saturation[p]`` is what is added to
    a term's frequency in passage ``p``.
    """

    terms: Sequence[str]
    starts: Ids
    words: Ints
    times: NDArray[np.uint16]
    frequency: Ints
    saturation: Floats


class LexicalIndex:
    """One field of terms over passages."""

    def __init__(self, table: TermTable, postings: Postings) -> None:
        """Search the terms of ``table`` by the ``postings`` of their words."""
        self._table = table
        self._postings = postings
        self._saturation = table.saturation
        self._numbers = {term: number for number, term in enumerate(table.terms)}

    def top(self, groups: Iterable[Group], k: int, allowed: Mask | None = None) -> Ids:
        """Ids of the ``k`` passages with the largest scores above zero, in no order.

        In an index of hundreds of thousands, the words that most passages have are left out of
        account: they cost the most and tell the least.
        """
        total = np.zeros(len(self._saturation), dtype=np.float32)
        found = np.zeros_like(total)
        lists = self._postings
        for group in self._telling(groups):
            words, times = self._members(group)
            starts, ends = lists.starts[words], lists.starts[words + 1]
            alone = len(words) == 1
            listed = slice(int(starts[0]), int(ends[0])) if alone else concatenated(starts, ends)
            passages = lists.passages[listed]
            tf = np.repeat(times, ends - starts) * lists.counts[listed]
            if not alone:
                # A passage comes once for each of the words it holds, each time with the sum.
                found[passages] = 0
                np.add.at(found, passages, tf)
                tf = found[passages]
            weight = np.float32(group.weight * self._idf(group))
            total[passages] += weight * tf / (tf + self._saturation[passages])
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

    def scores(self, groups: Sequence[Group], rows: Ids, placed: tuple[Ints, Ids]) -> Floats:
        """BM25 of the passages ``rows``, given :meth:`WordTable.placed` of them; shape ``(n,)``."""
        count = len(rows)
        if not groups:
            return np.zeros(count, dtype=np.float32)
        members = [self._members(group) for group in groups]
        words = np.concatenate([words for words, _ in members])
        times = np.concatenate([times for _, times in members])
        group_of = np.repeat(np.arange(len(groups)), [len(words) for words, _ in members])
        order = np.argsort(words, kind="stable")
        words, times, group_of = words[order], times[order], group_of[order]
        # Which words of the passages are among these, and where their runs begin and end.
        known = np.zeros(len(self._postings.starts), dtype=bool)
        known[words] = True
        numbers, places = placed
        hits = np.flatnonzero(known[numbers])
        numbers, places = numbers[hits], places[hits]
        starts, ends = np.searchsorted(words, numbers), np.searchsorted(words, numbers, "right")
        runs = concatenated(starts, ends)
        cells = np.repeat(places, ends - starts) * len(groups) + group_of[runs]
        tf = np.bincount(cells, times[runs], minlength=count * len(groups))
        tf = tf.reshape(count, len(groups))
        weights = np.asarray([group.weight * self._idf(group) for group in groups])
        saturation = self._saturation[rows]
        return np.asarray(tf / (tf + saturation[:, None]) @ weights, dtype=np.float32)

    def holding(self, term: str, words: Iterable[int]) -> Ids:
        """Rows of the passages that hold ``term`` or one of ``words``; some come several times."""
        numbers = np.asarray([*self._members(Group({term: 1.0}))[0], *words], dtype=np.int64)
        starts = self._postings.starts
        listed = concatenated(starts[numbers], starts[numbers + 1])
        return self._postings.passages[listed].astype(np.int64)

    def document_frequency(self, term: str) -> int:
        """In how many passages ``term`` stands."""
        number = self._numbers.get(term)
        return 0 if number is None else int(self._table.frequency[number])

    def _expected(self, group: Group) -> float:
        return sum(likely * self.document_frequency(term) for term, likely in group.terms.items())

    def _idf(self, group: Group) -> float:
        """``ln(1 + (N - df + 0.5)/(df + 0.5))``, never below 0, of the expected frequency."""
        expected = self._expected(group)
        odds = max(len(self._saturation) - expected + 0.5, 0.0) / (expected + 0.5)
        return float(np.log1p(odds).astype(np.float32))

    def _members(self, group: Group) -> tuple[Ints, Floats]:
        """The words that hold a term of ``group``, and how many of it each stands for."""
        table = self._table
        words, times = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for term, likely in group.terms.items():
            number = self._numbers.get(term)
            if number is not None:
                run = slice(int(table.starts[number]), int(table.starts[number + 1]))
                words.append(table.words[run])
                times.append(table.times[run] * np.float32(likely))
        return np.concatenate(words), np.concatenate(times)
