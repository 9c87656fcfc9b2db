"""Fits the weights by which a page's date and outlet are chosen; writes ``fields.json``.

    python -m eval.fit.fields DATA [--write]

Fitted on are the pages of ``eval/pages`` that may be looked at and, as pages that state nothing,
news from the articles in DATA that may be trained on. Printed: precision and recall on each page by
weights that have not seen it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.cleanup import Count, read_pages
from eval.fit.lines import trainable
from rag.corpus.page.choice import WEIGHTS, Candidate, choose
from rag.corpus.page.dates import dates
from rag.corpus.page.headline import find_headline
from rag.corpus.page.lines import read_lines
from rag.corpus.page.outlets import outlets

FIELDS = ("date", "outlet")
_STRENGTH = 0.1  # The L2 penalty.
_PARTS = 12
_PLAIN = 100
_DECIMALS = 2
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a page offers for a field, and the value that is true of it."""

    candidates: list[Candidate]
    true: str | None


def sample(text: str, field: str, true: str | None) -> Sample:
    """The candidates of ``text``; ``true`` as it is labelled."""
    lines = read_lines(text)
    headline = find_headline(lines)
    if field == "date":
        return Sample(dates(lines, headline, text), true)
    return Sample(outlets(lines, headline), " ".join(true.casefold().split()) if true else None)


def fit(samples: Sequence[Sample]) -> dict[str, float]:
    """The weights that make what is true of each page likeliest, or that it states nothing."""
    pages = [each for each in samples if each.candidates]
    names = sorted({name for page in pages for each in page.candidates for name in each.features})
    rows = [each.features for page in pages for each in page.candidates]
    matrix: Floats = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    page_of = np.repeat(np.arange(len(pages)), [len(page.candidates) for page in pages])
    gold = np.array([each.value == page.true for page in pages for each in page.candidates])
    none = np.bincount(page_of, gold, len(pages)) == 0

    def loss(weights: Floats) -> tuple[float, Floats]:
        shares = np.exp(np.minimum(matrix @ weights, 500.0))
        total = 1 + np.bincount(page_of, shares, len(pages))
        right = none + np.bincount(page_of, shares * gold, len(pages))
        slope = shares / total[page_of] - shares * gold / right[page_of]
        value = float(np.log(total / right).sum() + _STRENGTH * weights @ weights)
        return value, slope @ matrix + 2 * _STRENGTH * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, found.x.tolist(), strict=True))


def crossed(
    tested: Sequence[Sample], others: Sequence[Sample], least: Sequence[float]
) -> list[Count]:
    """What is found from each likelihood on, by weights that have not seen the page."""
    counts = [Count() for _ in least]
    for part in range(_PARTS):
        weights = fit([*others, *(each for n, each in enumerate(tested) if n % _PARTS != part)])
        for each in tested[part::_PARTS]:
            found, likely = choose(each.candidates, weights)
            for count, enough in zip(counts, least, strict=True):
                value = found.value if found and likely >= enough else None
                count.add(value, each.true, value == each.true)
    return counts


def main(words: Sequence[str] | None = None) -> int:
    """Fit, print what it is worth, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args(words)
    pages, plain = list(read_pages("dev")), list(islice(trainable(args.data), _PLAIN))
    fitted = {}
    for field in FIELDS:
        samples = [sample(page.text, field, page.fields[field]) for page in pages]
        others = [sample(text, field, None) for text in plain]
        least = (0.4, 0.5, 0.6)
        for enough, count in zip(least, crossed(samples, others, least), strict=True):
            precision, recall = count.right / count.found, count.right / count.there
            print(f"{field} from {enough}: precision {precision:.3f}, recall {recall:.3f}")
        weights = {name: round(w, _DECIMALS) for name, w in fit([*samples, *others]).items()}
        fitted[field] = {name: weight for name, weight in weights.items() if weight}
    if args.write:
        WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
