"""Which articles were met: on the disk, as their ids may be more than fit into memory."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NamedTuple

from rag.types import Article


class First(NamedTuple):
    """The first article that was met of an id: where from, and whether it has the same text."""

    path: str | None
    same: bool


class SeenArticles:
    """The articles that were met. To be used by one thread."""

    def __init__(self) -> None:
        """None yet."""
        # A database without a name is a file that goes with it.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(
            "CREATE TABLE seen (id TEXT PRIMARY KEY, text BLOB, path TEXT) WITHOUT ROWID"
        )
        self._database.execute("BEGIN")

    def meet(self, article: Article) -> First | None:
        """The first of its id; ``None`` when it is the first itself."""
        text = hashlib.sha256(article.text.encode()).digest()
        row = self._database.execute(
            "SELECT path, text = ? FROM seen WHERE id = ?", (text, article.id)
        ).fetchone()
        if row is not None:
            return First(row[0], bool(row[1]))
        self._database.execute(
            "INSERT INTO seen VALUES (?, ?, ?)", (article.id, text, article.path)
        )
        return None

    def close(self) -> None:
        """Forget them."""
        self._database.close()
