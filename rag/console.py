"""How answers, hits and articles look on a terminal, and how long work shows its progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from tqdm import tqdm

from rag.types import Answer, Article, ArticleRef, Hit

_UNKNOWN = "date unknown"


def describe(article: ArticleRef) -> str:
    """Title, outlet and date on one line."""
    return " · ".join((article.label, *filter(None, (article.outlet,)), article.date or _UNKNOWN))


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer, then its sources; for an unanswered question, what comes nearest."""
    yield answer.text
    cited = [citation for claim in answer.claims for citation in claim.citations]
    for _, citation in sorted({citation.n: citation for citation in cited}.items()):
        yield ""
        yield f"[{citation.n}] {describe(citation.article)}"
        yield f"    «{' '.join(citation.quote.split())}»"
    for citation in answer.nearest:
        yield ""
        yield f"  · {describe(citation.article)}"
        yield f"    «{' '.join(citation.quote.split())}»"


def hit_lines(hits: Sequence[Hit]) -> Iterator[str]:
    """Each hit: rank, source, score, and its text."""
    for hit in hits:
        yield f"{hit.rank}. {describe(hit.article)}  ({hit.score:.2f})"
        yield f"   {' '.join(hit.text.split())}"
        for article in hit.also:
            yield f"   = {describe(article)}"
        yield ""


def article_line(article: Article) -> str:
    """One article on one line."""
    date = article.date or "-"
    return f"{article.id}  {date:<10}  {article.language or '-':<3}  {article.label}" + (
        f"  ({article.outlet})" if article.outlet else ""
    )


def article_record(article: Article) -> dict[str, Any]:
    """The JSON object of an article in ``list``: its reference, and its host and length."""
    return {**article.ref.to_dict(), "host": article.host, "characters": len(article.text)}


def article_full_record(article: Article) -> dict[str, Any]:
    """The JSON object of an article in ``show``: with its text and where its parts were read."""
    return {
        **article_record(article),
        "text": article.text,
        "debris": [list(span) for span in article.debris],
        "evidence": {name: list(span) for name, span in article.evidence.items()},
    }


class StageReport:
    """Progress of an ingest: a bar per stage on a terminal, a line per finished stage elsewhere."""

    def __init__(self) -> None:
        """Report on standard error."""
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``stage`` are finished."""
        if sys.stderr.isatty():
            self._draw(stage, done, total)
        elif done == total:
            print(f"{stage}: {total:,}", file=sys.stderr)

    def _draw(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or stage != self._stage:
            self._stage = stage
            self._bar = tqdm(total=total, desc=stage, file=sys.stderr)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()
            self._bar = None
