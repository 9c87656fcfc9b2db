"""Learns the fusion weights and writes ``rag/retrieval/fusion.json``.

    python -m eval.fit.fusion DATA --work FOLDER [--distractors FILE.jsonl] [--write]

For each situation (the passage in the question's language, or in another) a linear listwise model
is fitted to training questions, alone and among distractors. Printed: cross-validated nDCG@10,
source articles kept together, and the best single leg's.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence

import numpy as np

from eval.asking import ask_pool
from eval.fit.libraries import arguments, training
from eval.fit.listwise import Floats, Listed, fit, held_out
from eval.metrics.ranking import ndcg
from eval.metrics.statistics import bootstrap
from eval.sets.values import Item
from rag.library import Library
from rag.retrieval.fusion import LEGS, WEIGHTS, load_weights, scale

# Situation: its training sets with the language of their questions, and the L2 penalty. Across
# languages the legs differ more in worth, which a strong penalty hides.
SITUATIONS = {
    "same": ([("xquad-even", "ar"), ("arcd-train", "ar"), ("arcd-test", "ar")], 0.01),
    "across": ([("xquad-even", "en")], 0.001),
}


def allowed(situation: str) -> tuple[str, ...]:
    """The legs that a situation has weights for; the others say nothing there."""
    return tuple(leg for leg in LEGS if leg in load_weights()[situation])


def listed(library: Library, items: Sequence[Item]) -> list[Listed]:
    """The candidates of each question, every leg on the common scale."""
    rows = []
    for item in items:
        _, pool = ask_pool(library, item)
        columns = [scale(name, pool.legs[name], float(pool.legs[name].max())) for name in LEGS]
        owners = [article.id for article in pool.articles]
        gold = np.asarray([owner in item.gold for owner in owners])
        rows.append(Listed(np.stack(columns, axis=1).astype(float), gold, owners, item.source))
    return rows


def asked(situation: str, args: argparse.Namespace) -> dict[str, list[Listed]]:
    """The candidates of every training question of a situation, by set."""
    sets, _ = SITUATIONS[situation]
    found = {}
    for among in (False, True) if args.distractors else (False,):
        for name, language in sets:
            library, questions = training(name, args, among=among)
            items = questions.in_language(language).items
            label = f"{name} {language}" + (" among distractors" if among else "")
            found[label] = listed(library, items)
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
