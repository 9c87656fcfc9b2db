"""The façade: a library of articles that can be added to, searched and asked.

The only place that wires the rooms together. Faces (command line, page, evaluation) use this.
"""

from __future__ import annotations

import threading
from collections.abc import Generator as Generation
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.answering.compose import Event, Steps
from rag.answering.conversation import Turn
from rag.answering.pipeline import Pipeline, Request, finished, pipeline_of
from rag.answering.prompts import REPLY_LANGUAGES
from rag.answering.writing import Writer
from rag.config import DEFAULT_CORPUS, DEFAULT_INDEX, Settings
from rag.distributed.encoding import encoded
from rag.distributed.pools import Pool
from rag.distributed.processes import Processes
from rag.distributed.reading import batches
from rag.distributed.tasks import Load, encode, load_encoders
from rag.errors import UsageError
from rag.filters import EVERYTHING, Filter, well_formed
from rag.ingestion import Batch, Ingested, changes, read_addresses, read_all, read_changes
from rag.migration import Migrated, migrate
from rag.models.loaded import Models
from rag.models.protocols import Encoder, Generator, Reader, Translator
from rag.retrieval.query import check_question
from rag.store.folder import FolderStore
from rag.store.indexing import (
    check_shape,
    encode_articles,
    encode_words,
    same_passages,
    shape_of,
)
from rag.store.opening import open_store
from rag.store.protocol import Entry, Shape, Snapshot, Transaction
from rag.store.sources import Sources
from rag.store.united import UnitedSnapshots
from rag.text.normalize import encodable
from rag.types import Answer, Article, Hit, Report

if TYPE_CHECKING:
    from rag.corpus.web.fetching import Fetched


def corpora() -> list[Path]:
    """The indexes that have a name: those in folders beside the default one."""
    folders = sorted(DEFAULT_INDEX.parent.glob("*/"))
    return [folder for folder in folders if FolderStore(folder).exists()]


