"""Attention maps in a few character cells: a dot is half a cell."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from rich.style import Style

from minibert.tui.color_scale import ColorScale, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resize(weights: NDArray[np.float32], across: int, down: int) -> NDArray[np.float32]:
    """Resize a map: repeat every weight if there is room, otherwise take maxima.

    Args:
        weights: (S, S).
        across: the maximum number of dots in a row.
        down: the maximum number of dots in a column; a map that is too high for it is at most twice
            as wide as high.
    """
    times = min(across, down) // len(weights)
    if times:
        return weights.repeat(times, axis=0).repeat(times, axis=1)
    return _max_pool(_max_pool(weights, down, 0), min(across, 2 * down), 1)


def _max_pool(weights: NDArray[np.float32], dots: int, axis: int) -> NDArray[np.float32]:
    """Reduce an axis to at most `dots` entries, each the maximum of its neighbors."""
    size = weights.shape[axis]
    if size <= dots:
        return weights
    pooled: NDArray[np.float32] = np.maximum.reduceat(
        weights, np.arange(dots) * size // dots, axis=axis
    )
    return pooled


def draw_thumbnail(
    weights: NDArray[np.float32], scale: ColorScale, blank: Style
) -> list[list[Segment]]:
    """The lines of a map: two dots in a cell, or with NO_COLOR a character for their maximum."""
    dots = levels(weights)
    upper, lower = dots[::2], dots[1::2]
    last = [[Segment("▀", blank + scale.line(level)) for level in upper[-1].tolist()]]
    if scale.no_color:
        upper[: len(lower)] = np.maximum(upper[: len(lower)], lower)
        return [[Segment("".join(map(scale.glyph, row)), blank)] for row in upper.tolist()]
    return [
        [
            Segment("▀" * len(list(same)), scale.halves(*pair))
            for pair, same in groupby(zip(above, below, strict=True))
        ]
        for above, below in zip(upper.tolist(), lower.tolist(), strict=False)
    ] + last[: len(upper) - len(lower)]
