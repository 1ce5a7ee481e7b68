"""The picture at the top of the README: the application itself, on a real run.

    uv run python bench/picture.py RUN docs/tui.svg [--compare RUN ...] [--keys s,c,left]

The run needs checkpoints, for its sentences to be filled: `minibert pretrain --keep 8` keeps eight.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher

PATIENCE = 120.0  # seconds for the sentences to be filled


async def picture(given: argparse.Namespace) -> str:
    """The application's screen as SVG, when every checkpoint has answered."""
    app = MinibertApp(RunWatcher(given.run), live=False)
    app.theme = given.theme
    async with app.run_test(size=given.size) as pilot:
        app.compared = tuple(given.compare)
        await pilot.pause()
        await pilot.press(*filter(None, given.keys.split(",")))
        await pilot.pause(1.0)
        await asyncio.wait_for(app.workers.wait_for_complete(), PATIENCE)
        await pilot.pause()
        return app.export_screenshot(title="minibert tui")


def size(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    return int(columns), int(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--compare", type=Path, nargs="*", default=[])
    parser.add_argument("--keys", default="s", help="pressed one after the other, by commas")
    parser.add_argument("--theme", default="textual-dark")
    parser.add_argument("--size", type=size, default=(120, 40), help="columns and rows: 120x40")
    given = parser.parse_args()
    given.out.write_text(asyncio.run(picture(given)), encoding="utf-8")
    print(f"written: {given.out}")


if __name__ == "__main__":
    main()