class Library:
    """Articles under one index folder. Safe to use from several threads."""

    def __init__(
        self,
        path: Path = DEFAULT_INDEX,
        settings: Settings | None = None,
        *,
        also: Sequence[Path] = (),
        encoder: Encoder | None = None,
        sentence_encoder: Encoder | None = None,
        reader: Reader | None = None,
        translator: Translator | None = None,
        generator: Generator | None = None,
        progress: Report | None = None,
        models: Models | None = None,
    ) -> None:
        """A library at ``path``; nothing is opened or loaded until it is needed.

        What is at ``also`` is searched with it, and never changed. ``models`` are those of another
        library, to be shared; else see :class:`rag.models.loaded.Models` for those given.
        """
        self.path = path
        self.settings = settings or Settings.from_environment()
        self.models = models or Models(
            self.settings, encoder, sentence_encoder, reader, translator, generator, progress
        )
        # As one asks for them: library.encoders(), library.reader(), library.generator().
        self.encoders, self.reader = self.models.encoders, self.models.reader
        self.translator, self.generator = self.models.translator, self.models.generator
        self._lock = threading.Lock()
        self._store = open_store(path, self.settings.store)
        self._searched = UnitedSnapshots([self._store, *map(FolderStore, also)])
        self._pipeline: tuple[str, Pipeline] | None = None

    def united(self, others: Iterable[Library]) -> Library:
        """This library, and what ``others`` hold searched with it; nothing is opened twice."""
        library = copy(self)
        library._searched = UnitedSnapshots([self._store, *(other._store for other in others)])
        library._pipeline = None
        return library

    def ingest(
        self,
        paths: Sequence[Path] = (DEFAULT_CORPUS,),
        *,
        rebuild: bool = False,
        sync: bool = False,
        strict: bool = False,
        report: Report = lambda stage, done, total: None,
    ) -> Ingested:
        """Add the articles below ``paths``. What cannot be read is reported, the rest is added;
        nothing is where one cannot be read, if it is to be ``strict``.

        An article whose id is there already is left alone when it is the same, and replaced when
        it is not; so is the former article of a file that has changed. To ``sync``, of folders only
        what changed is read, and the articles of files that are gone are removed. ``rebuild`` makes
        the whole index anew from its stored articles, for instance with another encoder.

        Raises:
            CorpusError: a folder to sync is not there, or is empty and was not.
            StoreError: the index is damaged or cannot be written; the old one stays as it was.
            IndexMismatch: it was made by other models, and ``rebuild`` is false.
            ModelError: an encoder is needed and cannot be had.
        """
        batch = read_changes(paths, self._sources()) if sync else read_all(paths)
        unreadable = tuple(batch.unreadable)
        if strict and unreadable:
            return Ingested((), (), (), unreadable)
        done = self._merge(batch, report, rebuild)
        unchanged = (*done.unchanged, *sorted(batch.left.difference(done.unchanged)))
        return replace(done, unchanged=unchanged, unreadable=unreadable)

    def fetch(
        self,
        urls: Sequence[str],
        *,
        strict: bool = False,
        before: MutableMapping[str, Fetched] | None = None,
        report: Report = lambda stage, done, total: None,
    ) -> Ingested:
        """Add the pages and feeds at these addresses, as :meth:`ingest` adds those of files. Only
        public addresses are asked, as their sites allow (:mod:`rag.corpus.web.fetching`).

        ``before`` keeps what each gave, for the next time: what is as it was is not sent again.
        """
        batch = read_addresses(urls, {} if before is None else before)
        unreadable = tuple(batch.unreadable)
        if strict and unreadable:
            return Ingested((), (), (), unreadable)
        return replace(self._merge(batch, report), unreadable=unreadable)

    def ingest_by(
        self, pool: Pool, paths: Iterable[Path], load: Load = load_encoders
    ) -> Iterator[Ingested]:
        """Add the articles below ``paths`` as :meth:`ingest` does, some at a time: what it tells
        of as done lasts. Stopped and called again, it goes on from there.

        Processes of this machine read the files and those of the ``pool`` encode, with what
        ``load`` gives for this library's settings.

        Raises what :meth:`ingest` does, and CorpusError when one id stands for two texts.
        """
        settings = replace(self.settings, threads=pool.threads)
        task = partial(encode, settings=settings, shape=self._shape(), load=load)
        with Processes(self.settings.threads) as readers:
            read = batches(paths, readers)
            for batch, entries in encoded(read, self._wanted, pool, task):
                done = self._merge(batch, lambda stage, done, total: None, entries=entries)
                yield replace(done, unreadable=tuple(batch.unreadable))

    def _wanted(self, batch: Batch) -> Sequence[Article]:
        """The articles of a batch that are to be encoded, as things stand."""
        with self._store.write() as transaction:
            self._check_models(transaction.shape)
            return changes(batch, transaction.articles).changed

    def refused(self) -> list[tuple[str, str]]:
        """Path and reason of what could not be read of the files the index was made from."""
        return self._sources().refused()

    def _sources(self) -> Sources:
        return Sources(self.path)

    def add(
        self, articles: Iterable[Article], *, report: Report = lambda stage, done, total: None
    ) -> Ingested:
        """Add articles that come from no lasting file, as :meth:`ingest` adds those of files.

        Raises what :meth:`ingest` does, and CorpusError when one id stands for two texts.
        """
        return self._merge(Batch(articles=list(articles)), report)

    def _merge(
        self,
        batch: Batch,
        report: Report,
        rebuild: bool = False,
        entries: Iterable[Entry] = (),
    ) -> Ingested:
        with self._store.write(anew=rebuild) as transaction:
            made = changes(batch, transaction.articles, rebuild=rebuild)
            self._check_models(transaction.shape)
            sources = self._sources()
            sources.expect([*batch.begun, *batch.sources])
            if made.any:
                transaction.remove(made.outdated)
                transaction.update(made.restated)
                self._put(transaction, made.changed, report, entries)
                transaction.commit(self._shape())
            sources.record(batch.sources, batch.lost)
        return made.done

    def _put(
        self,
        transaction: Transaction,
        articles: Sequence[Article],
        report: Report,
        entries: Iterable[Entry] = (),
    ) -> None:
        """Put articles; the ``entries`` of some may have been made already."""
        encoders, tokens = self.encoders(), self.settings.chunk_tokens
        wanted = {article.id: article for article in articles}
        made = {
            entry.article.id: replace(entry, article=article)
            for entry in entries
            if (article := wanted.get(entry.article.id)) and same_passages(entry.article, article)
        }
        others = [article for article in articles if article.id not in made]
        made |= {e.article.id: e for e in encode_articles(others, encoders, tokens, report)}
        put = [made[article.id] for article in articles]
        transaction.put(put, encode_words(put, transaction.vocabulary, encoders[1], report))

    def remove(self, ids: Iterable[str], *, exact: bool = False) -> tuple[Article, ...]:
        """Remove articles by id or, unless it is to be ``exact``, by the beginning of one; stories
        found in their pages too.

        Raises:
            ArticleNotFound: an id names no article or several; nothing is removed then.
        """
        if not self.exists():
            self.snapshot()
        with self._store.write() as transaction:
            stored = transaction.articles
            named = {a.id: a for a in (stored.find(name, exact=exact) for name in ids)}
            gone = named | {article.id: article for article in stored.where("host", named)}
            transaction.remove(gone)
            transaction.commit(transaction.shape or self._shape())
        return tuple(gone.values())

    def amend(
        self,
        name: str,
        *,
        title: str | None = None,
        date: str | None = None,
        outlet: str | None = None,
        exact: bool = False,
    ) -> Article:
        """Correct what is known of the article whose id is ``name`` or, unless it is to be
        ``exact``, begins with it: kept as said by a person, whatever its file says now or later.

        An empty value says that it has no such; ``None`` leaves the field as it is.

        Raises:
            UsageError: the date is not ISO 8601, of any precision; or nothing is said.
            ArticleNotFound: no article is meant, or several.
            StoreError, IndexMismatch, ModelError: as :meth:`ingest`, a title being indexed anew.
        """
        given = {"title": title, "date": date, "outlet": outlet}
        said = {field: " ".join(v.split()) for field, v in given.items() if v is not None}
        if not said:
            raise UsageError("nothing to amend: give a title, a date or an outlet")
        if said.get("date"):
            said["date"] = well_formed("--date", said["date"])
        if not self.exists():
            self.snapshot()
        with self._store.write() as transaction:
            former = transaction.articles.find(name, exact=exact)
            article = former.amend({field: encodable(v) or None for field, v in said.items()})
            if same_passages(former, article):
                transaction.update([article])
            else:
                self._check_models(transaction.shape)
                self._put(transaction, [article], lambda stage, done, total: None)
            transaction.commit(transaction.shape or self._shape())
        return article

    def verify(self) -> list[str]:
        """What is wrong with the index on the disk, a line each; nothing where it is sound.

        Raises:
            StoreError: there is none, it is of another format, or its manifest is damaged.
            UsageError: here and below, it is kept in a store that has tools of its own for this.
        """
        return self._folder().faults()

    def repair(self, *, report: Report = lambda stage, done, total: None) -> None:
        """Mend the index from what of it is sound: at most all is made anew from the articles.

        Raises what :meth:`ingest` does: damaged articles come back from a backup only.
        """
        if not self._folder().tidy() or self.verify():
            self.ingest([], rebuild=True, report=report)

    def back_up(self, file: Path) -> None:
        """Write the whole index to ``file``.

        Raises:
            StoreError: there is none, it is damaged, or the file cannot be written.
        """
        self._folder().back_up(file)

    def restore(self, file: Path) -> None:
        """Make this library, which is to have no index, what :meth:`back_up` wrote.

        Raises:
            StoreError: there is an index already, or the file is no sound backup.
        """
        self._folder().restore(file)

    def _folder(self) -> FolderStore:
        if isinstance(self._store, FolderStore):
            return self._store
        raise UsageError(
            f"{self._store.place}: not kept in a folder; use that store's own tools, or move it"
            " into one with: musnad migrate --to DIR"
        )

    def migrate(self, to: str, *, report: Report = lambda stage, done, total: None) -> Migrated:
        """Move all articles with what was made of them to a store or a folder; nothing is encoded.
        What is there already is left alone, so that what was stopped can be gone on with.

        Raises:
            IndexMismatch: it holds what other models made.
            StoreError: it cannot be written, or does not hold what it should afterwards.
        """
        target = open_store(self.path, to) if "://" in to else open_store(Path(to), None)
        return migrate(self.snapshot(), target, report)

    def close(self) -> None:
        """Let go of what keeps other processes out; it is opened again when it is needed."""
        self._store.close()

    def exists(self) -> bool:
        """Whether anything was ever put in."""
        return self._store.exists()

    def articles(self) -> list[Article]:
        """Every article, in the order they were added."""
        return list(self.snapshot().articles)

    def article(self, name: str, *, exact: bool = False) -> Article:
        """The article whose id is ``name`` or, unless it is to be ``exact``, begins with it.

        Raises:
            ArticleNotFound: none does, or several.
        """
        return self.snapshot().articles.find(name, exact=exact)

    def search(self, question: str, k: int | None = None, where: Filter = EVERYTHING) -> list[Hit]:
        """The ``k`` passages that best match the question, of articles that ``where`` admits.

        Raises:
            UsageError: the question is empty or too long, or ``k`` is below 1.
        """
        _, found = self.pipeline().search(self._checked(Request(question, where, passages=k)))
        return [item.hit for item in found]

    def ask(
        self,
        question: str,
        where: Filter = EVERYTHING,
        *,
        quote_only: bool = False,
        history: Sequence[Turn] = (),
        passages: int | None = None,
        language: str | None = None,
    ) -> Answer:
        """The answer to a question. Takes and raises what :meth:`ask_stream` does."""
        request = Request(question, where, history, passages, language)
        return finished(self._steps(request, quote_only=quote_only))

    def ask_stream(
        self,
        question: str,
        *,
        quote_only: bool = False,
        where: Filter = EVERYTHING,
        history: Sequence[Turn] = (),
        passages: int | None = None,
        language: str | None = None,
    ) -> Iterator[Event | Answer]:
        """Events on the way to the answer, which is the last.

        ``quote_only`` leaves the language model out; :class:`rag.answering.pipeline.Request` says
        what the other choices do. The answer's ``resolved`` is what a follow-up was completed to.

        Raises:
            UsageError: the question is empty or too long, ``passages`` is below 1, or there is no
                answering in ``language``.
            StoreError, IndexMismatch: there is no index, or not one these models can read.
            ModelError: a model cannot be had, loaded or run.
        """
        request = Request(question, where, history, passages, language)
        yield from self.stream(request, quote_only=quote_only)

    def stream(
        self, request: Request, *, quote_only: bool = False
    ) -> Generation[Event | Answer, None, None]:
        """:meth:`ask_stream` of a request."""
        yield (yield from self._steps(request, quote_only=quote_only))

    def _steps(self, request: Request, *, quote_only: bool) -> Steps:
        request = self._checked(request)
        writer = None if quote_only else self.writer(self.generator())
        return self.pipeline().answer(request, writer)

    def _checked(self, request: Request) -> Request:
        """The request with texts that can be worked with, before anything is opened or loaded."""
        if request.passages is not None and request.passages < 1:
            raise UsageError(f"{request.passages} passages: at least 1")
        if request.language not in (None, *REPLY_LANGUAGES):
            known = ", ".join(REPLY_LANGUAGES)
            raise UsageError(f"language {request.language!r}: not one of {known}")
        text = check_question(request.question, self.settings.question_characters)
        history = tuple(Turn(*map(encodable, turn)) for turn in request.history)
        return replace(request, question=text, history=history)

    def pipeline(self) -> Pipeline:
        """The way of a question over the current snapshot.

        Raises:
            StoreError, IndexMismatch: there is no index, or not one these models can read.
            ModelError: a model cannot be had or loaded.
        """
        snapshot = self.snapshot()
        with self._lock:
            if self._pipeline is None or self._pipeline[0] != snapshot.version:
                self._check_models(snapshot.shape)
                made = pipeline_of(
                    snapshot, self.encoders(), self.reader, self.translator, self.settings
                )
                self._pipeline = snapshot.version, made
            return self._pipeline[1]

    def writer(self, generator: Generator | None) -> Writer | None:
        """What composes answers with ``generator``; nothing does where the evidence is quoted."""
        if generator is None:
            return None
        # The small model that comes with Musnad adds nothing to a sentence that answers by itself.
        return Writer(generator, self.settings.answer_tokens, joins=self.settings.llm == "auto")

    def snapshot(self) -> Snapshot:
        """The current snapshot, another one when another process has replaced it."""
        return self._searched.snapshot()

    def _shape(self) -> Shape:
        return shape_of(*self.encoders(), self.settings.chunk_tokens)

    def _check_models(self, shape: Shape | None) -> None:
        """Hold what shaped the index against the models and settings in force."""
        if shape is not None:
            check_shape(self._store.place, shape, self._shape())
