"""From a reader's marks to spans of the passage, and to how much of the answer a sentence holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.models.protocols import Marks
from rag.types import Span

# Starts and ends that are tried, and by how much of a log-odd an answer is less likely each time it
# is e times as long (chosen on dev, ``eval/NOTES.md``).
_TRIED, _LONG = 12, 0.2


_STOPS = " \n\t\u00a0.،,;؛:"
_CLOSED_BY = {"(": ")", "[": "]", "«": "»", "“": "”"}
_OPENED_BY = {close: start for start, close in _CLOSED_BY.items()}


class Marked(NamedTuple):
    """A span of the passage; ``likelihood`` is that it is the answer, if the passage has one."""

    span: Span
    likelihood: float


def best_spans(marks: Marks, sentences: Sequence[Span], limit: int = 1) -> list[Marked]:
    """The likeliest spans, each in one of the passage's ``sentences``, that do not overlap, best
    first.

    The likelihood is the product of those of start and end, as in BERT's span heads
    (https://arxiv.org/abs/1810.04805, section 4.2), and of the shortness.
    """
    held = _sentence_of(marks, sentences)
    scored = sorted(
        (
            (
                float(marks.starts[start] + marks.ends[end] - _LONG * np.log1p(end - start)),
                int(start),
                int(end),
            )
            for start in np.argsort(-marks.starts)[:_TRIED]
            for end in np.argsort(-marks.ends)[:_TRIED]
            if start <= end and held[start] == held[end]
        ),
        reverse=True,
    )
    chosen: list[Marked] = []
    taken: list[tuple[int, int]] = []
    for score, start, end in scored:
        if len(chosen) == limit:
            break
        if all(end < first or last < start for first, last in taken):
            taken.append((start, end))
            span = Span(marks.tokens[start].start, marks.tokens[end].end)
            chosen.append(Marked(span, float(np.exp(score))))
    return chosen


def _sentence_of(marks: Marks, sentences: Sequence[Span]) -> NDArray[np.int64]:
    """For each token how many sentences begin before it ends."""
    ends = [token.end for token in marks.tokens]
    return np.searchsorted([sentence.start for sentence in sentences], ends)


def trimmed(text: str, span: Span) -> Span:
    """``span`` of ``text`` without the stops around it, and without a bracket or quotation mark at
    its edge whose other half lies outside.
    """
    start, end = span
    while start < end and (text[end - 1] in _STOPS or _half(text[start:end], -1)):
        end -= 1
    while start < end and (text[start] in _STOPS or _half(text[start:end], 0)):
        start += 1
    return Span(start, end) if start < end else span


def _half(text: str, edge: int) -> bool:
    """Whether the bracket at the ``edge`` of ``text`` has no other half in it."""
    closed = _CLOSED_BY.get(text[edge])
    opened = _OPENED_BY.get(text[edge])
    return (closed is not None and closed not in text[1:]) or (
        opened is not None and opened not in text[:-1]
    )


def shares(marks: Marks, sentences: Sequence[Span]) -> list[float]:
    """How much of the answer's likelihood lies in each of the passage's ``sentences``; in all 1."""
    likely = (np.exp(marks.starts) + np.exp(marks.ends)) / 2
    begins = np.asarray([token.start for token in marks.tokens])
    return [
        float(likely[(sentence.start <= begins) & (begins < sentence.end)].sum())
        for sentence in sentences
    ]
