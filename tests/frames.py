"""Frames of the application, beside those that were looked at; apart from the tests, to be
imported there."""

from __future__ import annotations

import os
from pathlib import Path

SNAPSHOTS = Path(__file__).parent / "tui" / "snapshots"
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "250x70": (250, 70)}


def compare(name: str, text: str) -> None:
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("MINIBERT_SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == file.read_text(encoding="utf-8"), f"the frame {name} has changed"
