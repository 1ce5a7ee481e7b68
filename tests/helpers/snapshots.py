"""Frames of the application, beside those that were looked at; apart from the tests, to be
imported there.

A `.txt` is a frame's characters. A `.ansi` is its picture with all colors: `cat` it in a terminal
of its size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from minibert.tui.app import MinibertApp

SNAPSHOTS = Path(__file__).parents[1] / "tui" / "snapshots"
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "250x70": (250, 70)}


def frames(*rows: tuple[Any, ...] | str, quick: str) -> list[Any]:
    """Parameters of tests of frames: those with `quick` among them belong to the quick suite, all
    others to the exhaustive one."""
    all_rows = [(row,) if isinstance(row, str) else row for row in rows]
    return [
        pytest.param(*row, marks=() if quick in row else pytest.mark.exhaustive) for row in all_rows
    ]


def compare(name: str, text: str) -> None:
    compare_file(f"{name}.txt", text)


def compare_picture(name: str, app: MinibertApp) -> None:
    """In the theme that the application has."""
    name = f"{name}-{'dark' if app.current_theme.dark else 'light'}.ansi"
    console = Console(color_system="truecolor", force_terminal=True)
    strips = app.screen._compositor.render_strips()
    compare_file(name, "\n".join(strip.render(console) for strip in strips))


def compare_file(name: str, text: str) -> None:
    file = SNAPSHOTS / name
    if os.environ.get("MINIBERT_SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == file.read_text(encoding="utf-8"), f"the frame {name} has changed"
