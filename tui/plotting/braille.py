"""Lines of braille dots: a character cell has two columns and four rows of dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.downsampling import Extents

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACROSS, DOWN = 2, 4  # dots in a cell
EMPTY_CELL = 0x2800  # the code point of the braille character without dots; each dot sets a bit
_BITS = np.array([[0, 3], [1, 4], [2, 5], [6, 7]], dtype=np.uint8)  # by rows of dots

Bits: TypeAlias = "NDArray[np.uint8]"
Ints: TypeAlias = "NDArray[np.int64]"


def draw_lines(lines: Sequence[Extents], columns: int, rows: int) -> Bits:
    """Draw lines; every column of dots shows the minimum and the maximum of its points.

    All lines are drawn in one call: for fifty short lines the overhead of calls would dominate.

    Args:
        lines: x from 0 (left) to 1 (right), y from 0 (bottom) to 1 (top).
        columns: of character cells.
        rows: of character cells.

    Returns:
        uint8 (lines, rows, columns): the dots of every cell as bits.
    """
    if not any(len(line.x) for line in lines):
        return np.zeros((len(lines), rows, columns), dtype=np.uint8)
    lowest, highest = _per_column(lines, columns * ACROSS)
    drawn = lowest == lowest
    height = rows * DOWN
    # Without a dot, the top is below the bottom.
    top = np.where(drawn, _dot(highest, height), height)
    bottom = np.where(drawn, _dot(lowest, height), -1)
    _join(top, bottom, drawn[:, 1:] & drawn[:, :-1])
    row = np.arange(height)[:, None]
    return fold((row >= top[:, None]) & (row <= bottom[:, None]))


def clip(extents: Extents) -> Extents:
    """The part of a line from x = 0 to x = 1; a line that crosses an edge ends there.

    Args:
        extents: with one point beyond each edge that the line crosses.
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
    if not len(x) or (x[0] >= 0.0 and x[-1] <= 1.0):
        return Extents(x, least, greatest)
    inside = slice(*np.searchsorted(x, (0.0, np.nextafter(1.0, 2.0))))
    return Extents(x[inside], least[inside], greatest[inside])


def fold(dots: NDArray[np.bool_]) -> Bits:
    """Pack dots (lines, 4 rows, 2 columns) into braille cells (lines, rows, columns)."""
    lines, height, width = dots.shape
    cells = dots.view(np.uint8).reshape(lines, height // DOWN, DOWN, width // ACROSS, ACROSS)
    bits = np.zeros((lines, height // DOWN, width // ACROSS), dtype=np.uint8)
    for down, across in np.ndindex(_BITS.shape):
        bits |= cells[:, :, down, :, across] << _BITS[down, across]
    return bits


def _per_column(lines: Sequence[Extents], width: int) -> tuple[Floats, Floats]:
    """The minimum and maximum y of each line in each column of dots, both (lines, width).

    NaN left and right of a line.
    """
    owner = np.repeat(np.arange(len(lines)), [len(line.x) for line in lines])
    x = np.concatenate([line.x for line in lines])
    least = np.concatenate([line.least for line in lines])
    greatest = np.concatenate([line.greatest for line in lines])
    # The columns of all lines are in one row, line after line.
    column = np.minimum((x * width).astype(np.int64), width - 1) + owner * width
    column = np.maximum.accumulate(column)
    starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
    reached = column[starts]
    lowest, highest = np.full((2, len(lines) * width), np.nan)
    lowest[reached] = np.minimum.reduceat(least, starts)
    highest[reached] = np.maximum.reduceat(greatest, starts)
    # Columns without a point are interpolated between their neighbors.
    before, after = reached[:-1], reached[1:]
    gaps = (after > before + 1) & (after // width == before // width)
    if gaps.any():
        start, count = before[gaps] + 1, after[gaps] - before[gaps] - 1
        inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        between = np.repeat(start, count) + inside
        at = (between % width + 0.5) / width + 2 * (between // width)
        middle = 0.5 * (least + greatest)
        lowest[between] = highest[between] = np.interp(at, x + 2 * owner, middle)
    return lowest.reshape(-1, width), highest.reshape(-1, width)


def _dot(y: Floats, height: int) -> Ints:
    """The row of dots, counted from the top, of heights from 0 (bottom) to 1 (top)."""
    rows = np.rint((1.0 - np.nan_to_num(y)) * (height - 1))
    return np.minimum(np.maximum(rows, 0.0), height - 1.0).astype(np.int64)


def _join(top: Ints, bottom: Ints, both: NDArray[np.bool_]) -> None:
    """Extend adjacent columns towards each other until they touch, in place.

    Args:
        top: int64 (lines, width).
        bottom: int64 (lines, width).
        both: bool (lines, width - 1), whether a column and the next one have dots.
    """
    line_down, gap_down = np.nonzero(both & (top[:, 1:] > bottom[:, :-1] + 1))
    line_up, gap_up = np.nonzero(both & (bottom[:, 1:] < top[:, :-1] - 1))
    middle_down = (bottom[line_down, gap_down] + top[line_down, gap_down + 1]) // 2
    middle_up = (top[line_up, gap_up] + bottom[line_up, gap_up + 1]) // 2
    bottom[line_down, gap_down], top[line_down, gap_down + 1] = middle_down, middle_down + 1
    top[line_up, gap_up], bottom[line_up, gap_up + 1] = middle_up + 1, middle_up
