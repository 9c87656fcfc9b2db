"""What the lines of a page are to one another: places, runs, boxes, repetitions, blurbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Literal, TypeAlias

from rag.corpus.page.lines import Line

# Above the headline and it; below it and before the story; in the story; below it and before a
# label of the page; from that on.
Place: TypeAlias = Literal["above", "head", "story", "tail", "foot"]

_BOX = 9  # Lines that a box of links may have.
_AIRY = 0.7  # The share of lines apart from those before them that says nothing any more.
_BLURB = 0.3  # The share of its stems under which a line has little to do with the story.
_BLURB_STEMS = 2


@dataclass(frozen=True, slots=True)
class Run:
    """Short lines that stand together: how many, and what shares are page words and numbers."""

    length: int = 0
    pages: float = 0.0
    numbers: float = 0.0


class Surroundings:
    """What the lines of a page are to one another and to its headline."""

    def __init__(self, lines: Sequence[Line], headline: int | None) -> None:
        self.lines = lines
        self.headline = -1 if headline is None else headline
        body = [n for n, line in enumerate(lines) if line.is_body and n > self.headline]
        self._told = Counter(stem for n in body for stem in lines[n].stems)
        self.blurbs = frozenset(n for n in body if self._is_blurb(n))
        body = [n for n in body if n not in self.blurbs] or body
        self._first, self._last = (body[0], body[-1]) if body else (0, len(lines))
        labels = (n for n in range(self._last + 1, len(lines)) if lines[n].is_label)
        self._foot = next(labels, len(lines))
        self._airy = sum(line.after_gap for line in lines) > len(lines) * _AIRY
        self._words = [" ".join(line.words) for line in lines]
        self._final = {words: n for n, words in enumerate(self._words)}
        self._often = Counter(self._words)
        self._title = "" if headline is None else self._words[headline]
        self._runs = _runs(lines)

    def at(self, n: int) -> Line | None:
        """The line at ``n``, if there is one."""
        return self.lines[n] if 0 <= n < len(self.lines) else None

    def place(self, n: int) -> Place:
        """Where on the page a line stands."""
        if n <= self.headline:
            return "above"
        if n < self._first:
            return "head"
        if n <= self._last:
            return "story"
        return "tail" if n < self._foot else "foot"

    def overlap(self, n: int) -> float:
        """The share of a line's stems that the story's other lines have."""
        line = self.lines[n]
        told = sum(self._told[stem] > line.is_body for stem in line.stems)
        return told / max(1, len(line.stems))

    def is_told(self, stem: str) -> bool:
        """Whether the story has a term."""
        return self._told[stem] > 0

    def run(self, n: int) -> Run:
        """The run that a short line is in; of another line an empty one."""
        return self._runs[n]

    def is_said_below(self, n: int) -> bool:
        """Whether a line comes again, as what a list of contents names does."""
        return self._final[self._words[n]] > n

    def was_said(self, n: int) -> bool:
        """Whether a line is the last of several that say the same."""
        return self._often[self._words[n]] > 1 and not self.is_said_below(n)

    def is_headline(self, n: int) -> bool:
        """Whether a line is the headline, or says it again."""
        return bool(self._title) and self._words[n] == self._title

    def has_headline(self, n: int) -> bool:
        """Whether a line has the headline among its words."""
        return bool(self._title) and self._title in self._words[n]

    def opener(self, n: int) -> Line | None:
        """What opens the box or the list that a line is in: a label of the page, or a line that
        ends with a colon, with no paragraph and no gap between.
        """
        for k in range(n - 1, max(-1, n - _BOX), -1):
            line = self.lines[k]
            if line.opens or line.is_label:
                return line
            if (line.is_body and not line.asks) or (self.lines[k + 1].after_gap and not self._airy):
                return None
        return None

    def _is_blurb(self, n: int) -> bool:
        """Whether a line tells what the headline of another story above it says, and this story
        does not.
        """
        link = self.at(n - 1)
        if link is None or n - 1 == self.headline or not link.is_short or link.stamp:
            return False
        others = sum(self._told[stem] == 1 for stem in link.stems & self.lines[n].stems)
        return others >= _BLURB_STEMS and self.overlap(n) < _BLURB


def _runs(lines: Sequence[Line]) -> list[Run]:
    """For each line the run that it is in."""
    found: list[Run] = []
    for short, group in groupby(lines, key=lambda line: line.is_short):
        run = list(group)
        pages = fmean(line.pages for line in run)
        numbers = fmean(line.is_number for line in run)
        found += [Run(len(run), pages, numbers) if short else Run()] * len(run)
    return found
