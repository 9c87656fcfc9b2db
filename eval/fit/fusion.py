"""Learns the fusion weights and writes ``rag/retrieval/fusion.json``.

    python -m eval.fit.fusion DATA --work FOLDER [--distractors FILE.jsonl] [--write]

For each situation (the passage in the question's language, or in another) a linear listwise model
is fitted to training questions, alone and among distractors. Of the questions over news it sees
every second article's, and the lexicon that it translates by has learned from the others: on what
that has seen it would seem surer than it is. Printed: cross-validated nDCG@10, source articles kept
together, and the best single leg's.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence

import numpy as np

from eval.fit.lexicon import searched, stemmed_pairs
from eval.fit.libraries import arguments, training
from eval.fit.listwise import Floats, Listed, fit, held_out
from eval.metrics.ranking import ndcg
from eval.metrics.statistics import bootstrap
from eval.sets.roles import read_for_fitting
from eval.sets.values import EvaluationSet, Item
from rag.library import Library
from rag.retrieval.fusion import LEGS, WEIGHTS, load_weights, scale
from rag.retrieval.retriever import FusionRetriever
from rag.retrieval.translation import Lexicon, TermTranslator

# Situation: its training sets with the language of their questions, and the L2 penalty. Across
# languages the legs differ more in worth, which a strong penalty hides.
SITUATIONS = {
    "same": (
        [("xquad-even", "ar"), ("arcd-train", "ar"), ("arcd-test", "ar"), ("written", "ar")],
        0.01,
    ),
    "across": ([("xquad-even", "en"), ("written", "en")], 0.001),
}


def allowed(situation: str) -> tuple[str, ...]:
    """The legs that a situation has weights for; the others say nothing there."""
    return tuple(leg for leg in LEGS if leg in load_weights()[situation])


def fitted(name: str, questions: EvaluationSet) -> list[Item]:
    """The questions of a set that are fitted on: of a large one every second source's."""
    answered = [item for item in questions.items if item.gold]
    sources = sorted({item.source for item in answered})
    chosen = frozenset(sources[::2] if name == "written" else sources)
    return [item for item in answered if item.source in chosen]


def listed(library: Library, items: Sequence[Item], lexicon: Lexicon | None = None) -> list[Listed]:
    """The candidates of each question, every leg on the common scale."""
    rows = []
    snapshot, pipeline = library.snapshot(), library.pipeline()
    retriever = FusionRetriever(snapshot, TermTranslator(snapshot, pipeline.encoders[1], lexicon))
    for item in items:
        pool = retriever.pool(pipeline.prepare(item.text))
        columns = [scale(name, pool.legs[name], float(pool.legs[name].max())) for name in LEGS]
        owners = [article.id for article in pool.articles]
        gold = np.asarray([owner in item.gold for owner in owners])
        rows.append(Listed(np.stack(columns, axis=1).astype(float), gold, owners, item.source))
    return rows


def asked(situation: str, args: argparse.Namespace) -> dict[str, list[Listed]]:
    """The candidates of every training question of a situation, by set."""
    sets, _ = SITUATIONS[situation]
    found = {}
    seen = {
        item.source for name, _ in sets for item in fitted(name, read_for_fitting(name, args.data))
    }
    lexicon = searched(stemmed_pairs(args.data, without=seen))
    for name, language in sets:
        # Questions over news are among news as they are.
        for among in (False, True) if args.distractors and name != "written" else (False,):
            library, questions = training(name, args, among=among)
            items = fitted(name, questions.in_language(language))
            label = f"{name} {language}" + (" among distractors" if among else "")
            found[label] = listed(library, items, lexicon)
    return found


def report(situation: str, sets: Mapping[str, list[Listed]]) -> Floats:
    """Print how well a situation's fit holds, and return its weights."""
    _, penalty = SITUATIONS[situation]
    columns = [LEGS.index(leg) for leg in allowed(situation)]
    weights = fit([[one.columns(columns) for one in rows] for rows in sets.values()], penalty)
    print(f"\n{situation}: " + ", ".join(
        f"{leg} {w:.3f}" for leg, w in zip(allowed(situation), weights, strict=True)
    ))  # fmt: skip
    for (name, rows), ranks in zip(
        sets.items(), held_out(list(sets.values()), penalty, columns), strict=True
    ):
        held = bootstrap([ndcg(rank) for rank in ranks])
        alone = {leg: _alone(rows, place) for place, leg in enumerate(LEGS)}
        best = max(alone, key=lambda leg: alone[leg])
        print(
            f"  {name:<32} cross-validated {held.mean:.4f} ({held.low:.4f}-{held.high:.4f})"
            f"  best leg {alone[best]:.4f} ({best})"
        )
    return weights


def _alone(rows: Sequence[Listed], column: int) -> float:
    """nDCG@10 of one leg; one that scores all candidates alike ranks none."""
    one = np.ones(1)
    scored = [row.columns([column]) for row in rows]
    return float(np.mean([ndcg(r.rank(one) if np.ptp(r.features) else None) for r in scored]))


def main() -> int:
    """Fit every situation; with ``--write``, put the weights in force."""
    args = arguments(__doc__)
    weights = {}
    for situation in SITUATIONS:
        found = report(situation, asked(situation, args))
        pairs = zip(allowed(situation), found, strict=True)
        weights[situation] = {leg: round(float(w), 3) for leg, w in pairs}
    if args.write:
        WEIGHTS.write_text(json.dumps({"weights": weights}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
