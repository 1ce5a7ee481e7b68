"""Drawing lines in braille: every character cell is two dots wide and four high."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from minibert.tui.columns import Floats

ACROSS, DOWN = 2, 4
FIRST = 0x2800  # the empty braille character; a dot of it is a bit of the code point
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)

Bits = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


def draw_line(x: Floats, y: Floats, columns: int, rows: int) -> Bits:
    """Draw a line through points, so that no extreme of it is lost however many there are.

    Args:
        x: float64 (n,), finite, never falling; 0 is the left edge, 1 the right one.
        y: float64 (n,), finite; 0 is the bottom, 1 the top.
        columns: of character cells.
        rows: of character cells.

    Returns:
        uint8 (rows, columns): the dots of every cell; 0 is an empty one.
    """
    if len(x) == 0:
        return np.zeros((rows, columns), dtype=np.uint8)
    lowest, highest = _extents(x * columns * ACROSS, y, columns * ACROSS)
    drawn = np.isfinite(lowest)
    height = rows * DOWN
    top, bottom = _dot(highest[drawn], height), _dot(lowest[drawn], height)
    _join(top, bottom)
    dots = np.zeros((height, columns * ACROSS), dtype=bool)
    row = np.arange(height)[:, None]
    dots[:, drawn] = (row >= top) & (row <= bottom)
    return fold(dots)


def thin_out(x: Floats, y: Floats, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
    """Fewer points that are drawn as the same line (M4; Jugel et al. 2014).

    They are the first, the least, the greatest and the last of each column of dots.

    Args:
        x: float64 (n,), finite, never falling.
        y: float64 (n,), finite.
        low: x at the left edge.
        high: x at the right edge.
        columns: of character cells.

    Returns:
        float64 (m,) twice, m at most four times the columns of dots; x and y themselves when they
        are no more than that.
    """
    width = columns * ACROSS
    if len(x) <= 4 * width:
        return x, y
    inner = np.searchsorted(x, np.linspace(low, high, width + 1)[1:-1])
    starts = np.unique(np.concatenate(([0], inner)))
    starts = starts[starts < len(x)]
    lasts = np.append(starts[1:], len(x)) - 1
    least, greatest = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    thin_x = np.stack((x[starts], x[starts], x[lasts], x[lasts]), axis=1).reshape(-1)
    thin_y = np.stack((y[starts], least, greatest, y[lasts]), axis=1).reshape(-1)
    return thin_x, thin_y


def fold(dots: npt.NDArray[np.bool_]) -> Bits:
    """Pack dots (4 rows, 2 columns) into braille cells (rows, columns)."""
    height, width = dots.shape
    cells = dots.reshape(height // DOWN, DOWN, width // ACROSS, ACROSS)
    bits: Bits = np.einsum("rdca,da->rc", cells, _BITS, dtype=np.uint8, casting="unsafe")
    return bits


def _extents(x: Floats, y: Floats, width: int) -> tuple[Floats, Floats]:
    """The least and greatest y in each column of dots; NaN left and right of the line."""
    column = np.clip(x.astype(np.int64), 0, width - 1)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    lowest, highest = np.full(width, np.nan), np.full(width, np.nan)
    lowest[column[starts]] = np.minimum.reduceat(y, starts)
    highest[column[starts]] = np.maximum.reduceat(y, starts)
    between = np.flatnonzero(np.isnan(lowest))
    between = between[(between > column[0]) & (between < column[-1])]
    lowest[between] = highest[between] = np.interp(between + 0.5, x, y)
    return lowest, highest


def _dot(y: Floats, height: int) -> Ints:
    """The row of dots, counted from the top, for heights from 0 (bottom) to 1 (top)."""
    rows = np.clip(np.rint((1.0 - y) * (height - 1)), 0, height - 1)
    return rows.astype(np.int64)


def _join(top: Ints, bottom: Ints) -> None:
    """Lengthen neighbouring columns towards each other until they touch, in place."""
    gap_down = np.flatnonzero(top[1:] > bottom[:-1] + 1)
    gap_up = np.flatnonzero(bottom[1:] < top[:-1] - 1)
    middle_down = (bottom[gap_down] + top[gap_down + 1]) // 2
    middle_up = (top[gap_up] + bottom[gap_up + 1]) // 2
    bottom[gap_down], top[gap_down + 1] = middle_down, middle_down + 1
    top[gap_up], bottom[gap_up + 1] = middle_up + 1, middle_up
