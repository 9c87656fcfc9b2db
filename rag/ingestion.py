"""From files to changes of an index: what is read, and what that adds, replaces and removes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import article_files, read_data, read_documents
from rag.errors import CorpusError
from rag.store.indexing import same_passages
from rag.store.protocol import StoredArticles
from rag.store.sources import Look, Source, Sources
from rag.types import Article

if TYPE_CHECKING:
    from rag.corpus.web.fetching import Fetched


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did: ids of articles ``added``, ``replaced`` by them, ``unchanged``, and
    ``removed`` because what they were read from is gone.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    unreadable: tuple[Unreadable, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass
class Batch:
    """What was read of some files; of those ``begun`` more may come. ``left`` are ids of articles
    of files that look as they did, ``gone`` those of files, or parts of them, that are not there
    any more.
    """

    articles: list[Article] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    begun: list[Source] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def extend(self, other: Batch) -> None:
        """Add what ``other`` holds."""
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            mine.update(theirs) if isinstance(mine, set) else mine.extend(theirs)


def read_all(paths: Iterable[Path]) -> Batch:
    """Every file below ``paths``."""
    batch = Batch()
    for path in paths:
        _read(batch, files_below(path))
    return batch


def files_below(path: Path) -> list[Path]:
    """The files to read of a folder, or the file itself. A folder without any is told of like a
    file that cannot be read.
    """
    return (path.is_dir() and article_files(path)) or [path]


def read_addresses(urls: Iterable[str], before: MutableMapping[str, Fetched]) -> Batch:
    """The pages and feeds at these addresses. What comes from one again takes its place; what a
    feed does not list any more stays. ``before`` keeps what each gave.
    """
    from rag.corpus.web.fetching import fetch

    batch = Batch()
    for url in urls:
        try:
            fetched = before[url] = fetch(url, before.get(url))
            found = list(read_data(fetched.name, fetched.data, fetched.charset))
        except CorpusError as error:
            batch.unreadable.append(Unreadable(url, str(error)))
            continue
        links = Counter(one.url for one in found if isinstance(one, Document))
        for one in found:
            if isinstance(one, Unreadable):
                batch.unreadable.append(Unreadable(url, one.reason))
            else:
                # Of a feed, the page that an entry alone is about; of a page, where it was found.
                page = one.url if links[one.url] == 1 else None
                own = page if one.source is None else fetched.url
                document = replace(one, url=one.url or fetched.url, path=url, source=own)
                batch.articles += articles_of(document)
    return batch


def read_changes(folders: Iterable[Path], sources: Sources) -> Batch:
    """The files of ``folders`` that are new or changed since they were read, and which are gone.

    Raises:
        CorpusError: one is no folder; or it is empty and was not: a disk that is not mounted looks
            like this.
    """
    batch = Batch()
    for folder in folders:
        if not folder.is_dir():
            raise CorpusError(f"{folder}: no such folder")
        files = {str(file.resolve()): file for file in article_files(folder)}
        known = sources.below(str(folder.resolve()))
        if known and not files:
            raise CorpusError(
                f"{folder}: empty, and {len(known)} files were read from it; is it the right"
                f" folder? (what came from it goes with: musnad remove)"
            )
        same = {name for name, file in files.items() if known.get(name) == Look.at(file)}
        _read(batch, [file for name, file in files.items() if name not in same])
        batch.lost |= known.keys() - files.keys()
        batch.left |= sources.articles_of(same)
        batch.gone |= sources.articles_of(known.keys() - same)
    batch.gone -= {article.id for article in batch.articles} | batch.left
    return batch


def _read(batch: Batch, files: Iterable[Path]) -> None:
    for file in files:
        look = Look.at(file)
        documents = list(read_documents([file]))
        refused = [one for one in documents if isinstance(one, Unreadable)]
        made = [a for d in documents if not isinstance(d, Unreadable) for a in articles_of(d)]
        batch.articles += made
        batch.unreadable += refused
        if look is not None:
            reasons = tuple((one.path, one.reason) for one in refused)
            ids = tuple(article.id for article in made)
            batch.sources.append(Source(str(file.resolve()), look, ids, reasons))


@dataclass(frozen=True)
class Changes:
    """What a batch changes of the articles that are stored."""

    done: Ingested
    changed: Sequence[Article]
    restated: Sequence[Article]
    outdated: Collection[str]

    @property
    def any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.changed or self.restated or self.outdated)


def changes(batch: Batch, stored: StoredArticles, *, rebuild: bool = False) -> Changes:
    """What a batch changes of the articles ``stored``; to ``rebuild``, all count as changed.

    Raises:
        CorpusError: one id stands for two texts.
    """
    new = _unique(batch.articles)
    old = {a.id: a for a in (stored if rebuild else stored.where("id", new))}
    former = stored.where("source", {a.source for a in new.values() if a.source})
    stories = stored.where("host", {a.id for a in former})
    new = _as_said(new, [*old.values(), *former, *stories])
    replaced = {i for i, a in new.items() if i in old and old[i] != a}
    outdated = {a.id for a in former} - new.keys()
    removed = {a.id for a in stored.where("id", batch.gone)} - new.keys() - outdated
    hosts = replaced | outdated
    outdated |= {a.id for a in stored.where("host", hosts)} - new.keys()
    removed |= {a.id for a in stored.where("host", removed)} - new.keys()
    unchanged = tuple(i for i in new if i in old and i not in replaced)
    every = {**old, **new} if rebuild else {i: a for i, a in new.items() if i not in unchanged}
    wanted = [a for i, a in every.items() if i not in outdated | removed]
    same = {a.id for a in wanted if not rebuild and same_passages(old.get(a.id), a)}
    return Changes(
        Ingested(
            added=tuple(i for i in new if i not in old),
            replaced=tuple(sorted(replaced | outdated)),
            unchanged=unchanged,
            removed=tuple(sorted(removed - outdated)),
        ),
        changed=[a for a in wanted if a.id not in same],
        restated=[a for a in wanted if a.id in same],
        outdated=outdated | removed,
    )


def _as_said(new: Mapping[str, Article], stored: Iterable[Article]) -> dict[str, Article]:
    """The new articles, each as persons said that the one is whose place it takes."""
    said = {key: article.said for article in stored if article.amended for key in _keys(article)}
    return {
        i: article.amend(next((said[key] for key in _keys(article) if key in said), {}))
        for i, article in new.items()
    }


def _keys(article: Article) -> Iterator[tuple[str, str]]:
    """What an article is known again by, the surest first; a story of a page, by its text."""
    yield "id", article.id
    if article.source:
        yield "source", article.source
    if article.host:
        yield "story", article.text


def _unique(articles: Iterable[Article]) -> dict[str, Article]:
    """Articles by id; of several with one id the first, but two texts must not claim one id."""
    unique: dict[str, Article] = {}
    for article in articles:
        first = unique.setdefault(article.id, article)
        if first.text != article.text:
            raise two_texts(article, first.path)
    return unique


def two_texts(article: Article, other: str | None) -> CorpusError:
    """That the id of ``article`` is also that of another text, from the file ``other``."""
    return CorpusError(
        f"{article.path}: id {article.id!r} stands for two different texts"
        f" (the other is in {other}); give each article its own id"
    )
