"""Articles in SQLite: the durable truth of an index. Everything else can be rebuilt from here."""

from __future__ import annotations

import errno
import heapq
import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import ArticleNotFound, StoreError
from rag.store.protocol import ArticleFacts
from rag.types import Article, Span

_COLUMNS = (
    "id", "text", "title", "date", "outlet", "url", "language", "path", "source", "host",
    "debris", "evidence", "amended", "pages",
)  # fmt: skip
# By what articles are looked up.
_KEYS = ("id", "source", "host")
# SQLite takes so many values in one query.
_MOST_VALUES = 500
# Of several articles that a beginning could mean, so many are named; there may be more.
NAMED = 5


class Placed(NamedTuple):
    """An article, its row in its table, and its place in the order in which all were added."""

    place: int
    row: int
    article: Article


def write_articles(path: Path, articles: Iterable[tuple[int, Article]]) -> None:
    """Write articles, each after its place, to a new database; rows count from 0 in order.

    Raises:
        OSError: it cannot be written.
    """
    try:
        _write_articles(path, articles)
    except sqlite3.OperationalError as error:
        raise OSError(errno.EIO, str(error), path) from error


def _write_articles(path: Path, articles: Iterable[tuple[int, Article]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        definitions = ", ".join(f"{name} TEXT" for name in _COLUMNS)
        connection.execute(
            f"CREATE TABLE articles (row INTEGER PRIMARY KEY, place INTEGER, {definitions})"
        )
        places = ", ".join("?" * (len(_COLUMNS) + 2))
        rows = ((row, place, *_to_row(one)) for row, (place, one) in enumerate(articles))
        connection.executemany(f"INSERT INTO articles VALUES ({places})", rows)
        for key in _KEYS:
            unique = "UNIQUE" if key == "id" else ""
            connection.execute(f"CREATE {unique} INDEX article_{key} ON articles ({key})")
        connection.commit()


class ArticleTable:
    """The articles of one segment, read-only. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a database written by :func:`write_articles`.

        Raises:
            StoreError: it is missing or damaged.
        """
        self._lock = threading.Lock()
        self._path = path
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            known = {row[1] for row in self._query("PRAGMA table_info(articles)")}
            # Formerly articles lay in the order in which they were added, and nobody amended them.
            place = "place" if "place" in known else "row AS place"
            columns = [name if name in known else f"NULL AS {name}" for name in _COLUMNS]
            self._select = f"SELECT row, {place}, {', '.join(columns)} FROM articles"
            order = place.partition(" ")[0]
            count, last = self._query(f"SELECT count(*), max({order}) FROM articles")[0]
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self._count = int(count)
        self.last_place = -1 if last is None else int(last)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Placed]:
        yield from map(_placed, self._query(f"{self._select} ORDER BY place"))

    def __getitem__(self, row: int) -> Article:
        return _placed(self._query(f"{self._select} WHERE row = ?", row)[0]).article

    def at(self, rows: Collection[int]) -> list[Placed]:
        """The articles in these rows, by row."""
        return sorted(self._in("row", list(rows)), key=attrgetter("row"))

    def facts(self) -> list[ArticleFacts]:
        """What is known of every article, by row, without reading their texts."""
        # The same few languages and dates come again and again.
        known: dict[str | None, str | None] = {}
        rows = self._query("SELECT id, language, date FROM articles ORDER BY row")
        return [
            ArticleFacts(name, known.setdefault(language, language), known.setdefault(date, date))
            for name, language, date in rows
        ]

    def where(self, key: str, values: Collection[str]) -> Iterator[Placed]:
        """The articles that have one of ``values`` as their ``id``, ``source`` or ``host``."""
        return self._in(key, list(values))

    def _in(self, key: str, values: Sequence[str | int]) -> Iterator[Placed]:
        for start in range(0, len(values), _MOST_VALUES):
            some = values[start : start + _MOST_VALUES]
            marks = ", ".join("?" * len(some))
            yield from map(_placed, self._query(f"{self._select} WHERE {key} IN ({marks})", *some))

    def beginning(self, name: str, limit: int) -> list[Placed]:
        """At most ``limit`` articles whose id begins with ``name``."""
        sql = f"{self._select} WHERE substr(id, 1, ?) = ? LIMIT ?"
        return list(map(_placed, self._query(sql, len(name), name, limit)))

    def close(self) -> None:
        """Release the database file."""
        self._connection.close()

    def _query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _damaged(self, error: Exception) -> StoreError:
        return StoreError(f"{self._path}: damaged article database ({error})")


class LiveArticles:
    """The articles of several tables but those that were removed or replaced since."""

    def __init__(self, parts: Sequence[tuple[ArticleTable, Collection[int]]]) -> None:
        """Each table with its rows that no longer count."""
        self._parts = parts

    def __len__(self) -> int:
        return sum(len(table) - len(dead) for table, dead in self._parts)

    def __iter__(self) -> Iterator[Article]:
        """In the order in which they were added; what replaced one has its place."""
        for placed in heapq.merge(*map(self._of, self._parts), key=itemgetter(0)):
            yield placed.article

    def find(self, name: str, *, exact: bool = False) -> Article:
        """See :meth:`rag.store.protocol.Articles.find`."""
        named = self.where("id", [name])
        return the_one(name, named, None if exact or named else self._beginning(name))

    def _beginning(self, name: str) -> list[Article]:
        return [
            placed.article
            for table, dead in self._parts
            for placed in (table.beginning(name, NAMED + len(dead)) if name else ())
            if placed.row not in dead
        ]

    def where(self, key: str, values: Collection[str]) -> list[Article]:
        """See :meth:`ArticleTable.where`."""
        return [
            placed.article
            for table, dead in self._parts
            for placed in (table.where(key, values) if values else ())
            if placed.row not in dead
        ]

    @staticmethod
    def _of(part: tuple[ArticleTable, Collection[int]]) -> Iterator[Placed]:
        table, dead = part
        return (placed for placed in table if placed.row not in dead)


def the_one(name: str, named: Sequence[Article], beginning: Sequence[Article] | None) -> Article:
    """The article that is meant by ``name``, of those with this id and those whose ids begin so;
    ``None`` where these do not count.

    Raises:
        ArticleNotFound: there is none, or several.
    """
    found = named or beginning or ()
    if not found:
        listing = ": see musnad list" if beginning is not None else ""
        raise ArticleNotFound(f"no article with id {name!r}{listing}")
    if len(found) > 1:
        ids = ", ".join(article.id for article in found[:NAMED])
        raise ArticleNotFound(f"several articles begin with {name!r}: {ids}")
    return found[0]


def _to_row(article: Article) -> tuple[str | None, ...]:
    plain = [getattr(article, name) for name in _COLUMNS[:-4]]
    composed = (article.debris, dict(article.provenance), article.amended, article.pages)
    return (*plain, *(json.dumps(value) if value else None for value in composed))


def _placed(row: tuple[Any, ...]) -> Placed:
    number, place, *values = row
    fields = dict(zip(_COLUMNS, values, strict=True))
    debris = json.loads(fields.pop("debris") or "[]")
    provenance = json.loads(fields.pop("evidence") or "{}")
    amended = json.loads(fields.pop("amended") or "[]")
    pages = json.loads(fields.pop("pages") or "[]")
    article = Article(
        **fields,
        debris=tuple(Span(*span) for span in debris),
        provenance={name: Span(*span) for name, span in provenance.items()},
        amended=tuple(amended),
        pages=tuple(pages),
    )
    return Placed(int(place), int(number), article)
