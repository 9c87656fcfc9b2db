"""Fits the weights by which sentences are chosen as evidence, and says what each is worth.

    python -m eval.fit.evidence DATA --work FOLDER

A listwise softmax regression over the sentences of the passages found for training questions in
both languages. Printed, cross-validated with source articles kept together: how often a sentence
that holds the answer is first, and among the first three, with each signal and without it. The last
line gives the weights for ``rag/reading/evidence.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np

from eval.fit.libraries import arguments, training
from eval.fit.listwise import Listed, fit, held_out
from eval.sets.values import Item
from rag.answering.pipeline import Request
from rag.library import Library
from rag.reading.evidence import Signals

PENALTY = 0.003
# As many sentences as are compared token by token.
SENTENCES = 16


def listed(library: Library, items: Sequence[Item]) -> Iterator[Listed]:
    """The likeliest sentences for each question, as they were scored."""
    pipeline = library.pipeline()
    for item in items:
        query, found = pipeline.search(Request(item.text))
        chosen = pipeline.reader.rank(query, found)[:SENTENCES]
        signals = np.asarray([one.signals for one in chosen], dtype=float).reshape(len(chosen), -1)
        spans = [(one.article.id, one.span) for one in chosen]
        holds = [
            any(s.article == a and s.start >= at.start and s.end <= at.end for s in item.spans)
            for a, at in spans
        ]
        owners = [str(place) for place in range(len(chosen))]
        yield Listed(signals, np.asarray(holds, dtype=bool), owners, item.source)


def main() -> int:
    """Print what the signals are worth, and the weights."""
    args = arguments(__doc__)
    library, questions = training("xquad-even", args)
    every = list(range(len(Signals._fields)))
    sets = {
        language: list(listed(library, questions.in_language(language).items))
        for language in ("ar", "en")
    }
    spread = np.concatenate([one.features for rows in sets.values() for one in rows]).std(axis=0)
    scaled = [
        [Listed(one.features / spread, one.gold, one.owners, one.source) for one in rows]
        for rows in sets.values()
    ]
    for without in (None, *every):
        columns = [column for column in every if column != without]
        label = "every signal" if without is None else f"no {Signals._fields[without]}"
        for language, ranks in zip(sets, held_out(scaled, PENALTY, columns), strict=True):
            first, three = (
                np.mean([rank is not None and rank <= most for rank in ranks]) for most in (1, 3)
            )
            print(f"{language}, {label}: first {first:.3f}, in three {three:.3f}")
    print(Signals(*np.round(fit(scaled, PENALTY) / spread, 2).tolist()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
