"""What an article says it had wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.reading.evidence import Evidence
from rag.text.analyze import analyze
from rag.types import Span

# A note of the newsroom, at the head or foot of an article.
_NOTE = re.compile(
    r"^[^\w\n]*(?:تصحيح|تصويب|استدراك|correction|clarification|erratum)\b[^\n:]{0,40}:.*\S",
    re.IGNORECASE | re.MULTILINE,
)
# Words that a note has in common with the sentence it corrects.
_COMMON = 2


def corrections(item: Evidence) -> Iterator[Evidence]:
    """The notes in the article of ``item`` that correct what it says."""
    said = set(analyze(item.text))
    for note in _NOTE.finditer(item.article.text):
        span = Span(*note.span())
        apart = span.end <= item.span.start or item.span.end <= span.start
        if apart and len(said & set(analyze(note[0]))) >= _COMMON:
            yield Evidence(0, item.article, span, (), item.likelihood)
