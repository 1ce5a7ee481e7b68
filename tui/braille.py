"""Drawing lines in braille: every character cell is two dots wide and four high."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from minibert.tui.floats import Floats
from minibert.tui.trace import Extents

ACROSS, DOWN = 2, 4
FIRST = 0x2800  # the empty braille character; a dot of it is a bit of the code point
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)

Bits = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


def draw_line(extents: Extents, columns: int, rows: int) -> Bits:
    """Draw a line, so that no extreme of it is lost however many points it has.

    Args:
        extents: x from 0 (the left edge) to 1 (the right one), y from 0 (the bottom) to 1.
        columns: of character cells.
        rows: of character cells.

    Returns:
        uint8 (rows, columns): the dots of every cell; 0 is an empty one.
    """
    if len(extents.x) == 0:
        return np.zeros((rows, columns), dtype=np.uint8)
    lowest, highest = _per_column(extents, columns * ACROSS)
    drawn = np.isfinite(lowest)
    height = rows * DOWN
    top, bottom = _dot(highest[drawn], height), _dot(lowest[drawn], height)
    _join(top, bottom)
    dots = np.zeros((height, columns * ACROSS), dtype=bool)
    row = np.arange(height)[:, None]
    dots[:, drawn] = (row >= top) & (row <= bottom)
    return fold(dots)


def clip(extents: Extents) -> Extents:
    """The part between the edges 0 and 1 of x; a line that crosses one ends there.

    Args:
        extents: with one point beyond an edge, where the line goes on there.
    """
    x, least, greatest = extents.x, extents.least, extents.greatest
    if len(x) > 1 and (x[0] < 0.0 or x[-1] > 1.0):
        x, least, greatest = x.copy(), least.copy(), greatest.copy()
        for outer, inner, edge in ((0, 1, 0.0), (-1, -2, 1.0)):
            away, span = edge - x[outer], x[inner] - x[outer]
            if away * span > 0.0:
                share = min(1.0, away / span)
                least[outer] += share * (least[inner] - least[outer])
                greatest[outer] += share * (greatest[inner] - greatest[outer])
                x[outer] = edge
    kept = (x >= 0.0) & (x <= 1.0)
    if kept.all():
        return Extents(x, least, greatest)
    return Extents(x[kept], least[kept], greatest[kept])


def fold(dots: npt.NDArray[np.bool_]) -> Bits:
    """Pack dots (4 rows, 2 columns) into braille cells (rows, columns)."""
    height, width = dots.shape
    cells = dots.reshape(height // DOWN, DOWN, width // ACROSS, ACROSS)
    bits: Bits = np.einsum("rdca,da->rc", cells, _BITS, dtype=np.uint8, casting="unsafe")
    return bits


def _per_column(extents: Extents, width: int) -> tuple[Floats, Floats]:
    """The least and greatest y in each column of dots; NaN left and right of the line."""
    column = np.minimum((extents.x * width).astype(np.int64), width - 1)
    column = np.maximum.accumulate(column)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    lowest, highest = np.full(width, np.nan), np.full(width, np.nan)
    lowest[column[starts]] = np.minimum.reduceat(extents.least, starts)
    highest[column[starts]] = np.maximum.reduceat(extents.greatest, starts)
    between = np.flatnonzero(np.isnan(lowest))
    between = between[(between > column[0]) & (between < column[-1])]
    if len(between):
        middle = 0.5 * (extents.least + extents.greatest)
        at = (between + 0.5) / width
        lowest[between] = highest[between] = np.interp(at, extents.x, middle)
    return lowest, highest


def _dot(y: Floats, height: int) -> Ints:
    """The row of dots, counted from the top, for heights from 0 (bottom) to 1 (top)."""
    rows = np.rint((1.0 - y) * (height - 1))
    return np.minimum(np.maximum(rows, 0.0), height - 1.0).astype(np.int64)


def _join(top: Ints, bottom: Ints) -> None:
    """Lengthen neighbouring columns towards each other until they touch, in place."""
    gap_down = np.flatnonzero(top[1:] > bottom[:-1] + 1)
    gap_up = np.flatnonzero(bottom[1:] < top[:-1] - 1)
    middle_down = (bottom[gap_down] + top[gap_down + 1]) // 2
    middle_up = (top[gap_up] + bottom[gap_up + 1]) // 2
    bottom[gap_down], top[gap_down + 1] = middle_down, middle_down + 1
    top[gap_up], bottom[gap_up + 1] = middle_up + 1, middle_up
