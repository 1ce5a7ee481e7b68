"""Attention maps in a terminal: small ones side by side, or a large one with numbers.

A weight is shown by a background color; without colors (NO_COLOR, a file) by a shaded block, and
without UTF-8 by an ASCII character.
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
"""In cells: maximum width of a row label, gap between maps, minimum width of a map."""

_NAMED = 18
"""Maximum number of tokens with labels beside small maps."""

_LEFT_TO_RIGHT = "\u200e"


@dataclass(frozen=True, slots=True)
class Canvas:
    """The capabilities of a console.

    Attributes:
        colors: whether it shows background colors.
        ascii: whether it shows only ASCII.
        width: in cells.
    """

    colors: bool
    ascii: bool
    width: int

    @classmethod
    def of(cls, console: Console) -> Canvas:
        """From the settings of a console, which follow the terminal and NO_COLOR."""
        colors = console.color_system is not None and not console.no_color
        return cls(colors, not console.encoding.startswith("utf"), console.width)

    def cell(self, weight: float, width: int) -> tuple[str, Style]:
        """A cell without text, shaded by a weight."""
        if self.colors:
            return " " * width, _background(weight)
        return self.glyph(weight) * width, Style()

    def glyph(self, weight: float) -> str:
        """One of five characters, by the square root of a weight, as for colors."""
        ramp = _ASCII if self.ascii else _BLOCKS
        return ramp[min(round(math.sqrt(max(weight, 0.0)) * (len(ramp) - 1)), len(ramp) - 1)]

    def label(self, token: str, width: int) -> str:
        """A token truncated to a width in cells.

        Wide characters take two cells. An invisible mark ends a right-to-left token, so that
        terminals do not reverse the text after it.
        """
        known = str.isascii if self.ascii else str.isprintable
        shown = "".join(c if known(c) and c.isprintable() else "?" for c in token)
        if cell_len(shown) > width:
            cut = set_cell_size(shown, width - 1).rstrip()
            shown = cut + ("~" if self.ascii else "…")
        turned = any(unicodedata.bidirectional(c) in ("R", "AL") for c in shown)
        return shown + _LEFT_TO_RIGHT if turned else shown

    def padded(self, token: str, width: int, *, right: bool = False) -> str:
        """A label padded to a width."""
        shown = self.label(token, width)
        space = " " * (width - cell_len(shown))
        return space + shown if right else shown + space


def small_maps(
    canvas: Canvas,
    tokens: list[str],
    maps: list[NDArray[np.float32]],
    titles: list[list[Text]],
) -> list[Text]:
    """Lines with as many maps side by side as fit, below their titles.

    Args:
        canvas: to draw on.
        tokens: S tokens.
        maps: (S, S) each, of one layer.
        titles: the title lines of each map, the same number for each.
    """
    side = len(tokens)
    named = side <= _NAMED
    beside = max(min(_LABEL, max(map(cell_len, tokens))) + 1 if named else 0, 2)
    width = max(2 * side if named else min(side, canvas.width - beside), _LEAST_WIDTH)
    most = max(1, (canvas.width - beside + _GAP) // (width + _GAP))
    across = -(-len(maps) // -(-len(maps) // most))  # the same number in each row of maps
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
            labels += [canvas.padded(token, beside - 1, right=True) + " " for token in tokens]
        for number in range(len(columns[0])):
            line = Text(labels[number], style="dim")
            for column in columns:
                cells = column[number].copy()
                cells.truncate(width + _GAP, pad=True)
                line.append_text(cells)
            if not canvas.colors:
                line.rstrip()
            lines.append(line)
        if start + across < len(maps):
            lines.append(Text())
    return lines


def _wide_map(canvas: Canvas, weights: NDArray[np.float32]) -> list[Text]:
    """Two cells, a square, per weight; the numbers of the tokens above."""
    every = 1 if len(weights) <= 10 else 2
    numbers = "".join(f"{n:<2}" if n % every == 0 else "  " for n in range(len(weights)))
    rows = [Text.assemble(*(canvas.cell(float(w), 2) for w in row)) for row in weights]
    return [Text(numbers, style="dim"), *rows]


def _dense_map(canvas: Canvas, weights: NDArray[np.float32], width: int) -> list[Text]:
    """One cell per weight, or half a cell with colors."""
    weights = _pooled(weights, width)
    if not canvas.colors:
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
    """The maximum of each square of weights, if there are more weights than cells."""
    by = -(-len(weights) // most)
    side = -(-len(weights) // by)
    filled = np.zeros((side * by, side * by), dtype=np.float32)
    filled[: len(weights), : len(weights)] = weights
    pooled: NDArray[np.float32] = filled.reshape(side, by, side, by).max((1, 3))
    return pooled


def large_map(canvas: Canvas, tokens: list[str], weights: NDArray[np.float32]) -> list[Text]:
    """One map with weights in percent, or without numbers if there is no room."""
    widest = max(map(cell_len, tokens))
    beside = min(widest, max(_LABEL, canvas.width // 5))
    width = min((canvas.width - beside - 1) // len(tokens), max(5, min(widest + 1, 8)))
    if width < 4:
        return small_maps(canvas, tokens, [weights], [[]])
    header = " " * (beside + 1) + "".join(canvas.padded(token, width - 1) + " " for token in tokens)
    lines = [Text(header.rstrip(), style="dim")]
    for token, row in zip(tokens, weights, strict=True):
        line = Text(canvas.padded(token, beside, right=True) + " ")
        for weight in row:
            line.append(*_numbered(canvas, float(weight), width))
        lines.append(line)
    return lines


def _numbered(canvas: Canvas, weight: float, width: int) -> tuple[str, Style]:
    number = f"{weight * 100:.0f}" if weight >= 0.005 else ""
    if not canvas.colors:
        return (canvas.glyph(weight) + f"{number:>3}").ljust(width), Style()
    ink = text_color(weight_color(weight, DARK))
    return f"{number:^{width}}", Style(color=ink) + _background(weight)


def _background(weight: float) -> Style:
    return Style(bgcolor=to_hex(weight_color(weight, DARK)))
