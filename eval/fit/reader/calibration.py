"""Fits the temperature of the reader's likelihood, and shows what each threshold does.

    python -m eval.fit.reader.calibration DATA --work FOLDER

Dev questions are asked as they are, and with the articles hidden that answer them; those of the
news that were written without an answer, as they are. The temperature and the shift are those of a
logistic regression on the log-odds of the likeliest passage (Platt 1999), every set weighing alike.
They go to ``rag/reading/reader.py``, the threshold to ``Settings.answerable``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.fit.libraries import arguments, training
from eval.sets.values import EvaluationSet
from rag.answering.pipeline import Request
from rag.filters import EVERYTHING, Filter
from rag.library import Library
from rag.reading.reader import SHIFT, TEMPERATURE

SETS = ("xquad-odd", "tydi", "news")
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


class Case(NamedTuple):
    """One asking: its kind, whether it can be answered, and the reader's log-odds."""

    kind: str
    answerable: bool
    odds: float


def cases(name: str, library: Library, questions: EvaluationSet) -> Iterator[Case]:
    """Every question as it is and, where it has an answer, without it."""
    pipeline = library.pipeline()
    for item in questions.items:
        for where in (EVERYTHING, Filter(without=item.gold)):
            if where is not EVERYTHING and (not item.groups or name == "news"):
                continue
            query, found = pipeline.search(Request(item.text, where))
            likely = np.clip(pipeline.reader.read(query, found).likelihood, 1e-6, 1 - 1e-6)
            odds = (float(np.log(likely / (1 - likely))) - SHIFT) * TEMPERATURE
            able = bool(item.groups) and where is EVERYTHING
            yield Case(f"{name} {item.language}", able, odds)


def main() -> int:
    """Print the fit, and for each set what is declined wrongly and answered anyway."""
    args = arguments(__doc__)
    every = [case for name in SETS for case in cases(name, *training(name, args, threshold=True))]
    kinds = list(dict.fromkeys(case.kind for case in every))
    outcome = np.asarray([case.answerable for case in every])
    odds = np.asarray([case.odds for case in every])
    kind = np.asarray([case.kind for case in every])
    weights = np.zeros(len(every))
    for name in kinds:
        for able in (True, False):
            chosen = (kind == name) & (outcome == able)
            weights[chosen] = 1 / max(1, chosen.sum())
    model = LogisticRegression(C=1e6).fit(odds[:, None], outcome, sample_weight=weights)
    slope, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    print(f"TEMPERATURE = {1 / slope:.2f}, SHIFT = {shift:.2f}")
    likely = 1 / (1 + np.exp(-(odds * slope + shift)))
    for threshold in THRESHOLDS:
        parts = [
            f"{name} {np.mean(likely[(kind == name) & outcome] < threshold):.2f}"
            f"/{np.mean(likely[(kind == name) & ~outcome] >= threshold):.2f}"
            for name in kinds
        ]
        print(f"{threshold:.1f}: declined wrongly/answered anyway: " + ", ".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
