"""Learns the fusion weights from development questions and writes ``rag/retrieval/fusion.json``.

    python -m eval.fit_fusion DATA --work FOLDER [--distractors FILE.jsonl] [--write]

``DATA`` holds ``xquad-dev/``, ``arcd-train/`` and ``pud/``. For each situation (the passage in the
question's language; a question, or a statement, across languages) a linear listwise model is
fitted: softmax cross-entropy over the candidates of each question, weights never negative, sets
weighted equally, an L2 penalty.

Weights that follow the single question were tried, as more columns of the same model, and left out,
for none gained more than its noise (mean cross-validated nDCG@10, within a language / across):
without 0.9244 / 0.9386; with the margin of each leg's best 0.9240 / 0.9360; the question's length
0.9239 / 0.9388; how many of its words the best passage holds 0.9241 / 0.9394; each leg's z-score
0.9258 / 0.9381; the best sentence's share of the question's words 0.9248 / 0.9365. The mean over a
passage's sentences gained (0.9288) and is a leg; it says nothing across languages.

Reported: cross-validated nDCG@10 with source articles kept
together, weights learned on one set and tried on the other, and the best single leg.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.data import QuestionSet, parallel_questions, read_squad
from eval.metrics import ndcg
from eval.retrieval import Asked, ask_all, index_set, leg_ranks, rank_of
from rag.config import Settings
from rag.library import Library
from rag.retrieval.fusion import LEGS, WEIGHTS, scale

FOLDS = 5
# L2 penalties. Across languages the legs differ more in worth, which a strong penalty hides.
PENALTIES = {"same": 0.01, "across/question": 0.001, "across/statement": 0.001}
# Legs that a situation may use; the others say nothing there.
ALLOWED = {
    "same": ("stems", "grams", "passage", "sentence", "mean", "sense"),
    "across/question": ("names", "translated", "passage", "sentence", "sense"),
    "across/statement": ("names", "translated", "passage", "sentence", "sense"),
}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One question: ``features`` of its candidates, shape ``(n, legs)``; the places of the gold."""

    features: Floats
    gold: NDArray[np.int64]
    asked: Asked


def example(asked: Asked, legs: Sequence[str]) -> Example:
    """The features of a question's candidates."""
    pool = asked.pool
    columns = [scale(name, pool.legs[name], pool.best[name]) for name in legs]
    gold = [i for i, article in enumerate(asked.articles) if article == asked.gold]
    return Example(np.stack(columns, axis=1).astype(float), np.asarray(gold, int), asked)


def fit(sets: Sequence[Sequence[Example]], penalty: float) -> Floats:
    """Weights that give the gold passage the most of the softmax, sets counting equally."""
    size = next(e.features.shape[1] for examples in sets for e in examples)

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = penalty * float(weights @ weights)
        slope = 2 * penalty * weights
        for examples in sets:
            usable = [e for e in examples if len(e.gold)]
            for e in usable:
                value, gradient = _cross_entropy(e, weights)
                total += value / len(usable)
                slope = slope + gradient / len(usable)
        return total, slope

    start = np.full(size, 0.5)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * size)
    return np.asarray(found.x)


def _cross_entropy(example: Example, weights: Floats) -> tuple[float, Floats]:
    """Against the best passage of the gold article, the one that decides its rank."""
    scores = example.features @ weights
    gold = example.gold[np.argmax(scores[example.gold])]
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    gradient = likely @ example.features - example.features[gold]
    return -float(np.log(likely[gold] + 1e-30)), gradient


def gains(examples: Sequence[Example], weights: Floats) -> list[float]:
    """nDCG@10 of each question under ``weights``."""
    return [ndcg(rank_of(e.asked.gold, e.asked.articles, e.features @ weights)) for e in examples]


def cross_validate(sets: Sequence[Sequence[Example]], penalty: float) -> list[float]:
    """Mean nDCG@10 of each set, every question judged by weights that never saw its article."""
    held: list[list[float]] = [[] for _ in sets]
    for fold in range(FOLDS):
        train = [[e for e in s if e.asked.group % FOLDS != fold] for s in sets]
        weights = fit(train, penalty)
        for kept, s in zip(held, sets, strict=True):
            kept += gains([e for e in s if e.asked.group % FOLDS == fold], weights)
    return [float(np.mean(kept)) for kept in held]


