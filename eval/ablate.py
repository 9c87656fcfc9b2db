"""What each part of the way is worth: the figures with it and without it, on sets held out.

    python -m eval.ablate DATA --work FOLDER [--distractors FILE.jsonl]

Parts of the pipeline are replaced by what stands here instead; the same questions are then asked
by quoting, none declined, and compared question by question. Legs of the fusion are taken out by
fitting the weights anew without them, on training questions, and ranking those of the dev sets.
``eval/NOTES.md`` keeps what was found.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from eval.fit.fusion import SITUATIONS, allowed, asked, listed
from eval.fit.libraries import arguments
from eval.fit.listwise import Listed, fit
from eval.metrics.citations import Cited, citation_recall, supports
from eval.metrics.ranking import graded_ndcg, ndcg
from eval.metrics.statistics import paired_difference
from eval.running import open_library
from eval.sets.ours import QUESTIONS, read_rows
from eval.sets.roles import DATA, read_set
from eval.sets.values import Item
from rag.answering.conversation import Turn
from rag.answering.pipeline import Request, finished
from rag.config import Settings
from rag.library import Library
from rag.retrieval.fusion import LEGS
from rag.text.dates import find_dates

# Name: what is replaced, and by what.
PARTS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "parts of a question": ("rag.answering.pipeline.parts", lambda question: ()),
    "cues of several articles": ("rag.reading.reader.is_multi_article", lambda question: False),
    "dates in ranking": (
        "rag.retrieval.retriever.dated", lambda articles, asked: np.float32(0)
    ),
    "dates in evidence": ("rag.reading.reader.agrees", lambda item, asked: None),
    "relative dates": (
        "rag.retrieval.query.dates_in_question", lambda text, today: find_dates(text)
    ),
    "alignment of tokens": (
        "rag.reading.reader.alignments",
        lambda encoder, question, sentences: [0.0] * len(sentences),
    ),
    "near-copies folded": ("rag.retrieval.duplicates.alike", lambda one, other: False),
}  # fmt: skip
MEASURES = ("nDCG@10", "all facts cited", "first quote right")
Values = dict[str, float]


def values(library: Library, item: Item, history: Sequence[Turn] = ()) -> Values:
    """How one question fares."""
    request = Request(item.text, history=history, passages=10)
    found = library.pipeline().search(request)[1]
    hits = [Cited(h.hit.article.id, h.hit.start, h.hit.end) for h in found]
    held = [any(supports(hit, group) for group in item.groups) for hit in hits]
    asked = replace(request, passages=None)
    answer = finished(library.pipeline().answer(asked))
    cited = [Cited(c.article.id, c.start, c.end) for x in answer.claims for c in x.citations]
    return {
        "nDCG@10": graded_ndcg([float(h) for h in held], [1.0] * max(1, sum(held))),
        "all facts cited": float(citation_recall(cited, item.groups) == 1),
        "first quote right": float(bool(cited) and citation_recall(cited[:1], item.groups) > 0),
    }


@contextlib.contextmanager
def without(part: str) -> Iterator[None]:
    """The pipeline without ``part``."""
    target, instead = PARTS[part]
    with patch(target, instead):
        yield


def report(
    name: str, whole: Sequence[Values], less: Sequence[Values], groups: Sequence[str]
) -> None:
    """Print what taking a part out changes, with 95 % intervals."""
    cells = []
    for measure in MEASURES:
        before = ([v[measure] for v in whole], [1.0] * len(whole))
        after = ([v[measure] for v in less], [1.0] * len(less))
        change = paired_difference(before, after, groups)
        cells.append(f"{change.change:+.3f} ({change.low:+.3f} {change.high:+.3f})")
    print(f"  without {name:<26}" + "  ".join(cells), flush=True)


def ablate_parts(library: Library, items: Sequence[Item]) -> None:
    """Every part of the pipeline in turn."""
    groups = [item.id for item in items]
    whole = [values(library, item) for item in items]
    means = [np.mean([v[m] for v in whole]) for m in MEASURES]
    print("  " + ", ".join(f"{m} {v:.3f}" for m, v in zip(MEASURES, means, strict=True)))
    for part in PARTS:
        with without(part):
            report(part, whole, [values(library, item) for item in items], groups)


def follow_ups(file: Path) -> list[tuple[Item, Turn, str]]:
    """Each follow-up as typed, the turn before it, and the question that it stands for."""
    found = []
    for _, row in read_rows(file):
        groups = tuple(
            tuple(Cited(s["article"], s["start"], s["end"]) for s in group) for group in row["gold"]
        )
        for language in ("ar", "en"):
            after = row["after"][language]
            item = Item(row["id"], language, "follow-up", row[language], groups=groups)
            found.append((item, Turn(after, after, ""), row["standalone"][language]))
    return found


def ablate_follow_ups(library: Library, file: Path) -> None:
    """Follow-ups completed by rule, left as they are, joined to the turn before, and by hand."""
    for language in ("ar", "en"):
        rows = [row for row in follow_ups(file) if row[0].language == language and row[0].groups]
        groups = [item.id for item, _, _ in rows]
        whole = [values(library, item, [turn]) for item, turn, _ in rows]
        means = [np.mean([v[m] for v in whole]) for m in MEASURES]
        print(f"follow-ups, {language}, {len(rows)}: " + ", ".join(
            f"{m} {v:.3f}" for m, v in zip(MEASURES, means, strict=True)
        ))  # fmt: skip
        others: dict[str, Callable[[Item, Turn, str], str]] = {
            "completion": lambda item, turn, alone: item.text,
            "rules (joined always)": lambda item, turn, alone: f"{item.text} ({turn.question})",
            "a machine (by hand)": lambda item, turn, alone: alone,
        }
        for name, text in others.items():
            changed = [
                values(library, replace(item, text=text(item, turn, alone)))
                for item, turn, alone in rows
            ]
            report(name, whole, changed, groups)


def ablate_legs(args: Any) -> None:
    """Every leg in turn, the weights fitted anew without it."""
    held = {"same": [("xquad-odd", "ar"), ("tydi", "ar")], "across/question": [("xquad-odd", "en")]}
    for situation, names in held.items():
        train = list(asked(situation, args).values())
        legs = allowed(situation)
        tried = {"nothing": legs} | {leg: tuple(x for x in legs if x != leg) for leg in legs}
        weights = {}
        for out, kept in tried.items():
            columns = [LEGS.index(leg) for leg in kept]
            rows = [[one.columns(columns) for one in rows] for rows in train]
            weights[out] = columns, fit(rows, SITUATIONS[situation][2])
        for name, language in names:
            for among in (False, True) if args.distractors else (False,):
                _print_legs(f"{name} {language}", _held(name, language, args, among), weights)


def _held(name: str, language: str, args: Any, among: bool) -> list[Listed]:
    assert DATA[name].role == "dev"
    questions = read_set(name, args.data).in_language(language)
    if among:
        questions = replace(questions, paths=(*questions.paths, *args.distractors))
    settings = replace(Settings.from_environment(), llm="none")
    library = open_library(questions, settings, args.work, lambda stage, done, total: None)
    return listed(library, questions.items)


def _print_legs(label: str, rows: Sequence[Listed], weights: Mapping[str, Any]) -> None:
    gains = {
        out: [ndcg(one.columns(columns).rank(found)) for one in rows]
        for out, (columns, found) in weights.items()
    }
    ones = [1.0] * len(rows)
    print(f"{label}, {len(rows)} questions: nDCG@10 {np.mean(gains['nothing']):.4f}")
    for out, found in gains.items():
        change = paired_difference((gains["nothing"], ones), (found, ones), list(range(len(rows))))
        print(f"  without {out:<12}{change.change:+.4f} ({change.low:+.4f} {change.high:+.4f})")


def main() -> int:
    """Print every table."""
    args = arguments(__doc__)
    ablate_legs(args)
    settings = replace(Settings.from_environment(), llm="none", answerable=-1.0)
    for name in ("xquad-odd", "news"):
        questions = read_set(name, args.data)
        library = open_library(questions, settings, args.work, lambda stage, done, total: None)
        for language in ("ar", "en"):
            items = [i for i in questions.items if i.language == language and i.groups]
            print(f"{name}, {language}, {len(items)} questions")
            ablate_parts(library, items)
    ablate_follow_ups(library, QUESTIONS / "follow-ups.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
