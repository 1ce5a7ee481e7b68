"""The color scale for shares from 0 to 1: shades of one hue, or characters with NO_COLOR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.style import Style

from minibert.interpretability.colors import LIGHT, Color, text_color, to_hex, weight_color

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from textual.app import App

LEVELS = 32
GLYPHS = " ░▒▓█"

DARK: tuple[Color, Color] = ((28, 25, 20), (255, 216, 119))
"""The darkest and lightest color on a dark screen. One hue: small maps show mostly its middle,
which would be gray between two hues."""


@dataclass(frozen=True)
class ColorScale:
    """The styles of the levels from 0 to `LEVELS` - 1 in a theme.

    Attributes:
        dark: whether the theme is dark.
        no_color: whether characters are shown in place of colors.
    """

    dark: bool = True
    no_color: bool = False

    @classmethod
    def from_app(cls, app: App[Any]) -> ColorScale:
        """The scale for the application's theme and for NO_COLOR."""
        return cls(app.current_theme.dark, app.no_color)

    def color(self, level: int) -> Color:
        """The color of a level."""
        return weight_color((level / (LEVELS - 1)) ** 2, DARK if self.dark else LIGHT)

    def glyph(self, level: int) -> str:
        """The character of a level, one of five."""
        return GLYPHS[round(level / (LEVELS - 1) * (len(GLYPHS) - 1))]

    def style(self, level: int) -> str:
        """Text on the color of a level, in Textual's markup; empty with NO_COLOR."""
        color = self.color(level)
        return "" if self.no_color else f"{text_color(color)} on {to_hex(color)}"

    def cell(self, level: int) -> Style:
        """Text on the color of a level, as a Rich style."""
        return _cell(self, level)

    def line(self, level: int) -> Style:
        """A line in the color of a level, as a Rich style."""
        return _line(self, level)

    def halves(self, upper: int, lower: int) -> Style:
        """A `▀` in the colors of two levels, as a Rich style."""
        return _halves(self, upper, lower)


def levels(weights: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The level of each weight's square root: a weight of 0.1 stays visible beside one of 1."""
    return linear_levels(np.sqrt(np.clip(weights, 0, 1)))


def linear_levels(shares: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The level of each share."""
    rounded: NDArray[np.int64] = np.rint(np.clip(shares, 0, 1) * (LEVELS - 1)).astype(np.int64)
    return rounded


@cache
def _cell(scale: ColorScale, level: int) -> Style:
    if scale.no_color:
        return Style.null()
    color = scale.color(level)
    return Style(color=text_color(color), bgcolor=to_hex(color))


@cache
def _line(scale: ColorScale, level: int) -> Style:
    return Style.null() if scale.no_color else Style(color=to_hex(scale.color(level)))


@cache
def _halves(scale: ColorScale, upper: int, lower: int) -> Style:
    return Style(color=to_hex(scale.color(upper)), bgcolor=to_hex(scale.color(lower)))
