"""Fits the temperature of the reader's likelihood, and shows what each threshold does.

    python -m eval.fit.reader.calibration DATA --work FOLDER

The dev questions over the news, the hard ones too, are asked, with and without an answer. The
temperature and the shift are those of a logistic regression on the log-odds of the likeliest
passage (Platt 1999), both kinds weighing alike. They go to ``rag/reading/reader.py``, and the
threshold at which a tenth of those with an answer are declined to ``Settings.answerable``.
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
from rag.library import Library
from rag.reading.reader import SHIFT, TEMPERATURE

SETS = ("news", "news-hard")
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


class Case(NamedTuple):
    """One asking: its language, whether it can be answered, and the reader's log-odds."""

    language: str
    answerable: bool
    odds: float


def cases(library: Library, questions: EvaluationSet) -> Iterator[Case]:
    """Every question, as it is."""
    pipeline = library.pipeline()
    for item in questions.items:
        reading = pipeline.reader.read(*pipeline.search(Request(item.text)))
        likely = np.clip(reading.likelihood, 1e-6, 1 - 1e-6)
        odds = (float(np.log(likely / (1 - likely))) - SHIFT) * TEMPERATURE
        yield Case(item.language, bool(item.groups), odds)


def main() -> int:
    """Print the fit, and by threshold what is declined wrongly and answered anyway."""
    args = arguments(__doc__)
    every = [case for name in SETS for case in cases(*training(name, args, threshold=True))]
    able = np.asarray([case.answerable for case in every])
    odds = np.asarray([case.odds for case in every])
    model = LogisticRegression(C=1e6, class_weight="balanced").fit(odds[:, None], able)
    slope, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    print(f"TEMPERATURE = {1 / slope:.2f}, SHIFT = {shift:.2f}")
    likely = 1 / (1 + np.exp(-(odds * slope + shift)))
    for threshold in THRESHOLDS:
        print(f"{threshold:.2f}:", end="")
        for language in ("ar", "en"):
            own = np.asarray([case.language == language for case in every])
            declined = np.mean(likely[own & able] < threshold)
            anyway = np.mean(likely[own & ~able] >= threshold)
            print(
                f"  {language} declined wrongly {declined:.2f}, answered anyway {anyway:.2f}",
                end="",
            )
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
