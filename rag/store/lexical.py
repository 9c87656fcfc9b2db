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
from typing import Any, NamedTuple

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


class Gone(NamedTuple):
    """What no longer counts in a part: rows of passages, and of each term in how many of these it
    stood, ``None`` where there are none.
    """

    passages: Ids
    frequency: Ints | None


@dataclass(frozen=True)
class TermTable(Table):
    """The terms of one field.

    The words that hold term ``t`` are ``words[starts[t]:starts[t + 1]]``, each ``times`` over;
    ``frequency[t]`` is the number of passages that hold it. Passage ``p`` has ``lengths[p]`` terms.
    """

    terms: Sequence[str]
    starts: Ids
    words: Ints
    times: NDArray[np.uint16]
    frequency: Ints
    lengths: Ints


class FieldPart:
    """One field in one segment."""

    def __init__(self, table: TermTable, postings: Postings) -> None:
        """The terms of ``table`` and the ``postings`` of their words."""
        self.table = table
        self.postings = postings
        self.numbers = {term: number for number, term in enumerate(table.terms)}

    def __len__(self) -> int:
        return len(self.table.lengths)

    def members(self, group: Group) -> tuple[Ints, Floats]:
        """The words that hold a term of ``group``, and how many of it each stands for."""
        table = self.table
        words, times = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for term, likely in group.terms.items():
            number = self.numbers.get(term)
            if number is not None:
                run = slice(int(table.starts[number]), int(table.starts[number + 1]))
                words.append(table.words[run])
                times.append(table.times[run] * np.float32(likely))
        return np.concatenate(words), np.concatenate(times)

    def totals(self, groups: Iterable[tuple[Group, float]], saturation: Floats) -> Floats:
        """The score of every passage, shape ``(n,)``, of groups with their weights."""
        total = np.zeros(len(self), dtype=np.float32)
        found = np.zeros_like(total)
        lists = self.postings
        for group, weight in groups:
            words, times = self.members(group)
            if not len(words):
                continue
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
            total[passages] += np.float32(weight) * tf / (tf + saturation[passages])
        return total

    def term_frequencies(
        self, groups: Sequence[Group], count: int, placed: tuple[Ints, Ids]
    ) -> NDArray[np.float64]:
        """How often each group stands in ``count`` passages, given :meth:`WordTable.placed` of
        them; shape ``(count, len(groups))``.
        """
        members = [self.members(group) for group in groups]
        words = np.concatenate([words for words, _ in members])
        times = np.concatenate([times for _, times in members])
        group_of = np.repeat(np.arange(len(groups)), [len(words) for words, _ in members])
        order = np.argsort(words, kind="stable")
        words, times, group_of = words[order], times[order], group_of[order]
        # Which words of the passages are among these, and where their runs begin and end.
        known = np.zeros(len(self.postings.starts), dtype=bool)
        known[words] = True
        numbers, places = placed
        hits = np.flatnonzero(known[numbers])
        numbers, places = numbers[hits], places[hits]
        starts, ends = np.searchsorted(words, numbers), np.searchsorted(words, numbers, "right")
        runs = concatenated(starts, ends)
        cells = np.repeat(places, ends - starts) * len(groups) + group_of[runs]
        tf = np.bincount(cells, times[runs], minlength=count * len(groups))
        return np.asarray(tf, dtype=np.float64).reshape(count, len(groups))

    def holding(self, term: str, words: Iterable[int]) -> Ids:
        """Rows of the passages that hold ``term`` or one of ``words``; some come several times."""
        numbers = np.asarray([*self.members(Group({term: 1.0}))[0], *words], dtype=np.int64)
        starts = self.postings.starts
        listed = concatenated(starts[numbers], starts[numbers + 1])
        return self.postings.passages[listed].astype(np.int64)


class LexicalIndex:
    """One field over the passages of all segments, whose statistics are those of all of them."""

    def __init__(
        self, parts: Sequence[FieldPart], gone: Sequence[Gone], k1: float, b: float
    ) -> None:
        """Search ``parts`` less what is ``gone`` from each, with BM25's two parameters."""
        self._parts = parts
        self._gone = gone
        lengths = [
            np.delete(one.table.lengths, less.passages)
            for one, less in zip(parts, gone, strict=True)
        ]
        self._count = sum(map(len, lengths))
        total = sum(int(some.sum(dtype=np.int64)) for some in lengths)
        mean = total / self._count if total else 1.0
        self._saturation = [saturation(one.table.lengths, mean, k1, b) for one in parts]
        self._firsts = np.cumsum([0, *map(len, parts)])[:-1]

    def top(self, groups: Iterable[Group], k: int, allowed: Sequence[Mask | None]) -> Ids:
        """The ``k`` passages with the largest scores above zero, in no order, numbered through all
        parts; ``allowed`` are those of each part that may be.

        In an index of hundreds of thousands, the words that most passages have are left out of
        account: they cost the most and tell the least.
        """
        weighted = [(group, group.weight * self._idf(group)) for group in self._telling(groups)]
        found, scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for n, part in enumerate(self._parts):
            total = part.totals(weighted, self._saturation[n])
            mask = allowed[n]
            if mask is not None:
                total[~mask] = 0
            rows = np.flatnonzero(total > 0)
            found.append(rows + self._firsts[n])
            scores.append(total[rows])
        ids, score = np.concatenate(found), np.concatenate(scores)
        return ids if len(ids) <= k else ids[np.argpartition(-score, k - 1)[:k]]

    def _telling(self, groups: Iterable[Group]) -> Iterator[Group]:
        """``groups`` from the rarest on, as long as their lists of passages are not too long."""
        length = 0.0
        for group in sorted(groups, key=self._expected):
            length += self._expected(group)
            if length > max(_MOST_ADDED, self._expected(group)):
                return
            yield group

    def scores(
        self, part: int, groups: Sequence[Group], rows: Ids, placed: tuple[Ints, Ids]
    ) -> Floats:
        """BM25 of the passages ``rows`` of one part, given :meth:`WordTable.placed` of them; shape
        ``(n,)``.
        """
        if not groups:
            return np.zeros(len(rows), dtype=np.float32)
        tf = self._parts[part].term_frequencies(groups, len(rows), placed)
        weights = np.asarray([group.weight * self._idf(group) for group in groups])
        saturation = self._saturation[part][rows]
        return np.asarray(tf / (tf + saturation[:, None]) @ weights, dtype=np.float32)

    def document_frequency(self, term: str) -> int:
        """In how many passages ``term`` stands."""
        found = 0
        for part, gone in zip(self._parts, self._gone, strict=True):
            number = part.numbers.get(term)
            if number is not None:
                found += int(part.table.frequency[number])
                found -= int(gone.frequency[number]) if gone.frequency is not None else 0
        return found

    def _expected(self, group: Group) -> float:
        return sum(likely * self.document_frequency(term) for term, likely in group.terms.items())

    def _idf(self, group: Group) -> float:
        return idf(self._count, self._expected(group))


def idf(count: int, expected: float) -> float:
    """``ln(1 + (N - df + 0.5)/(df + 0.5))``, never below 0, of the expected frequency."""
    odds = max(count - expected + 0.5, 0.0) / (expected + 0.5)
    return float(np.log1p(odds).astype(np.float32))


def saturation(lengths: NDArray[Any], mean: float, k1: float, b: float) -> Floats:
    """``k1 (1 - b + b len/avglen)`` of passages of these lengths."""
    relative = lengths.astype(np.float32) / np.float32(mean)
    return np.asarray(np.float32(k1) * (np.float32(1 - b) + b * relative), dtype=np.float32)
