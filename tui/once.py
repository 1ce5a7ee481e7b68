"""One frame of the application as text, without a terminal."""

from __future__ import annotations

import asyncio
import shutil
import sys

from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher


def print_frame(watcher: RunWatcher) -> None:
    """Print the screen as it is now, at the terminal's size, or 80x24 without one."""
    columns, rows = shutil.get_terminal_size((80, 24))
    text = asyncio.run(render_frame(watcher, columns, rows))
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


async def render_frame(watcher: RunWatcher, columns: int, rows: int) -> str:
    """The screen as lines of text without colors."""
    app = MinibertApp(watcher, live=False)
    async with app.run_test(size=(columns, rows)) as pilot:
        await pilot.pause()
        return screen_text(app)


def screen_text(app: MinibertApp) -> str:
    """The screen of an application as lines of text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
