"""Fits the weights by which sentences are chosen as evidence, and says what each is worth.

    python -m eval.fit_evidence DATA --work FOLDER

Over the 120 passages of XQuAD's development half, for its questions in both languages: a listwise
softmax regression over the sentences of the passages found, weights never negative, with an L2
penalty on standardised signals. Reported, with source articles kept together in cross-validation:
how often a sentence that holds the answer is first, and among the first three, with and without the
alignment of tokens. The last line gives the weights for ``rag/answering/evidence.py``.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.answers import golds_in_passage
from eval.data import QuestionSet, read_squad
from eval.retrieval import index_set
from rag.answering.evidence import Selector, Signals
from rag.config import Settings
from rag.library import Library
from rag.retrieval.query import prepare
from rag.retrieval.search import Searcher
from rag.retrieval.translation import Translator

FOLDS = 6
PENALTY = 0.003
# As many sentences as are compared token by token.
SENTENCES = 16
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """The likeliest sentences for a question: ``signals`` of shape ``(n, 4)``, and whether each
    ``holds`` the answer.
    """

    signals: Floats
    holds: NDArray[np.bool_]
    group: int


def examples(library: Library, questions: QuestionSet) -> Iterator[Example]:
    """Every question that has a sentence."""
    index = library.index()
    encoder, sentence_encoder = library.encoders()
    searcher = Searcher(index, sentence_encoder)
    selector = Selector(index, Translator(index, sentence_encoder), encoder)
    for question in questions.questions:
        query = prepare(question.text, encoder, sentence_encoder)
        ranked = selector.rank(query, searcher.search(query, library.settings.passages))
        golds = golds_in_passage(question, questions.passages)
        chosen = ranked[:SENTENCES]
        holds = [any(gold in item.text for gold in golds) for item in chosen]
        signals = np.asarray([item.signals for item in chosen], dtype=float)
        yield Example(signals, np.asarray(holds), question.group)


def fit(rows: Sequence[Example], columns: Sequence[int]) -> Floats:
    """The weights under which the sentences that hold the answer have the most of the softmax."""
    usable = [row for row in rows if row.holds.any()]
    spread = np.concatenate([row.signals[:, columns] for row in usable]).std(axis=0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for row in usable:
            values = row.signals[:, columns] / spread
            scores = values @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            held = share * row.holds
            total -= float(np.log(held.sum() + 1e-12)) / len(usable)
            slope = slope + (share - held / (held.sum() + 1e-12)) @ values / len(usable)
        return total, slope

    bounds = [(0.0, None)] * len(columns)
    found = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x / spread)


def among_the_first(rows: Sequence[Example], columns: Sequence[int]) -> Floats:
    """How often an answer is held by the first sentence, and by one of three, cross-validated."""
    found = []
    for fold in range(FOLDS):
        weights = fit([row for row in rows if row.group % FOLDS != fold], columns)
        for row in (row for row in rows if row.group % FOLDS == fold):
            order = np.argsort(-(row.signals[:, columns] @ weights), kind="stable")
            found.append([row.holds[order[:count]].any() for count in (1, 3)])
    return np.asarray(np.mean(found, axis=0))


def main() -> int:
    """Print what the signals are worth, and the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    files = [args.data / f"xquad-dev/xquad.{language}.dev.json" for language in ("ar", "en")]
    settings = dataclasses.replace(Settings.from_environment(), llm="none")
    library = Library(args.work / "evidence", settings)
    index_set(library, read_squad(files))
    every = list(range(len(Signals._fields)))
    both: list[Example] = []
    for language, asked in (("ar", None), ("en", "en")):
        rows = list(examples(library, read_squad(files, asked)))
        for name, columns in (("every signal", every), ("no alignment", every[:-1])):
            first, three = among_the_first(rows, columns)
            weights = np.round(fit(rows, columns), 2).tolist()
            print(f"{language}, {name}: first {first:.3f}, in three {three:.3f}; alone {weights}")
        both += rows
    print(Signals(*np.round(fit(both, every), 2).tolist()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
