"""Example questions that the articles at hand answer, in both languages where that can be.

The seeds have questions of their own; other articles are asked for by their titles. A question is
shown only if an answer to it, by quoting, cites the article it was made for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from rag.chat.words import words
from rag.errors import MusnadError
from rag.library import Library
from rag.types import Article

MOST = 4
_TRIED = 12
_MOST_TITLE = 90
# By the id of the seed article that answers them, which is a hash of its content.
_SEEDED = (
    ("0b7eb37dd5b5b3f8", "متى وأين التقى وانغ يي ولافروف في يوليو 2024؟"),
    ("1b03288ca7f40528", "كم شخصا سقط في الهجوم قرب موسكو؟"),
    ("1b03288ca7f40528", "How many people were killed in the attack near Moscow?"),
    ("4b472ce54c5abe51", "Where did Wang Yi and Lavrov meet in March 2021?"),
)


class Examples:
    """Chooses them once for each state of the index."""

    def __init__(self, library: Library) -> None:
        """Nothing is asked yet."""
        self._library = library
        self._lock = threading.Lock()
        self._chosen: tuple[str, list[str]] | None = None

    def questions(self) -> list[str]:
        """Up to four questions; none where the library is empty or cannot be read."""
        try:
            with self._lock:
                snapshot = self._library.snapshot().version
                if self._chosen is None or self._chosen[0] != snapshot:
                    self._chosen = (snapshot, self._choose())
                return self._chosen[1]
        except MusnadError:
            return []

    def _choose(self) -> list[str]:
        articles = self._library.articles()
        chosen: list[str] = []
        for article, question in (*_seeded(articles), *_titled(articles)):
            if question not in chosen and self._answers(question, article):
                chosen.append(question)
            if len(chosen) == MOST:
                break
        return chosen

    def _answers(self, question: str, article: Article) -> bool:
        answer = self._library.ask(question, quote_only=True)
        cited = {c.article.id for claim in answer.claims for c in claim.citations}
        return answer.answered and article.id in cited


def _seeded(articles: Sequence[Article]) -> Iterator[tuple[Article, str]]:
    by_id = {article.id: article for article in articles}
    for article_id, question in _SEEDED:
        if article_id in by_id:
            yield by_id[article_id], question


def _titled(articles: Sequence[Article]) -> Iterator[tuple[Article, str]]:
    """Questions by title: of each language in turn, the newest article first."""
    titled = [a for a in articles if a.title and len(a.title) <= _MOST_TITLE]
    newest = sorted(titled, key=lambda a: a.date or "", reverse=True)[: _TRIED * 2]
    arabic = [article for article in newest if article.language == "ar"]
    others = [article for article in newest if article.language != "ar"]
    for article in chain.from_iterable(zip_longest(arabic[:_TRIED], others[:_TRIED])):
        if article:
            said = words(article.language or "en")
            yield article, said.example.format(title=article.title)
