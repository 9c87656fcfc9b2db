"""One state of a corpus in Milvus, as :class:`rag.store.protocol.Snapshot`.

A passage's number is the key of its row. What proposes passages is searched in Milvus: vectors by
its index, terms by sparse vectors whose inner product is BM25 (a passage's side has
``tf/(tf + k1 (1 - b + b len/avglen))``, the question's idf and weights). Milvus's own BM25 takes
neither weights nor groups of terms. What was proposed is scored exactly, from its words. Not all in
one hybrid request: our fusion calibrates each score over all of a question's candidates.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter

import numpy as np

from rag.errors import StoreError
from rag.filters import EVERYTHING, Filter
from rag.store.fields import FIELDS, invert, tabulate_terms
from rag.store.lexical import FieldPart, idf, saturation
from rag.store.milvus.articles import MilvusArticles
from rag.store.milvus.engine import Engine, Level, Row, batches, listed, quoted
from rag.store.milvus.entries import read_entries, read_sentences
from rag.store.milvus.remembered import Remembered
from rag.store.milvus.rows import chunk_of, spans_of, sparse
from rag.store.milvus.schema import BREADTH
from rag.store.milvus.state import (
    State,
    counting,
    read_frequencies,
    read_vocabulary,
    term_key,
)
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
    ProposingField,
    Shape,
)
from rag.store.tables import WordTable, concatenated, tabulate_words
from rag.text.analyze import stem

# So old, a snapshot is read without waiting. A strong read waits until all servers have what was
# written before it, about 0.2 s; a bounded one may lag by 5 s (Milvus's `common.gracefulTime`).
_SETTLED_SECONDS = 10
_ROWS_REMEMBERED, _TERMS_REMEMBERED = 4096, 100_000
_ENTRIES = 256
_WILD = set("%_\\")
# So many times as many are found by a search that is less exact than the score.
_MORE = 2
_FIELDS = (
    "article", "article_id", "language", "date", "start", "end", "spans", "first_sentence", "words",
    "passages",
)  # fmt: skip


class MilvusSnapshot:
    """What counts as of a commit."""

    def __init__(self, engine: Engine, state: State, dead: Sequence[int]) -> None:
        """``dead`` are the article versions whose rows are there and do not count."""
        self._engine = engine
        self._state = state
        self._dead = dead
        self._opened = time.monotonic()
        self._rows = Remembered(self._fetch_rows, _ROWS_REMEMBERED)
        self._frequencies = Remembered(self._fetch_frequencies, _TERMS_REMEMBERED)
        self._numbers: dict[str, int] = {}
        self._numbering = threading.Lock()

    @property
    def version(self) -> str:
        """See :class:`rag.store.protocol.Snapshot`, here and below."""
        return self._state.version

    @property
    def size(self) -> int:
        """That of Milvus Lite; of a server's disks nothing is known."""
        return self._engine.size

    @property
    def shape(self) -> Shape:
        """As the state says."""
        return self._state.shape

    @property
    def counts(self) -> Counts:
        """As the state says."""
        return self._state.counts

    @cached_property
    def articles(self) -> MilvusArticles:
        """Fetched as they are asked for."""
        return MilvusArticles(self._engine, self._state, self._dead, self._level)

    @cached_property
    def vocabulary(self) -> Collection[str]:
        """Fetched at once."""
        return read_vocabulary(self._engine, self._state, self._level())

    def _level(self) -> Level:
        settled = time.monotonic() - self._opened > _SETTLED_SECONDS
        return "Bounded" if settled else "Strong"

    def nearest(self, vector: Floats, k: int, where: Filter = EVERYTHING) -> Ids:
        """By Milvus's index of vectors."""
        return self._search("passages", vector.tolist(), k, where, BREADTH)

    def matching(
        self, field: ProposingField, groups: Sequence[Group], k: int, where: Filter = EVERYTHING
    ) -> Ids:
        """By sparse vectors, and the best of those by their exact scores: in the vectors the terms
        of a group are added up, and lengths are compared to what was there when they were written.
        """
        weights: dict[str, float] = {}
        for group, weight in zip(groups, self.weights(field, groups), strict=True):
            for term, likely in group.terms.items():
                weights[term] = weights.get(term, 0.0) + likely * weight
        weights = {term: weight for term, weight in weights.items() if weight > 0}
        if not weights:
            return np.zeros(0, dtype=np.int64)
        ids = self._search(field, sparse(weights), _MORE * k, where)
        if len(ids) <= k:
            return ids
        return ids[np.argsort(-self.candidates(ids).bm25(field, groups))[:k]]

    def _search(
        self, field: str, vector: object, k: int, where: Filter, breadth: int | None = None
    ) -> Ids:
        nothing = where.only is not None and not where.only
        if nothing or "passages" not in self._state.collections:
            return np.zeros(0, dtype=np.int64)
        name, admitting = self._state.collections["passages"], self._admitting(where)
        found = self._engine.search(
            name, field, vector, k, admitting, self._level(), breadth=breadth
        )
        return np.asarray([number for number, _ in found], dtype=np.int64)

    def _admitting(self, where: Filter) -> str:
        """A filter as Milvus has it."""
        parts = [counting(self._state, self._dead)]
        if where.only is not None:
            parts.append(f"article_id in {listed(where.only)}")
        if where.without:
            parts.append(f"article_id not in {listed(where.without)}")
        if where.foreign_to is not None:
            parts.append(f"language != {quoted(where.foreign_to)}")
        if where.period.since is not None:
            parts.append(f"first_day >= {where.period.since.toordinal()}")
        if where.period.until is not None:
            parts.append(f"last_day > 0 and last_day <= {where.period.until.toordinal()}")
        return " and ".join(parts)

    def candidates(self, ids: Ids) -> MilvusCandidates:
        """Their rows are fetched now, their sentences on first use."""
        return MilvusCandidates(self, self.rows(ids))

    def rows(self, ids: Ids) -> list[Row]:
        """The row of each passage.

        Raises:
            StoreError: one is not there any more.
        """
        rows = self._rows.of(ids.tolist())
        try:
            return [rows[number] for number in ids.tolist()]
        except KeyError as error:
            shown = self._engine.address.shown
            raise StoreError(f"{shown}: changed twice while it was read; ask again") from error

    def _fetch_rows(self, numbers: list[int]) -> dict[int, Row]:
        name = self._state.collections["passages"]
        return {r["number"]: r for r in self._engine.get(name, numbers, _FIELDS, self._level())}

    def passages(self, ids: Ids) -> list[Passage]:
        """Each with its article, which is fetched."""
        rows = self.rows(ids)
        articles = self.articles.versions({row["article"] for row in rows})
        return [
            Passage(number, articles[row["article"]], chunk_of(row, articles[row["article"]]))
            for number, row in zip(ids.tolist(), rows, strict=True)
        ]

    def words(self, ids: Ids) -> list[Ints]:
        """By numbers that are given as words are met."""
        return [self._numbered(row["words"].split()) for row in self.rows(ids)]

    def _numbered(self, words: Sequence[str]) -> Ints:
        with self._numbering:
            numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in words]
        return np.asarray(numbers, dtype=np.int32)

    def words_by_article(self) -> Iterator[tuple[str, list[Ints]]]:
        """All passages are read, in the order in which they came."""
        rows = self._passages(["article", "article_id", "words"])
        for _, some in groupby(rows, key=itemgetter("article")):
            passages = list(some)
            words = [self._numbered(row["words"].split()) for row in passages]
            yield passages[0]["article_id"], words

    def _passages(self, fields: Sequence[str], where: str = "") -> Iterator[Row]:
        """Of all passages that ``where`` admits."""
        if "passages" not in self._state.collections:
            return iter(())
        admitting = " and ".join(filter(None, [counting(self._state, self._dead), where]))
        name = self._state.collections["passages"]
        return self._engine.query(name, admitting, fields, self._level())

    def nearest_words(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """By Milvus's index of vectors."""
        if "words" not in self._state.collections:
            return []
        name, born = self._state.collections["words"], counting(self._state)
        return self._engine.search(
            name, "vocabulary", vector.tolist(), k, born, self._level(), breadth=BREADTH
        )

    def document_frequency(self, field: LexicalField, term: str) -> int:
        """As the term's row says."""
        return self._frequencies.of([term_key(field, term)])[term_key(field, term)]

    def _fetch_frequencies(self, keys: list[str]) -> dict[str, int]:
        found = read_frequencies(self._engine, self._state, keys, self._level())
        return {key: found.get(key, 0) for key in keys}

    def weights(self, field: LexicalField, groups: Sequence[Group]) -> list[float]:
        """What each group adds at most to a score: its weight and its idf."""
        found = self._frequencies.of(term_key(field, t) for group in groups for t in group.terms)
        return [
            group.weight
            * idf(
                self._state.passages,
                sum(likely * found[term_key(field, t)] for t, likely in group.terms.items()),
            )
            for group in groups
        ]

    def mean_length(self, field: LexicalField) -> float:
        """Of passages, in terms."""
        return self._state.lengths[field] / self._state.passages or 1.0

    def saying(self, word: str) -> set[str]:
        """By the words and the stems in each row."""
        # What stands for others in a pattern stands in no word.
        if not _WILD.isdisjoint(word):
            return set()
        form, beginning = quoted(f"% {stem(word)} %"), quoted(f"% {word}%")
        rows = self._passages(["article_id"], f"(stemmed like {form} or words like {beginning})")
        return {row["article_id"] for row in rows}

    def entries(self) -> Iterator[Entry]:
        """So many articles at a time."""
        for some in batches(self.articles.by_version(), _ENTRIES):
            for _, entry in read_entries(self._engine, self._state, dict(some), self._level()):
                yield entry

    def word_vectors(self, words: Collection[str]) -> Mapping[str, Floats]:
        """Fetched by word."""
        if "words" not in self._state.collections:
            return {}
        fields, name = ("born", "vocabulary"), self._state.collections["words"]
        return {
            row["word"]: np.asarray(row["vocabulary"], dtype=np.float32)
            for row in self._engine.get(name, words, fields, self._level(), key="word")
            if row["born"] <= self._state.commit
        }

    def sentences(self, numbers: Sequence[int]) -> Mapping[DenseField, Floats]:
        """Their vectors; see :func:`rag.store.milvus.entries.read_sentences`."""
        return read_sentences(self._engine, self._state, numbers, self._level())


class MilvusCandidates:
    """Passages to be scored."""

    def __init__(self, snapshot: MilvusSnapshot, rows: Sequence[Row]) -> None:
        """``rows`` are theirs."""
        self._snapshot = snapshot
        self._rows = rows
        self._parts: dict[str, FieldPart] = {}

    @cached_property
    def articles(self) -> Sequence[ArticleFacts]:
        """See :class:`rag.store.protocol.Candidates`, here and below."""
        return [
            ArticleFacts(row["article_id"], row["language"] or None, row["date"] or None)
            for row in self._rows
        ]

    def cosines(self, field: DenseField, vector: Floats) -> Cosines:
        """By the stored vectors."""
        if not self._rows:
            return Cosines(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64))
        if field == "passages":
            vectors = np.asarray([row["passages"] for row in self._rows], dtype=np.float32)
            return Cosines(vectors @ vector, np.arange(len(self._rows)))
        starts, sentences = self._sentences
        return Cosines(sentences[field] @ vector, starts)

    @cached_property
    def _sentences(self) -> tuple[Ids, Mapping[DenseField, Floats]]:
        """Where each passage's sentences begin among those of all, and the vectors of all."""
        firsts = np.asarray([row["first_sentence"] for row in self._rows], dtype=np.int64)
        counts = np.asarray([len(spans_of(row)) for row in self._rows], dtype=np.int64)
        numbers = concatenated(firsts, firsts + counts).tolist()
        return np.cumsum(counts) - counts, self._snapshot.sentences(numbers)

    def bm25(self, field: LexicalField, groups: Sequence[Group]) -> Floats:
        """By the words of the passages."""
        if not groups or not self._rows:
            return np.zeros(len(self._rows), dtype=np.float32)
        kind, words = FIELDS[field], self._words
        part = self._parts.get(field)
        if part is None:
            part = self._parts[field] = FieldPart(tabulate_terms(words, kind), invert(words))
        tf = part.term_frequencies(groups, len(words), words.placed(np.arange(len(words))))
        mean = self._snapshot.mean_length(field)
        full = saturation(part.table.lengths, mean, kind.k1, kind.b)
        weights = np.asarray(self._snapshot.weights(field, groups))
        return np.asarray(tf / (tf + full[:, None]) @ weights, dtype=np.float32)

    @cached_property
    def _words(self) -> WordTable:
        return tabulate_words(row["words"].split() for row in self._rows)
