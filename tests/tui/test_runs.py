"""The section that lists runs: what it shows, and what each key does."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from minibert.runs.control import REQUEST, pending, request
from minibert.runs.manifest import RunState
from minibert.runs.run import Run
from minibert.tui.app import MinibertApp
from minibert.tui.dialogs.confirm import ConfirmScreen
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.runs.run_list import RunList
from minibert.tui.sections.runs.run_table import COLUMNS, RunTable, fit
from minibert.tui.sections.runs.sorting import ORDERS
from minibert.tui.sections.runs.start_dialog import StartScreen

from helpers.samples import GONE, told, until

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive


@pytest.fixture
def root(make_run):
    make_run(30, "alpha", state="finished", created="2026-01-04")
    make_run(60, "beta", state="interrupted", created="2026-01-03")
    make_run(120, "gamma", session=1, created="2026-01-02")
    return make_run(10, "delta", pid=GONE, created="2026-01-01").path.parent


def opened(root, live=False):
    return MinibertApp(RunWatcher(root), live=live)


def table(app):
    return app.screen.query_one(RunTable)


def names(app):
    return [row.value.rsplit("/", 1)[-1] for row in table(app).rows]


class Running:
    """An application with the section in front."""

    def __init__(self, root, size=(120, 40), live=False):
        self.app = opened(root, live)
        self._test = self.app.run_test(size=size, notifications=True)

    async def __aenter__(self):
        self.pilot = await self._test.__aenter__()
        await self.pilot.press("1")
        await self.pilot.pause()
        return self.app, self.pilot

    async def __aexit__(self, *error):
        await self._test.__aexit__(*error)


async def put_cursor(pilot, name):
    run_table = table(pilot.app)
    run_table.move_cursor(row=names(pilot.app).index(name))
    await pilot.pause()


# ---- what is shown ------------------------------------------------------------------------------


async def test_those_that_are_trained_come_first_and_then_the_newest(root):
    async with Running(root) as (app, _):
        assert names(app) == ["gamma", "alpha", "beta", "delta"]
        text = screen_text(app)
        for said in ("▶ running", "✓ finished", "■ interrupted", "✗ crashed", "4 runs ·"):
            assert said in text


@pytest.mark.parametrize("width", range(60, 260, 7))
@pytest.mark.parametrize("longest", [3, 20, 200])
def test_the_columns_fill_a_window_and_never_more(width, longest):
    fitted = fit(width, longest)
    assert sum(wide for _, wide in fitted.values()) <= max(width, 75)
    always = {c.key for c in COLUMNS if not c.from_width}
    assert always <= set(fitted)
    assert {"state", "step", "loss", "speed", "left", "size", "curve"} <= always


async def test_a_folder_without_runs_says_how_to_make_one(tmp_path):
    async with Running(tmp_path / "runs") as (app, pilot):
        text = screen_text(app)
        assert "There are no runs in" in text and "n starts a training" in text
        await pilot.press("space", "P", "X", "K", "D", "s", "S", "c", "slash", "escape")
        assert app.is_running
        await pilot.press("n")
        assert isinstance(app.screen, StartScreen)


async def test_what_is_no_sound_run_is_shown_as_that(root):
    (root / "damaged").mkdir()
    (root / "damaged" / "minibert.json").write_text("{")
    (root / "newer").mkdir()
    (root / "newer" / "minibert.json").write_text('{"format": 99}')
    (root / "holiday").mkdir()
    (root / "strange").mkdir()
    strange = {"format": 2, "budget": [], "config": 3, "parameters": "many", "options": None}
    (root / "strange" / "minibert.json").write_text(json.dumps(strange))
    (root / "strange" / "metrics.jsonl").write_text(
        '{"step": "one", "split": [], "mlm_loss": {}}\n'
    )
    async with Running(root) as (app, pilot):
        assert set(names(app)) >= {"damaged", "newer", "strange"}
        assert "holiday" not in names(app)
        await put_cursor(pilot, "newer")
        assert "written by a newer minibert" in screen_text(app)
        for name in ("damaged", "strange"):
            await put_cursor(pilot, name)


async def test_a_crashed_run_shows_the_last_lines_of_its_log(root):
    lines = [f"line {number}" for number in range(40)]
    (root / "delta" / "training.log").write_text("\n".join(lines) + "\n[bold]no markup\n")
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "delta")
        text = screen_text(app)
        assert "│ line 39" in text and "│ [bold]no markup" in text and "line 20" not in text


@pytest.mark.parametrize(("alive", "said"), [(True, "starting"), (False, "not started")])
async def test_a_training_that_has_not_begun_is_shown_with_what_it_says(root, alive, said):
    pid = os.getpid() if alive else GONE
    folder = root / "epsilon"
    folder.mkdir()
    (folder / "launch.json").write_text(json.dumps({"pid": pid, "host": socket.gethostname()}))
    (folder / "training.log").write_text("minibert: there is no nowhere.txt\n")
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "epsilon")
        assert said in screen_text(app) and "there is no nowhere.txt" in screen_text(app)


async def test_the_list_follows_what_happens_and_the_cursor_keeps_its_run(root, make_run):
    async with Running(root, live=True) as (app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "beta")
        make_run(5, "aardvark", created="2026-01-09")
        await until(pilot, "aardvark")
        assert table(app).entry.name == "beta"
        shutil.rmtree(root / "alpha")
        await until(pilot, "4 runs ·")
        assert table(app).entry.name == "beta"
        shutil.rmtree(root / "beta")
        await until(pilot, "3 runs ·")
        assert table(app).entry.name in ("delta", "aardvark")


def test_a_run_that_has_not_changed_is_not_read_again(root, monkeypatch):
    run_list = RunList(root)
    assert len(run_list.poll()) == 4
    monkeypatch.setattr("minibert.tui.sections.runs.run_list.summarize", None)
    assert run_list.poll() is None


def test_a_process_that_ends_without_a_word_is_noticed(root):
    """Then no file changes."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    about = json.loads((root / "gamma" / "minibert.json").read_text())
    (root / "gamma" / "minibert.json").write_text(json.dumps({**about, "pid": process.pid}))
    run_list = RunList(root)
    assert {entry.name: entry.state for entry in run_list.poll()}["gamma"] == "running"
    assert run_list.poll() is None
    process.communicate(b"")
    assert {entry.name: entry.state for entry in run_list.poll()}["gamma"] == "crashed"
    assert run_list.poll() is None


