"""Fits how likely an English rendering of a short answer is right, and what each threshold does.

    python -m eval.fit.translator.calibration DATA [--show]

The short answers of the dev sets, news and encyclopedia, are put into English. One is right that
shares three quarters of its words with a reference (F1). The weights of its signs are those of a
logistic regression (Platt 1999); they go to ``rag/answering/rendering.py`` with the threshold.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.metrics.words import f1
from eval.sets.roles import read_for_fitting
from rag.answering.rendering import Renderer, Rendering
from rag.config import Settings
from rag.models.translator import load_translator

SETS = ("news", "news-hard", "xquad-odd")
RIGHT = 0.75
THRESHOLDS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8)


class Case(NamedTuple):
    """An answer of a set, what is said for it if anything, and its best F1 with a reference."""

    name: str
    arabic: str
    rendering: Rendering | None
    score: float


def cases(name: str, data: Path, renderer: Renderer) -> Iterator[Case]:
    """The first short answer of each question of a set, against its references in English."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for item in read_for_fitting(name, data, threshold=True).items:
        if item.answers:
            found[item.id][item.language] = item.answers
    for both in found.values():
        if len(both) == 2:
            said = renderer.render(both["ar"][0])
            score = f1(said.text, both["en"]) if said else 0.0
            yield Case(name, both["ar"][0], said, score)


def main() -> int:
    """Print the fit, and by threshold and set what is said, and how much of that is right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--show", action="store_true", help="print every answer, the surest first")
    args = parser.parse_args()
    translator = load_translator(Settings.from_environment())
    renderer = Renderer(lambda: translator)
    every = [case for name in SETS for case in cases(name, args.data, renderer)]
    weighed = [case for case in every if case.rendering and case.rendering.signs]
    signs = np.asarray([case.rendering.signs for case in weighed if case.rendering])
    right = np.asarray([case.score >= RIGHT for case in weighed])
    model = LogisticRegression(C=1e6).fit(signs, right)
    print(f"WEIGHTS = {tuple(model.coef_[0].round(2))}, SHIFT = {model.intercept_[0]:.2f}")
    fitted = dict(zip(map(id, weighed), model.predict_proba(signs)[:, 1], strict=True))
    likely = np.asarray([fitted.get(id(case), float(bool(case.rendering))) for case in every])
    for name in SETS:
        own = np.asarray([case.name == name for case in every])
        scores = np.asarray([case.score for case in every])
        print(f"{name}: {own.sum()} answers")
        for threshold in THRESHOLDS:
            shown = own & (likely > threshold)
            print(
                f"  {threshold}: said {shown.sum() / own.sum():.2f},"
                f" right {np.mean(scores[shown] >= RIGHT):.2f}, F1 {scores[shown].mean():.2f},"
                f" of all {scores[shown].sum() / own.sum():.2f}"
            )
    for i in np.argsort(-likely) if args.show else ():
        if case := every[i].rendering:
            print(f"{likely[i]:.2f} {every[i].score:.2f} {every[i].arabic} → {case.text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
