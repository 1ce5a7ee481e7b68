"""Shades of a share from 0 to 1: colors of one hue by lightness, or characters without colors."""

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
"""On a dark screen: one hue, since small maps are mostly its middle, which must not be gray."""


@dataclass(frozen=True)
class ColorScale:
    """How shades look in a theme.

    Attributes:
        dark: whether they lie on a dark screen.
        plain: characters stand for them, since there are no colors.
    """

    dark: bool = True
    plain: bool = False

    @classmethod
    def of(cls, app: App[Any]) -> ColorScale:
        """By the application's theme, and NO_COLOR."""
        return cls(app.current_theme.dark, app.no_color)

    def color(self, level: int) -> Color:
        """Of a level from 0 to `LEVELS` - 1."""
        return weight_color((level / (LEVELS - 1)) ** 2, DARK if self.dark else LIGHT)

    def glyph(self, level: int) -> str:
        """One of five characters."""
        return GLYPHS[round(level / (LEVELS - 1) * (len(GLYPHS) - 1))]

    def look(self, level: int) -> str:
        """Text on a shade, as Textual's styles have it; nothing where there are no colors."""
        color = self.color(level)
        return "" if self.plain else f"{text_color(color)} on {to_hex(color)}"

    def cell(self, level: int) -> Style:
        """Text on a shade, for the lines of a widget."""
        return _cell(self, level)

    def line(self, level: int) -> Style:
        """A shade as the color of a line."""
        return _line(self, level)

    def halves(self, upper: int, lower: int) -> Style:
        """The two halves of a `▀`."""
        return _halves(self, upper, lower)


def levels(weights: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The level of each weight; its root is shown, so that a tenth is still seen beside all."""
    return linear_levels(np.sqrt(np.clip(weights, 0, 1)))


def linear_levels(shares: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The level of each share."""
    found: NDArray[np.int64] = np.rint(np.clip(shares, 0, 1) * (LEVELS - 1)).astype(np.int64)
    return found


@cache
def _cell(ramp: ColorScale, level: int) -> Style:
    if ramp.plain:
        return Style.null()
    color = ramp.color(level)
    return Style(color=text_color(color), bgcolor=to_hex(color))


@cache
def _line(ramp: ColorScale, level: int) -> Style:
    return Style.null() if ramp.plain else Style(color=to_hex(ramp.color(level)))


@cache
def _halves(ramp: ColorScale, upper: int, lower: int) -> Style:
    return Style(color=to_hex(ramp.color(upper)), bgcolor=to_hex(ramp.color(lower)))
