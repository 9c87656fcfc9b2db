"""The door to the store: what the rooms above ask of it, in passages and never in rows.

A passage is named by a number that means nothing outside its snapshot: it is handed back, not
computed with. :mod:`rag.store.folder` is the store on one machine, and :mod:`rag.store.milvus` the
one for many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from rag.filters import Filter
from rag.types import Article, Chunk

Ids: TypeAlias = NDArray[np.int64]
Ints: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float32]
Shape: TypeAlias = Mapping[str, Any]
# What has vectors: passages and their sentences by the passage encoder, and the same sentences by
# the sentence encoder, whose vectors tell how alike two sentences are in meaning.
DenseField = Literal["passages", "sentences", "similarity"]
DENSE_FIELDS: tuple[DenseField, ...] = get_args(DenseField)
# What has terms: light stems, runs of letters, the consonants of names.
LexicalField = Literal["stems", "grams", "names"]
# By which of them passages are looked for; runs of letters only score.
ProposingField = Literal["stems", "names"]


class ArticleFacts(NamedTuple):
    """What is known of a passage's article without reading it."""

    id: str
    language: str | None
    date: str | None


class Passage(NamedTuple):
    """A chunk under its number, with its article."""

    id: int
    article: Article
    chunk: Chunk


class Counts(NamedTuple):
    """How much a snapshot holds."""

    articles: int
    passages: int
    sentences: int


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that stand for one another, each so likely, and what finding one of them weighs.

    Frequencies and document frequencies are the expected ones ("probabilistic structured
    queries", Darwish and Oard 2003); of a single sure term they are its own.
    """

    terms: Mapping[str, float]
    weight: float = 1.0


def single(terms: Mapping[str, float]) -> list[Group]:
    """Each weighted term as a group of its own."""
    return [Group({term: 1.0}, weight) for term, weight in terms.items()]


class Cosines(NamedTuple):
    """Cosines of a vector with those of some passages, one passage's after another's.

    ``starts[i]`` is where those of passage ``i`` begin; each has at least one.
    """

    values: Floats
    starts: Ids

    def best(self) -> Floats:
        """The largest of each passage, shape ``(n,)``."""
        return np.maximum.reduceat(self.values, self.starts) if len(self.starts) else self.values

    def mean(self) -> Floats:
        """The mean of each passage, shape ``(n,)``."""
        if not len(self.starts):
            return self.values
        counts = np.diff(np.append(self.starts, len(self.values)))
        return np.asarray(np.add.reduceat(self.values, self.starts) / counts, dtype=np.float32)


@dataclass(frozen=True)
class Entry:
    """An article and all that is made of it: chunks, their words, and unit vectors.

    ``words`` are those of each chunk. Of the ``vectors``, those of ``passages`` have shape
    ``(chunks, d)``; the others have a row for each sentence.
    """

    article: Article
    chunks: Sequence[Chunk]
    words: Sequence[Sequence[str]]
    vectors: Mapping[DenseField, Floats]


class Candidates(Protocol):
    """Passages to be scored; what several scores need of them is fetched once."""

    @property
    def articles(self) -> Sequence[ArticleFacts]:
        """The article of each."""

    def cosines(self, field: DenseField, vector: Floats) -> Cosines:
        """Cosines of ``vector``, shape ``(d,)`` and of length 1, in [-1, 1]."""

    def bm25(self, field: LexicalField, groups: Sequence[Group]) -> Floats:
        """BM25 of each passage, shape ``(n,)``; zeros without groups."""


class Articles(Protocol):
    """The articles of a snapshot, in the order they were added."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Article]: ...

    def find(self, name: str, *, exact: bool = False) -> Article:
        """The article whose id is ``name`` or, unless it is to be ``exact``, when only one does,
        begins with it.

        Raises:
            ArticleNotFound: none does, or several.
        """


class StoredArticles(Articles, Protocol):
    """Articles that can be looked up by what they were made from."""

    def where(self, key: Literal["id", "source", "host"], values: Collection[str]) -> list[Article]:
        """Those that have one of ``values`` as their ``key``."""


class Snapshot(Protocol):
    """One state of a corpus, read-only. Safe to use from several threads."""

    @property
    def version(self) -> str:
        """Another one after each write."""

    @property
    def size(self) -> int:
        """Bytes on disk."""

    @property
    def shape(self) -> Shape:
        """The models and settings that shaped it, as they were given to ``commit``."""

    @property
    def counts(self) -> Counts:
        """How much it holds."""

    @property
    def articles(self) -> Articles:
        """Its articles."""

    @property
    def vocabulary(self) -> Collection[str]:
        """The words that have vectors of their own."""

    def nearest(self, vector: Floats, k: int, where: Filter) -> Ids:
        """At most ``k`` passages that ``where`` admits, those with the largest cosines first."""

    def matching(
        self, field: ProposingField, groups: Sequence[Group], k: int, where: Filter
    ) -> Ids:
        """At most ``k`` passages that ``where`` admits, of largest BM25 above 0, in no order."""

    def candidates(self, ids: Ids) -> Candidates:
        """These passages, to be scored."""

    def passages(self, ids: Ids) -> list[Passage]:
        """These passages, read."""

    def words(self, ids: Ids) -> list[Ints]:
        """The words of each passage in order, by numbers that tell words of this snapshot apart."""

    def words_by_article(self) -> Iterator[tuple[str, list[Ints]]]:
        """For each article its id and, as :meth:`words`, the words of its passages."""

    def nearest_words(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """At most ``k`` words of the vocabulary and their cosines, the nearest first."""

    def document_frequency(self, field: LexicalField, term: str) -> int:
        """In how many passages ``term`` stands."""

    def saying(self, word: str) -> set[str]:
        """Ids of the articles that hold a form of the normalised ``word``, or begin a word so."""

    def entries(self) -> Iterator[Entry]:
        """All articles with what is made of them, in the order in which they were added."""

    def word_vectors(self, words: Collection[str]) -> Mapping[str, Floats]:
        """The vectors of those of these words that are in the vocabulary."""


class Transaction(Protocol):
    """Changes that become visible together, or not at all."""

    @property
    def articles(self) -> StoredArticles:
        """The articles as they were before it."""

    @property
    def shape(self) -> Shape | None:
        """What shaped the state before it; ``None`` where it is made anew."""

    @property
    def vocabulary(self) -> Collection[str]:
        """The words that have vectors already."""

    def put(self, entries: Iterable[Entry], word_vectors: Mapping[str, Floats]) -> None:
        """Add articles, with the vectors of the words that are new with them; an article whose id
        is there is replaced, in its place.
        """

    def update(self, articles: Iterable[Article]) -> None:
        """Replace what is stated of articles whose passages stay as they are."""

    def remove(self, ids: Collection[str]) -> None:
        """Remove articles."""

    def commit(self, shape: Shape) -> None:
        """Make the changes the current snapshot, shaped by ``shape``; once it returns, they last.

        Raises:
            StoreError: they cannot be written; the old snapshot stays.
        """


class Store(Protocol):
    """Where a corpus is kept."""

    @property
    def place(self) -> str:
        """The option by which the command line is told of it."""

    def exists(self) -> bool:
        """Whether anything was ever committed here."""

    def snapshot(self) -> Snapshot:
        """The current snapshot: the same object until another is committed, by whomever.

        Raises:
            StoreError: there is none, or it is damaged.
        """

    def write(self, *, anew: bool = False) -> AbstractContextManager[Transaction]:
        """Hold the store for writing, one writer at a time; uncommitted changes are forgotten.

        ``anew`` salvages the articles alone, from a store that may be damaged or was made by other
        models: each must be put again.

        Raises:
            StoreError: it cannot be written, or another writer holds it too long.
        """

    def close(self) -> None:
        """Let go of what keeps other processes out; it is opened again when it is needed."""
