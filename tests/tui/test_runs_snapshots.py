"""Frames of the section Runs and its form, compared with those that were looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from minibert.tui.app import DARK, LIGHT, MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text

from helpers.samples import GONE
from helpers.snapshots import SIZES, compare, compare_picture, frames

NAMES = "a-run-with-a-name-that-is-longer-than-any-column-is-wide-and-語彙-in-it"


@pytest.fixture
def root(make_run, monkeypatch):
    """Runs in every state, under a folder whose name is the same everywhere."""
    made = make_run(120, "runs/small-world-tiny", session=1, created="2026-01-05T10:00").path
    make_run(60, "runs/paused", state="paused", session=1, created="2026-01-06T10:00")
    make_run(200, "runs/novels-mini", state="finished", created="2026-01-04T10:00")
    crashed = make_run(60, "runs/crashed", pid=GONE, created="2026-01-03T10:00").path
    (crashed / "training.log").write_text("training …\nstep 600 of 2,000  30%  MLM loss 3.149\n")
    make_run(30, f"runs/{NAMES}", state="interrupted", created="2026-01-02T10:00")
    make_run(0, "runs/failed", state="failed", created="2026-01-01T10:00")
    (made.parent / "newer").mkdir()
    (made.parent / "newer" / "minibert.json").write_text('{"format": 99}')
    monkeypatch.setattr("minibert.runs.summary.stored_bytes", lambda folder: 12_345_678)
    monkeypatch.chdir(made.parent.parent)
    return Path("runs")


async def frame(root, clock, size, keys, theme, picture=None):
    app = MinibertApp(RunWatcher(root, clock), live=False)
    async with app.run_test(size=SIZES[size]) as pilot:
        app.theme = theme
        await pilot.pause()
        await pilot.press("1", *keys)
        await pilot.pause()
        if picture is not None:
            compare_picture(picture, app)
        return screen_text(app).split("\n", 1)[1]  # the first line is the shell's


@pytest.mark.parametrize("size", frames(*SIZES, quick="80x24"))
@pytest.mark.parametrize("theme", frames(DARK, LIGHT, quick=DARK))
async def test_the_list_is_the_one_that_was_looked_at_in_both_themes(
    root, clock, monkeypatch, size, theme
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    name = f"runs-list-{size}"
    compare(name, await frame(root, clock, size, [], theme, picture=name))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("crashed", ["down", "down", "down", "space"]),
        ("filter", ["slash", *"run"]),
        ("stop", ["X"]),
        ("by-loss", ["s", "s", "s", "s"]),
    ],
)
async def test_what_keys_show_is_what_was_looked_at(root, clock, name, keys):
    compare(f"runs-{name}-80x24", await frame(root, clock, "80x24", keys, DARK))


async def test_the_empty_list_is_the_one_that_was_looked_at(tmp_path, monkeypatch, clock):
    monkeypatch.chdir(tmp_path)
    compare("runs-empty-80x24", await frame(Path("runs"), clock, "80x24", [], DARK))


@pytest.mark.parametrize(
    ("name", "size", "theme", "keys"),
    frames(
        *[("new", size, DARK, []) for size in SIZES],
        ("new", "80x24", LIGHT, []),
        ("wrong", "80x24", DARK, [*["tab"] * 7, *"seven"]),
        quick="80x24",
    ),
)
async def test_the_form_is_the_one_that_was_looked_at(
    root, clock, monkeypatch, name, size, theme, keys
):
    monkeypatch.setattr(
        "minibert.tui.sections.runs.start_dialog.StartScreen._estimate", lambda screen: None
    )
    text = await frame(root, clock, size, ["n", *keys], theme)
    compare(f"form-{name}-{size}", text)
