"""The indexes that questions may go to: the library's own and those that lie beside it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from rag.config import DEFAULT_INDEX
from rag.errors import ArticleNotFound, IndexNotFound, MusnadError
from rag.library import Library, corpora
from rag.types import Article

# Sets of indexes searched together whose statistics are remembered.
_REMEMBERED = 8


def fingerprint(label: str) -> str:
    """What tells articles of one id apart, and is no word of theirs."""
    return hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:8]


class Corpora:
    """Libraries with the models of one, each index opened once. Nothing of a reader is kept."""

    def __init__(self, own: Library) -> None:
        """Nothing is looked for yet. Where ``own`` lies elsewhere than `musnad corpora` looks, it
        stays the only one.
        """
        self.own = own
        self._opened = {own.path: own}
        self._united = lru_cache(_REMEMBERED)(lambda first, *others: first.united(others))

    def named(self) -> dict[str, Path]:
        """Where they are now, by name, the library's own first."""
        own = self.own.path
        beside = own.resolve().parent == DEFAULT_INDEX.parent.resolve()
        found = {path.name: path for path in corpora()} if beside else {}
        return {own.name: own} | found | {own.name: own}

    def check(self, names: Collection[str]) -> None:
        """Refuse names of no index.

        Raises:
            IndexNotFound: there is none so named.
        """
        known = self.named()
        for name in names:
            if name not in known:
                raise IndexNotFound(f"index {name!r}: not one of {', '.join(known)}")

    def chosen(self, names: Collection[str]) -> Library:
        """A library of those so named; where none is, the library's own."""
        paths = [path for name, path in self.named().items() if name in names]
        first, *others = map(self._library, paths or [self.own.path])
        library: Library = self._united(first, *others) if others else first
        return library

    def article(self, name: str, label: str = "") -> Article:
        """The article with id ``name``, in full: of several in different indexes, the one whose
        label has the fingerprint ``label``.

        Raises:
            ArticleNotFound: there is none in any of them that can be read.
        """
        found = []
        for library in self._all():
            with contextlib.suppress(MusnadError):
                article = library.article(name, exact=True)
                if fingerprint(article.label) == label:
                    return article
                found.append(article)
        if not found:
            raise ArticleNotFound(f"no article with id {name!r}")
        return found[0]

    def _all(self) -> Iterator[Library]:
        """The library's own first: the others need not be looked for where that has an article."""
        yield self.own
        yield from map(self._library, self.named().values())

    def _library(self, path: Path) -> Library:
        # A store is the own library's alone.
        library = Library(path, replace(self.own.settings, store=None), models=self.own.models)
        return self._opened.setdefault(path, library)
