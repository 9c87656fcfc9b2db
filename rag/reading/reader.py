"""The third stage of a question's way: what the passages found say to it, and how surely.

A model trained for it (:mod:`rag.models.reader`) reads the question with each passage. What it
marks, and how far below the best retrieval scores a passage, decide alone what is quoted, and
whether there is an answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from rag.models.protocols import Marks, Reader, Told
from rag.reading.evidence import Evidence
from rag.reading.heading import heading
from rag.reading.quotations import units
from rag.reading.spans import best_spans, shares, trimmed
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.store.protocol import Passage
from rag.text.analyze import analyze
from rag.text.normalize import normalize
from rag.types import Span

# A passage that retrieval scores lower than the best answers less likely: by so much of a log-odd.
RANKED = 0.75
# One that it scores so far below is not read: that changes no answer to a dev question, and saves a
# quarter of the reading, or half where the question is plain (``eval/NOTES.md``).
FAR = 6.0
# What turns the log-odds into likelihoods (``eval/fit/reader/calibration.py``).
TEMPERATURE, SHIFT = 1.15, 0.62
# Spans of one passage that may answer together, and how likely each must be beside the likeliest.
_MOST_SPANS, _ALSO = 6, 0.5
# The share of their words that two versions of a sentence have in common.
_SAME_WORDS = 0.75


class Reading(NamedTuple):
    """``evidence``, numbered from 1, the likeliest first; ``likelihood``, in [0, 1], that the
    passages answer the question.
    """

    evidence: Sequence[Evidence]
    likelihood: float


@dataclass(frozen=True)
class PassageReader:
    """Reads with the model that ``load`` gives, and keeps the ``limit`` likeliest sentences."""

    load: Callable[[], Reader]
    limit: int

    def read(self, query: Query, found: Sequence[Found]) -> Reading:
        """What the passages ``found``, and their near-copies, say to the question."""
        best = max((item.hit.score for item in found), default=0.0)
        near = [item for item in found if best - item.hit.score <= FAR]
        pairs = [(item, p) for item in near for p in (item.passage, *item.copies)]
        passages = [passage for _, passage in pairs]
        told = [Told(heading(passage.article), passage.chunk.text) for passage in passages]
        marks = self.load().read(query.text, told)
        odds = [
            (one.answers - RANKED * (best - item.hit.score)) / TEMPERATURE + SHIFT
            for one, (item, _) in zip(marks, pairs, strict=True)
        ]
        likelihoods = [1 / (1 + math.exp(-each)) for each in odds]
        read = [
            item
            for passage, one, likelihood in zip(passages, marks, likelihoods, strict=True)
            for item in _sentences(passage, one, likelihood)
        ]
        kept = _told_once(sorted(read, key=attrgetter("likelihood"), reverse=True), self.limit)
        numbered = [replace(item, n=n) for n, item in enumerate(kept, start=1)]
        return Reading(numbered, max(likelihoods, default=0.0))


def _sentences(passage: Passage, marks: Marks, likelihood: float) -> Iterator[Evidence]:
    """Each sentence of a passage, a quotation being one, with the spans in it that answer."""
    _, article, chunk = passage
    sentences = units(article.text, chunk.sentences)
    within = [Span(s.start - chunk.start, s.end - chunk.start) for s in sentences]
    spans = best_spans(marks, within, _MOST_SPANS)
    answering = [
        Span(chunk.start + span.start, chunk.start + span.end)
        for span, likely in spans
        if likely >= _ALSO * spans[0].likelihood
    ]
    for sentence, share in zip(sentences, shares(marks, within), strict=True):
        inside = tuple(
            trimmed(article.text, Span(span.start, min(span.end, sentence.end)))
            for span in answering
            if sentence.start <= span.start < sentence.end
        )
        yield Evidence(0, article, sentence, inside, likelihood * share)


def _told_once(ranked: Iterable[Evidence], limit: int) -> list[Evidence]:
    """The ``limit`` likeliest sentences. Of those with nearly the same words one is kept if they
    answer with the same; if they do not they are versions, and the newer goes first.
    """
    kept: list[Evidence] = []
    for item in ranked:
        like = next((n for n, other in enumerate(kept) if alike(item, other)), None)
        if like is None:
            if len(kept) == limit:
                break
            kept.append(item)
        elif _answer(item) != _answer(kept[like]) and len(kept) < limit:
            newer = (item.article.date or "") > (kept[like].article.date or "")
            kept.insert(like + (not newer), item)
    return kept


def alike(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences have most of their words in common."""
    first, second = set(analyze(one.text)), set(analyze(other.text))
    return len(first & second) >= _SAME_WORDS * max(len(first), len(second))


def _answer(item: Evidence) -> tuple[str, ...]:
    return tuple(normalize(span.of(item.article.text)) for span in sorted(item.answers))
