"""The moving picture at the top of the README: the application while a run trains.

    uv run python bench/picture.py RUN docs/tui.svg [--every 50] [--size 100x36]

RUN is a finished run with many checkpoints: `minibert pretrain --checkpoint-every 50 --keep 60`. It
is replayed: for every frame the application reads the run's metrics and checkpoints up to a step,
and fills the sentences with these checkpoints. Nothing is invented.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import socket
import tempfile
from pathlib import Path

from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.pilot import Pilot

from minibert.model.folder import CHECKPOINTS, checkpoint_step, checkpoints
from minibert.runs.manifest import MANIFEST, Manifest, RunState
from minibert.runs.metrics import METRICS, append_row, read_rows
from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.settings import LoadedSettings, Settings

from harness.terminal_svg import Frame, animated_svg

PATIENCE = 120.0  # seconds for the predictions of a frame
SENTENCES = (
    "the cow eats [MASK] in the field.",
    "after the rain the ground was [MASK].",
)
STEP_SECONDS, END_SECONDS, SECTION_SECONDS = 0.2, 4.0, 3.0
SECTIONS = ("3", "4")  # the keys of the sections at the end: Attention and Fill


class Replay:
    """A copy of a run folder that shows the run as it was at a step, then at later ones.

    Args:
        run: the finished run.
        folder: where the copy is made.
    """

    def __init__(self, run: Path, folder: Path) -> None:
        self._run = run
        self.path = folder / run.name
        (self.path / CHECKPOINTS).mkdir(parents=True)
        for file in run.iterdir():
            if file.name not in (MANIFEST, METRICS, CHECKPOINTS):
                (self.path / file.name).symlink_to(file)
        self._manifest = Manifest.read(run)
        self._rows = read_rows(run / METRICS)

    def show(self, step: int | None) -> None:
        """Show the run after a step, still running, or finished if it is None."""
        manifest = self._manifest
        if step is not None:
            manifest = dataclasses.replace(
                manifest, state=RunState.RUNNING, pid=os.getpid(), host=socket.gethostname()
            )
        manifest.write(self.path)
        while self._rows and (step is None or self._rows[0].step <= step):
            append_row(self.path / METRICS, self._rows.pop(0))
        for checkpoint in checkpoints(self._run):
            link = self.path / CHECKPOINTS / checkpoint.name
            if not link.exists() and (step is None or checkpoint_step(checkpoint) <= step):
                link.symlink_to(checkpoint)


async def picture(given: argparse.Namespace, replay: Replay) -> str:
    """The frames of the replayed training, then of other sections, as one SVG."""
    replay.show(0)
    watcher = RunWatcher(replay.path)
    app = MinibertApp(
        watcher, live=False, loaded_settings=LoadedSettings(Settings(given.theme, SENTENCES))
    )
    frames = []
    async with app.run_test(size=given.size) as pilot:
        last = max(map(checkpoint_step, checkpoints(given.run)))
        await pilot.press("s")  # a smoothed loss
        for step in [*range(given.every, last, given.every), None]:
            replay.show(step)
            app.snapshot = watcher.poll() or app.snapshot
            await settle(app, pilot)
            frames.append(frame(app, STEP_SECONDS if step is not None else END_SECONDS))
        still = len(frames) - 1
        for key in SECTIONS:
            await pilot.press(key)
            await settle(app, pilot)
            frames.append(frame(app, SECTION_SECONDS))
        colors = app.get_css_variables()
        ground, ink = (Color.parse(colors[name]).rgb for name in ("background", "foreground"))
        theme = TerminalTheme(ground, ink, [ink] * 8)
    return animated_svg(frames, theme, "minibert tui", still)


async def settle(app: MinibertApp, pilot: Pilot[None]) -> None:
    """Wait until the models have computed everything that the screen shows."""
    await pilot.pause(0.5)
    await asyncio.wait_for(app.workers.wait_for_complete(), PATIENCE)
    await pilot.pause()


def frame(app: MinibertApp, seconds: float) -> Frame:
    """The screen as it is now."""
    return Frame([list(strip) for strip in app.screen._compositor.render_strips()], seconds)


def size(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    return int(columns), int(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=50, help="steps between two frames")
    parser.add_argument("--theme", default="textual-dark")
    parser.add_argument("--size", type=size, default=(100, 36), help="columns and rows: 100x36")
    given = parser.parse_args()
    given.run = given.run.resolve()
    with tempfile.TemporaryDirectory() as folder:
        svg = asyncio.run(picture(given, Replay(given.run, Path(folder))))
    given.out.write_text(svg, encoding="utf-8")
    print(f"written: {given.out}, {len(svg.encode()):,} bytes")


if __name__ == "__main__":
    main()
