"""Fits the decision to answer or decline, and writes ``rag/answering/abstention.json``.

    python -m eval.fit_abstention DATA --work FOLDER [--write]

Each development question is asked three times: as it is, with its passage removed, and with the
whole article removed that its passage is from. The last two must be declined. Reported, for
questions whose article the fit has not seen: how many are answered anyway at several rates of
wrong abstention, and the threshold that gives each.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.data import QuestionSet, read_squad
from eval.retrieval import index_set
from rag.answering.abstention import COEFFICIENTS, features
from rag.answering.evidence import select_evidence
from rag.config import Settings
from rag.library import Library
from rag.retrieval.query import prepare
from rag.retrieval.search import Searcher
from rag.retrieval.translation import Translator

FOLDS = 6
# Inverse strength of the L2 penalty, on standardised features.
STRENGTH = 0.03
RATES = (0.05, 0.1, 0.15)


@dataclass(frozen=True)
class Case:
    """One asking of a question; ``removed`` is ``""``, ``"passage"`` or ``"article"``."""

    features: dict[str, float]
    removed: str
    group: int


def cases(library: Library, questions: QuestionSet) -> Iterator[Case]:
    """Every question, asked three times."""
    encoder, sentence_encoder = library.encoders()
    index, settings = library.index(), library.settings
    searcher = Searcher(index, sentence_encoder)
    translator = Translator(index, sentence_encoder)
    owner = np.asarray([article.id for article in index.articles])[index.chunks.chunks[:, 0]]
    group_of = {question.gold: question.group for question in questions.questions}
    groups = np.asarray([group_of[name] for name in owner])
    for question in questions.questions:
        query = prepare(question.text, encoder, sentence_encoder)
        pool = searcher.candidates(query)
        kept = {
            "": np.ones(len(pool.rows), dtype=bool),
            "passage": owner[pool.rows] != question.gold,
            "article": groups[pool.rows] != question.group,
        }
        for removed, mask in kept.items():
            found = searcher.rank(query, pool.keep(mask), settings.passages)
            evidence = select_evidence(index, translator, query, found, settings.evidence)
            yield Case(features(found, evidence), removed, question.group)


def fit(rows: list[Case], names: list[str]) -> dict[str, float]:
    """Coefficients on the features as they are."""
    values = np.asarray([[case.features[name] for name in names] for case in rows])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((values - mean) / spread, [case.removed == "" for case in rows])
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    return {"bias": bias, **{name: float(s) for name, s in zip(names, slopes, strict=True)}}


def likelihood(case: Case, weights: dict[str, float]) -> float:
    """The fitted probability that a case can be answered."""
    return float(1 / (1 + np.exp(-sum(w * case.features[name] for name, w in weights.items()))))


def report(language: str, rows: list[Case], names: list[str]) -> None:
    """Print the trade between declining wrongly and answering anyway, cross-validated."""
    held: NDArray[np.float64] = np.zeros(len(rows))
    for fold in range(FOLDS):
        weights = fit([case for case in rows if case.group % FOLDS != fold], names)
        for place, case in enumerate(rows):
            if case.group % FOLDS == fold:
                held[place] = likelihood(case, weights)
    removed = np.asarray([case.removed for case in rows])
    for rate in RATES:
        threshold = np.quantile(held[removed == ""], rate)
        anyway = {
            kind: np.mean(held[removed == kind] >= threshold) for kind in ("passage", "article")
        }
        print(
            f"{language}: declined wrongly {rate:.0%} at {threshold:.2f};"
            f" answered anyway {anyway['passage']:.0%} without the passage,"
            f" {anyway['article']:.0%} without its article"
        )


def main() -> int:
    """Fit both languages; with ``--write``, put the coefficients in force."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    files = [args.data / f"xquad-dev/xquad.{language}.dev.json" for language in ("ar", "en")]
    library = Library(
        args.work / "abstention", dataclasses.replace(Settings.from_environment(), llm="none")
    )
    index_set(library, read_squad(files))
    found = {}
    for language, asked in (("ar", None), ("en", "en")):
        rows = list(cases(library, read_squad(files, asked)))
        names = [name for name in rows[0].features if name != "bias"]
        report(language, rows, names)
        found[language] = {name: round(w, 3) for name, w in fit(rows, names).items()}
        print(found[language])
    if args.write:
        COEFFICIENTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
