"""Title, date and outlet that an article states about itself, and the words that state them.

Nothing is inferred: a field is filled only from words that say it in so many words (a headline, a
stamp, a dateline, a credit), and those words are recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.corpus.page.headline import find_headline, title_of
from rag.corpus.page.lines import Line, extent, read_lines
from rag.corpus.page.outlets import find_outlet
from rag.corpus.page.stamps import Stamp, settle
from rag.types import Span

_DATELINES = 8  # Lines below the headline of which one may begin with the dateline.
_UNDER = 3  # Lines below the story among which its stamp may stand.
_BELOW = 5  # Lines below the headline among which its stamp may stand.
_YEAR = 4  # Characters of a date that says no month.
_ABOVE = 2  # Lines that may part a stamp from the headline below it.
# What a crawler writes before a text.
_CRAWLED = re.compile(r"\W*date:?\s+(\d{4}-\d{2}-\d{2})\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text says of itself; ``provenance`` maps each filled field to its words."""

    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    provenance: dict[str, Span] = field(default_factory=dict)


_Found = tuple[str, Span]


def read_metadata(text: str) -> Stated:
    """Title, date and outlet of ``text`` where it states them."""
    lines = read_lines(text)
    headline = find_headline(lines)
    stated = {
        "title": _title(lines, headline),
        "date": next(_dates(lines, headline), None),
        "outlet": find_outlet(lines, headline),
    }
    if (date := stated["date"]) and len(date[0]) == _YEAR:
        stated["date"] = settle(date[1].of(text), text) or date[0], date[1]
    found = {name: each for name, each in stated.items() if each}
    values = {name: value for name, (value, _) in found.items()}
    return Stated(**values, provenance={name: span for name, (_, span) in found.items()})


def _title(lines: Sequence[Line], headline: int | None) -> _Found | None:
    if headline is None:
        return None
    line = lines[headline]
    title = title_of(line.text)
    return title.of(line.text), _within(line, *title)


def _dates(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """When the article was published or, failing that, changed: the surest first.

    A labelled stamp at the head or the foot, then a dateline, then a stamp by the headline, then
    one under the story. Any other date is of something else: of the day on which the page was
    saved, where a menu lies between it and the headline.
    """
    first, last = extent(lines, headline)
    reach = first if headline is None else min(max(first, headline + _BELOW), last)
    dated = {n: line.stamp for n, line in enumerate(lines) if line.stamp and line.stamp.date}
    head = {n: stamp for n, stamp in dated.items() if n <= reach}
    foot = {n: stamp for n, stamp in dated.items() if n > last and n not in head}
    labelled = [_of(lines[n], s) for n, s in (head | foot).items() if s.labelled and s.published]
    near = [n for n in head if _is_near(lines, n, headline)]
    near.sort(key=lambda n: headline is not None and n < headline)
    under = [n for n in foot if n <= last + _UNDER and _is_under(lines[last : n + 1])]
    yield from labelled
    yield from _dateline_dates(lines, headline)
    yield from (_of(lines[n], head[n]) for n in near)
    yield from (_of(lines[n], s) for n, s in (head | foot).items() if s.labelled)
    yield from (_of(lines[n], foot[n]) for n in under)


def _dateline_dates(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    start = 0 if headline is None else headline + 1
    for line in lines[start : start + _DATELINES]:
        if crawled := _CRAWLED.match(line.text):
            yield crawled[1], _within(line, *crawled.span(1))
        elif line.dateline and line.dateline.date:
            yield line.dateline.date.iso, _within(line, *line.dateline.date.span)


def _is_near(lines: Sequence[Line], n: int, headline: int | None) -> bool:
    """Whether a stamp stands by the headline: below it, or above it with no menu between."""
    if headline is not None and n > headline:
        return True
    below = lines[n + 1 : headline if headline is not None else n + 1 + _ABOVE]
    return len(below) <= _ABOVE and not any(line.columns > 2 for line in below)


def _is_under(lines: Sequence[Line]) -> bool:
    """Whether a stamp, the last of ``lines``, is of the story above these: no box lies between."""
    *between, last = lines
    return (
        last.stamp is not None
        and not last.stamp.names
        and not any(line.is_label or line.opens or line.columns > 1 for line in between)
    )


def _of(line: Line, stamp: Stamp) -> _Found:
    return stamp.date or "", _within(line, *stamp.span)


def _within(line: Line, start: int, end: int) -> Span:
    """A span of a line as one of its text."""
    return Span(line.span.start + start, line.span.start + end)
