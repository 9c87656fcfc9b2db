"""Is there enough evidence to answer at all? Asked before any model writes a word."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.answering.evidence import Evidence
from rag.answering.prompts import reply_language
from rag.retrieval.query import Query
from rag.retrieval.search import Found

NO_EVIDENCE = "no_evidence"
MODEL_ABSTAINED = "model_abstained"
UNSUPPORTED = "unsupported"

# Bias, then the weight of each feature, by language of the question. Logistic regression on the
# development questions of XQuAD, with and without the passage or the whole article that answers.
_COEFFICIENTS = {
    "ar": (-39.5, 2.2, 7.6, 42.7),
    "en": (-48.2, 8.2, 1.2, 58.8),
}


def answerable(query: Query, found: Sequence[Found], evidence: Sequence[Evidence]) -> float:
    """Estimated probability that the evidence answers the question, in [0, 1].

    From three features: the best cosine of a sentence, the best share of the question's terms
    that one sentence holds, and the best cosine of a passage.
    """
    if not evidence:
        return 0.0
    features = (
        1.0,
        max(item.cosine for item in evidence),
        max(item.coverage for item in evidence),
        max(item.legs["passage"] for item in found),
    )
    weights = _COEFFICIENTS[reply_language(query.language)]
    return 1 / (1 + math.exp(-sum(w * f for w, f in zip(weights, features, strict=True))))
