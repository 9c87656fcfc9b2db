"""An open snapshot of a folder: its segments as one, as :class:`rag.store.protocol.Snapshot`.

A passage's number is its row in its segment, after those of the segments before. What is searched
in each is put together here, by scores that are comparable: cosines are, and the statistics of
words are those of all segments.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

import numpy as np

from rag.filters import EVERYTHING, Filter
from rag.store.articles import LiveArticles
from rag.store.fields import FIELDS
from rag.store.lexical import LexicalIndex
from rag.store.protocol import (
    ArticleFacts,
    Cosines,
    Counts,
    DenseField,
    Entry,
    Floats,
    Group,
    Ids,
    Ints,
    LexicalField,
    Passage,
    Shape,
)
from rag.store.segments import Part
from rag.store.tables import concatenated
from rag.text.analyze import stem


@dataclass(frozen=True)
class FolderSnapshot:
    """The segments of one state of a folder."""

    version: str
    shape: Shape
    parts: Sequence[Part]

    @property
    def size(self) -> int:
        """See :class:`rag.store.protocol.Snapshot`, here and below."""
        return sum(part.segment.size for part in self.parts)

    @cached_property
    def counts(self) -> Counts:
        """Of what counts."""
        passages = sum(len(part.segment.chunks) - len(part.gone) for part in self.parts)
        sentences = sum(
            len(part.segment.chunks.sentences) - int(_lengths(part, part.gone).sum())
            for part in self.parts
        )
        return Counts(len(self.articles), passages, sentences)

    @cached_property
    def articles(self) -> LiveArticles:
        """Of all segments."""
        return LiveArticles([(part.segment.articles, part.dead) for part in self.parts])

    @cached_property
    def vocabulary(self) -> Collection[str]:
        """In the order in which they came."""
        return list(dict.fromkeys(w for part in self.parts for w in part.segment.vocabulary))

    def nearest(self, vector: Floats, k: int, where: Filter = EVERYTHING) -> Ids:
        """By exact or compressed search; see :mod:`rag.store.vectors`."""
        found, cosines = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
        for part, first in zip(self.parts, self._firsts[:-1], strict=True):
            rows, some = part.segment.vectors["passages"].search(vector, k, part.mask(where))
            found.append(rows + first)
            cosines.append(some)
        order = np.argsort(-np.concatenate(cosines), kind="stable")[:k]
        return np.concatenate(found)[order]

    def matching(
        self, field: LexicalField, groups: Sequence[Group], k: int, where: Filter = EVERYTHING
    ) -> Ids:
        """By lists of passages; see :mod:`rag.store.lexical`."""
        masks = [part.mask(where) for part in self.parts]
        if not groups or all(mask is not None and not mask.any() for mask in masks):
            return np.zeros(0, dtype=np.int64)
        return self.lexical[field].top(groups, k, masks)

    def candidates(self, ids: Ids) -> FolderCandidates:
        """The passages, their words and sentences fetched on first use."""
        return FolderCandidates(self, ids)

    def passages(self, ids: Ids) -> list[Passage]:
        """Each with its article, read from the database."""
        return [
            self._passage(*found) for found in zip(ids.tolist(), *self._found(ids), strict=True)
        ]

    def _passage(self, number: int, n: int, row: int) -> Passage:
        segment = self.parts[n].segment
        article = segment.articles[int(segment.chunks.owners[row])]
        return Passage(number, article, segment.chunks.chunk(row, article))

    def words(self, ids: Ids) -> list[Ints]:
        """Slices of the word tables, in numbers that hold for all of them."""
        return [
            self._numbering[n][next(iter(self.parts[n].segment.words.of([row])))]
            for n, row in zip(*self._found(ids), strict=True)
        ]

    def words_by_article(self) -> Iterator[tuple[str, list[Ints]]]:
        """The word tables, article by article."""
        for part, numbering in zip(self.parts, self._numbering, strict=True):
            facts, owners = part.segment.facts, part.segment.chunks.owners
            starts = np.searchsorted(owners, np.arange(len(facts) + 1)).tolist()
            for row, (first, last) in enumerate(pairwise(starts)):
                if row not in part.dead:
                    words = part.segment.words.of(range(first, last))
                    yield facts[row].id, [numbering[passage] for passage in words]

    @cached_property
    def _numbering(self) -> list[Ints]:
        """For each segment the numbers of its words among those of all."""
        numbers: dict[str, int] = {}
        return [
            np.asarray(
                [numbers.setdefault(word, len(numbers)) for word in part.segment.words.words],
                dtype=np.int32,
            )
            for part in self.parts
        ]

    def nearest_words(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """By the vectors of the vocabulary."""
        found: dict[str, float] = {}
        for part in self.parts:
            rows, cosines = part.segment.vectors["vocabulary"].search(vector, k)
            words = (part.segment.vocabulary[row] for row in rows.tolist())
            found.update(zip(words, cosines.tolist(), strict=True))
        return sorted(found.items(), key=lambda pair: -pair[1])[:k]

    def document_frequency(self, field: LexicalField, term: str) -> int:
        """As the lexical index counts."""
        return self.lexical[field].document_frequency(term)

    def saying(self, word: str) -> set[str]:
        """By the lists of passages of each word."""
        found = set()
        for part in self.parts:
            known = enumerate(part.segment.words.words)
            words = [n for n, other in known if other.startswith(word)]
            rows = part.segment.fields["stems"].holding(stem(word), words)
            owners = np.unique(part.segment.chunks.owners[rows]).tolist()
            found |= {part.segment.facts[o].id for o in owners if o not in part.dead}
        return found

    def entries(self) -> Iterator[Entry]:
        """The segments' articles, merged by their places."""
        parts = [part.entries() for part in self.parts]
        return (entry for _, entry in heapq.merge(*parts, key=itemgetter(0)))

    def word_vectors(self, words: Collection[str]) -> Mapping[str, Floats]:
        """From where each lies first."""
        found: dict[str, Floats] = {}
        for part in self.parts:
            known = ((n, word) for n, word in enumerate(part.segment.vocabulary) if word in words)
            own = [(n, word) for n, word in known if word not in found]
            vectors = part.segment.vectors["vocabulary"].rows(np.asarray([n for n, _ in own], int))
            found.update(zip((word for _, word in own), vectors, strict=True))
        return found

    def facts(self, ids: Ids) -> list[ArticleFacts]:
        """What is known of the article of each passage."""
        parts = self.parts
        return [
            parts[n].segment.facts[parts[n].segment.chunks.owners[row]]
            for n, row in zip(*self._found(ids), strict=True)
        ]

    @cached_property
    def lexical(self) -> Mapping[str, LexicalIndex]:
        """The lexical fields over all segments."""
        return {
            name: LexicalIndex(
                [part.segment.fields[name] for part in self.parts],
                [part.gone_from(name) for part in self.parts],
                field.k1,
                field.b,
            )
            for name, field in FIELDS.items()
        }

    @cached_property
    def _firsts(self) -> Ids:
        """The number of each segment's first passage, and the one after the last."""
        return np.cumsum([0, *(len(part.segment.chunks) for part in self.parts)])

    def _found(self, ids: Ids) -> tuple[list[int], list[int]]:
        """The segment of each passage, and its row there."""
        parts = np.searchsorted(self._firsts, ids, side="right") - 1
        return parts.tolist(), (ids - self._firsts[parts]).tolist()

    def split(self, ids: Ids) -> list[tuple[int, Ids, Ids]]:
        """Of each segment that has some: its place, the places in ``ids``, and rows."""
        if len(self.parts) == 1:
            return [(0, np.arange(len(ids)), ids)]
        parts = np.searchsorted(self._firsts, ids, side="right") - 1
        return [
            (n, places, ids[places] - self._firsts[n])
            for n in np.unique(parts).tolist()
            for places in [np.flatnonzero(parts == n)]
        ]


