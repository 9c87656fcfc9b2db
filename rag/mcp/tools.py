"""What the tools take and give: the JSON shape of the other faces, and a text with quotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.answering.pipeline import Request
from rag.console import describe
from rag.filters import Filter, Period
from rag.types import Answer, ArticleRef, Citation, Hit, Record


class Arguments(BaseModel):
    """What a tool takes, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Search(Arguments):
    """Arguments of ``search``."""

    question: str = Field(description="in Arabic or English; the articles may be in either")
    k: int | None = Field(None, ge=1, le=100, description="how many passages")
    since: str | None = Field(None, description="only articles from this date on (2024-07)")
    until: str | None = Field(None, description="only articles up to this date (2024)")
    indexes: list[str] = Field([], description="names of indexes; the server's own if none")

    def request(self, language: str | None = None) -> Request:
        """The same for the service.

        Raises:
            UsageError: a date is none.
        """
        where = Filter(Period.parse(self.since, self.until))
        return Request(self.question, where, passages=self.k, language=language)


class Ask(Search):
    """Arguments of ``ask``."""

    language: Literal["ar", "en"] | None = Field(None, description="default: the question's")


class Read(Arguments):
    """Arguments of ``read_article``."""

    id: str = Field(description="as search and ask name it, or its beginning")
    index: str | None = Field(None, description="the index it is in; default: any that has it")
    start: int = Field(0, ge=0, description="the first character")
    end: int | None = Field(None, description="the one after the last; default: as many as can be")


@dataclass(frozen=True, slots=True)
class Found(Record):
    """The passages that best match a question, best first."""

    question: str
    hits: tuple[Hit, ...]

    def lines(self) -> Iterator[str]:
        """Each passage under its rank."""
        if not self.hits:
            yield "No passage was found."
        for hit in self.hits:
            mark = f"{hit.rank}."
            yield from _entry(mark, hit.article, hit.start, hit.end, hit.text, hit.pages)


@dataclass(frozen=True, slots=True)
class Excerpt(Record):
    """``text`` is ``[start, end)`` of an article that has so many ``characters``."""

    article: ArticleRef
    start: int
    end: int
    text: str
    characters: int

    def lines(self) -> Iterator[str]:
        """What it is, and the text."""
        yield describe(self.article)
        where = f"characters {self.start} to {self.end} of {self.characters}"
        yield f"    article {self.article.id}, {where}"
        yield self.text


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer and each quotation under its marker; where there is none, what comes nearest."""
    yield answer.text
    cited = {one.n: one for claim in reversed(answer.claims) for one in claim.citations}
    yield from _quoted((f"[{n}]", cited[n]) for n in sorted(cited))
    if answer.nearest:
        yield "What comes nearest:"
        yield from _quoted(("-", one) for one in answer.nearest)


def _quoted(citations: Iterable[tuple[str, Citation]]) -> Iterator[str]:
    for mark, one in citations:
        yield from _entry(mark, one.article, one.start, one.end, one.quote, one.pages)


def _entry(
    mark: str, article: ArticleRef, start: int, end: int, text: str, pages: tuple[int, ...]
) -> Iterator[str]:
    yield f"{mark} {describe(article, pages)}"
    yield f"    article {article.id}, characters {start} to {end}"
    yield f"    «{text}»"
