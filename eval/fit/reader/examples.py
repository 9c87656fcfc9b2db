"""Writes the examples that the reader is trained on: a question, a passage, and what answers in it.

    python -m eval.fit.reader.examples DATA --work FOLDER

The passages are chunks as the product makes them. Beside each that answers stand the passages that
our own retrieval ranks highest of those that do not: what a reader is most easily taken in by.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.running import open_library
from eval.sets.public import squad_set
from eval.sets.roles import digest, read_for_fitting, read_translations
from eval.sets.values import EvaluationSet, Item
from rag.answering.pipeline import Pipeline, Request
from rag.config import Settings
from rag.filters import Filter
from rag.reading.heading import heading
from rag.store.protocol import Passage
from rag.types import Span

# Passages looked through for such as do not answer, and how many of these are taken.
_SEEN, _TAKEN = 10, 2


@dataclass(frozen=True)
class Example:
    """``spans`` of ``passage`` answer ``question``; without any, the passage does not answer it.

    ``heading`` is what a reader is told of the article. ``origin`` names the set, with the
    languages of question and passage.
    """

    origin: str
    question: str
    heading: str
    passage: str
    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, origin: str, item: Item, passage: Passage) -> Example:
        """The question of ``item`` with one passage."""
        _, article, chunk = passage
        spans = {
            Span(max(span.start, chunk.start) - chunk.start, min(span.end, chunk.end) - chunk.start)
            for span in item.spans
            if span.article == article.id and span.start < chunk.end and chunk.start < span.end
        }
        name = f"{origin} {item.language}-{article.language}"
        return cls(name, item.text, heading(article), chunk.text, tuple(sorted(spans)))


def examples(pipeline: Pipeline, origin: str, items: Sequence[Item]) -> Iterator[Example]:
    """For each question the passages that answer it, and the nearest that do not.

    None is of an article that no question is about: it may be one set aside to measure on. A
    passage that holds the words of an answer may answer too, though nobody marked it: it is left
    out. Of a question without an answer, ``source`` names the articles it was written from.
    """
    asked_of = [item.gold or frozenset(item.source.split()) for item in items]
    every = frozenset().union(*asked_of)
    for item, own in zip(items, asked_of, strict=True):
        _, here = pipeline.search(Request(item.text, Filter(only=own), passages=_SEEN))
        # A question written to have no answer here, in the passages it looks as if they had it.
        name = origin if item.groups else f"{origin}-none"
        ours = [Example.of(name, item, hit.passage) for hit in here]
        yield from (one for one in ours if one.spans or not item.groups)
        _, there = pipeline.search(Request(item.text, Filter(only=every - own), passages=_SEEN))
        known = (*item.answers, *item.otherwise)
        others = [
            Example.of(origin, item, hit.passage)
            for hit in there
            if not any(words in hit.passage.chunk.text for words in known)
        ]
        yield from others[: _TAKEN if item.groups else 1]


def translated(made: Sequence[Example]) -> list[Example]:
    """The examples whose question was put into the other language by ``eval/training``."""
    known = read_translations()
    found = []
    for one in made:
        if translation := known.get(digest(one.question)):
            language, question = translation
            name, ways = one.origin.split()
            origin = f"{name} {language}-{ways.partition('-')[2]}"
            found.append(replace(one, origin=origin, question=question))
    return found


def sets(data: Path) -> Iterator[tuple[str, EvaluationSet]]:
    """Every public set, by what its file is called: those of role dev are only measured on."""
    files = {language: data / f"xquad-dev/xquad.{language}.dev.json" for language in ("ar", "en")}
    for passages, questions in (("ar", "en"), ("en", "ar")):
        both = squad_set([files[passages], files[questions]])
        for half, name in enumerate(("examples-xquad", "dev-xquad")):
            items = tuple(item for item in both.items if int(item.source) % 2 == half)
            yield f"{name}-{passages}", replace(both, items=items)
    for name in ("arcd-train", "arcd-test"):
        yield f"examples-{name}", read_for_fitting(name, data)
        yield f"examples-written-{name}", read_for_fitting(f"written-{name}", data)
    yield "examples-written", read_for_fitting("written", data)
    yield "dev-news", read_for_fitting("news", data, threshold=True)
    yield "dev-tydi", read_for_fitting("tydi", data, threshold=True)
    yield "examples-tydi-en", read_for_fitting("tydi-en", data)


def main() -> int:
    """Write the examples of every set, each to a file of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--work", type=Path, required=True, help="keep indexes and examples here")
    args = parser.parse_args()
    settings = replace(Settings.from_environment(), llm="none", answerable=-1.0)
    for name, questions in sets(args.data):
        path = args.work / f"{name}.jsonl"
        if path.exists():
            continue
        library = open_library(questions, settings, args.work, lambda stage, done, total: None)
        made = list(examples(library.pipeline(), name.partition("-")[2], questions.items))
        made += translated(made)
        write(path, made)
        answering = sum(bool(one.spans) for one in made)
        print(
            f"{name}: {len(questions.items)} questions, {answering} examples with an answer,"
            f" {len(made) - answering} without",
            flush=True,
        )
    return 0


def write(path: Path, made: Sequence[Example]) -> None:
    """One JSON object a line."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) for one in made)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def read(path: Path) -> list[Example]:
    """What :func:`write` wrote."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Example(**{**row, "spans": tuple(Span(*s) for s in row["spans"])}) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
