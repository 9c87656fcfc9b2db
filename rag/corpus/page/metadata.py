"""Title, date and outlet that an article states about itself, and the words that state them.

Nothing is inferred: a field is filled only from words that say it in so many words (a headline, a
stamp, a dateline, a masthead, a credit), and those words are recorded. Which of the dates and the
names on a page is its own is a weighed choice (:mod:`rag.corpus.page.choice`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.corpus.page.choice import state
from rag.corpus.page.dates import dates
from rag.corpus.page.headline import find_headline, title_of
from rag.corpus.page.lines import Line, read_lines
from rag.corpus.page.outlets import outlets
from rag.types import Span


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text says of itself; ``provenance`` maps each filled field to its words."""

    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    provenance: dict[str, Span] = field(default_factory=dict)


def read_metadata(text: str) -> Stated:
    """Title, date and outlet of ``text`` where it states them."""
    lines = read_lines(text)
    headline = find_headline(lines)
    date = state("date", dates(lines, headline, text))
    outlet = state("outlet", outlets(lines, headline))
    name = outlet.span.of(text) if outlet else None
    title = None if headline is None else _title(lines, headline, name)
    spans = {
        "title": title,
        "date": date.span if date else None,
        "outlet": outlet.span if outlet else None,
    }
    return Stated(
        title=title.of(text) if title else None,
        date=date.value if date else None,
        outlet=name,
        provenance={key: span for key, span in spans.items() if span},
    )


def _title(lines: Sequence[Line], headline: int, outlet: str | None) -> Span:
    """Where the headline stands, without the outlet that a dash parts from it."""
    line = lines[headline]
    start, end = title_of(line.text)
    named = outlet and re.search(rf"\s+[–—-]\s+{re.escape(outlet)}$", line.text[:end])
    end = named.start() if named else end
    return Span(line.span.start + start, line.span.start + end)
