"""Measures what the clean-up tells of pages: dates, outlets, titles, and lines set aside.

    python -m eval.cleanup [--half dev|exam] [--data FOLDER]

``eval/pages/pages.jsonl`` are pages with labels; ``news.jsonl`` labels articles whose texts lie in
FOLDER (``ant/articles.jsonl``), which are measured where it is given. Of a field, precision is over
what was found and recall over what is there; of lines likewise, those left out that may be either.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.corpus.page.cleanup import read_page
from rag.corpus.page.lines import lines_of
from rag.types import Span

FOLDER = Path(__file__).with_name("pages")
FIELDS = ("date", "outlet", "title")


@dataclass(frozen=True, slots=True)
class Page:
    """A text and what is true of it: its fields, its furniture, and lines that may be either."""

    text: str
    fields: dict[str, str | None]
    debris: tuple[Span, ...]
    either: tuple[Span, ...]

    @property
    def lines(self) -> list[Span]:
        """Its lines that are not blank."""
        return lines_of(self.text)

    def is_furniture(self, line: Span) -> bool | None:
        """Whether a line is; ``None`` where it may be."""
        if any(a <= line.start < b for a, b in self.either):
            return None
        return any(a <= line.start < b for a, b in self.debris)


def _page(record: dict[str, Any], text: str) -> Page:
    spans = {name: tuple(Span(*span) for span in record[name]) for name in ("debris", "either")}
    return Page(text, {name: record[name] for name in FIELDS}, **spans)


def read_pages(half: str) -> Iterator[Page]:
    """The pages of a half."""
    for line in (FOLDER / "pages.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["half"] == half:
            yield _page(record, record["text"])


def read_news(data: Path) -> Iterator[Page]:
    """The labelled news articles, their texts from ``data``."""
    with (data / "ant" / "articles.jsonl").open(encoding="utf-8") as file:
        texts = {article["id"]: article["text"] for article in map(json.loads, file)}
    for line in (FOLDER / "news.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        yield _page(record, texts[record["id"]])


@dataclass(slots=True)
class Count:
    """How many were found rightly, were found, and are there."""

    right: int = 0
    found: int = 0
    there: int = 0

    def add(self, found: object, there: object, right: bool) -> None:
        """Count one case."""
        self.found += bool(found)
        self.there += bool(there)
        self.right += bool(found) and right


def measure(pages: Iterable[Page]) -> dict[str, Count]:
    """The counts of each field and of the lines set aside."""
    counts = {name: Count() for name in (*FIELDS, "lines")}
    for page in pages:
        article = next(articles_of(Document(page.text)))
        for name in FIELDS:
            stated, true = getattr(article, name), page.fields[name]
            counts[name].add(stated, true, right=_same(stated, true))
        aside = set_aside(page.text)
        for line in page.lines:
            if (there := page.is_furniture(line)) is not None:
                found = any(a <= line.start < b for a, b in aside)
                counts["lines"].add(found, there, right=there)
    return counts


def set_aside(text: str) -> list[Span]:
    """The furniture of a text and of the stories inside it; a story itself is none."""
    page = read_page(text)
    inside = [
        Span(story.start + a, story.start + b)
        for story in page.stories
        for a, b in read_page(story.of(text)).debris
    ]
    return [*page.debris, *inside]


def _same(found: str | None, there: str | None) -> bool:
    return (found or "").casefold().split() == (there or "").casefold().split()


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=("dev", "exam"), default="dev")
    parser.add_argument("--data", type=Path)
    args = parser.parse_args(words)
    sets = {f"pages, {args.half}": read_pages(args.half)}
    if args.data:
        sets["news"] = read_news(args.data)
    for title, pages in sets.items():
        print(title)
        for name, count in measure(pages).items():
            print(
                f"  {name:<7}{_share('precision', count.right, count.found)}"
                f"   {_share('recall', count.right, count.there)}"
            )
    return 0


def _share(name: str, right: int, total: int) -> str:
    if not total:
        return f"{name}   -                    0/0   "
    low, high = binomtest(right, total).proportion_ci(method="wilson")
    return f"{name} {right / total:.3f} [{low:.3f}, {high:.3f}] {right:>4}/{total:<4}"


if __name__ == "__main__":
    sys.exit(main())
