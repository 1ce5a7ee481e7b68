"""Maps of weights drawn small: a weight is half a cell, or several where there is room."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from rich.style import Style

from minibert.tui.color_scale import ColorScale, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(weights: NDArray[np.float32], across: int, down: int) -> NDArray[np.float32]:
    """A map in at most so many dots: a weight is a square of dots, or a dot the greatest of some.

    Args:
        weights: (S, S).
        across: dots.
        down: dots; where they are too few, the map is up to twice as wide as high.
    """
    times = min(across, down) // len(weights)
    if times:
        return weights.repeat(times, axis=0).repeat(times, axis=1)
    return _pooled(_pooled(weights, down, 0), min(across, 2 * down), 1)


def _pooled(weights: NDArray[np.float32], dots: int, axis: int) -> NDArray[np.float32]:
    """At most so many rows or columns: the greatest of those that become one."""
    side = weights.shape[axis]
    if side <= dots:
        return weights
    pooled: NDArray[np.float32] = np.maximum.reduceat(
        weights, np.arange(dots) * side // dots, axis=axis
    )
    return pooled


def draw_small(weights: NDArray[np.float32], ramp: ColorScale, blank: Style) -> list[list[Segment]]:
    """Lines of a map whose dots are half a cell high, or in characters, of the greater of two."""
    dots = levels(weights)
    upper, lower = dots[::2], dots[1::2]
    last = [[Segment("▀", blank + ramp.line(level)) for level in upper[-1].tolist()]]
    if ramp.plain:
        upper[: len(lower)] = np.maximum(upper[: len(lower)], lower)
        return [[Segment("".join(map(ramp.glyph, row)), blank)] for row in upper.tolist()]
    return [
        [
            Segment("▀" * len(list(same)), ramp.halves(*pair))
            for pair, same in groupby(zip(above, below, strict=True))
        ]
        for above, below in zip(upper.tolist(), lower.tolist(), strict=False)
    ] + last[: len(upper) - len(lower)]
