"""A quotation is read as one, with its speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Span

# Longer than so many characters nothing is joined.
_MOST = 360
# A speaker before what is said, as in an interview: سامي الوادي: نعم.
_LABEL = re.compile(r"(?:[^\W\d_]+ ){0,4}[^\W\d_]+ ?: (?![\"«“])")
_PAIRS = (("«", "»"), ("“", "”"))


def units(text: str, sentences: Sequence[Span]) -> list[Span]:
    """The ``sentences`` of ``text``, in order, those of a line joined that stand within one pair of
    quotation marks or after one speaker's label.
    """
    joined: list[Span] = []
    for sentence in sentences:
        before = joined[-1] if joined else sentence
        between = text[before.end : sentence.start]
        if (
            joined
            and "\n" not in between
            and sentence.end - before.start <= _MOST
            and (_open(before.of(text)) or _labelled(text, before))
        ):
            joined[-1] = Span(before.start, sentence.end)
        else:
            joined.append(sentence)
    return joined


def _open(text: str) -> bool:
    """Whether a quotation begins in ``text`` and does not end there."""
    paired = any(text.count(left) > text.count(right) for left, right in _PAIRS)
    return paired or text.count('"') % 2 == 1


def _labelled(text: str, span: Span) -> bool:
    """Whether ``span`` begins its line with a speaker."""
    begins = not text[: span.start].rpartition("\n")[2].strip()
    return begins and bool(_LABEL.match(text, span.start, span.end))
