"""The animated SVG of the README's picture."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location(
    "terminal_svg", ROOT / "bench" / "harness" / "terminal_svg.py"
)
terminal_svg = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(terminal_svg)

THEME = TerminalTheme((0, 0, 0), (255, 255, 255), [(255, 255, 255)] * 8)
LINES = ("step 1  ╭─╮⣿", "step 2  ╭─╮⡇", "step 3  ╭─╮⣿")


def frames():
    style = Style(color="#ff0000", bgcolor="#00ff00", bold=True)
    return [
        terminal_svg.Frame([[Segment(line), Segment("ab & <c>", style)]], 1.0) for line in LINES
    ]


def groups(svg):
    """The texts of the groups of an SVG, by whether the group is hidden without animation."""
    found = {True: set(), False: set()}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        texts = [text.text for text in group.iter("{http://www.w3.org/2000/svg}text")]
        found[group.get("visibility") == "hidden"].update(texts)
    return found


def test_the_still_frame_is_visible_without_animation_and_no_other():
    found = groups(terminal_svg.animated_svg(frames(), THEME, "a title", still=1))
    assert {"step 2", "ab & <c>"} <= found[False]
    assert found[True] == {"step 1", "step 3"}


def test_an_element_of_all_frames_is_written_once():
    svg = terminal_svg.animated_svg(frames(), THEME, "a title", still=2)
    assert svg.count("ab &amp; &lt;c&gt;") == 1
    assert svg.count("@keyframes") == 3


def test_what_two_intervals_share_is_visible_in_both():
    svg = terminal_svg.animated_svg(frames(), THEME, "a title", still=2)
    dots = "M89 2h2"  # at the upper left of the braille cell, in every frame
    assert svg.count(dots) == 1
    right = "M93 2h2"  # at its upper right, in the first and the third frame
    assert svg.count(right) == 2


def test_the_readmes_picture_is_self_contained_and_small():
    svg = (ROOT / "docs" / "tui.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(svg)
    assert len(svg.encode()) < 600_000
    for word in ("<script", "@import", "@font-face", "href", "url("):
        assert word not in svg
