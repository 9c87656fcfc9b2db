"""How answers, hits and articles look on a terminal, and how long work shows its progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from tqdm import tqdm

from rag.types import Answer, Article, ArticleRef, Hit, page_range


def say(line: str) -> None:
    """What is no result goes to standard error."""
    print(f"musnad: {line}", file=sys.stderr)


def describe(article: ArticleRef, pages: Sequence[int] = ()) -> str:
    """Title, outlet, date and, where there are any, pages on one line."""
    outlet = f" · {article.outlet}" if article.outlet else ""
    paged = f" · p. {page_range(pages)}" if pages else ""
    return f"{article.label}{outlet} · {article.date or 'date unknown'}{paged}"


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer, then its sources; for an unanswered question, what comes nearest."""
    yield answer.text
    cited = {citation.n: citation for claim in answer.claims for citation in claim.citations}
    sources = [(f"[{n}]", cited[n]) for n in sorted(cited)]
    if answer.answered and answer.confidence is not None:
        yield f"({answer.confidence:.0%} likely that the articles answer this)"
    for mark, citation in (*sources, *(("  ·", near) for near in answer.nearest)):
        yield ""
        yield f"{mark} {describe(citation.article, citation.pages)}"
        yield f"    «{' '.join(citation.quote.split())}»"


def hit_lines(hits: Sequence[Hit]) -> Iterator[str]:
    """Each hit: rank, source, score, and its text."""
    for hit in hits:
        yield f"{hit.rank}. {describe(hit.article, hit.pages)}  ({hit.score:.2f})"
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


def article_lines(article: Article) -> Iterator[str]:
    """The same, and on a second line what of it a person said."""
    yield article_line(article)
    if article.amended:
        yield f"said by a person: {', '.join(article.amended)}"


def article_record(article: Article, *, whole: bool = False) -> dict[str, Any]:
    """The JSON object of an article: its reference, what of it a person said, host and length;
    and, where it is shown ``whole``, its text and where its parts were read.
    """
    record = {**article.ref.to_dict(), "amended": list(article.amended)}
    record |= {"host": article.host, "characters": len(article.text)}
    if whole:
        record["text"] = article.text
        record["debris"] = [list(span) for span in article.debris]
        read = ((n, list(span)) for n, span in article.provenance.items())
        record["evidence"] = {name: span for name, span in read if name not in article.amended}
        record["pages"] = list(article.pages)
    return record


class StageReport:
    """Progress of an ingest: a bar per stage on a terminal, a line per finished stage elsewhere."""

    def __init__(self) -> None:
        """Report on standard error."""
        self._bar: tqdm[Any] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``stage`` are finished."""
        if not sys.stderr.isatty():
            if done == total:
                print(f"{stage}: {total:,}", file=sys.stderr)
            return
        if self._bar is None or stage != self._bar.desc:
            self._bar = tqdm(total=total, desc=stage, file=sys.stderr)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()
            self._bar = None
