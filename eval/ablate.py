"""What each part of the way is worth: the figures with it and without it, on sets held out.

    python -m eval.ablate DATA --work FOLDER [--distractors FILE.jsonl]

Parts of the pipeline are replaced by what stands here instead; the same questions are then asked
by quoting, none declined, and compared question by question. Legs of the fusion are taken out by
fitting the weights anew without them, on training questions, and ranking those of the dev sets.
``eval/NOTES.md`` keeps what was found.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from eval.fit.fusion import SITUATIONS, allowed, asked, listed
from eval.fit.libraries import arguments
from eval.fit.listwise import fit
from eval.metrics.citations import Cited, citation_recall, supports
from eval.metrics.ranking import graded_ndcg, ndcg
from eval.metrics.statistics import paired_difference
from eval.running import open_library
from eval.sets.ours import QUESTIONS, read_questions
from eval.sets.roles import read_set
from eval.sets.values import Item
from rag.answering.conversation import Turn
from rag.answering.pipeline import Request, finished
from rag.batch import read_rows
from rag.config import Settings
from rag.library import Library
from rag.retrieval.fusion import LEGS
from rag.text.dates import find_dates

# Name: what is replaced, and by what.
PARTS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "dates in ranking": (
        "rag.retrieval.retriever.dated", lambda articles, asked: np.float32(0)
    ),
    "relative dates": (
        "rag.retrieval.query.dates_in_question", lambda text, today: find_dates(text)
    ),
    "near-copies folded": ("rag.retrieval.duplicates.alike", lambda one, other: False),
}  # fmt: skip
# Where each situation of the fusion is tried: dev sets, by the language of their questions.
HELD = {
    "same": (("xquad-odd", "ar"), ("tydi", "ar"), ("news", "ar")),
    "across": (("xquad-odd", "en"), ("news", "en")),
}
MEASURES = ("nDCG@10", "all facts cited", "first quote right")
Values = dict[str, float]


def values(library: Library, item: Item, history: Sequence[Turn] = ()) -> Values:
    """How one question fares."""
    pipeline, request = library.pipeline(), Request(item.text, history=history)
    found = pipeline.search(replace(request, passages=10))[1]
    hits = [Cited(h.hit.article.id, h.hit.start, h.hit.end) for h in found]
    held = [any(supports(hit, group) for group in item.groups) for hit in hits]
    answer = finished(pipeline.answer(request))
    cited = [Cited(c.article.id, c.start, c.end) for x in answer.claims for c in x.citations]
    return {
        "nDCG@10": graded_ndcg([float(h) for h in held], [1.0] * max(1, sum(held))),
        "all facts cited": float(citation_recall(cited, item.groups) == 1),
        "first quote right": float(bool(cited) and citation_recall(cited[:1], item.groups) > 0),
    }


def compare(label: str, table: Mapping[str, Sequence[Values]]) -> None:
    """Print the means of the first column, and what changes in the others, with 95 % intervals."""
    (_, whole), *others = table.items()
    ones = [1.0] * len(whole)
    means = ", ".join(f"{name} {np.mean([v[name] for v in whole]):.4f}" for name in whole[0])
    print(f"{label}, {len(whole)} questions: {means}")
    for name, rows in others:
        cells = []
        for measure in whole[0]:
            before, after = ([v[measure] for v in part] for part in (whole, rows))
            d = paired_difference((before, ones), (after, ones), range(len(ones)))
            cells.append(f"{d.change:+.4f} ({d.low:+.4f} {d.high:+.4f})")
        print(f"  {name:<32}" + "  ".join(cells), flush=True)


def ablate_parts(library: Library, label: str, items: Sequence[Item]) -> None:
    """Every part of the pipeline in turn."""
    table = {}
    for name in ("nothing", *PARTS):
        with patch(*PARTS[name]) if name in PARTS else nullcontext():
            table[f"without {name}"] = [values(library, item) for item in items]
    compare(label, table)


def ablate_follow_ups(library: Library) -> None:
    """Follow-ups completed as they are in force, left as typed, always joined, and by hand."""
    file = QUESTIONS / "follow-ups.jsonl"
    rows = {row["id"]: row for _, row in read_rows(file)}
    every = read_questions("follow-ups", file, ()).items
    for language in ("ar", "en"):
        items = [item for item in every if item.language == language and item.groups]
        before = [rows[item.id]["after"][language] for item in items]
        alone = [rows[item.id]["standalone"][language] for item in items]
        pairs = list(zip(items, before, strict=True))
        table = {
            "in force": [values(library, i, [Turn(b, b, "")]) for i, b in pairs],
            "as typed": [values(library, i) for i in items],
            "joined always": [
                values(library, replace(i, text=f"{i.text} ({b})")) for i, b in pairs
            ],
            "completed by hand": [
                values(library, replace(i, text=text))
                for i, text in zip(items, alone, strict=True)
            ],
        }  # fmt: skip
        compare(f"follow-ups {language}", table)


def ablate_legs(args: Namespace) -> None:
    """Every leg in turn, the weights fitted anew without it."""
    for situation, sets in HELD.items():
        train = list(asked(situation, args).values())
        weights = {}
        for out in ("nothing", *allowed(situation)):
            columns = [LEGS.index(leg) for leg in allowed(situation) if leg != out]
            rows = [[one.columns(columns) for one in listed] for listed in train]
            weights[f"without {out}"] = columns, fit(rows, SITUATIONS[situation][1])
        for name, language in sets:
            mixed = bool(args.distractors) and name != "news"
            for among in ((), args.distractors) if mixed else ((),):
                questions = read_set(name, args.data).in_language(language)
                library = _library(replace(questions, paths=(*questions.paths, *among)), args)
                held = listed(library, [item for item in questions.items if item.answerable])
                table = {
                    out: [{"nDCG@10": ndcg(one.columns(columns).rank(found))} for one in held]
                    for out, (columns, found) in weights.items()
                }
                compare(f"{name} {language}" + (" among distractors" if among else ""), table)


def _library(questions: Any, args: Namespace) -> Library:
    settings = replace(Settings.from_environment(), llm="none", answerable=-1.0)
    return open_library(questions, settings, args.work, lambda stage, done, total: None)


def main() -> int:
    """Print every table."""
    args = arguments(__doc__)
    ablate_legs(args)
    for name in ("xquad-odd", "news"):
        questions = read_set(name, args.data)
        library = _library(questions, args)
        for language in ("ar", "en"):
            items = [i for i in questions.items if i.language == language and i.groups]
            ablate_parts(library, f"{name} {language}", items)
    ablate_follow_ups(library)
    return 0


if __name__ == "__main__":
    sys.exit(main())
