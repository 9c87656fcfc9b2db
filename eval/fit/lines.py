"""Fits the weights that tell furniture from news and writes ``rag/corpus/page/lines.json``.

    python -m eval.fit.lines DATA [--write]

Fitted on are the pages of ``pages.txt`` beside this file, the development half of ``eval/pages``,
and news of many lines, from the articles in DATA that may be trained on. Printed: precision and
recall on lines of the development half, cross-validated, pages kept whole.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.cleanup import Page, read_pages
from rag.corpus.page.headline import find_headline
from rag.corpus.page.lines import lines_of, read_lines
from rag.corpus.page.linesort import WEIGHTS, features, weigh
from rag.corpus.page.surroundings import Surroundings
from rag.types import Span

WRITTEN = Path(__file__).with_name("pages.txt")
_MARKS = {"- ": True, ". ": False, "= ": None, "? ": None}
_PARTS = 6
_STRENGTH = 1.0  # The inverse of the L2 penalty.
_DECIMALS = 2
_MANY_LINES = 6
_PLAIN = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """A page's lines: what each looks like, and whether it is furniture where that is known."""

    features: list[dict[str, float]]
    furniture: list[bool | None]


def sample(text: str, labels: Mapping[Span, bool | None]) -> Sample:
    """The lines of ``text``; one without a label is not fitted on, nor is the headline."""
    lines = read_lines(text)
    around = Surroundings(lines, find_headline(lines))
    known = [_known(around, n, labels.get(line.span)) for n, line in enumerate(lines)]
    return Sample([features(around, n) for n in range(len(lines))], known)


def _known(around: Surroundings, n: int, label: bool | None) -> bool | None:
    stamp = around.lines[n].stamp
    if around.is_headline(n):
        return None
    if label is None and stamp and stamp.date and around.place(n) not in ("story", "tail"):
        return True
    return label


def written() -> Iterator[Sample]:
    """The pages of :data:`WRITTEN`."""
    lines = WRITTEN.read_text("utf-8").splitlines()
    pages = "\n".join(line for line in lines if not line.startswith("# ")).split("\n%%\n")
    for page in pages:
        text, labels = "", {}
        for line in page.splitlines():
            mark = line[:2] if line[:2] in _MARKS else ""
            words = line[len(mark) :].strip()
            if mark:
                labels[Span(len(text), len(text) + len(words))] = _MARKS[mark]
            text += words + "\n"
        yield sample(text, labels)


def labelled(page: Page) -> Sample:
    """A page of :mod:`eval.cleanup`."""
    return sample(page.text, {span: page.is_furniture(span) for span in page.lines})


def trainable(data: Path) -> Iterator[str]:
    """The texts of news articles that may be trained on."""
    chosen = set((data / "ant" / "training_ids.txt").read_text("utf-8").split())
    with (data / "ant" / "articles.jsonl").open(encoding="utf-8") as file:
        yield from (each["text"] for each in map(json.loads, file) if each["id"] in chosen)


def plain(data: Path) -> Iterator[Sample]:
    """News articles of many lines; a line of theirs is hardly ever furniture."""
    long = (text for text in trainable(data) if len(lines_of(text)) >= _MANY_LINES)
    for text in islice(long, _PLAIN):
        yield sample(text, dict.fromkeys(lines_of(text), False))


def fit(samples: Sequence[Sample]) -> dict[str, float]:
    """The weight of each feature."""
    rows = [
        (looks, known)
        for each in samples
        for looks, known in zip(each.features, each.furniture, strict=True)
        if known is not None
    ]
    names = sorted({name for looks, _ in rows for name in looks})
    matrix: NDArray[np.float64] = np.array(
        [[looks.get(name, 0.0) for name in names] for looks, _ in rows]
    )
    model = LogisticRegression(C=_STRENGTH, fit_intercept=False, max_iter=5000)
    model.fit(matrix, [known for _, known in rows])
    return dict(zip(names, model.coef_[0].tolist(), strict=True))


def crossed(
    tested: Sequence[Sample], others: Sequence[Sample], least: float
) -> tuple[int, int, int]:
    """Lines set aside rightly, set aside, and to set aside, by weights that have not seen them."""
    right = found = there = 0
    for part in range(_PARTS):
        weights = fit([*others, *(s for n, s in enumerate(tested) if n % _PARTS != part)])
        for each in tested[part::_PARTS]:
            for looks, known in zip(each.features, each.furniture, strict=True):
                score = weigh(looks, weights)
                aside = known is not None and score >= least
                right, found, there = (
                    right + (aside and known is True),
                    found + aside,
                    there + bool(known),
                )
    return right, found, there


def main(words: Sequence[str] | None = None) -> int:
    """Fit, print what it is worth, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args(words)
    pages = [labelled(page) for page in read_pages("dev")]
    made = [*written(), *plain(args.data)]
    for likely in (0.5, 0.6, 0.7):
        right, found, there = crossed(pages, made, float(np.log(likely / (1 - likely))))
        print(
            f"from {likely}: precision {right / found:.3f}, recall {right / there:.3f} of {there}"
        )
    if args.write:
        weights = {name: round(w, _DECIMALS) for name, w in fit([*pages, *made]).items()}
        kept = {name: weight for name, weight in weights.items() if weight}
        WEIGHTS.write_text(json.dumps({"weights": kept}, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
