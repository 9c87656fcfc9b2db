"""Fits the decision to answer or decline, and writes ``rag/answering/abstention.json``.

    python -m eval.fit_abstention DATA --work FOLDER [--write]

Each development question of XQuAD is asked three times: as it is, with its passage removed, and
with the whole article removed that its passage is from. The last two must be declined. XQuAD's
questions repeat words of the sentence that answers them, which readers do not; so the questions
over the seed articles, put in other words, and unanswerable in the articles' own, weigh in with a
share of 0.3. Fitted to XQuAD alone, the gate at 0.42 declined 65 % of the answerable Arabic ones
among them. They cannot be told apart by nearness (the area under the curve is 0.4 to 0.5): on
the topic of the articles, only reading decides.

Reported, for questions the fit has not seen: how many of each kind are declined wrongly and
answered anyway, by threshold.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections import Counter
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
from rag.config import DEFAULT_CORPUS, Settings
from rag.library import Library
from rag.retrieval.query import prepare
from rag.retrieval.search import Searcher
from rag.retrieval.translation import Translator

FOLDS = 6
QUESTIONS = Path(__file__).parent / "questions" / "seeds.jsonl"
# Inverse strength of the L2 penalty, on standardised features.
STRENGTH = 30.0
SHARE_OF_SEEDS = 0.3
THRESHOLDS = (0.3, 0.34, 0.38, 0.42, 0.5)


@dataclass(frozen=True)
class Case:
    """One asking of a question: whether it can be answered, the kind it is reported as, and the
    group that cross-validation must not split.
    """

    features: dict[str, float]
    answerable: bool
    kind: str
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
            "whole": np.ones(len(pool.rows), dtype=bool),
            "without passage": owner[pool.rows] != question.gold,
            "without article": groups[pool.rows] != question.group,
        }
        for kind, mask in kept.items():
            found = searcher.rank(query, pool.keep(mask), settings.passages)
            evidence = select_evidence(index, translator, query, found, settings.evidence)
            yield Case(features(found, evidence), kind == "whole", kind, question.group)


def seed_cases(library: Library, language: str) -> Iterator[Case]:
    """The questions over the seed articles, in ``language``."""
    encoder, sentence_encoder = library.encoders()
    index, settings = library.index(), library.settings
    searcher = Searcher(index, sentence_encoder)
    translator = Translator(index, sentence_encoder)
    for group, line in enumerate(QUESTIONS.read_text(encoding="utf-8").splitlines()):
        question = json.loads(line)
        query = prepare(question[language], encoder, sentence_encoder)
        found = searcher.search(query, settings.passages)
        evidence = select_evidence(index, translator, query, found, settings.evidence)
        answerable = bool(question["gold"])
        kind = "seeds, answered" if answerable else "seeds, not answered"
        yield Case(features(found, evidence), answerable, kind, group)


def fit(rows: list[Case], names: list[str]) -> dict[str, float]:
    """Coefficients on the features as they are; sources and outcomes weigh by their shares."""
    values = np.asarray([[case.features[name] for name in names] for case in rows])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    outcome = np.asarray([case.answerable for case in rows])
    model.fit((values - mean) / spread, outcome, sample_weight=_weights(rows))
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    return {"bias": bias, **{name: float(s) for name, s in zip(names, slopes, strict=True)}}


def _weights(rows: list[Case]) -> NDArray[np.float64]:
    """Within a source, what can be answered and what cannot weigh the same."""
    cells = [(case.kind.startswith("seeds"), case.answerable) for case in rows]
    share = {True: SHARE_OF_SEEDS, False: 1 - SHARE_OF_SEEDS}
    counts = Counter(cells)
    return np.asarray([share[cell[0]] / 2 / counts[cell] for cell in cells])


def likelihood(case: Case, weights: dict[str, float]) -> float:
    """The fitted probability that a case can be answered."""
    return float(1 / (1 + np.exp(-sum(w * case.features[name] for name, w in weights.items()))))


def report(language: str, rows: list[Case], names: list[str]) -> None:
    """Print what is declined wrongly and what answered anyway, cross-validated."""
    held: NDArray[np.float64] = np.zeros(len(rows))
    for fold in range(FOLDS):
        weights = fit([case for case in rows if case.group % FOLDS != fold], names)
        for place, case in enumerate(rows):
            if case.group % FOLDS == fold:
                held[place] = likelihood(case, weights)
    kinds = np.asarray([case.kind for case in rows])
    able = {case.kind: case.answerable for case in rows}
    for threshold in THRESHOLDS:
        parts = []
        for kind, answerable in able.items():
            answered = float(np.mean(held[kinds == kind] >= threshold))
            said = f"{1 - answered:.0%} declined" if answerable else f"{answered:.0%} answered"
            parts.append(f"{kind} {said}")
        print(f"{language} at {threshold:.2f}: " + ", ".join(parts))


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
    encoders = library.encoders()
    seeds = Library(
        args.work / "seeds",
        library.settings,
        encoder=encoders[0],
        sentence_encoder=encoders[1],
    )
    seeds.ingest([DEFAULT_CORPUS])
    found = {}
    for language, asked in (("ar", None), ("en", "en")):
        rows = [*cases(library, read_squad(files, asked)), *seed_cases(seeds, language)]
        names = [name for name in rows[0].features if name != "bias"]
        report(language, rows, names)
        found[language] = {name: round(w, 3) for name, w in fit(rows, names).items()}
        print(found[language])
    if args.write:
        COEFFICIENTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
