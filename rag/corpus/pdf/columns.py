"""Lines of a page in the order in which they are read: columns one after another, tables by rows.

Columns part at a gutter: a place that lines stand on both sides of and, for a while, none across.
Lines that fill only a part of the columns so made are a table's.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator, Sequence
from functools import partial, reduce
from itertools import groupby, pairwise

from rag.corpus.pdf.lines import Line, rows_of, same_line

# What a column has at least: lines, alone and with the one beside it; the part of its width that
# they fill; and, in sizes of its font, this width and the room beside it.
_LINES = 2
_LINES_OF_BOTH = 6
_FILLED = 0.75
_WIDTH = 8
_GUTTER = 1.0
# The least room between two cells of a table, as a part of the font's size; what parts them here.
_CELL_ROOM = 2.0
CELL_MARK = "\t"


def columns_of(
    lines: Sequence[Line], *, rtl: bool, gutters: Collection[int] = ()
) -> Iterator[list[Line]]:
    """Blocks of lines, what stands at one height in one of them made one line.

    ``rtl`` says that of two columns the right one is read first; ``gutters`` are those of other
    pages, where a line on each side is enough. ``lines`` go down the page.
    """
    gutter = gutter_of(lines, gutters)
    if gutter is None:
        yield list(_whole(lines))
        return
    for parted, band in _bands(lines, gutter, gutters):
        if parted:
            for side in reversed(_sides(band, gutter)) if rtl else _sides(band, gutter):
                yield from columns_of(side, rtl=rtl, gutters=gutters)
        else:
            yield list(_whole(band))


def gutter_of(lines: Sequence[Line], gutters: Collection[int] = ()) -> int | None:
    """Where most lines part into two columns, in whole points; ``None`` where none do."""
    gaps = [(one, other) for one, other in pairwise(lines) if same_line(one, other)]
    places = sorted({*gutters, *(round((one.right + other.left) / 2) for one, other in gaps)})
    parted = {
        place: sum(len(band) for apart, band in _bands(lines, place, gutters) if apart)
        for place in places
    }
    best = max(places, key=parted.__getitem__, default=None)
    return best if best is not None and parted[best] else None


def _bands(
    lines: Sequence[Line], place: int, gutters: Collection[int]
) -> Iterator[tuple[bool, list[Line]]]:
    """The lines, cut where those across the page take turns with those of two columns."""

    def parted(band: Sequence[Line]) -> bool:
        sides = _sides(band, place)
        return all(sides) if place in gutters else _are_columns(sides)

    bands = [list(band) for _, band in groupby(lines, lambda line: line.left < place < line.right)]
    for apart, group in groupby(bands, parted):
        yield apart, [line for band in group for line in band]


def _sides(band: Sequence[Line], place: int) -> tuple[list[Line], list[Line]]:
    return (
        [line for line in band if line.right <= place],
        [line for line in band if line.left >= place],
    )


def _are_columns(sides: tuple[Sequence[Line], Sequence[Line]]) -> bool:
    rows = [len(list(rows_of(side))) for side in sides]
    if min(rows) < _LINES or sum(rows) < _LINES_OF_BOTH:
        return False
    left, right = sides
    room = min(line.left for line in right) - max(line.right for line in left)
    return room >= _GUTTER * right[0].size and all(map(_is_filled, sides))


def _is_filled(lines: Sequence[Line]) -> bool:
    width = max(line.right for line in lines) - min(line.left for line in lines)
    filled = statistics.median(row[-1].right - row[0].left for row in rows_of(lines))
    return width >= _WIDTH * lines[0].size and filled >= _FILLED * width


def _whole(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines of which no two stand at one height, with :data:`CELL_MARK` between a table's cells."""
    rows = list(rows_of(lines))
    for above, row, below in zip([[], *rows], rows, [*rows[1:], []], strict=False):
        near = [*_gaps(above), *_gaps(below)]
        yield reduce(partial(_joined, near), row)


def _gaps(row: Sequence[Line]) -> Iterator[tuple[float, float]]:
    """Where a row leaves the room that parts two cells."""
    for one, other in pairwise(row):
        if other.left - one.right > _CELL_ROOM * max(one.size, other.size):
            yield one.right, other.left


def _joined(near: Sequence[tuple[float, float]], left: Line, right: Line) -> Line:
    """Two lines as one: cells of it where a row above or below, with gaps ``near``, parts too."""
    gap = next(_gaps([left, right]), None)
    cells = gap and any(max(gap[0], start) < min(gap[1], end) for start, end in near)
    return Line(
        signs=(*left.signs, CELL_MARK if cells else " ", *right.signs),
        left=left.left,
        right=right.right,
        base=left.base,
        size=max(left.size, right.size),
        first=left.first,
        last=right.last,
    )
