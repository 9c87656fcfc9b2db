"""What a PDF itself says that its glyphs spell: the ActualText of its marked contents.

Programs write it where a character and a glyph are not one to one: for ligatures, and for letters
with their vowel marks (ISO 32000-1, 14.9.4). PDFium gives it for one of the objects it is for only.
"""

from __future__ import annotations

import codecs
import ctypes
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

# Bytes of the longest text that is taken for glyphs: a word.
_LONGEST = 200
_ENCODINGS = {codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}


class Written(NamedTuple):
    """``text`` as it is read, and where it stands: the pen and the edges of its glyphs."""

    text: str
    pen: float
    base: float
    left: float
    bottom: float
    right: float
    top: float


def written_out(page: PdfPage) -> dict[int, Written]:
    """Each text object whose glyphs are not what they spell, by its :func:`address`."""
    groups: dict[int, tuple[str, list[Any]]] = {}
    for text_object in _text_objects(page):
        for mark, text in _actual_texts(text_object):
            groups.setdefault(mark, (text, []))[1].append(text_object)
    return {
        address(each): _written(text, objects)
        for text, objects in groups.values()
        if len(text) > 1 or len(objects) > 1
        for each in objects
    }


def blanks(page: PdfPage) -> Iterator[tuple[float, float, float]]:
    """Spaces that PDFium leaves out, having no ink: the pen, the line and the size of each."""
    import pypdfium2.raw as pdfium

    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    for text_object in _text_objects(page):
        left, bottom, right, top = _bounds(text_object)
        if left == right and bottom == top:
            pdfium.FPDFPageObj_GetMatrix(text_object, matrix)
            pdfium.FPDFTextObj_GetFontSize(text_object, size)
            yield matrix.e, matrix.f, size.value * math.hypot(matrix.c, matrix.d)


def address(handle: Any) -> int:
    """What tells one of PDFium's objects from another."""
    return ctypes.addressof(handle.contents)


def _text_objects(page: PdfPage) -> Iterator[Any]:
    """Those that are in no form, for a form has a place of its own."""
    import pypdfium2.raw as pdfium

    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        each = pdfium.FPDFPage_GetObject(page.raw, index)
        if pdfium.FPDFPageObj_GetType(each) == pdfium.FPDF_PAGEOBJ_TEXT:
            yield each


def _actual_texts(text_object: Any) -> Iterator[tuple[int, str]]:
    """The address of the innermost marked content with a text of its own, and this text."""
    import pypdfium2.raw as pdfium

    buffer, length = (ctypes.c_ubyte * _LONGEST)(), ctypes.c_ulong()
    for index in reversed(range(pdfium.FPDFPageObj_CountMarks(text_object))):
        mark = pdfium.FPDFPageObj_GetMark(text_object, index)
        if pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", buffer, _LONGEST, length):
            if 0 < length.value <= _LONGEST:
                yield address(mark), _decoded(bytes(buffer[: length.value]))
            return


def _decoded(data: bytes) -> str:
    """A text string of PDF (ISO 32000-1, 7.9.2.2)."""
    mark, encoding = next(
        (each for each in _ENCODINGS.items() if data.startswith(each[0])), (b"", "latin-1")
    )
    return data[len(mark) :].decode(encoding, "replace")


def _written(text: str, objects: list[Any]) -> Written:
    boxes = [_bounds(each) for each in objects]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    # The letter is the largest of them; its marks are set at another height.
    largest = max(range(len(boxes)), key=lambda at: _area(*boxes[at]))
    return Written(text, *_pen(objects[largest]), left, bottom, right, top)


def _bounds(page_object: Any) -> tuple[float, float, float, float]:
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(page_object, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _area(left: float, bottom: float, right: float, top: float) -> float:
    return (right - left) * (top - bottom)


def _pen(text_object: Any) -> tuple[float, float]:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(text_object, matrix)
    return matrix.e, matrix.f
