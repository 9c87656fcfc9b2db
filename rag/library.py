"""The façade: a library of articles that can be added to, searched and asked.

The only place that wires the rooms together. Faces (command line, page, evaluation) use this.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answering.conversation import Turn, resolve
from rag.answering.engine import Answerer, Done, Event
from rag.answering.prompts import REPLY_LANGUAGES
from rag.answering.several import search_parts
from rag.config import DEFAULT_CORPUS, DEFAULT_INDEX, Settings
from rag.corpus.articles import articles_of
from rag.corpus.readers import Unreadable, read_documents
from rag.errors import CorpusError, UsageError
from rag.models.centring import centred
from rag.models.encoders import load_encoder, load_sentence_encoder
from rag.models.generators import load_generator
from rag.models.progress import Progress
from rag.models.protocols import Encoder, Generator
from rag.models.threads import one_blas_thread
from rag.retrieval.query import Query, check_question, prepare
from rag.retrieval.search import ALWAYS, Found, Searcher
from rag.retrieval.when import Period
from rag.store.build import Builder, Report, check_made_by, drop, made_by
from rag.store.index import (
    Index,
    index_exists,
    open_index,
    read_manifest,
    salvage_articles,
    write_index,
    writing,
)
from rag.types import Answer, Article, Hit

__all__ = ["Ingested", "Library"]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did: ids of articles ``added``, ``replaced`` by them, and ``unchanged``."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]


class Library:
    """Articles under one index folder. Safe to use from several threads."""

    def __init__(
        self,
        path: Path = DEFAULT_INDEX,
        settings: Settings | None = None,
        *,
        encoder: Encoder | None = None,
        sentence_encoder: Encoder | None = None,
        generator: Generator | None = None,
        progress: Progress | None = None,
    ) -> None:
        """A library at ``path``; nothing is opened or loaded until it is needed.

        Models given here are used as they are; the others are loaded as ``settings`` say, with
        ``progress`` told of weights being fetched.
        """
        self.path = path
        self.settings = settings or Settings.from_environment()
        self._encoder = encoder
        self._sentence_encoder = sentence_encoder
        self._generator = generator
        self._progress = progress
        self._lock = threading.RLock()
        # Its own lock: fetching a language model takes minutes, and searches go on meanwhile.
        self._generator_lock = threading.Lock()
        self._index: Index | None = None
        self._searcher: Searcher | None = None

    # --- articles -------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[Path] = (DEFAULT_CORPUS,),
        *,
        rebuild: bool = False,
        report: Report = lambda stage, done, total: None,
    ) -> Ingested:
        """Add the articles below ``paths``. What cannot be read is reported, the rest is added.

        An article whose id is there already is left alone when it is the same, and replaced when
        it is not; so is the former article of a file that has changed. ``rebuild`` makes the
        whole index anew from its stored articles, for instance with another encoder.

        Raises:
            StoreError: the index is damaged or cannot be written; the old one stays as it was.
            IndexMismatch: it was made by other models, and ``rebuild`` is false.
            ModelError: an encoder is needed and cannot be had.
        """
        documents = list(read_documents(paths))
        unreadable = tuple(d for d in documents if isinstance(d, Unreadable))
        articles = [a for d in documents if not isinstance(d, Unreadable) for a in articles_of(d)]
        with writing(self.path):
            return self._merge(_unique(articles), unreadable, rebuild, report)

    def add(
        self,
        articles: Iterable[Article],
        *,
        report: Report = lambda stage, done, total: None,
    ) -> Ingested:
        """Add articles that come from no lasting file, as :meth:`ingest` adds those of files.

        Raises what :meth:`ingest` does, and CorpusError when one id stands for two texts.
        """
        with writing(self.path):
            return self._merge(_unique(articles), (), False, report)

    def _merge(
        self,
        new: dict[str, Article],
        unreadable: tuple[Unreadable, ...],
        rebuild: bool,
        report: Report,
    ) -> Ingested:
        old = self._stored(rebuild)
        by_source = {a.source: a.id for a in old.values() if a.source}
        replaced = {i for i, a in new.items() if i in old and old[i] != a}
        outdated = {
            by_source[a.source]
            for i, a in new.items()
            if a.source in by_source and by_source[a.source] not in new
        }
        outdated |= {a.id for a in old.values() if a.host in outdated or a.host in replaced}
        outdated -= new.keys()
        unchanged = tuple(i for i in new if i in old and i not in replaced)
        added = tuple(i for i in new if i not in old)
        if added or replaced or outdated or rebuild or not index_exists(self.path):
            if not new and not old:
                return Ingested((), (), (), unreadable)
            merged = {i: new.get(i, a) for i, a in old.items() if i not in outdated}
            self._write(list({**merged, **new}.values()), rebuild, report)
        else:
            self._check_models()
        return Ingested(added, tuple(sorted(replaced | outdated)), unchanged, unreadable)

    def _stored(self, rebuild: bool) -> dict[str, Article]:
        if not index_exists(self.path):
            return {}
        articles = salvage_articles(self.path) if rebuild else self.articles()
        return {article.id: article for article in articles}

    def _write(self, articles: list[Article], rebuild: bool, report: Report) -> None:
        encoder, sentence_encoder = self.encoders()
        tokens = self.settings.chunk_tokens
        previous = None
        if not rebuild and index_exists(self.path):
            self._check_models()
            previous = self.index()
        builder = Builder(encoder, sentence_encoder, tokens, report)
        contents = builder.build(articles, previous)
        write_index(self.path, contents, made_by(encoder, sentence_encoder, tokens))

    def remove(self, ids: Iterable[str]) -> tuple[Article, ...]:
        """Remove articles by id, or by the beginning of one; stories found in their pages too.

        Raises:
            ArticleNotFound: an id names no article or several; nothing is removed then.
        """
        with writing(self.path):
            index = self.index()
            named = {article.id for article in (index.articles.find(name) for name in ids)}
            gone = tuple(a for a in index.articles if a.id in named or a.host in named)
            shaped = {key: index.manifest[key] for key in _SHAPED_BY}
            write_index(self.path, drop(index, frozenset(a.id for a in gone)), shaped)
        return gone

    def articles(self) -> list[Article]:
        """Every article, in the order they were added."""
        return list(self.index().articles)

    def article(self, name: str) -> Article:
        """The article whose id is, or begins with, ``name``.

        Raises:
            ArticleNotFound: none does, or several.
        """
        return self.index().articles.find(name)

    # --- questions ------------------------------------------------------------------------

    def search(self, question: str, k: int | None = None, period: Period = ALWAYS) -> list[Hit]:
        """The ``k`` passages that best match the question, of articles within ``period``.

        Raises:
            UsageError: the question is empty or too long, or ``k`` is below 1.
        """
        _, found = self._find(question, k, period)
        return [item.hit for item in found]

    def ask(
        self,
        question: str,
        period: Period = ALWAYS,
        *,
        history: Sequence[Turn] = (),
        passages: int | None = None,
        language: str | None = None,
    ) -> Answer:
        """The answer to a question. Takes and raises what :meth:`ask_stream` does."""
        events = self.ask_stream(
            question, period=period, history=history, passages=passages, language=language
        )
        for event in events:
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("the stream of events ends with Done")

    def ask_stream(
        self,
        question: str,
        *,
        quote_only: bool = False,
        period: Period = ALWAYS,
        history: Sequence[Turn] = (),
        passages: int | None = None,
        language: str | None = None,
    ) -> Iterator[Event]:
        """Events on the way to the answer, the last of which is ``Done``.

        Only articles within ``period`` are read, and of those the best ``passages`` (default: the
        settings'); ``quote_only`` leaves the language model out. A question that leans on the turns
        before it in ``history`` is completed from them, and the answer's ``resolved`` says to what.
        ``language`` (``"ar"``, ``"en"``) is the one to answer in, by default the question's; quotes
        are always in their article's.

        Raises:
            UsageError: the question is empty or too long, ``passages`` is below 1, or there is no
                answering in ``language``.
            StoreError, IndexMismatch: there is no index, or not one these models can read.
            ModelError: a model cannot be had, loaded or run.
        """
        check_question(question, self.settings.question_characters)
        if language is not None and language not in REPLY_LANGUAGES:
            raise UsageError(f"language {language!r}: not one of {', '.join(REPLY_LANGUAGES)}")
        generator = None if quote_only else self.generator()
        started = time.perf_counter()
        query, found = self._find(resolve(question, history), passages, period)
        parts = search_parts(query.text, lambda part: self._find(part, passages, period))
        answerer = Answerer(self.index(), self.encoders(), generator, self.settings)
        yield from answerer.stream(
            query, found, started, asked=question.strip(), language=language, parts=parts
        )

    def _find(
        self, question: str, k: int | None, period: Period = ALWAYS
    ) -> tuple[Query, list[Found]]:
        if k is not None and k < 1:
            raise UsageError(f"{k} passages: at least 1")
        text = check_question(question, self.settings.question_characters)
        self.index()
        self._check_models()
        encoder, sentence_encoder = self.encoders()
        with self._lock, one_blas_thread():
            query = prepare(text, encoder, sentence_encoder)
            index = self.index()
            if self._searcher is None:
                self._searcher = Searcher(index, sentence_encoder)
            return query, self._searcher.search(query, k or self.settings.passages, period)

    # --- models and index, opened on first use ----------------------------------------------

    def index(self) -> Index:
        """The current snapshot, reopened when another process has replaced it."""
        with self._lock:
            current = read_manifest(self.path)
            if self._index is None or self._index.manifest["snapshot"] != current["snapshot"]:
                self._index = open_index(self.path)
                self._searcher = None
            return self._index

    def encoders(self) -> tuple[Encoder, Encoder]:
        """The passage encoder and the sentence encoder."""
        with self._lock:
            if self._encoder is None:
                self._encoder = centred(load_encoder(self.settings, progress=self._progress))
            if self._sentence_encoder is None:
                self._sentence_encoder = centred(load_sentence_encoder(self.settings))
            return self._encoder, self._sentence_encoder

    def generator(self) -> Generator | None:
        """The language model, or ``None`` when answers are quotations."""
        with self._generator_lock:
            if self._generator is None:
                self._generator = load_generator(self.settings, self._progress)
            return self._generator

    def watch(self, progress: Progress) -> None:
        """Tell ``progress`` of weights that are fetched from now on."""
        self._progress = progress

    def _check_models(self) -> None:
        expected = made_by(*self.encoders(), self.settings.chunk_tokens)
        check_made_by(self.path, read_manifest(self.path), expected)


_SHAPED_BY = ("encoder", "sentence_encoder", "analyzer", "chunker", "vectors")


def _unique(articles: Iterable[Article]) -> dict[str, Article]:
    """Articles by id; the first of several with one id stays, unless their texts differ.

    Raises:
        CorpusError: two different texts claim one id, of which one would be lost.
    """
    unique: dict[str, Article] = {}
    for article in articles:
        first = unique.setdefault(article.id, article)
        if first.text != article.text:
            raise CorpusError(
                f"{article.path}: id {article.id!r} stands for two different texts"
                f" (the other is in {first.path}); give each article its own id"
            )
    return unique
