"""Changes to a corpus in Milvus, as :class:`rag.store.protocol.Transaction`."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from rag.store.milvus.articles import MilvusArticles
from rag.store.milvus.engine import Engine, Row, listed
from rag.store.milvus.entries import read_entries
from rag.store.milvus.rows import (
    article_rows,
    first_version,
    passage_row,
    place_of,
    spans_of,
    sparse,
)
from rag.store.milvus.schema import TABLES, create
from rag.store.milvus.state import (
    State,
    bury,
    claim,
    read_frequencies,
    read_vocabulary,
    term_row,
    write_state,
)
from rag.store.milvus.terms import LEXICAL_FIELDS, Analysis, Tally
from rag.store.protocol import DENSE_FIELDS, Entry, Shape
from rag.store.staged import Staged
from rag.types import Article


class MilvusTransaction(Staged):
    """:class:`rag.store.protocol.Transaction` in Milvus."""

    def __init__(self, engine: Engine, before: State, state: State, writer: str) -> None:
        """Change ``state``: the one ``before``, or an empty one that follows it. ``writer`` is the
        name of those of whom there is one at a time.
        """
        super().__init__()
        self._writer = writer
        self._engine = engine
        self._before = before
        self._state = state
        self._articles = MilvusArticles(engine, before, (), lambda: "Strong")

    @property
    def articles(self) -> MilvusArticles:
        """See :class:`rag.store.protocol.Transaction`, here and below."""
        return self._articles

    @property
    def shape(self) -> Shape | None:
        """As the state says."""
        return self._state.shape if self._state.version else None

    @property
    def vocabulary(self) -> Collection[str]:
        """Fetched at once."""
        return self._stored_words | self._word_vectors.keys()

    @cached_property
    def _stored_words(self) -> set[str]:
        return read_vocabulary(self._engine, self._state, "Strong")

    def commit(self, shape: Shape) -> None:
        """Write the rows of what is new, then those that put them in force."""
        commit = self._before.commit + 1
        claim(self._engine, self._before, self._writer)
        former = self._former()
        placed = list(self._placed(former))
        state = replace(self._with_collections([entry for _, entry in placed]), commit=commit)
        counted, tally = self._counted(state, placed, former)
        self._write(state, counted, placed, tally)
        bury(self._engine, former, commit)
        self._engine.settle()
        version = f"{time.time_ns():x}"
        write_state(self._engine, replace(counted, version=version, shape=dict(shape)))
        self._engine.settle()

    def _former(self) -> dict[int, Article]:
        """What is replaced or removed, by version."""
        if self._state is not self._before:
            return {}
        return self._articles.found("id", {*self._new, *self._restated, *self._removed})

    def _placed(self, former: Mapping[int, Article]) -> Iterator[tuple[int, Entry]]:
        """What is written, each after its version: the next one of an article that is replaced, or
        the first one at a new place.
        """
        copied = {v: a for v, a in former.items() if a.id in self._restated}
        for version, entry in read_entries(self._engine, self._state, copied, "Strong"):
            yield version + 1, replace(entry, article=self._restated[entry.article.id])
        versions = {article.id: version for version, article in former.items()}
        place = self._state.next_place
        for name, entry in self._new.items():
            if name in versions:
                yield versions[name] + 1, entry
            else:
                yield first_version(place), entry
                place += 1

    def _with_collections(self, entries: Sequence[Entry]) -> State:
        """The state with collections for what comes."""
        dimensions = dict(self._state.dimensions)
        for entry in entries[:1]:
            dimensions |= {field: entry.vectors[field].shape[1] for field in DENSE_FIELDS}
        for vector in self._word_vectors.values():
            dimensions["vocabulary"] = len(vector)
        state = replace(self._state, dimensions=dimensions)
        for kind in state.collections.keys() - self._state.collections.keys():
            create(self._engine, state.collections[kind], TABLES[kind], state.dimensions)
        return state

    def _counted(
        self, state: State, placed: Sequence[tuple[int, Entry]], dead: Mapping[int, Article]
    ) -> tuple[State, Tally]:
        """The state with what is placed and without what is dead, and how both are counted."""
        tally = Tally()
        for _, entry in placed:
            for chunk, words in zip(entry.chunks, entry.words, strict=True):
                tally.count(words, len(chunk.sentences), 1)
        next_passage = state.next_passage + tally.passages
        next_sentence = state.next_sentence + tally.sentences
        for row in self._rows_of(dead):
            tally.count(row["words"].split(), len(spans_of(row)), -1)
        counted = replace(
            state,
            articles=state.articles + len(placed) - len(dead),
            passages=state.passages + tally.passages,
            sentences=state.sentences + tally.sentences,
            lengths={f: state.lengths.get(f, 0) + tally.lengths[f] for f in LEXICAL_FIELDS},
            next_place=max([state.next_place, *(place_of(version) + 1 for version, _ in placed)]),
            next_passage=next_passage,
            next_sentence=next_sentence,
        )
        return counted, tally

    def _write(
        self, state: State, counted: State, placed: Sequence[tuple[int, Entry]], tally: Tally
    ) -> None:
        """Write all rows but those that put them in force; new ones are numbered from ``state``."""
        names, commit = counted.collections, counted.commit
        if placed:
            articles = (row for v, e in placed for row in article_rows(e.article, v, commit))
            self._engine.insert(names["articles"], articles)
            passages = _passage_rows(state, counted, placed, tally.analysis)
            self._engine.insert(names["passages"], passages)
            self._engine.insert(names["sentences"], _sentence_rows(state, placed))
        if self._word_vectors:
            words = self._word_vectors.items()
            rows = ({"word": word, "born": commit, "vocabulary": vector} for word, vector in words)
            self._engine.insert(names["words"], rows)
        if tally.frequencies:
            self._engine.upsert(names["terms"], self._term_rows(tally.frequencies, commit))

    def _rows_of(self, versions: Mapping[int, Article]) -> Iterator[Row]:
        """What is counted of the passages of these articles."""
        if not versions:
            return iter(())
        name, where = self._state.collections["passages"], f"article in {listed(versions)}"
        return self._engine.query(name, where, ["spans", "words"], "Strong")

    def _term_rows(self, changes: Mapping[str, int], commit: int) -> Iterator[Row]:
        """In how many passages each term is now, having been in so many more or fewer."""
        before = read_frequencies(self._engine, self._state, list(changes), "Strong")
        for key, change in changes.items():
            former = before.get(key, 0)
            yield term_row(key, commit, former + change, former)


def _passage_rows(
    state: State, counted: State, placed: Sequence[tuple[int, Entry]], analysis: Analysis
) -> Iterator[Row]:
    """Rows of passages; in sparse vectors, lengths are as compared to all that are ``counted``."""
    number, sentence = state.next_passage, state.next_sentence
    for version, entry in placed:
        vectors = entry.vectors["passages"]
        for chunk, words, vector in zip(entry.chunks, entry.words, vectors, strict=True):
            yield {
                "number": number,
                "born": counted.commit,
                "article": version,
                "first_sentence": sentence,
                "passages": vector,
                **passage_row(entry.article, chunk, words, analysis.terms("stems", words)),
                **{
                    field: sparse(
                        analysis.saturated(field, words, counted.lengths[field] / counted.passages)
                    )
                    for field in TABLES["passages"].sparse
                },
            }
            number, sentence = number + 1, sentence + len(chunk.sentences)


def _sentence_rows(state: State, placed: Sequence[tuple[int, Entry]]) -> Iterator[Row]:
    number = state.next_sentence
    for version, entry in placed:
        pairs = zip(entry.vectors["sentences"], entry.vectors["similarity"], strict=True)
        for vector, other in pairs:
            yield {
                "number": number,
                "born": state.commit,
                "article": version,
                "sentences": vector,
                "similarity": other,
            }
            number += 1
