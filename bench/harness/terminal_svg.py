"""Animated SVG of a terminal: frames of character cells become one file without scripts or fonts.

Lines of boxes and braille dots are drawn as paths, so that they look the same in every font; other
characters are text whose width is fixed. What neighboring frames share is written once: an element
is in a group that is visible from one frame to another, by a CSS animation. A viewer without
animation shows one frame, the still one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

WIDTH, HEIGHT = 8, 17  # of a cell, in pixels
BASELINE, FONT_SIZE = 12.5, 13
MARGIN, TITLE = 12, 30  # pixels around the cells, and for the title bar above them
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

_X, _Y = WIDTH / 2, HEIGHT / 2  # the middle of a cell
_LEFT, _RIGHT = f"M0 {_Y}H{_X}", f"M{_X} {_Y}H{WIDTH}"
_UP, _DOWN = f"M{_X} 0V{_Y}", f"M{_X} {_Y}V{HEIGHT}"
_ROUND = 4  # radius of a round corner
_THIN = {
    "─": [f"M0 {_Y}H{WIDTH}"], "│": [f"M{_X} 0V{HEIGHT}"],
    "┤": [_LEFT, f"M{_X} 0V{HEIGHT}"], "┬": [f"M0 {_Y}H{WIDTH}", _DOWN], "└": [_RIGHT, _UP],
    "┼": [f"M0 {_Y}H{WIDTH}", f"M{_X} 0V{HEIGHT}"],
    "┄": [f"M{x} {_Y}h1.4" for x in (0.6, 3.3, 6.0)],
    "╭": [f"M{_X} {HEIGHT}V{_Y + _ROUND}Q{_X} {_Y} {WIDTH} {_Y}"],
    "╮": [f"M{_X} {HEIGHT}V{_Y + _ROUND}Q{_X} {_Y} 0 {_Y}"],
    "╰": [f"M{_X} 0V{_Y - _ROUND}Q{_X} {_Y} {WIDTH} {_Y}"],
    "╯": [f"M{_X} 0V{_Y - _ROUND}Q{_X} {_Y} 0 {_Y}"],
}  # fmt: skip
_THICK = {"━": [f"M0 {_Y}H{WIDTH}"], "╸": [_LEFT]}
_BLOCKS = {"▀": (0.0, 0.5), "▄": (0.5, 0.5), "█": (0.0, 1.0)}  # top and height, of a cell


# From the back to the front. A background of one frame must not cover an element that the frame
# shares with another one, so each layer of all frames is drawn before the next one.
_LAYERS = ("background", "block", "thin", "thick", "dot", "text", "bold")
_STROKES = {"thin": "t", "thick": "h", "dot": "h"}  # CSS classes


class Frame(NamedTuple):
    """What the terminal shows for a while.

    Attributes:
        lines: segments of text with styles, line by line.
        seconds: how long it is shown.
    """

    lines: Sequence[Sequence[Segment]]
    seconds: float


class _Element(NamedTuple):
    """A part of a picture: a path, or a text with its position."""

    kind: str  # one of `_LAYERS`
    color: str
    content: str


def animated_svg(frames: Sequence[Frame], theme: TerminalTheme, title: str, still: int) -> str:
    """The frames as one SVG that repeats.

    Args:
        frames: in order.
        theme: for the foreground, the background, and colors that are not truecolor.
        title: in the title bar.
        still: the number of the frame that is shown without animation.
    """
    columns = max(sum(cell_len(part.text) for part in line) for line in frames[0].lines)
    width = columns * WIDTH + 2 * MARGIN
    height = len(frames[0].lines) * HEIGHT + TITLE + MARGIN
    shown: dict[_Element, set[int]] = defaultdict(set)
    for number, frame in enumerate(frames):
        for element in _elements(frame, theme):
            shown[element].add(number)
    groups: dict[tuple[int, tuple[int, int]], list[_Element]] = defaultdict(list)
    for element, numbers in shown.items():
        for interval in _intervals(sorted(numbers)):
            groups[_LAYERS.index(element.kind), interval].append(element)
    ends = [0.0]
    for frame in frames:
        ends.append(ends[-1] + frame.seconds)
    names: dict[tuple[int, int], str] = {}
    bodies = []
    for (_, interval), elements in sorted(groups.items(), key=lambda group: group[0][0]):
        if interval == (0, len(frames)):
            bodies.append(f"<g>{_draw(elements)}</g>")
            continue
        name = names.setdefault(interval, f"k{len(names)}")
        hidden = "" if interval[0] <= still < interval[1] else ' visibility="hidden"'
        bodies.append(f'<g class="a {name}"{hidden}>{_draw(elements)}</g>')
    styles = [
        f"@keyframes {name}{{{_keyframes(interval, ends)}}}.{name}{{animation-name:{name}}}"
        for interval, name in names.items()
    ]
    background = theme.background_color.hex
    foreground = theme.foreground_color.hex
    buttons = "".join(f'<circle cx="{18 + 16 * n}" cy="15" r="5"/>' for n in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">'
        f"<style>text{{font-family:{FONTS};font-size:{FONT_SIZE}px;white-space:pre}}.b{{font-weight:bold}}"
        f".t{{fill:none;stroke-width:1}}.h{{fill:none;stroke-width:2}}"
        f".a{{animation:{ends[-1]:g}s step-end infinite}}"
        f"@media(prefers-reduced-motion){{.a{{animation:none}}}}{''.join(styles)}</style>"
        f'<rect width="{width}" height="{height}" rx="8" fill="{background}"/>'
        f'<g fill="{foreground}" fill-opacity=".25">{buttons}</g>'
        f'<text x="{width / 2:g}" y="19" text-anchor="middle" fill="{foreground}" '
        f'fill-opacity=".6">{escape(title)}</text>'
        f'<g transform="translate({MARGIN} {TITLE})">{"".join(bodies)}</g></svg>\n'
    )


def _intervals(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The intervals without a gap in rising numbers, each as its start and the number after it."""
    start = numbers[0]
    for before, number in pairwise([*numbers, numbers[-1] + 2]):
        if number != before + 1:
            yield start, before + 1
            start = number


