"""Maps of attention in a terminal: many small ones side by side, or one with its numbers.

Where there are colours a cell is its background's; without them (NO_COLOR, a file) it is a shaded
block, and without UTF-8 a character of ASCII.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from minibert.interpretability.colors import DARK, text_color, to_hex, weight_color

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import Console

_BLOCKS, _ASCII = " ░▒▓█", " .:*#"

_LABEL, _GAP, _LEAST_WIDTH = 10, 2, 16
"""In cells: the widest label of a row, what is between two maps, and a map's least width."""

_NAMED = 18
"""Longer texts have no room for labels beside small maps."""

_LEFT_TO_RIGHT = "\u200e"


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a console can show.

    Attributes:
        colours: whether cells can have backgrounds.
        ascii: whether there is nothing but ASCII.
        width: in cells.
    """

    colours: bool
    ascii: bool
    width: int

    @classmethod
    def of(cls, console: Console) -> Canvas:
        """By the console's settings, which follow the terminal and NO_COLOR."""
        colours = console.color_system is not None and not console.no_color
        return cls(colours, not console.encoding.startswith("utf"), console.width)

    def cell(self, weight: float, width: int) -> tuple[str, Style]:
        """A cell of nothing but its shade."""
        if self.colours:
            return " " * width, _background(weight)
        return self.glyph(weight) * width, Style()

    def glyph(self, weight: float) -> str:
        """One of five characters; the root of a weight is shown, as in colours."""
        ramp = _ASCII if self.ascii else _BLOCKS
        return ramp[min(round(math.sqrt(max(weight, 0.0)) * (len(ramp) - 1)), len(ramp) - 1)]

    def label(self, piece: str, width: int) -> str:
        """A piece cut to a width in cells, and kept from turning the line that it stands in.

        Wide characters take two cells. Where a piece is written from right to left an invisible
        mark ends it, or terminals would turn what comes after it as well.
        """
        known = str.isascii if self.ascii else str.isprintable
        shown = "".join(c if known(c) and c.isprintable() else "?" for c in piece)
        if cell_len(shown) > width:
            cut = set_cell_size(shown, width - 1).rstrip()
            shown = cut + ("~" if self.ascii else "…")
        turned = any(unicodedata.bidirectional(c) in ("R", "AL") for c in shown)
        return shown + _LEFT_TO_RIGHT if turned else shown

    def padded(self, piece: str, width: int, *, right: bool = False) -> str:
        """A label filled up to a width."""
        shown = self.label(piece, width)
        space = " " * (width - cell_len(shown))
        return space + shown if right else shown + space


def small_maps(
    canvas: Canvas,
    pieces: list[str],
    maps: list[NDArray[np.float32]],
    titles: list[list[Text]],
) -> list[Text]:
    """Lines with as many maps side by side as fit, their titles above them.

    Args:
        canvas: what they are for.
        pieces: S of them.
        maps: (S, S) each, of one layer.
        titles: for each map lines, of which there are equally many.
    """
    side = len(pieces)
    named = side <= _NAMED
    beside = max(min(_LABEL, max(map(cell_len, pieces))) + 1 if named else 0, 2)
    width = max(2 * side if named else min(side, canvas.width - beside), _LEAST_WIDTH)
    most = max(1, (canvas.width - beside + _GAP) // (width + _GAP))
    across = -(-len(maps) // -(-len(maps) // most))  # as many in each band
    lines: list[Text] = []
    for start in range(0, len(maps), across):
        columns = [
            [*title, *(_wide_map(canvas, weights) if named else _dense_map(canvas, weights, width))]
            for weights, title in zip(
                maps[start : start + across], titles[start : start + across], strict=True
            )
        ]
        labels = [" " * beside] * (len(titles[0]) + (1 if named else len(columns[0])))
        if named:
            labels += [canvas.padded(piece, beside - 1, right=True) + " " for piece in pieces]
        for number in range(len(columns[0])):
            line = Text(labels[number], style="dim")
            for column in columns:
                cells = column[number].copy()
                cells.truncate(width + _GAP, pad=True)
                line.append_text(cells)
            if not canvas.colours:
                line.rstrip()
            lines.append(line)
        if start + across < len(maps):
            lines.append(Text())
    return lines


def _wide_map(canvas: Canvas, weights: NDArray[np.float32]) -> list[Text]:
    """Two cells, a square, for each weight; the pieces' numbers above."""
    every = 1 if len(weights) <= 10 else 2
    numbers = "".join(f"{n:<2}" if n % every == 0 else "  " for n in range(len(weights)))
    rows = [Text.assemble(*(canvas.cell(float(w), 2) for w in row)) for row in weights]
    return [Text(numbers, style="dim"), *rows]


def _dense_map(canvas: Canvas, weights: NDArray[np.float32], width: int) -> list[Text]:
    """A cell for each weight, half a cell high where there are colours."""
    weights = _pooled(weights, width)
    if not canvas.colours:
        return [Text("".join(canvas.glyph(float(w)) for w in row)) for row in weights]
    if len(weights) % 2:
        weights = np.vstack((weights, np.zeros_like(weights[:1])))
    return [
        Text.assemble(
            *(
                ("▀", Style(color=to_hex(weight_color(float(up), DARK))) + _background(float(down)))
                for up, down in zip(above, below, strict=True)
            )
        )
        for above, below in zip(weights[::2], weights[1::2], strict=True)
    ]


def _pooled(weights: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """The greatest weight of each square of cells, where there are more than fit."""
    by = -(-len(weights) // most)
    side = -(-len(weights) // by)
    filled = np.zeros((side * by, side * by), dtype=np.float32)
    filled[: len(weights), : len(weights)] = weights
    pooled: NDArray[np.float32] = filled.reshape(side, by, side, by).max((1, 3))
    return pooled


def large_map(canvas: Canvas, pieces: list[str], weights: NDArray[np.float32]) -> list[Text]:
    """One map with weights in percent, or without, where there is no room for them."""
    widest = max(map(cell_len, pieces))
    beside = min(widest, max(_LABEL, canvas.width // 5))
    width = min((canvas.width - beside - 1) // len(pieces), max(5, min(widest + 1, 8)))
    if width < 4:
        return small_maps(canvas, pieces, [weights], [[]])
    header = " " * (beside + 1) + "".join(canvas.padded(piece, width - 1) + " " for piece in pieces)
    lines = [Text(header.rstrip(), style="dim")]
    for piece, row in zip(pieces, weights, strict=True):
        line = Text(canvas.padded(piece, beside, right=True) + " ")
        for weight in row:
            line.append(*_numbered(canvas, float(weight), width))
        lines.append(line)
    return lines


def _numbered(canvas: Canvas, weight: float, width: int) -> tuple[str, Style]:
    number = f"{weight * 100:.0f}" if weight >= 0.005 else ""
    if not canvas.colours:
        return (canvas.glyph(weight) + f"{number:>3}").ljust(width), Style()
    ink = text_color(weight_color(weight, DARK))
    return f"{number:^{width}}", Style(color=ink) + _background(weight)


def _background(weight: float) -> Style:
    return Style(bgcolor=to_hex(weight_color(weight, DARK)))
