"""The application under keys, in every state of a run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from minibert.errors import OptionError, RunError
from minibert.tui import main
from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.help import HelpScreen

from helpers.samples import until


@pytest.fixture
def app(make_run, clock):
    return MinibertApp(RunWatcher(make_run(120).path, clock), live=False)


async def test_t_changes_between_dark_and_light(app):
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.current_theme.dark
        await pilot.press("t")
        assert not app.current_theme.dark
        await pilot.press("t")
        assert app.current_theme.dark


async def test_the_help_lists_every_key_and_closes_again(app):
    keys, closings = ("question_mark", "f1"), ("escape", "question_mark", "f1", "enter")
    async with app.run_test(size=(80, 24)) as pilot:
        for key, closing in product(keys, closings):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, HelpScreen), key
            text = screen_text(app)
            for meaning in ("Smooth more", "logarithmic", "steps, tokens or time", "Draw training"):
                assert meaning in text
            await pilot.press(closing)
            assert not isinstance(app.screen, HelpScreen), closing


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_q_quits(app, key):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert not app.is_running
        assert app.return_code == 0


async def test_the_palette_offers_every_section_and_the_actions_of_the_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {section.title for section in app.sections} <= set(titles)
        assert {"Log y", "Smooth", "Axis", "Theme"} <= set(titles)
        await pilot.press("ctrl+p")
        await pilot.press(*"smooth")
        await pilot.pause(0.5)
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "smoothed 0.6" in screen_text(app)


async def test_a_click_on_the_footer_is_the_key(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert await pilot.click("FooterKey.-command-palette", offset=(1, 0))
        await pilot.pause()
        assert "Search" in screen_text(app)


async def test_every_theme_can_be_drawn(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()
            assert "MLM loss" in screen_text(app), theme


async def test_a_window_that_is_too_small_says_so(app):
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert "too small" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "too small" not in screen_text(app)


async def test_many_resizes_in_a_row_are_survived(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((60, 18), (250, 70), (61, 70), (250, 18), (1, 1), (120, 40)):
            await pilot.resize_terminal(*size)
        await pilot.pause()
        assert "MLM accuracy" in screen_text(app)


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"state": "finished"}, ["✓ finished", "step 200 of 2,000"]),
        ({"state": "interrupted"}, ["■ interrupted", "P resumes it"]),
        ({"state": "failed"}, ["✗ failed", "The training ended with an error."]),
        ({"state": "failed", "error": "no room"}, ["ended with an error: no room."]),
        ({"pid": 2**22 + 12345}, ["✗ crashed", "from the newest checkpoint"]),
        ({"format": 99}, ["✗ unreadable", "newer minibert (format 99"]),
        ({"format": None}, ["✗ unreadable", "is not the manifest of a run", "step 200"]),
        ({"state": "dreaming"}, ["? dreaming"]),
    ],
)
async def test_every_state_is_shown_in_words(make_run, clock, changes, sentences):
    app = MinibertApp(RunWatcher(make_run(20, **changes).path, clock), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = " ".join(screen_text(app).split())
        for sentence in sentences:
            assert sentence in text


# ---- live ----------------------------------------------------------------------------------------


async def test_a_live_run_is_followed_from_waiting_to_deleted(
    tmp_path, make_run, make_rows, as_lines
):
    app = MinibertApp(RunWatcher(tmp_path / "runs"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "… waiting for a run")
        await until(pilot, "holds no run yet")
        run = make_run(0, name="runs/fresh")
        await until(pilot, "first point comes after 10 steps")
        run.append(as_lines(make_rows(40)))
        await until(pilot, "step 400 of 2,000")
        run.describe(state="interrupted")
        await until(pilot, "■ interrupted")
        shutil.rmtree(run.path)
        await until(pilot, "✗ deleted")
        await until(pilot, "step 400 of 2,000")


async def test_nothing_is_drawn_while_nothing_changes(make_run, monkeypatch, clock):
    app = MinibertApp(RunWatcher(make_run(20).path, clock))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "step 200")
        drawn = []
        monkeypatch.setattr(type(app.screen), "_draw", lambda self: drawn.append(1))
        await pilot.pause(0.8)
        assert not drawn


# ---- main ----------------------------------------------------------------------------------------


def test_a_run_that_does_not_exist_raises(tmp_path):
    with pytest.raises(RunError, match="does not exist"):
        main(tmp_path / "nowhere", once=True)


@pytest.mark.parametrize("kind", ["empty folder", "file"])
def test_a_folder_without_a_run_raises(tmp_path, kind):
    path = tmp_path / "thing"
    path.mkdir() if kind == "empty folder" else path.write_text("text")
    with pytest.raises(RunError, match="contains no run"):
        main(path, once=True)


def test_without_a_terminal_once_is_suggested(make_run, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(OptionError, match="`once`"):
        main(make_run(1).path, once=False)


def test_once_prints_one_frame(make_run, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert main(make_run(60).path, once=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 24
    assert max(map(len, lines)) <= 80
    assert "small-world-tiny" in lines[0]


def test_the_default_folder_may_be_empty(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(None, once=True) == 0
    assert "runs holds no run yet" in capsys.readouterr().out


def test_neither_torch_nor_textual_is_imported_too_early():
    script = (
        "import sys, minibert.tui\n"
        "assert 'textual' not in sys.modules\n"
        "import minibert.tui.app\n"
        "from minibert.tui.sections.attention import screen\n"
        "from minibert.tui.sections.data import screen\n"
        "from minibert.tui.sections.fill import screen\n"
        "from minibert.tui.sections.runs import screen, start_dialog\n"
        "from minibert.tui.sections.tokens import screen\n"
        "from minibert.tui.sections.training import screen\n"
        "assert 'torch' not in sys.modules\n"
    )
    python = str(Path(__file__).resolve().parents[2] / "python")
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": python})