def best_leg(asked: Sequence[Asked]) -> tuple[str, float]:
    """The single leg with the highest nDCG@10."""
    ranks = leg_ranks(asked)
    means = {name: float(np.mean([ndcg(r) for r in ranks[name]])) for name in LEGS}
    name = max(means, key=lambda leg: means[leg])
    return name, means[name]


def report(situation: str, names: Sequence[str], sets: Sequence[Sequence[Example]]) -> Floats:
    """Fit a situation, print how well it holds, and return its weights."""
    penalty = PENALTIES[situation]
    weights = fit(sets, penalty)
    print(f"\n{situation}: " + ", ".join(_pairs(situation, weights)))
    for name, examples, held in zip(names, sets, cross_validate(sets, penalty), strict=True):
        leg, alone = best_leg([e.asked for e in examples])
        inside = float(np.mean(gains(examples, weights)))
        print(
            f"  {name:<22} cross-validated {held:.4f}  in-sample {inside:.4f}"
            f"  best leg {alone:.4f} ({leg})"
        )
    if len(sets) > 1:
        for i, name in enumerate(names):
            others = [s for j, s in enumerate(sets) if _source(names[j]) != _source(name)]
            if others:
                mean = np.mean(gains(sets[i], fit(others, penalty)))
                print(f"  {name:<22} learned on other sources {mean:.4f}")
    return weights


def _source(name: str) -> str:
    return name.split()[0]


def _pairs(situation: str, weights: Floats) -> list[str]:
    return [f"{leg} {w:.3f}" for leg, w in zip(ALLOWED[situation], weights, strict=True)]


def main() -> int:
    """Fit every situation; with ``--write``, put the weights in force."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--distractors", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    xquad = [args.data / f"xquad-dev/xquad.{language}.dev.json" for language in ("ar", "en")]
    sets = {
        "xquad ar": read_squad(xquad),
        "arcd ar": read_squad([args.data / "arcd-train/arcd-train.json"]),
        "xquad en": read_squad(xquad, "en"),
        "pud en": parallel_questions(args.data / "pud/parallel.tsv"),
    }
    runs = _ask(sets, args.work, args.distractors)
    chosen = {
        "same": [name for name in runs if name.endswith("ar") or " ar " in name],
        "across/question": [name for name in runs if name.startswith("xquad en")],
        "across/statement": ["pud en"],
    }
    weights = {}
    for situation, names in chosen.items():
        examples = [[example(a, ALLOWED[situation]) for a in runs[name]] for name in names]
        found = report(situation, names, examples)
        pairs = zip(ALLOWED[situation], found, strict=True)
        weights[situation] = {leg: round(float(w), 3) for leg, w in pairs}
    if args.write:
        WEIGHTS.write_text(json.dumps({"weights": weights}, indent=2) + "\n", encoding="utf-8")
    return 0


def _ask(
    sets: dict[str, QuestionSet], work: Path, distractors: Path | None
) -> dict[str, list[Asked]]:
    """Every set alone and, where ``distractors`` are given, among them."""
    settings = dataclasses.replace(Settings.from_environment(), llm="none")
    shared = Library(work / "distractors", settings)
    encoder, sentence_encoder = shared.encoders()
    bases: list[Path | None] = [None]
    if distractors:
        shared.ingest([distractors])
        bases.append(shared.path)
    runs = {}
    for name, questions in sets.items():
        for base in bases if name != "pud en" else [None]:
            label = f"{name} among distractors" if base else name
            library = Library(
                work / label.replace(" ", "-"),
                settings,
                encoder=encoder,
                sentence_encoder=sentence_encoder,
            )
            index_set(library, questions, base)
            runs[label] = ask_all(library, questions)
            print(f"{label}: {len(library.index().chunks):,} passages", file=sys.stderr)
    return runs


if __name__ == "__main__":
    sys.exit(main())
