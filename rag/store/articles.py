"""Articles in SQLite: the durable truth of an index. Everything else can be rebuilt from here."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from rag.errors import ArticleNotFound, StoreError
from rag.store.protocol import ArticleFacts
from rag.types import Article, Span

_COLUMNS = (
    "id", "text", "title", "date", "outlet", "url", "language", "path", "source", "host",
    "debris", "evidence",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM articles"


def write_articles(path: Path, articles: Iterable[Article]) -> None:
    """Write ``articles`` to a new database at ``path``; their rows count from 0 in order."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        definitions = ", ".join(f"{name} TEXT" for name in _COLUMNS)
        connection.execute(f"CREATE TABLE articles (row INTEGER PRIMARY KEY, {definitions})")
        places = ", ".join("?" * (len(_COLUMNS) + 1))
        rows = ((row, *_to_row(article)) for row, article in enumerate(articles))
        connection.executemany(f"INSERT INTO articles VALUES ({places})", rows)
        connection.execute("CREATE UNIQUE INDEX article_id ON articles (id)")
        connection.commit()


class ArticleTable:
    """The articles of one snapshot, read-only. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a database written by :func:`write_articles`.

        Raises:
            StoreError: it is missing or damaged.
        """
        self._lock = threading.Lock()
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._count = int(self._query("SELECT count(*) FROM articles")[0][0])
        except sqlite3.Error as error:
            raise StoreError(f"{path}: damaged article database ({error})") from error

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Article]:
        for row in self._query(f"{_SELECT} ORDER BY row"):
            yield _from_row(row)

    def __getitem__(self, row: int) -> Article:
        return _from_row(self._query(f"{_SELECT} WHERE row = ?", row)[0])

    def facts(self) -> list[ArticleFacts]:
        """What is known of every article, without reading their texts."""
        # The same few languages and dates come again and again.
        known: dict[str | None, str | None] = {}
        rows = self._query("SELECT id, language, date FROM articles ORDER BY row")
        return [
            ArticleFacts(name, known.setdefault(language, language), known.setdefault(date, date))
            for name, language, date in rows
        ]

    def find(self, name: str) -> Article:
        """The article whose id is ``name`` or, when only one does, begins with it.

        Raises:
            ArticleNotFound: none does, or several.
        """
        rows = self._query(f"{_SELECT} WHERE id = ?", name) or self._query(
            f"{_SELECT} WHERE substr(id, 1, ?) = ? LIMIT 5", len(name), name
        )
        if len(rows) == 1 and name:
            return _from_row(rows[0])
        if not rows or not name:
            raise ArticleNotFound(f"no article with id {name!r}: see musnad list")
        ids = ", ".join(str(row[0]) for row in rows)
        raise ArticleNotFound(f"several articles begin with {name!r}: {ids}")

    def close(self) -> None:
        """Release the database file."""
        self._connection.close()

    def _query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def _to_row(article: Article) -> tuple[str | None, ...]:
    plain = [getattr(article, name) for name in _COLUMNS[:-2]]
    debris = json.dumps(article.debris) if article.debris else None
    provenance = json.dumps(dict(article.provenance)) if article.provenance else None
    return (*plain, debris, provenance)


def _from_row(row: tuple[Any, ...]) -> Article:
    fields = dict(zip(_COLUMNS, row, strict=True))
    debris = json.loads(fields.pop("debris") or "[]")
    provenance = json.loads(fields.pop("evidence") or "{}")
    return Article(
        **fields,
        debris=tuple(Span(*span) for span in debris),
        provenance={name: Span(*span) for name, span in provenance.items()},
    )
