"""Files sent to the library page → articles, with what became of each file.

An uploaded file is read and forgotten: its articles, verbatim, are in the index, which is where
they are kept. They name the file they came in but no place on this machine, so a second file of
the same name replaces nothing, and nothing that is removed comes back from a folder.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from rag.corpus.articles import articles_of
from rag.corpus.readers import LINES_SUFFIXES, TEXT_SUFFIXES, Unreadable, read_documents
from rag.errors import MusnadError
from rag.library import Ingested, Library
from rag.types import Article, Report

MOST_BYTES = 50_000_000
SUFFIXES = TEXT_SUFFIXES | LINES_SUFFIXES

Refusal: TypeAlias = Literal["kind", "size"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file, or line ``line`` of it, gave no article; ``text`` is one line for a person."""

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
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


class _Read(NamedTuple):
    """The articles of one file before they are added."""

    result: FileResult
    articles: tuple[Article, ...] = ()


def add_files(
    library: Library,
    files: Sequence[Path],
    report: Report = lambda stage, done, total: None,
    *,
    most_bytes: int = MOST_BYTES,
) -> list[FileResult]:
    """Add the articles of ``files`` in one write; a file that fails takes no other with it."""
    read = _settle([_read(file, most_bytes) for file in files])
    stored = {a.id: a for a in library.articles()} if library.exists() else {}
    fresh = [a for one in read for a in one.articles if not _same(a, stored.get(a.id))]
    if not fresh:
        return _outcomes(read, Ingested((), (), (), ()))
    try:
        done = library.add(fresh, report=report)
    except MusnadError as error:
        return [_failed(r.result, str(error)) if r.articles else r.result for r in read]
    return _outcomes(read, done)


def _read(file: Path, most_bytes: int) -> _Read:
    name = file.name
    if file.suffix.lower() not in SUFFIXES:
        return _Read(FileResult(name, refused="kind"))
    if file.exists() and file.stat().st_size > most_bytes:
        return _Read(FileResult(name, refused="size"))
    articles: list[Article] = []
    problems: list[Problem] = []
    for document in read_documents([file]):
        if isinstance(document, Unreadable):
            line = document.path.removeprefix(str(file)).removeprefix(":")
            problems.append(Problem(document.reason, int(line) if line else None))
        else:
            articles += articles_of(dataclasses.replace(document, path=name, source=None))
    return _Read(FileResult(name, problems=tuple(problems)), tuple(articles))


def _settle(files: Iterable[_Read]) -> list[_Read]:
    """The files, those emptied that give an id another text than they or an earlier one did."""
    texts: dict[str, str] = {}
    settled: list[_Read] = []
    for one in files:
        own: dict[str, Article] = {}
        clash = ""
        for article in one.articles:
            first = own.setdefault(article.id, article)
            if not article.text == first.text == texts.get(article.id, first.text):
                clash = article.id
        if clash:
            reason = f"id {clash!r} stands for two different texts; give each article its own id"
            settled.append(_Read(_failed(one.result, reason)))
        else:
            texts |= {article.id: article.text for article in own.values()}
            settled.append(_Read(one.result, tuple(own.values())))
    return settled


def _same(article: Article, stored: Article | None) -> bool:
    """Whether ``stored`` is the article, whatever file it came from."""
    if stored is None:
        return False
    return stored == dataclasses.replace(article, path=stored.path, source=stored.source)


def _failed(result: FileResult, why: str) -> FileResult:
    return dataclasses.replace(result, problems=(*result.problems, Problem(why)))


def _outcomes(files: Sequence[_Read], done: Ingested) -> list[FileResult]:
    """What each file did; of files with one article in common, the first has added it."""
    added, replaced = set(done.added), set(done.replaced)
    results = []
    for result, articles in files:
        ids = [article.id for article in articles]
        new = tuple(i for i in ids if i in added)
        other = tuple(i for i in ids if i in replaced)
        known = tuple(i for i in ids if i not in added | replaced)
        results.append(dataclasses.replace(result, added=new, replaced=other, known=known))
        added.difference_update(ids)
        replaced.difference_update(ids)
    return results
