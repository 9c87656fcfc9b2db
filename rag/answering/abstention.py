"""Is there enough evidence to answer at all? Asked before any model writes a word."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rag.answering.evidence import Evidence
from rag.answering.prompts import reply_language
from rag.retrieval.query import Query
from rag.retrieval.search import Found

NO_EVIDENCE = "no_evidence"
MODEL_ABSTAINED = "model_abstained"

COEFFICIENTS = Path(__file__).with_name("abstention.json")


def features(found: Sequence[Found], evidence: Sequence[Evidence]) -> dict[str, float]:
    """What the decision is made from: how near the best passage and sentence come, how many of the
    question's words one sentence holds, how well its tokens are matched by any sentence and by the
    likeliest, and how far the best passage stands out from the next.

    The words and the lead took a quarter off the questions answered without their passage at the
    same rate of wrong abstentions; the tokens a little more, across languages.
    """
    scores = [item.hit.score for item in found]
    return {
        "bias": 1.0,
        "passage": max(item.legs["passage"] for item in found),
        "sentence": max(item.legs["sentence"] for item in found),
        "sense": max(item.signals.sense for item in evidence),
        "coverage": max(item.signals.coverage for item in evidence),
        "alignment": max(item.signals.alignment for item in evidence),
        "aligned": evidence[0].signals.alignment,
        "names": min(max(item.legs["names"] for item in found), _MOST_NAMES),
        "translated": min(max(item.legs["translated"] for item in found), _MOST_TRANSLATED),
        "fused": scores[0],
        "lead": scores[0] - scores[1] if len(scores) > 1 else _NO_RIVAL,
    }


# Sums over the words of a question grow with its length; past these they say no more.
_MOST_NAMES = 10.0
_MOST_TRANSLATED = 20.0
# The lead of a passage that is the only one found: that of a clear winner.
_NO_RIVAL = 3.0


# An index of fewer passages is of one topic, like as not: nearness then says little, and words
# shared with the question are everywhere. It is judged by coefficients of its own. The boundary is
# halfway, by ratio, between the corpora they are fitted to (14 and 120 passages).
SMALL = 40


def answerable(
    query: Query, found: Sequence[Found], evidence: Sequence[Evidence], passages: int
) -> float:
    """Estimated probability that the evidence answers the question, in [0, 1].

    ``passages`` is how many the index has. A logistic regression that ``eval/fit_abstention.py``
    fits to development questions that can be answered, that are asked without the passage that
    answers them, and that are about something else.
    """
    if not evidence:
        return 0.0
    size = "small" if passages < SMALL else "large"
    weights = _coefficients()[size][reply_language(query.language)]
    values = features(found, evidence)
    return 1 / (1 + math.exp(-sum(weights[name] * values[name] for name in weights)))


@lru_cache(maxsize=1)
def _coefficients() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    loaded: Mapping[str, Mapping[str, Mapping[str, float]]] = json.loads(
        COEFFICIENTS.read_text("utf-8")
    )
    return loaded
