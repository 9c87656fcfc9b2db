"""Lines of a PDF to paragraphs: each line in logical order, joined where a sentence runs on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby, pairwise
from statistics import median

from rag.corpus.pdf.columns import CELL_MARK
from rag.corpus.pdf.lines import Line
from rag.text.visual_order import logical_order

# How much more than usual lines stand apart where a paragraph begins, less of it after a sentence's
# end, for lines of one paragraph may differ too; and how much more its size is.
_APART = 1.4
_APART_AFTER_SENTENCE = 1.2
_OTHER_SIZE = 1.1
# A line that leaves this part of its column free, though the next word had room, ends a paragraph;
# one that leaves less does where it ends a sentence.
_FREE = 0.3
_SPACE = 0.25
# Lines of a column that show how wide it is.
_LINES = 3
_ENDED = re.compile(r"""[.!?؟۔:…]["'”’»)\]]*$""")
_BROKEN_WORD = re.compile(r"\S[-/]$")
# Tatweel between letters fills a line; at the end of a word it is part of it, as in هـ.
_LENGTHENED = re.compile("(?<=[\u0620-\u065f])\u0640+(?=[\u0620-\u064a])")
_BULLETS = frozenset("•▪●◦■")


@dataclass(frozen=True, slots=True)
class _Column:
    """Edges of a block of lines, their number, the way they run and their pitch for a size of 1."""

    left: float
    right: float
    lines: int
    rtl: bool
    pitch: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Column:
        pitches = [(one.base - other.base) / one.size for one, other in pairwise(lines)]
        few = len(lines) // 10  # Lines that may stand out at each side, such as a page number.
        return cls(
            left=sorted(line.left for line in lines)[few],
            right=sorted(line.right for line in lines)[-1 - few],
            lines=len(lines),
            rtl=is_rtl(lines),
            pitch=median(pitches) if pitches else 0.0,
        )

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line in its column."""

    line: Line
    column: _Column

    @property
    def start(self) -> str:
        """Its first sign."""
        return self.line.signs[-1 if self.column.rtl else 0]

    @property
    def first_word(self) -> float:
        """The width of its first word, and of a space before it."""
        return (self.line.last if self.column.rtl else self.line.first) + _SPACE * self.line.size

    @property
    def is_row(self) -> bool:
        """Whether it is of a table."""
        return CELL_MARK in self.line.signs

    @property
    def free(self) -> float:
        """The room that it leaves at its end."""
        left, right = self.line.left - self.column.left, self.column.right - self.line.right
        return left if self.column.rtl else right


def text_of(pages: Iterable[Iterable[Sequence[Line]]]) -> tuple[str, list[int]]:
    """The text of the blocks of ``pages``, given as they are read, with a blank line between
    paragraphs; and where in it each page begins, a blank one where the next does.
    """
    placed: list[_Placed] = []
    before: list[int] = []  # Lines before each page.
    for blocks in pages:
        before.append(len(placed))
        for lines in filter(None, blocks):
            column = _Column.of(lines)
            placed += (_Placed(line, column) for line in lines)
    pieces = [""]
    for above, here in zip([None, *placed], placed, strict=False):
        gap = _gap(above, here, pieces[-1]) if above else ""
        runs_on = gap in ("", " ") and _ends_arabic(pieces[-1])
        pieces += [gap, _read(here.line, rtl=here.column.rtl, after_arabic=runs_on)]
    ends = list(accumulate(map(len, pieces)))
    begins = [*ends[1::2], ends[-1]]  # A line after what parts it from the one above.
    return "".join(pieces), [begins[n] for n in before]


def is_rtl(lines: Iterable[Line]) -> bool:
    """Whether most of the letters run from right to left."""
    ways = Counter(_way(sign[0]) for line in lines for sign in line.signs)
    return ways["R"] > ways["L"]


@cache
def _way(char: str) -> str | None:
    return {"L": "L", "R": "R", "AL": "R"}.get(unicodedata.bidirectional(char))


def _ends_arabic(text: str) -> bool:
    """Whether the last letter is one that runs from right to left."""
    return next((way == "R" for way in map(_way, reversed(text)) if way), False)


def _gap(above: _Placed, here: _Placed, said: str) -> str:
    """What to write between two lines, ``said`` being what the one above says."""
    if above.is_row and here.is_row:
        return "\n"
    if _changes(above, here) or _ends_paragraph(above, here, said):
        return "\n\n"
    return "" if _BROKEN_WORD.search(said) and here.start.isalnum() else " "


def _changes(above: _Placed, here: _Placed) -> bool:
    """Whether something else begins with a line, by the look of it."""
    sizes = sorted((above.line.size, here.line.size))
    return (
        (above.is_row or here.is_row or here.start in _BULLETS)
        or sizes[1] > _OTHER_SIZE * sizes[0]
        or _apart(above, here, _APART)
    )


def _apart(above: _Placed, here: _Placed, times: float) -> bool:
    """Whether two lines stand more than ``times`` as far apart as is usual in their column."""
    return above.line.base - here.line.base > times * here.column.pitch * here.line.size


def _ends_paragraph(above: _Placed, here: _Placed, said: str) -> bool:
    """Whether a line ends a paragraph: by its last sign, and by the room that the next word had."""
    ended = bool(_ENDED.search(said))
    if ended and _apart(above, here, _APART_AFTER_SENTENCE):
        return True
    free, width = above.free, above.column.width
    if above.column is not here.column:
        if ended:
            return True
        if here.column.lines >= _LINES:  # Enough to tell how wide it is.
            width = here.column.width
            free = width - (above.line.right - above.line.left)
            if -free > (_OTHER_SIZE - 1) * width:
                return True
    return here.first_word < free and (ended or free > _FREE * width)


def _read(line: Line, *, rtl: bool, after_arabic: bool) -> str:
    """The line in logical order, a tab between cells."""
    cells = [
        logical_order(list(cell), rtl=rtl, after_arabic=after_arabic)
        for is_mark, cell in groupby(line.signs, key=CELL_MARK.__eq__)
        if not is_mark
    ]
    return _LENGTHENED.sub("", CELL_MARK.join(reversed(cells) if rtl else cells))
