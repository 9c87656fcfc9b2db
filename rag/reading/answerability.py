"""How likely is the evidence to answer? The one number by which a question is answered or declined.

A logistic regression, fitted by ``eval/fit/answerability.py`` to training questions asked with and
without the passage that answers them, over large corpora and over those of a single topic.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rag.reading.evidence import Evidence
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found

COEFFICIENTS = Path(__file__).with_name("answerability.json")


def features(found: Sequence[Found], evidence: Sequence[Evidence]) -> dict[str, float]:
    """What the likelihood is made from: how near the best passage and sentence come.

    Words shared and tokens matched tell more where a question repeats its article's words, and
    less where it does not, as readers' questions do not.
    """
    return {
        "bias": 1.0,
        "passage": max(item.legs["passage"] for item in found),
        "sentence": max(item.legs["sentence"] for item in found),
        "similarity": max(item.signals.similarity for item in evidence),
        "fused": found[0].hit.score,
    }


def situation(query: Query, evidence: Sequence[Evidence]) -> str:
    """Which coefficients: ``same`` where the likeliest evidence is in the question's language."""
    return "same" if evidence[0].article.language == query.language else "across"


def likelihood(query: Query, found: Sequence[Found], evidence: Sequence[Evidence]) -> float:
    """Estimated probability, in [0, 1], that ``evidence``, best first, answers the question."""
    if not evidence:
        return 0.0
    weights = _coefficients()[situation(query, evidence)]
    values = features(found, evidence)
    return 1 / (1 + math.exp(-sum(weights[name] * values[name] for name in weights)))


@lru_cache(maxsize=1)
def _coefficients() -> Mapping[str, Mapping[str, float]]:
    loaded: Mapping[str, Mapping[str, float]] = json.loads(COEFFICIENTS.read_text("utf-8"))
    return loaded