def _keyframes(interval: tuple[int, int], ends: Sequence[float]) -> str:
    """When a group is visible; each keyframe holds until the next one."""
    first, last = (f"{100 * ends[number] / ends[-1]:.4g}%" for number in interval)
    steps = ["0%{visibility:hidden}"] if interval[0] else []
    steps.append(f"{first}{{visibility:visible}}")
    if interval[1] < len(ends) - 1:
        steps.append(f"{last}{{visibility:hidden}}")
    return "".join(steps)


# ---- from cells to elements ----------------------------------------------------------------------


def _elements(frame: Frame, theme: TerminalTheme) -> Iterable[_Element]:
    for row, line in enumerate(frame.lines):
        column = 0
        for segment in line:
            style = segment.style or Style.null()
            foreground, background = _colors(style, theme)
            length = cell_len(segment.text)
            if background != theme.background_color.hex and length:
                wide = length * WIDTH
                box = f"M{column * WIDTH} {row * HEIGHT}h{wide}v{HEIGHT}h-{wide}z"
                yield _Element("background", background, box)
            yield from _characters(segment.text, column, row, foreground, bool(style.bold))
            if style.underline and length:
                line_y = row * HEIGHT + 15.5
                yield _Element("thin", foreground, f"M{column * WIDTH} {line_y}h{length * WIDTH}")
            column += length


def _characters(text: str, column: int, row: int, color: str, bold: bool) -> Iterable[_Element]:
    """Paths for the characters that are drawn, and texts between them and between wide gaps."""
    words, start = "", column
    for char in [*text, ""]:
        drawn = list(_paths(char, column, row, color)) if char else []
        if drawn or not char or (char == " " and words.endswith(" ")):
            if words.strip():
                yield _text(words.rstrip(), start, row, color, bold)
            words = ""
            yield from drawn
        elif words or char != " ":
            start = start if words else column
            words += char
        column += cell_len(char)


def _text(words: str, column: int, row: int, color: str, bold: bool) -> _Element:
    x, y, length = column * WIDTH, row * HEIGHT + BASELINE, cell_len(words) * WIDTH
    content = f'x="{x}" y="{y:g}" textLength="{length}">{escape(words)}'
    return _Element("bold" if bold else "text", color, content)


def _paths(char: str, column: int, row: int, color: str) -> Iterable[_Element]:
    left, top = column * WIDTH, row * HEIGHT
    if "\u2800" < char <= "\u28ff":
        for bit in range(8):
            if ord(char) >> bit & 1:
                across = int(bit in (3, 4, 5, 7))
                down = bit % 3 if bit < 6 else 3
                x, y = left + 1 + across * WIDTH / 2, top + 2 + down * HEIGHT / 4
                yield _Element("dot", color, f"M{x:g} {y:g}h2")
    elif char in _BLOCKS:
        start, height = (HEIGHT * share for share in _BLOCKS[char])
        yield _Element("block", color, f"M{left} {top + start:g}h{WIDTH}v{height:g}h-{WIDTH}z")
    else:
        for kind, shapes in (("thin", _THIN), ("thick", _THICK)):
            for shape in shapes.get(char, ()):
                yield _Element(kind, color, _moved(shape, left, top))


def _moved(shape: str, left: float, top: float) -> str:
    """A path of absolute commands M, H, V, Q (and relative h), moved."""
    out, coordinates = "", {"M": "xy", "H": "x", "V": "y", "Q": "xyxy", "h": ""}
    for part in _commands(shape):
        command, numbers = part[0], [float(number) for number in part[1:].split()]
        offsets = [left if axis == "x" else top for axis in coordinates[command]]
        offsets += [0.0] * (len(numbers) - len(offsets))
        out += command + " ".join(f"{n + o:g}" for n, o in zip(numbers, offsets, strict=True))
    return out


def _commands(shape: str) -> Iterable[str]:
    start = 0
    for index, char in enumerate(shape[1:], 1):
        if char.isalpha():
            yield shape[start:index]
            start = index
    yield shape[start:]


def _colors(style: Style, theme: TerminalTheme) -> tuple[str, str]:
    """Foreground and background as hexadecimal colors."""
    found = []
    for color, default in (
        (style.color, theme.foreground_color),
        (style.bgcolor, theme.background_color),
    ):
        known = color is not None and color.type is not ColorType.DEFAULT
        found.append((color.get_truecolor(theme) if color is not None and known else default).hex)
    if style.reverse:
        found.reverse()
    return found[0], found[1]


# ---- writing -------------------------------------------------------------------------------------


def _draw(elements: Sequence[_Element]) -> str:
    """The elements of a group, which are of one layer: those of one color together."""
    kind = elements[0].kind
    by_color: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        by_color[element.color].append(element.content)
    if kind in ("text", "bold"):
        css = ' class="b"' if kind == "bold" else ""
        return "".join(
            f'<g{css} fill="{color}">{"".join(f"<text {part}</text>" for part in parts)}</g>'
            for color, parts in by_color.items()
        )
    attributes = f'class="{_STROKES[kind]}" stroke' if kind in _STROKES else "fill"
    return "".join(
        f'<path {attributes}="{color}" d="{"".join(parts)}"/>' for color, parts in by_color.items()
    )
