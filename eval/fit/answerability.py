"""Fits how likely evidence is to answer, and writes ``rag/reading/answerability.json``.

    python -m eval.fit.answerability DATA --work FOLDER [--write]

Each training question of XQuAD is asked as it is, with its passage hidden, and with its whole
source article hidden; and the first two again in a small corpus, that article alone, where
everything is about the matter and nearness tells least. The last of these and both without the
passage must be declined.

Printed, for the dev half and for the news questions, which no weight is fitted to: how many of each
kind are declined wrongly and answered anyway, by threshold.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.fit.libraries import arguments, training
from eval.sets.values import EvaluationSet
from rag.answering.pipeline import Pipeline, Request
from rag.filters import EVERYTHING, Filter
from rag.library import Library
from rag.reading.answerability import COEFFICIENTS, features, situation

# Inverse strength of the L2 penalty, on standardised features.
STRENGTH = 30.0
# How much more declining wrongly weighs than answering wrongly, by situation and size.
WRONGLY_DECLINED = 1.0
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
Weights = dict[str, float]


@dataclass(frozen=True)
class Case:
    """One asking of a question: whether it can be answered, and the kind it is reported as."""

    features: Weights
    situation: str
    answerable: bool
    kind: str


def cases(library: Library, questions: EvaluationSet) -> Iterator[Case]:
    """Every question, asked five times."""
    pipeline = library.pipeline()
    articles: dict[str, frozenset[str]] = {}
    for item in questions.items:
        articles[item.source] = articles.get(item.source, frozenset()) | item.gold
    for item in questions.items:
        article = articles[item.source]
        asked = {
            "whole": EVERYTHING,
            "whole, hidden": Filter(without=item.gold),
            "whole, article hidden": Filter(without=article),
            "small": Filter(only=article),
            "small, hidden": Filter(only=article - item.gold),
        }
        for kind, where in asked.items():
            yield from _asked(pipeline, Request(item.text, where), kind, "hidden" not in kind)


def written(library: Library, questions: EvaluationSet) -> Iterator[Case]:
    """Questions that were written with and without an answer, over all articles and over the few
    that they were written from.
    """
    pipeline = library.pipeline()
    few = frozenset[str]().union(*(item.gold for item in questions.items))
    for item in questions.items:
        for size, where in (("all", EVERYTHING), ("few", Filter(only=few))):
            kind = size if item.answerable else f"{size}, no answer"
            yield from _asked(pipeline, Request(item.text, where), kind, item.answerable)


def _asked(pipeline: Pipeline, request: Request, kind: str, answerable: bool) -> Iterator[Case]:
    """One asking; nothing where there is no evidence to judge."""
    query, found = pipeline.search(request)
    if evidence := pipeline.reader.read(query, found).evidence:
        yield Case(features(found, evidence), situation(query, evidence), answerable, kind)


def fit(rows: Sequence[Case]) -> Weights:
    """Coefficients on the features as they are."""
    names = [name for name in rows[0].features if name != "bias"]
    values = np.asarray([[case.features[name] for name in names] for case in rows])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    outcome = np.asarray([case.answerable for case in rows])
    model.fit((values - mean) / spread, outcome, sample_weight=_weights(rows))
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    return {"bias": bias, **{name: float(s) for name, s in zip(names, slopes, strict=True)}}


def _weights(rows: Sequence[Case]) -> NDArray[np.float64]:
    """What can be answered weighs as much as what cannot; the kinds within them alike."""
    counts = Counter(case.kind for case in rows)
    kinds = Counter(answerable for _, answerable in {(c.kind, c.answerable) for c in rows})
    outcome = {True: WRONGLY_DECLINED, False: 1.0}
    return np.asarray([outcome[c.answerable] / kinds[c.answerable] / counts[c.kind] for c in rows])


def likelihood(case: Case, weights: Weights) -> float:
    """The fitted probability that a case can be answered."""
    return float(1 / (1 + np.exp(-sum(w * case.features[name] for name, w in weights.items()))))


def report(title: str, rows: Sequence[Case], weights: Weights) -> None:
    """Print what is declined wrongly and what answered anyway."""
    likely = np.asarray([likelihood(case, weights) for case in rows])
    kinds = np.asarray([case.kind for case in rows])
    able = {case.kind: case.answerable for case in rows}
    for threshold in THRESHOLDS:
        parts = []
        for kind, answerable in able.items():
            answered = float(np.mean(likely[kinds == kind] >= threshold))
            said = f"{1 - answered:.0%} declined" if answerable else f"{answered:.0%} answered"
            parts.append(f"{kind} {said}")
        print(f"{title} at {threshold:.2f}: " + ", ".join(parts))


def main() -> int:
    """Fit both situations; with ``--write``, put the coefficients in force."""
    args = arguments(__doc__)
    train = list(cases(*training("xquad-even", args)))
    held = list(cases(*training("xquad-odd", args, threshold=True)))
    news = list(written(*training("news", args, threshold=True)))
    found = {}
    for name in ("same", "across"):
        weights = fit([case for case in train if case.situation == name])
        for title, rows in (("xquad-odd", held), ("news", news)):
            report(f"{title}, {name}", [c for c in rows if c.situation == name], weights)
        found[name] = {key: round(weight, 3) for key, weight in weights.items()}
        print(found[name])
    if args.write:
        COEFFICIENTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
