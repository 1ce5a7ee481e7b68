"""Text for users and readers has the field's words; words that were given up do not return."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each pattern is matched as whole words, whatever the case; the value is what to write.
GIVEN_UP = {
    r"pieces?": "token",
    r"sittings?": "session",
    r"stations?": "stage",
    r"anew": "again, or randomly initialized",
    r"(?:go|goes|gone|going) on (?:with|by|from)": "resume",
    r"judged?|judges|judging": "evaluate",
    r"held_out": "validation",
    r"first process": "rank 0",
    r"from nothing": "from scratch",
    r"(?:is|are|be) told(?! apart)": "receives, is passed",
    r"surprises?|surprised": "surprisal",
    r"how the house": "architecture",
}

SUFFIXES = (".py", ".pyi", ".md", ".tcss", ".html", ".js", ".css", ".rs", ".toml", ".cff")
NOT_TEXT_OF_OURS = (
    "corpora/",  # prose of a small world
    "tests/",
    "docs/dev/log.md",  # dated entries stay as they were written
)


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    return [
        name for name in listed if name.endswith(SUFFIXES) and not name.startswith(NOT_TEXT_OF_OURS)
    ]


@pytest.mark.parametrize("pattern", GIVEN_UP)
def test_a_word_that_was_given_up_is_in_no_text(pattern: str) -> None:
    names = files()
    if not names:
        pytest.skip("the files are listed by git, and this is no checkout")
    word = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    found = [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if word.search(line)
    ]
    assert not found, f"say {GIVEN_UP[pattern]}:\n" + "\n".join(found)
