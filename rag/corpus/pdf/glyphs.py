"""Glyphs of a PDF's page as PDFium gives them: what each says and where it stands.

PDFium's own order is not used: it turns words round, and the letters of ligatures with them.
Lengths are in points, 72 to the inch, and heights go upwards from the foot of the page.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.corpus.pdf.written import Written, address, blanks, written_out
from rag.text.visual_order import ordinary_letters

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

# Stands for what the font gives no character for.
UNKNOWN = "\ufffd"
# Less ink than this part of its size is none.
_TRACE = 0.01
# The most that a word may lean, as a part of a quarter of a circle: what does more is a stamp.
_LEAN = 0.1
_SPELLED = {
    "\x02": "-",  # what PDFium makes of a hyphen at the end of a line
    "\xad": "-",
    "\uf0b7": "•",  # the bullet of the font Symbol, which Word uses
}


class Box(NamedTuple):
    """Edges of a glyph."""

    left: float
    bottom: float
    right: float
    top: float


class Glyph(NamedTuple):
    """``text``, the pen set down at ``pen`` on the line ``base``.

    ``room`` is what the font sets aside for it and ``ink`` what it fills; ``size`` is the font's.
    It may say nothing and only take room.
    """

    text: str
    pen: float
    base: float
    size: float
    room: Box
    ink: Box

    @property
    def is_mark(self) -> bool:
        """Whether it stands over or under the letter of another glyph."""
        return bool(self.text) and all(map(unicodedata.combining, self.text))


def glyphs_of(page: PdfPage) -> list[Glyph]:
    """The glyphs that lie within the page, as PDFium gives them, the page turned as it is read.

    What runs another way than most of the page is left out.
    """
    text = page.get_textpage()
    try:
        turned = list(_turned_glyphs(text, Box(*page.get_bbox()), written_out(page)))
    finally:
        text.close()
    for pen, base, size in blanks(page):
        place = Box(pen, base, pen, base)
        turned.append((0, Glyph(" ", pen, base, size, place, place)))
    turns = Counter(turn for turn, _ in turned)
    most = max(turns, key=turns.__getitem__, default=0)
    return [_upright(glyph, most) for turn, glyph in turned if turn == most]


def _turned_glyphs(
    page: PdfTextPage, bounds: Box, written: Mapping[int, Written]
) -> Iterator[tuple[int, Glyph]]:
    """Each glyph as it stands, and how many quarters of a circle it is turned by."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    left, bottom, right, top = bounds
    seen: set[Glyph] = set()
    for index in range(page.count_chars()):
        pdfium.FPDFText_GetMatrix(page.raw, index, matrix)
        size = pdfium.FPDFText_GetFontSize(page.raw, index) * math.hypot(matrix.c, matrix.d)
        glyph = _glyph(page, index, size)
        if written and (spelled := written.get(_text_object(page, index))):
            glyph = _spelled_out(spelled, size)
            if glyph in seen:
                continue
            seen.add(glyph)
        quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        turn = round(quarters)
        inside = left <= glyph.pen <= right and bottom <= glyph.base <= top
        wide = glyph.room.right > glyph.room.left
        if glyph.text and wide and inside and abs(quarters - turn) <= _LEAN:
            yield turn % 4, glyph


def _glyph(page: PdfTextPage, index: int, size: float) -> Glyph:
    import pypdfium2.raw as pdfium

    pen, base = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(page.raw, index, pen, base)
    room, ink = (Box(*page.get_charbox(index, loose=loose)) for loose in (True, False))
    # A turned space is as high as it is wide.
    inked = min(ink.right - ink.left, ink.top - ink.bottom) > _TRACE * size
    said = _said(page.raw, index, inked=inked)
    return Glyph(said, pen.value, base.value, size, room, ink)


def _spelled_out(written: Written, size: float) -> Glyph:
    """All that spells ``written`` as one glyph."""
    text, pen, base, *edges = written
    box = Box(*edges)
    return Glyph("".join(map(_spelled, text)), pen, base, size, box, box)


def _text_object(page: PdfTextPage, index: int) -> int:
    """The address of the object that a glyph is of, 0 for none."""
    import pypdfium2.raw as pdfium

    text_object = pdfium.FPDFText_GetTextObject(page.raw, index)
    return address(text_object) if text_object else 0


def _said(page: Any, index: int, *, inked: bool) -> str:
    """What a glyph says: a space for any white space, nothing where it is none."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_IsGenerated(page, index) == 1:
        return ""
    if pdfium.FPDFText_HasUnicodeMapError(page, index) == 1:
        return UNKNOWN
    said = _spelled(chr(pdfium.FPDFText_GetUnicode(page, index)))
    return UNKNOWN if inked and not said.strip() else said


@cache
def _spelled(char: str) -> str:
    kind = unicodedata.category(char)
    if char in _SPELLED:
        return _SPELLED[char]
    if char.isspace():
        return " "
    if kind in ("Cc", "Cf"):
        return ""
    return UNKNOWN if kind in ("Cn", "Co", "Cs") else ordinary_letters(char)


def _upright(glyph: Glyph, quarters: int) -> Glyph:
    """``glyph`` after the page was turned back."""
    for _ in range(quarters):
        room, ink = (Box(b.bottom, -b.right, b.top, -b.left) for b in (glyph.room, glyph.ink))
        glyph = Glyph(glyph.text, glyph.base, -glyph.pen, glyph.size, room, ink)
    return glyph
