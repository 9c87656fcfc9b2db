"""Glyphs to lines: by height, then from left to right, words parted where there is room.

Leaves to others: which lines are of one column (``columns``), and how a line is read
(``rag.text.visual_order``).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import sub

from rag.corpus.pdf.glyphs import Glyph

# All are parts of a font's size. What stands this close in height is one line; a mark is this far
# from its letter at most.
_SAME_LINE = 0.4
_MARK_REACH = 1.2
# The least room between two words: with a space drawn there, without, and after a glyph of which no
# more than the ink is known; and between two columns.
_DRAWN_SPACE = 0.02
_SPACE = 0.17
_INK_SPACE = 0.25
_GUTTER = 0.9
# A glyph drawn twice, for boldness, is this near to itself.
_TWICE = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """What stands side by side: its ``signs`` from left to right, a space between two words.

    ``first`` and ``last`` are the widths of the words at its left and at its right end.
    """

    signs: tuple[str, ...]
    left: float
    right: float
    base: float
    size: float
    first: float
    last: float


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines from the top of the page down, cut where columns may part."""
    rows = list(_rows(glyph for glyph in glyphs if not glyph.is_mark))
    for mark in glyphs:
        if mark.is_mark:
            _attach(mark, rows)
    return [line for row in rows for line in _cut(row) if line.signs]


def same_line(one: Line | Glyph, other: Line | Glyph) -> bool:
    """Whether both stand at one height."""
    return abs(one.base - other.base) <= _SAME_LINE * min(one.size, other.size)


def rows_of(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines that stand at one height, from left to right."""
    row: list[Line] = []
    for line in lines:
        if row and not (same_line(row[-1], line) and row[-1].right <= line.left):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _rows(letters: Iterator[Glyph]) -> Iterator[list[Glyph]]:
    row: list[Glyph] = []
    for glyph in sorted(letters, key=lambda each: -each.base):
        if row and not same_line(row[0], glyph):
            yield _left_to_right(row)
            row = []
        row.append(glyph)
    if row:
        yield _left_to_right(row)


def _left_to_right(row: list[Glyph]) -> list[Glyph]:
    # The pen goes forward whatever the shape; parts of a ligature are set with one stroke of it.
    return sorted(row, key=lambda each: (round(each.pen, 1), each.room.left + each.room.right))


def _attach(mark: Glyph, rows: list[list[Glyph]]) -> None:
    """Write ``mark`` after the letter that it stands over or under."""
    rows = [row for row in rows if abs(row[0].base - mark.base) < _MARK_REACH * mark.size]
    near = [(row, at) for row in rows if (at := _nearest(row, mark)) is not None]
    if near:
        row, at = min(near, key=lambda place: _distance(place[0][place[1]], mark))
        if mark.text not in row[at].text:
            row[at] = row[at]._replace(text=row[at].text + mark.text)


def _nearest(row: Sequence[Glyph], mark: Glyph) -> int | None:
    """The place of the letter in ``row`` that ``mark`` stands over or under."""
    letters = (at for at, glyph in enumerate(row) if glyph.text.strip())
    return min(letters, key=lambda at: _aside(row[at], mark), default=None)


def _aside(letter: Glyph, mark: Glyph) -> float:
    middle = (mark.ink.left + mark.ink.right) / 2
    return max(letter.room.left - middle, middle - letter.room.right, 0)


def _distance(letter: Glyph, mark: Glyph) -> float:
    over, under = mark.ink.bottom - letter.ink.top, letter.ink.bottom - mark.ink.top
    return _aside(letter, mark) + max(over, under, 0) + abs(letter.base - mark.base)


def _cut(row: list[Glyph]) -> Iterator[Line]:
    words: list[list[Glyph]] = []
    for word in _words(row):
        if words and word[0].room.left - _right(words[-1]) > _GUTTER * word[0].size:
            yield _line(words)
            words = []
        words.append(word)
    if words:
        yield _line(words)


def _words(row: list[Glyph]) -> Iterator[list[Glyph]]:
    word: list[Glyph] = []
    spaced = False
    for glyph in row:
        if glyph.text == " ":
            spaced = True
            continue
        if word and _drawn_twice(word[-1], glyph):
            continue
        if word and _apart(word, glyph, spaced):
            yield word
            word = []
        word.append(glyph)
        spaced = False
    if word:
        yield word


def _apart(word: Sequence[Glyph], glyph: Glyph, spaced: bool) -> bool:
    """Whether ``glyph`` begins a word of its own after ``word``."""
    right = _right(word)
    # Where only the ink is known, the pen tells where the room of a glyph begins.
    left = glyph.pen if glyph.pen > right else glyph.room.left
    inked = word[-1].room == word[-1].ink
    space = _DRAWN_SPACE if spaced else _INK_SPACE if inked else _SPACE
    return left - right > space * glyph.size


def _drawn_twice(one: Glyph, other: Glyph) -> bool:
    moved = max(map(abs, map(sub, one.room, other.room)))
    return one.text == other.text and moved < _TWICE * one.size


def _right(word: Sequence[Glyph]) -> float:
    return max(glyph.room.right for glyph in word)


def _line(words: list[list[Glyph]]) -> Line:
    glyphs = [glyph for word in words for glyph in word]
    signs = [sign for word in words for sign in (" ", *(glyph.text for glyph in word)) if sign]
    return Line(
        signs=tuple(signs[1:]),
        left=min(glyph.room.left for glyph in glyphs),
        right=_right(glyphs),
        base=statistics.median(glyph.base for glyph in glyphs),
        size=statistics.median(glyph.size for glyph in glyphs),
        first=_right(words[0]) - words[0][0].room.left,
        last=_right(words[-1]) - words[-1][0].room.left,
    )
