"""The lines of a page, and what can be told of each alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.corpus.page.datelines import Dateline, read_dateline
from rag.corpus.page.furniture import commonest, page_words, words_of
from rag.corpus.page.stamps import Stamp, read_stamp
from rag.text.analyze import analyze
from rag.types import Span

_LINE = re.compile(r"\S(?:[^\n\r\u2028\u2029]*\S)?")
_CLOSING = r"""["'”’»)\]\u200e\u200f\u202c]*$"""
_ENDS = re.compile(r"[.!?؟…]" + _CLOSING)
_ASKS = re.compile(r"[?؟!]" + _CLOSING)
_NUMBER = re.compile(r"\d+")
# و before a verb or a particle; not the nouns of headlines that begin with that letter.
_GOES_ON = re.compile(
    r"[a-z]|(?:He|She|They|It|But|And|Yet|So|His|Her|Their|There)\b"
    r"|و(?!زير|زار|فا[ةه]|كال|صول|ظائف|ظيف|فد|لاي|ثائق|ثيق|اشنطن|حد|سط|رش|قف|عود|ضع|اقع|رق|ديع|سام|جه|جو|جب|ادي)\w{2}"
)
_BARS = re.compile(r"[|•·●▪■▲▼◄►→\t]+|\s[›»>]+\s|[ \u00a0]{3,}")
_GAPS = re.compile(r"[ \u00a0]{2,}|\s(?:[-–—/›»>]|\.\.\.)\s|[|•·●▪■▲▼◄►→\t]+")
_COLUMN_WORDS = 4  # The most that a part of a row between gaps or dashes has.
_BODY_CHARACTERS = 80
_SENTENCE_WORDS = 6
_LINK_WORDS = 16  # The most that a headline of another story is likely to have.
_WIDTHS = range(40, 111)  # Characters of the lines that programs break texts into.
_FULL = 0.75  # How much of that a line has at least before it is broken.
_INNER_END = re.compile(r"\w[.؟?!][\"'”’»)]?\s+\w")
_GOING_WORDS = 3
_LABEL_WORDS = 6
_LARGE = 0.25  # The share of page words from which on a line is hardly news.


def lines_of(text: str) -> list[Span]:
    """Spans of the non-blank lines, surrounding whitespace left out."""
    return [Span(*match.span()) for match in _LINE.finditer(text)]


@dataclass(frozen=True)
class Line:
    """A line and what can be told of it alone; what is dear to tell is told when asked for.

    ``after_gap`` is whether an empty line is before it, ``wrapped`` whether it is of a paragraph
    that a program broke into lines.
    """

    span: Span
    text: str
    after_gap: bool
    wrapped: bool

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its normalised words, numbers among them."""
        return tuple(words_of(self.text))

    @cached_property
    def groups(self) -> tuple[str | None, ...]:
        """Of each word what pages say it for, if they speak of themselves with it."""
        return tuple(page_words(self.words))

    @cached_property
    def pages(self) -> float:
        """The share of its words that pages speak of themselves with."""
        return sum(map(bool, self.groups)) / max(1, len(self.words))

    @property
    def group(self) -> str | None:
        """What most of these words are there for."""
        return commonest(self.groups)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The terms that the index would have of it."""
        return frozenset(analyze(self.text)) if self.words else frozenset()

    @cached_property
    def stamp(self) -> Stamp | None:
        """The stamp that it is."""
        return read_stamp(self.text)

    @cached_property
    def dateline(self) -> Dateline | None:
        """The dateline that it is or begins with."""
        return read_dateline(self.text)

    @cached_property
    def columns(self) -> int:
        """How many parts a row of links or cells has; 1 where the line is none."""
        parts = [_parts(_BARS, self.text), _parts(_GAPS, self.text)]
        if parts[0] == 1 and _BARS.search(self.text, 1):
            parts[0] = 2
        if len(self.words) > parts[1] * _COLUMN_WORDS:
            parts[1] = 1
        return max(parts)

    @cached_property
    def ends(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(_ENDS.search(self.text))

    @property
    def is_body(self) -> bool:
        """Whether it is running text rather than a heading, a label, a link or a notice."""
        if self.wrapped:
            return True
        long = len(self.text) >= _BODY_CHARACTERS
        clause = self.ends or self.opens or self.goes_on
        sentence = clause and len(self.words) >= _SENTENCE_WORDS
        whole = self.columns < 2 and self.stamp is None
        return whole and self.pages < _LARGE and (long or sentence)

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or a time, and has no letter."""
        return len(self.words) < _GOING_WORDS and bool(_NUMBER.fullmatch("".join(self.words)))

    @property
    def is_label(self) -> bool:
        """Whether it is a heading over a box of the page."""
        return self.pages >= 0.5 and len(self.words) <= _LABEL_WORDS

    @property
    def asks(self) -> bool:
        """Whether it ends as a question or a cry does."""
        return bool(_ASKS.search(self.text))

    @property
    def goes_on(self) -> bool:
        """Whether it begins as a sentence does that goes on from another, and no headline does."""
        return len(self.words) > _GOING_WORDS and bool(_GOES_ON.match(self.text))

    @property
    def opens(self) -> bool:
        """Whether it says that something follows."""
        return self.text.endswith(":")

    @property
    def is_short(self) -> bool:
        """Whether it has the form of a heading or a link: few words, and no sentence's end."""
        return len(self.words) <= _LINK_WORDS and not self.ends and not self.opens


@lru_cache(maxsize=2)
def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of ``text``, which is asked for its furniture and then for what it states."""
    spans = lines_of(text)
    ends = [0, *(span.end for span in spans)]
    gaps = [text[end : span.start].count("\n") > 1 for end, span in zip(ends, spans, strict=False)]
    wrapped = _wrapped([span.of(text) for span in spans], gaps)
    return tuple(
        Line(span, span.of(text), gap, n in wrapped)
        for n, (span, gap) in enumerate(zip(spans, gaps, strict=True))
    )


def extent(lines: Sequence[Line], headline: int | None) -> tuple[int, int]:
    """The numbers of the first and the last line of running text below the headline; of a text
    that has none, the number after its last line, twice.
    """
    start = 0 if headline is None else headline + 1
    body = [n for n in range(start, len(lines)) if lines[n].is_body]
    return (body[0], body[-1]) if body else (len(lines), len(lines))


def _wrapped(lines: Sequence[str], gaps: Sequence[bool]) -> set[int]:
    """The lines of paragraphs that a program broke into lines."""
    found: set[int] = set()
    start = longest = 0
    for end in range(1, len(lines) + 1):
        longest = max(longest, len(lines[end - 1]))
        if end == len(lines) or gaps[end] or len(lines[end - 1]) < longest * _FULL:
            if _is_broken(lines[start:end]):
                found.update(range(start, end))
            start, longest = end, 0
    return found


def _is_broken(run: Sequence[str]) -> bool:
    """Whether lines are one paragraph: all but the last about as long as a line can be, and more
    sentences that end in the middle of a line than at its end.
    """
    longest = max(map(len, run))
    full = all(len(line) >= longest * _FULL for line in run[:-1])
    inner = sum(bool(_INNER_END.search(line)) for line in run)
    ends = sum(bool(_ENDS.search(line)) for line in run[:-1])
    return len(run) > 2 and longest in _WIDTHS and full and inner > ends


def _parts(parting: re.Pattern[str], text: str) -> int:
    return sum(bool(re.search(r"\w", part)) for part in parting.split(text))