# ---- what is shown of it ------------------------------------------------------------------------


async def test_enter_opens_the_run_in_every_section(root):
    async with Running(root, live=True) as (app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "alpha")
        await pilot.press("enter")
        await until(pilot, "alpha ✓ finished")
        assert app.current_mode == "training"


async def test_space_marks_runs_to_be_compared(root):
    async with Running(root) as (app, pilot):
        await pilot.press("space", "down", "down", "space")
        assert app.compared == (root / "gamma", root / "beta")
        await pilot.pause()
        assert "2 marked" in screen_text(app) and screen_text(app).count("◆") == 2
        await pilot.press("space")
        assert app.compared == (root / "gamma",)
        await pilot.press("c")
        assert app.compared == ()


async def test_a_marked_run_that_goes_is_no_longer_compared(root):
    async with Running(root, live=True) as (app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "beta")
        await pilot.press("space")
        shutil.rmtree(root / "beta")
        await until(pilot, "3 runs ·")
        assert app.compared == ()


async def test_s_sorts_by_the_next_column_and_capital_s_the_other_way_round(root):
    async with Running(root) as (app, pilot):
        seen = {}
        for order in [*list(ORDERS)[1:], "newest"]:
            await pilot.press("s")
            await pilot.pause()
            assert f"by {order}" in screen_text(app)
            seen[order] = names(app)
        assert seen["name"] == ["alpha", "beta", "delta", "gamma"]
        assert seen["step"] == ["gamma", "beta", "alpha", "delta"]
        assert seen["left"][0] == "gamma"  # nothing else has time left, and comes after it
        await pilot.press("s", "S")
        assert names(app) == ["gamma", "delta", "beta", "alpha"]


