"""Articles in Milvus, as :class:`rag.store.protocol.StoredArticles`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Literal

from rag.store.articles import NAMED, the_one
from rag.store.milvus.engine import Engine, Level, listed, quoted
from rag.store.milvus.rows import articles_of, first_key
from rag.store.milvus.state import State, counting
from rag.types import Article

_LAST = "\U0010ffff"
_FIELDS = ("number", "version", "pieces", "text")
# So many values are looked up at once.
_VALUES = 500


class MilvusArticles:
    """The articles that count as of a commit."""

    def __init__(
        self, engine: Engine, state: State, dead: Sequence[int], level: Callable[[], Level]
    ) -> None:
        """``level`` is how consistent reads are to be, now."""
        self._engine = engine
        self._state = state
        self._dead = dead
        self._level = level

    def __len__(self) -> int:
        return self._state.articles

    def __iter__(self) -> Iterator[Article]:
        """By the numbers of their versions: in the order of their places."""
        return (article for _, article in self.by_version())

    def by_version(self) -> Iterator[tuple[int, Article]]:
        """All, each after its version."""
        if "articles" not in self._state.collections:
            return iter(())
        where = counting(self._state, self._dead, "version")
        name = self._state.collections["articles"]
        return articles_of(self._engine.query(name, where, _FIELDS, self._level()))

    def versions(self, versions: Collection[int]) -> dict[int, Article]:
        """The articles of these versions, by version."""
        if not versions:
            return {}
        keys = [first_key(version) for version in versions]
        name, level = self._state.collections["articles"], self._level()
        rows = self._engine.get(name, keys, _FIELDS, level)
        more = [n for row in rows for n in range(row["number"] + 1, row["number"] + row["pieces"])]
        rows += self._engine.get(name, more, _FIELDS, level)
        return dict(articles_of(sorted(rows, key=lambda row: row["number"])))

    def found(self, key: str, values: Collection[str]) -> dict[int, Article]:
        """As :meth:`where`, by version."""
        # Where there is no value, and in all rows of an article but its first, there is "".
        every = [value for value in values if value]
        return {
            version: article
            for start in range(0, len(every), _VALUES)
            for version, article in self._named(
                f"{key} in {listed(every[start : start + _VALUES])}"
            )
        }

    def _named(self, where: str) -> Iterator[tuple[int, Article]]:
        """Articles whose first row ``where`` admits."""
        if "articles" not in self._state.collections:
            return iter(())
        name, level = self._state.collections["articles"], self._level()
        admitting = f"{counting(self._state, self._dead, 'version')} and {where}"
        rows = self._engine.query(name, admitting, ["version"], level)
        return iter(self.versions([row["version"] for row in rows]).items())

    def where(self, key: Literal["id", "source", "host"], values: Collection[str]) -> list[Article]:
        """See :class:`rag.store.protocol.StoredArticles`."""
        return list(self.found(key, values).values())

    def find(self, name: str, *, exact: bool = False) -> Article:
        """See :meth:`rag.store.protocol.Articles.find`."""
        named = self.where("id", [name])
        return the_one(name, named, None if exact or named else self._beginning(name))

    def _beginning(self, name: str) -> list[Article]:
        # A range rather than "like", in which some characters of an id have a meaning.
        where = f"id >= {quoted(name)} and id < {quoted(name + _LAST)}"
        return [article for _, article in islice(self._named(where), NAMED)] if name else []