def _lengths(part: Part, rows: Ids) -> Ids:
    """How many sentences each passage has."""
    bounds = part.segment.chunks.bounds
    return bounds[rows + 1] - bounds[rows]


class FolderCandidates:
    """Passages to be scored; ``ids`` are their numbers."""

    def __init__(self, snapshot: FolderSnapshot, ids: Ids) -> None:
        """Nothing is fetched yet."""
        self._snapshot = snapshot
        self._ids = ids
        self._split = snapshot.split(ids)

    @cached_property
    def articles(self) -> Sequence[ArticleFacts]:
        """See :class:`rag.store.protocol.Candidates`, here and below."""
        return self._snapshot.facts(self._ids)

    def cosines(self, field: DenseField, vector: Floats) -> Cosines:
        """By the stored vectors."""
        if field == "passages":
            values = self._gathered(lambda n, rows: self._vectors(n, field, rows) @ vector)
            return Cosines(values, np.arange(len(self._ids)))
        starts, sentences = self._sentences
        values = np.zeros(sum(len(places) for _, places, _ in sentences), dtype=np.float32)
        for n, places, rows in sentences:
            if len(rows):
                values[places] = self._vectors(n, field, rows) @ vector
        return Cosines(values, starts)

    def bm25(self, field: LexicalField, groups: Sequence[Group]) -> Floats:
        """By the words of the passages."""
        index = self._snapshot.lexical[field]
        return self._gathered(lambda n, rows: index.scores(n, groups, rows, self._words[n]))

    def _gathered(self, score: Callable[[int, Ids], Floats]) -> Floats:
        """The scores of each segment's passages, each at its place."""
        values = np.zeros(len(self._ids), dtype=np.float32)
        for n, places, rows in self._split:
            values[places] = score(n, rows)
        return values

    def _vectors(self, n: int, field: DenseField, rows: Ids) -> Floats:
        return self._snapshot.parts[n].segment.vectors[field].rows(rows)

    @cached_property
    def _sentences(self) -> tuple[Ids, list[tuple[int, Ids, Ids]]]:
        """Where each passage's sentences begin among those of all; and of each segment, its place,
        those of its sentences among all, and their rows.
        """
        parts = self._snapshot.parts
        counts = np.zeros(len(self._ids), dtype=np.int64)
        for n, places, rows in self._split:
            counts[places] = _lengths(parts[n], rows)
        starts = np.cumsum(counts) - counts
        found = []
        for n, places, rows in self._split:
            bounds = parts[n].segment.chunks.bounds
            own = concatenated(starts[places], starts[places] + counts[places])
            found.append((n, own, concatenated(bounds[rows], bounds[rows + 1])))
        return starts, found

    @cached_property
    def _words(self) -> Mapping[int, tuple[Ints, Ids]]:
        parts = self._snapshot.parts
        return {n: parts[n].segment.words.placed(rows) for n, _, rows in self._split}
