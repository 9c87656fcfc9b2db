"""A sentence that may hold the answer, and the words in it that are the answer."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Article, Span


@dataclass(frozen=True)
class Evidence:
    """One numbered sentence of an article.

    ``span`` lies in the raw text of ``article``, ``answers`` within it, the likeliest first;
    ``likelihood``, in [0, 1], is that the sentence holds the answer.
    """

    n: int
    article: Article
    span: Span
    answers: tuple[Span, ...] = ()
    likelihood: float = 1.0

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.span.of(self.article.text)

    @property
    def statement(self) -> str:
        """The sentence without the name of the outlet in its dateline, which is no part of the
        news: "(شينخوا)" is not where anything happened.
        """
        outlet = self.article.provenance.get("outlet")
        if outlet is None or outlet.start < self.span.start or self.span.end < outlet.end:
            return self.text
        before = self.article.text[self.span.start : outlet.start].removesuffix("(")
        return before + self.article.text[outlet.end : self.span.end].removeprefix(")")