async def test_a_click_on_a_head_sorts_by_it_and_again_the_other_way_round(root):
    async with Running(root) as (app, pilot):
        head = screen_text(app).splitlines()[2]
        await pilot.click(RunTable, offset=(head.index("step"), 0))
        assert names(app) == ["gamma", "beta", "alpha", "delta"]
        await pilot.click(RunTable, offset=(head.index("step"), 0))
        assert names(app) == ["delta", "alpha", "beta", "gamma"]


async def test_slash_shows_what_has_the_words_and_escape_everything_again(root):
    async with Running(root) as (app, pilot):
        await pilot.press("slash", *"TA")
        assert names(app) == ["beta", "delta"]
        await pilot.press("space", *"crash")
        assert names(app) == ["delta"]
        await pilot.press("enter", "space")  # which is back in the table
        assert app.compared == (root / "delta",)
        await pilot.press("slash", "x")
        await pilot.pause()
        assert "No run has “x”" in screen_text(app)
        await pilot.press("escape")
        assert len(names(app)) == 4 and app.focused is table(app)


# ---- what is done -------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "action"), [("P", "pause"), ("K", "checkpoint")])
async def test_a_training_is_asked_and_its_state_stays_what_it_says(root, key, action):
    async with Running(root, live=True) as (app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "gamma")
        await pilot.press(key)
        await until(pilot, "▶ running…")
        assert pending(root / "gamma") == action
        assert "is requested" in screen_text(app)


async def test_a_paused_training_is_let_go_on(root):
    Run.open(root / "gamma").set_state(RunState.PAUSED)
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "gamma")
        assert "‖ paused" in screen_text(app)
        await pilot.press("P")
        await app.workers.wait_for_complete()
        assert pending(root / "gamma") == "resume"


async def test_a_stop_is_asked_for_only_when_it_is_meant(root):
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "gamma")
        for keys in (["X", "n"], ["X", "escape"], ["X", "enter"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert not isinstance(app.screen, ConfirmScreen)
            assert pending(root / "gamma") is None
        await pilot.press("X", "y")
        await app.workers.wait_for_complete()
        assert pending(root / "gamma") == "stop"


@pytest.mark.parametrize("key", ["P", "X", "K"])
async def test_what_a_run_cannot_be_asked_is_said(root, key):
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "alpha")
        await pilot.press(key)
        await app.workers.wait_for_complete()
        assert "is finished, and" in told(app)
        assert not (root / "alpha" / REQUEST).exists()


async def test_a_run_is_deleted_only_when_it_is_meant(root):
    async with Running(root, live=True) as (_app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "beta")
        await pilot.press("D", "enter")
        assert (root / "beta").exists()
        await pilot.press("D")
        await until(pilot, "Its weights and metrics")
        await pilot.press("y")
        await until(pilot, "3 runs ·")
        assert not (root / "beta").exists()


async def test_a_run_that_is_trained_is_not_deleted(root):
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "gamma")
        await pilot.press("D")
        assert "is running; stop it before you delete it" in told(app)
        assert (root / "gamma").exists()


async def test_a_stopped_run_is_gone_on_with_in_the_background(root, monkeypatch):
    launched = []
    monkeypatch.setattr(
        "minibert.tui.sections.run_control.launch",
        lambda inputs, options: launched.append((inputs, options.resume, options.out)),
    )
    async with Running(root) as (app, pilot):
        await put_cursor(pilot, "beta")
        await pilot.press("P", "n")
        await pilot.press("P", "y")
        await app.workers.wait_for_complete()
        assert launched == [([], True, str(root / "beta"))]


async def test_a_request_of_somebody_else_is_seen(root):
    async with Running(root, live=True) as (_app, pilot):
        await until(pilot, "4 runs ·")
        await put_cursor(pilot, "gamma")
        request(Run.open(root / "gamma"), "stop")
        await until(pilot, "A stop is requested")


# ---- many runs ----------------------------------------------------------------------------------


def test_a_long_run_is_told_of_as_a_short_one(make_run, make_rows, as_lines):
    """Of 100,000 rows no more is read than the ends and some in between."""
    run = make_run(0, "long")
    data = as_lines(make_rows(1000))
    run.write(data * 20)
    entry = RunList(run.path.parent).poll()[0]
    assert entry.summary.step == 10_000
    assert 100 <= len(entry.losses) <= 120
    assert max(entry.losses) > 8 and min(entry.losses) < 4
