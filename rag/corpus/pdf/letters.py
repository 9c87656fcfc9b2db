"""What glyphs say: letters of a ligature in order, marks for what they are, no filling strokes.

PDFium gives a ligature as several letters in one place, and in reverse where it has turned the
words that it is in. Some programs give a glyph a text that is not its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rag.corpus.pdf.glyphs import Glyph
from rag.text.visual_order import ligature_order

_ARABIC = ("AL", "R", "NSM")
# How far apart, in glyphs, PDFium gives the letters of one ligature.
_REACH = 8
# Heights are parts of a font's size. What is lower than this and has a letter and its mark for its
# text, as Typst writes, is the mark.
_LETTER = 0.31
# A flat stroke on the line, this much longer than high, only makes an Arabic word longer, whatever
# character its font has for it: LibreOffice fills lines so. These are what they say.
_STROKE = 0.15
_LONG = 1.5
_STROKES = frozenset("…ـ_ ")


def whole_glyphs(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """The glyphs of a page, given in PDFium's order: each once, with what it says."""
    groups: list[list[Glyph]] = []
    known: dict[tuple[object, ...], int] = {}
    for glyph in glyphs:
        at = known.get(glyph[1:], -_REACH)
        if len(groups) - at < _REACH:
            groups[at].append(glyph)
        else:
            known[glyph[1:]] = len(groups)
            groups.append([glyph])
    for at, group in enumerate(groups):
        yield group[0]._replace(text=_letters(groups, at))


def _letters(groups: Sequence[Sequence[Glyph]], at: int) -> str:
    """What the glyph says that PDFium gave as ``groups[at]``."""
    first, *others = groups[at]
    letters = "".join([first.text, *(other.text for other in others)])
    if others and unicodedata.bidirectional(letters[0]) in _ARABIC:
        if first.ink.top - first.ink.bottom < _LETTER * first.size:
            letters = "".join(filter(unicodedata.combining, letters)) or letters
        return ligature_order(letters, backwards=_leftwards(groups, at))
    if _is_stroke(first) and any(_arabic_beside(groups, at, step) for step in (-1, 1)):
        return ""
    return letters


def _leftwards(groups: Sequence[Sequence[Glyph]], at: int) -> bool:
    """Whether PDFium goes from right to left here: then it has turned what was drawn."""
    here = groups[at][0]
    for step in (-1, 1):
        if 0 <= at + step < len(groups) and (other := groups[at + step][0]).base == here.base:
            return (other.pen - here.pen) * step < 0
    return True


def _arabic_beside(groups: Sequence[Sequence[Glyph]], at: int, step: int) -> bool:
    """Whether an Arabic letter comes next, past other strokes."""
    at += step
    while 0 <= at < len(groups) and _is_stroke(groups[at][0]):
        at += step
    return 0 <= at < len(groups) and unicodedata.bidirectional(groups[at][0].text[0]) in _ARABIC


def _is_stroke(glyph: Glyph) -> bool:
    """Whether it is a flat stroke on the line, such as makes an Arabic word longer."""
    left, bottom, right, top = glyph.ink
    high = _STROKE * glyph.size
    flat = 0 < top - bottom < high and right - left > _LONG * (top - bottom)
    named = glyph.text in _STROKES or unicodedata.bidirectional(glyph.text[0]) in _ARABIC
    return flat and abs(bottom - glyph.base) < high and not named
