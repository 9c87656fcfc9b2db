"""Fits the decision to answer or decline, and writes ``rag/answering/abstention.json``.

    python -m eval.fit_abstention DATA --work FOLDER [--write]

Each development question of XQuAD is asked three times over its 120 passages: as it is, with its
passage removed, and with the whole article removed that its passage is from. The last two must be
declined. They fit the gate of every index but the smallest ones.

XQuAD's questions repeat words of the sentence that answers them, which readers do not, and a few
articles on one topic share their words: over the seed articles, nearness does not tell the answered
questions from the others at all (fitted to XQuAD, the gate declined two thirds of the answerable
Arabic ones). For small indexes it is therefore fitted to the questions over the seed articles, to
be answered or not, and to XQuAD's asked over those articles, which are about something else. Only
nearness of meaning is used there: in that set the questions that have no answer were written in the
articles' words and the others in other words, so that shared words would count against an answer.

Reported, for questions the fit has not seen: how many of each kind are declined wrongly and
answered anyway, by threshold.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.data import QuestionSet, read_squad
from eval.retrieval import index_set
from rag.answering.abstention import COEFFICIENTS, features
from rag.answering.evidence import Selector
from rag.config import DEFAULT_CORPUS, Settings
from rag.library import Library
from rag.retrieval.query import prepare
from rag.retrieval.search import Searcher
from rag.retrieval.translation import Translator

FOLDS = 6
QUESTIONS = Path(__file__).parent / "questions" / "seeds.jsonl"
# Inverse strength of the L2 penalty, on standardised features.
STRENGTH = 30.0
# What decides in an index of few passages.
NEARNESS = ("passage", "sentence", "sense", "fused")
# How much more declining wrongly weighs than answering wrongly. In a small index a reader sees
# nearly all there is in a few quotes. In English, evenly weighed, 19 % would be declined wrongly.
WRONGLY_DECLINED = {("small", "ar"): 1.5, ("small", "en"): 1.5, ("large", "ar"): 1.0,
                    ("large", "en"): 1.4}  # fmt: skip
THRESHOLDS = (0.3, 0.34, 0.38, 0.42, 0.46, 0.5)


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
    selector = Selector(index, Translator(index, sentence_encoder), encoder)
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
            evidence = selector.select(query, found, settings.evidence)
            yield Case(features(found, evidence), kind == "whole", kind, question.group)


def seed_cases(library: Library, language: str, foreign: QuestionSet) -> Iterator[Case]:
    """The questions over the seed articles, in ``language``, and those of another set over them."""
    encoder, sentence_encoder = library.encoders()
    index, settings = library.index(), library.settings
    searcher = Searcher(index, sentence_encoder)
    selector = Selector(index, Translator(index, sentence_encoder), encoder)

    def case(text: str, kind: str, group: int) -> Case:
        query = prepare(text, encoder, sentence_encoder)
        found = searcher.search(query, settings.passages)
        evidence = selector.select(query, found, settings.evidence)
        return Case(features(found, evidence), kind == "answered", kind, group)

    for group, line in enumerate(QUESTIONS.read_text(encoding="utf-8").splitlines()):
        question = json.loads(line)
        yield case(question[language], "answered" if question["gold"] else "not answered", group)
    for question in foreign.questions:
        yield case(question.text, "about something else", question.group)


def fit(rows: list[Case], names: Sequence[str], declined: float = 1.0) -> dict[str, float]:
    """Coefficients on the features as they are."""
    values = np.asarray([[case.features[name] for name in names] for case in rows])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    outcome = np.asarray([case.answerable for case in rows])
    model.fit((values - mean) / spread, outcome, sample_weight=_weights(rows, declined))
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    return {"bias": bias, **{name: float(s) for name, s in zip(names, slopes, strict=True)}}


def _weights(rows: list[Case], declined: float) -> NDArray[np.float64]:
    """What can be answered weighs ``declined`` times what cannot; the kinds within them alike."""
    counts = Counter(case.kind for case in rows)
    kinds = Counter(answerable for _, answerable in {(c.kind, c.answerable) for c in rows})
    outcome = {True: declined, False: 1.0}
    return np.asarray([outcome[c.answerable] / kinds[c.answerable] / counts[c.kind] for c in rows])


def likelihood(case: Case, weights: dict[str, float]) -> float:
    """The fitted probability that a case can be answered."""
    return float(1 / (1 + np.exp(-sum(w * case.features[name] for name, w in weights.items()))))


def report(title: str, rows: list[Case], names: Sequence[str], declined: float) -> None:
    """Print what is declined wrongly and what answered anyway, cross-validated."""
    held: NDArray[np.float64] = np.zeros(len(rows))
    for fold in range(FOLDS):
        weights = fit([case for case in rows if case.group % FOLDS != fold], names, declined)
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
        print(f"{title} at {threshold:.2f}: " + ", ".join(parts))


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
    found: dict[str, dict[str, dict[str, float]]] = {"small": {}, "large": {}}
    for language, asked in (("ar", None), ("en", "en")):
        questions = read_squad(files, asked)
        small, large = list(seed_cases(seeds, language, questions)), list(cases(library, questions))
        every = [name for name in large[0].features if name != "bias"]
        for size, rows, names in (("small", small, NEARNESS), ("large", large, every)):
            declined = WRONGLY_DECLINED[size, language]
            report(f"{size}, {language}", rows, names, declined)
            weights = fit(rows, names, declined)
            found[size][language] = {name: round(weight, 3) for name, weight in weights.items()}
            print(found[size][language])
    if args.write:
        COEFFICIENTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
