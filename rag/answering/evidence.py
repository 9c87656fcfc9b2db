"""Hits → numbered evidence: the sentences most likely to hold the answer, not whole passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.models.protocols import Vectors
from rag.retrieval.query import Query
from rag.retrieval.search import Found
from rag.store.index import Index
from rag.text.analyze import analyze
from rag.text.dates import DateMention, find_dates
from rag.types import Article, Span

# How much the passage's place among the hits counts beside the sentence's own match.
_RANK_WEIGHT = 0.06
_COVERAGE_WEIGHT = 0.35
# What a sentence gains by being of the date asked about.
_DATE_WEIGHT = 0.2


@dataclass(frozen=True)
class Evidence:
    """One numbered sentence shown to the model.

    ``span`` lies in the raw text of ``article``. ``cosine`` is the sentence's similarity to the
    question, ``coverage`` the share of the question's weighted terms it holds, ``score`` the sum
    it was chosen by. ``vector`` is the sentence encoder's.
    """

    n: int
    article: Article
    span: Span
    cosine: float
    coverage: float
    score: float
    vector: Vectors

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.span.of(self.article.text)


def select_evidence(
    index: Index, query: Query, found: Sequence[Found], limit: int
) -> list[Evidence]:
    """The ``limit`` best sentences of the passages ``found``, numbered from 1, best first.

    A sentence is scored by its cosine to the question, the share of the question's terms it
    holds, and the rank of its passage; sentences with the same words are taken once. Where the
    question names a date, sentences that are plainly of another date are left out.
    """
    scored = [item for place, hit in enumerate(found) for item in _score(index, query, hit, place)]
    asked = find_dates(query.text)
    dated = [(item, agrees(item, asked)) for item in scored]
    scored = [_raised(item) if fits else item for item, fits in dated if fits is not False]
    scored.sort(key=lambda item: -item.score)
    chosen: list[Evidence] = []
    seen: set[str] = set()
    for item in scored:
        words = " ".join(item.text.split())
        if words not in seen and len(chosen) < limit:
            seen.add(words)
            chosen.append(item)
    return [_numbered(item, n) for n, item in enumerate(chosen, start=1)]


def agrees(item: Evidence, asked: Sequence[DateMention]) -> bool | None:
    """Whether ``item`` is of one of the dates ``asked`` about; ``None`` where that is not known.

    It is when its article's date, or a date the sentence mentions, overlaps one of them.
    """
    known = [*find_dates(item.article.date or ""), *find_dates(item.text)]
    if not asked or not known:
        return None
    return any(a.first <= other.last and other.first <= a.last for a in asked for other in known)


def _score(index: Index, query: Query, found: Found, place: int) -> list[Evidence]:
    rows = np.asarray(index.chunks.sentence_rows(found.row), dtype=np.int64)
    vectors = index.vectors["senses"].rows(rows)
    cosines = vectors @ query.sense
    weights = term_weights(index, query.stems)
    scored = []
    for span, vector, cosine in zip(found.chunk.sentences, vectors, cosines, strict=True):
        coverage = covered(weights, span.of(found.article.text))
        score = float(cosine) + _COVERAGE_WEIGHT * coverage - _RANK_WEIGHT * place
        scored.append(Evidence(0, found.article, span, float(cosine), coverage, score, vector))
    return scored


def _numbered(item: Evidence, n: int) -> Evidence:
    return replace(item, n=n)


def _raised(item: Evidence) -> Evidence:
    return replace(item, score=item.score + _DATE_WEIGHT)


def term_weights(index: Index, terms: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of each question term, in nats."""
    count = max(len(index.chunks), 1)
    return {
        term: float(np.log1p(count / (1 + index.lexical["stems"].document_frequency(term))))
        for term in terms
    }


def covered(weights: dict[str, float], text: str) -> float:
    """The share of ``weights`` whose terms stand in ``text``, in [0, 1]."""
    total = sum(weights.values())
    if total == 0:
        return 0.0
    present = set(analyze(text))
    return sum(weight for term, weight in weights.items() if term in present) / total
