"""What files an index was made from: how each looked when it was read, the articles it gave, and
what of it was refused.

Kept beside the index so that only what changed is read again. It is not the truth of anything: an
index without it is whole, and the next ingest begins a new one.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import StoreError

NAME = "sources.sqlite"
_TABLES = """
    CREATE TABLE IF NOT EXISTS files (file TEXT PRIMARY KEY, size INTEGER, changed INTEGER);
    CREATE TABLE IF NOT EXISTS articles (file TEXT, id TEXT);
    CREATE INDEX IF NOT EXISTS article_file ON articles (file);
    CREATE INDEX IF NOT EXISTS article_id ON articles (id);
    CREATE TABLE IF NOT EXISTS refused (file TEXT, path TEXT, reason TEXT);
    CREATE INDEX IF NOT EXISTS refused_file ON refused (file);
"""


class Look(NamedTuple):
    """How a file looks from outside: bytes, and when it was changed, in nanoseconds."""

    size: int
    changed: int

    @classmethod
    def at(cls, file: Path) -> Look | None:
        """Of the file there is; ``None`` where there is none."""
        try:
            stat = file.stat()
        except OSError:
            return None
        return cls(stat.st_size, stat.st_mtime_ns)


# How no file looks.
_NEVER = Look(-1, -1)


class Source(NamedTuple):
    """A file as it was read: ids of its articles; path and reason of what was refused of it."""

    file: str
    look: Look
    articles: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class Sources:
    """The files that the index in a folder was made from."""

    def __init__(self, folder: Path) -> None:
        """Nothing is opened or made yet."""
        self._path = folder / NAME

    def below(self, root: str) -> dict[str, Look]:
        """The files that were read of a folder, or the file itself."""
        sql = "SELECT file, size, changed FROM files WHERE file = ? OR substr(file, 1, ?) = ?"
        rows = self._rows(sql, root, len(root) + 1, f"{root}/")
        return {file: Look(size, changed) for file, size, changed in rows}

    def articles_of(self, files: Collection[str]) -> set[str]:
        """Ids of the articles that these files gave, and no other did."""
        rows = self._rows("SELECT file, id FROM articles")
        given = {name for file, name in rows if file in files}
        return given - {name for file, name in rows if file not in files}

    def refused(self) -> list[tuple[str, str]]:
        """Path and reason of all that could not be read."""
        return self._rows("SELECT path, reason FROM refused ORDER BY path")

    def expect(self, read: Collection[Source]) -> None:
        """That these files are about to give these articles too: if it is never recorded that they
        did, they will be read again, and nothing of them be forgotten.
        """
        if not read:
            return
        with self._opened() as connection, connection:
            rows = [(source.file, *_NEVER) for source in read]
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)
            ids = [(source.file, name) for source in read for name in source.articles]
            connection.executemany("INSERT INTO articles VALUES (?, ?)", ids)

    def record(self, read: Collection[Source], gone: Collection[str] = ()) -> None:
        """Files as they were read now, in the place of what was known of them; others are gone."""
        if not read and not gone:
            return
        with self._opened() as connection, connection:
            names = [(file,) for file in {*gone, *(source.file for source in read)}]
            for table in ("files", "articles", "refused"):
                connection.executemany(f"DELETE FROM {table} WHERE file = ?", names)
            rows = [(source.file, *source.look) for source in read]
            connection.executemany("INSERT INTO files VALUES (?, ?, ?)", rows)
            ids = [(source.file, name) for source in read for name in source.articles]
            connection.executemany("INSERT INTO articles VALUES (?, ?)", ids)
            refused = [(source.file, *each) for source in read for each in source.refused]
            connection.executemany("INSERT INTO refused VALUES (?, ?, ?)", refused)

    def _rows(self, sql: str, *values: str | int) -> list[Any]:
        """Nothing where nothing was recorded yet."""
        if not self._path.exists():
            return []
        with self._opened() as connection:
            return connection.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database; one that is damaged gives way to a new one."""
        try:
            if not self._is_sound():
                self._path.unlink(missing_ok=True)
            with closing(sqlite3.connect(self._path)) as connection:
                connection.executescript(_TABLES)
                yield connection
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    def _is_sound(self) -> bool:
        if not self._path.exists():
            return False
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                return connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        except sqlite3.OperationalError:
            raise  # It cannot be read now, which says nothing of what is in it.
        except sqlite3.DatabaseError:
            return False
