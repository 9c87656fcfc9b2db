"""What of a page is not the story: furniture to leave out of the index, and other stories.

Works on lines, because scraped pages keep their boxes on lines of their own. Nothing is deleted:
the result is spans of the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, cast

from rag.corpus.page.headline import find_headline, has_form
from rag.corpus.page.lines import Line, read_lines
from rag.corpus.page.linesort import furniture
from rag.corpus.page.stamps import read_stamp
from rag.types import Span

# Why a span of a page is not indexed, as :func:`reason` tells it.
Reason: TypeAlias = Literal[
    "share", "comments", "picture", "advertisement", "follow", "tags", "credit", "stamp", "number",
    "address", "read_also", "link", "story", "other",
]  # fmt: skip

_ADDRESS = re.compile(r"\W*https?://\S+")
_STORY_CHARACTERS = 250
_MOST_STORIES = 100  # In one page.
_HALF = 0.5
_NOTICE = 12  # Lines within which a story has been told so far.
_HEAD = 3  # Lines, the headline among them, below which a story can have been told.


@dataclass(frozen=True, slots=True)
class Page:
    """A raw text sorted into its own story, page furniture, and stories of other pages.

    ``debris`` are furniture lines; ``stories`` are embedded articles. All are disjoint, in order.
    """

    debris: tuple[Span, ...]
    stories: tuple[Span, ...]


def read_page(text: str) -> Page:
    """Sort the lines of ``text``. A text that is furniture throughout is taken as a story.

    Another story needs signs of its own: a headline over a stamp or a dateline, or a second
    dateline. It reaches to the next one, without the furniture under it.
    """
    lines = read_lines(text)
    starts = _stories(lines)
    debris: list[Span] = []
    stories: list[Span] = []
    for start, end in pairwise([0, *starts, len(lines)]):
        part = lines[start:end]
        aside = furniture(part, find_headline(part))
        if start in starts:
            last = max((n for n in range(len(part)) if n not in aside), default=len(part) - 1)
            stories.append(Span(part[0].span.start, part[last].span.end))
            aside = frozenset(n for n in aside if n > last)
        debris += (part[n].span for n in sorted(aside))
    if len(debris) == len(lines):
        return Page((), ())
    return Page(tuple(debris), tuple(stories))


def _stories(lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines with which other stories begin."""
    starts: list[int] = []
    told = dated = False  # Whether the story so far has running text, and a dateline.
    headline = find_headline(lines)
    head = 0 if headline is None else headline + _HEAD
    for n, line in enumerate(lines):
        dateline = line.dateline
        if told and (dateline or (line.stamp and line.stamp.date)):
            start = n - 1 if has_form(lines, n - 1) and not lines[n - 1].is_body else n
            signed = start < n or (dateline is not None and dated)
            if signed and _is_told(lines[n : n + _NOTICE]):
                starts.append(start)
                told = dated = False
        told |= line.is_body and n >= head
        dated |= dateline is not None
    return starts


def _is_told(lines: Sequence[Line]) -> bool:
    """Whether running text follows: the line itself, or enough of it to be no mere notice."""
    if lines[0].is_body:
        return True
    return sum(len(line.text) for line in lines[1:] if line.is_body) >= _STORY_CHARACTERS


def reason(text: str) -> Reason:
    """Why ``text``, the words of a span that :func:`read_page` set aside, is no part of the story.

    Told from the words themselves, so that an index need not keep it: a line says what furniture
    it is, a span of several lines or with a dateline is another story, and what else reads like a
    headline is a link.
    """
    lines = read_lines(text)
    if len(lines) > 1 or any(line.dateline for line in lines):
        return "story"
    if read_stamp(text):
        return "stamp"
    if any(map(str.isdecimal, text)) and not any(map(str.isalpha, text)):
        return "number"
    if _ADDRESS.fullmatch(text):
        return "address"
    (line,) = lines or (None,)
    if line and line.groups and (line.groups[0] or line.pages >= _HALF):
        return "other" if line.group == "section" else cast(Reason, line.group)
    return "link" if line and line.is_short else "other"
