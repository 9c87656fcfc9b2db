"""Files and articles sent to a server → articles, with what became of each file.

An uploaded file is read and forgotten: its articles, verbatim, are in the index, which is where
they are kept. They name the file they came in but no place on this machine, so a second file of
the same name replaces nothing, and nothing that is removed comes back from a folder.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable, refuse
from rag.corpus.readers import READERS, read_documents
from rag.errors import ArticleNotFound, MusnadError, UsageError
from rag.filters import well_formed
from rag.library import Library
from rag.types import Article, Record, Report

MOST_BYTES = 50_000_000
_ADVICE = "give each article its own id"

Refusal: TypeAlias = Literal["kind", "size"]


@dataclass(frozen=True, slots=True)
class Problem(Record):
    """Why a file, or line ``line`` of it, gave no article; ``text`` is one line for a person."""

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class FileResult(Record):
    """What became of a file: ids of its articles, and what could not be read.

    ``known`` were in the library already, ``replaced`` stood there with another text under the
    id that the file states. ``refused`` says that the file was not read at all.
    """

    name: str
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: Refusal | None = None


def add_files(
    library: Library,
    files: Sequence[Path],
    report: Report = lambda stage, done, total: None,
    *,
    most_bytes: int = MOST_BYTES,
) -> list[FileResult]:
    """Add the articles of ``files`` in one write; a file that fails takes no other with it."""
    batch: dict[str, Article] = {}
    read: list[tuple[FileResult, Mapping[str, Article]]] = []
    for file in files:
        result, articles = _read(file, most_bytes)
        own, clash = _by_id(articles, batch)
        if clash:
            result = _failed(result, f"id {clash!r} stands for two different texts; {_ADVICE}")
        read.append((result, {} if clash else own))
        batch |= read[-1][1]
    stored = _stored(library, batch) if library.exists() else {}
    fresh = [article for article in batch.values() if not _same(article, stored.get(article.id))]
    try:
        done = library.add(fresh, report=report) if fresh else None
    except MusnadError as error:
        return [_failed(result, str(error)) if own else result for result, own in read]
    added, replaced = (set(done.added), set(done.replaced)) if done else (set(), set())
    return [_outcome(result, own, added, replaced) for result, own in read]


def add_address(
    library: Library, url: str, report: Report = lambda stage, done, total: None
) -> list[FileResult]:
    """Add the page or feed at an address."""
    try:
        done = library.fetch([url.strip()], report=report)
    except MusnadError as error:
        return [_failed(FileResult(url), str(error))]
    problems = tuple(Problem(one.reason) for one in done.unreadable)
    return [FileResult(url, done.added, done.replaced, done.unchanged, problems)]


def stated(
    name: str,
    text: str,
    *,
    title: str | None = None,
    date: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    language: str | None = None,
) -> Document:
    """An article that is sent by itself, with id ``name`` and what else is stated of it.

    Raises:
        UsageError: the id begins or ends with a space or is empty, as the text must not be; a NUL
            is somewhere; or the date is not ISO 8601, of any precision.
        CorpusError: as :func:`rag.corpus.documents.refuse`.
    """
    said = {"title": title, "date": date, "outlet": outlet, "url": url, "language": language}
    fields = {key: " ".join((value or "").split()) or None for key, value in said.items()}
    if not name or name != name.strip():
        raise UsageError(f"id {name!r}: must not be empty, nor begin or end with a space")
    if not text.strip():
        raise UsageError("text: empty")
    for key, value in {"id": name, "text": text, **fields}.items():
        if "\0" in (value or ""):
            raise UsageError(f"{key}: a NUL, which is no character of a text")
    if fields["date"]:
        fields["date"] = well_formed("date", fields["date"])
    refuse(text, name, *fields.values())
    return Document(text, name, **fields, pages=())


def _stored(library: Library, ids: Iterable[str]) -> dict[str, Article]:
    """Those of the articles ``ids`` that are in the library."""
    articles = library.snapshot().articles
    found = {}
    for name in ids:
        with contextlib.suppress(ArticleNotFound):
            found[name] = articles.find(name, exact=True)
    return found


def _read(file: Path, most_bytes: int) -> tuple[FileResult, list[Article]]:
    name = file.name
    if file.suffix.lower() not in READERS:
        return FileResult(name, refused="kind"), []
    if file.exists() and file.stat().st_size > most_bytes:
        return FileResult(name, refused="size"), []
    articles: list[Article] = []
    problems: list[Problem] = []
    for document in read_documents([file]):
        if isinstance(document, Unreadable):
            line = document.path.removeprefix(str(file)).removeprefix(":")
            problems.append(Problem(document.reason, int(line) if line else None))
        else:
            articles += articles_of(replace(document, path=name, source=None))
    return FileResult(name, problems=tuple(problems)), articles


def _by_id(
    articles: Sequence[Article], batch: Mapping[str, Article]
) -> tuple[dict[str, Article], str]:
    """A file's articles by id, and an id that has another text there or in the ``batch`` so far."""
    own: dict[str, Article] = {}
    clash = ""
    for article in articles:
        if own.setdefault(article.id, batch.get(article.id, article)).text != article.text:
            clash = article.id
    return own, clash


def _same(article: Article, stored: Article | None) -> bool:
    """Whether ``stored`` is the article, whatever file it came from and a person said of it."""
    if stored is None:
        return False
    return stored == replace(article, path=stored.path, source=stored.source).amend(stored.said)


def _failed(result: FileResult, why: str) -> FileResult:
    return replace(result, problems=(*result.problems, Problem(why)))


def _outcome(
    result: FileResult, ids: Iterable[str], added: set[str], replaced: set[str]
) -> FileResult:
    """What a file did. It takes its ids out: of files with one in common, the first added it."""
    new = tuple(i for i in ids if i in added)
    other = tuple(i for i in ids if i in replaced)
    known = tuple(i for i in ids if i not in added | replaced)
    added.difference_update(new)
    replaced.difference_update(other)
    return replace(result, added=new, replaced=other, known=known)
