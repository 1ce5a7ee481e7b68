"""The parts around the sections: the top line, the help, the settings, and the open run."""

from __future__ import annotations

import json

import pytest

from minibert.tui.app import DARK, LIGHT, MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.settings import LoadedSettings, Settings, load_settings, save_settings
from minibert.tui.widgets.top_bar import TopBar

from helpers.samples import until


@pytest.fixture
def app(make_run, clock):
    return MinibertApp(RunWatcher(make_run(120).path, clock), live=False)


def top_line(app):
    return screen_text(app).splitlines()[0]


# ---- sections ------------------------------------------------------------------------------------


async def test_a_number_opens_its_section(app):
    async with app.run_test(size=(120, 40)) as pilot:
        for section in app.sections:
            await pilot.press("escape", section.key)
            assert app.current_mode == section.name
            await pilot.pause()
            assert f" {section.key} {section.title} " in top_line(app)


async def test_a_click_on_a_section_opens_it(app):
    async with app.run_test(size=(120, 40)) as pilot:
        for section in app.sections:
            await pilot.pause()
            column = top_line(app).index(section.title)
            await pilot.click(TopBar, offset=(column, 0))
            assert app.current_mode == section.name


async def test_every_section_lists_its_keys(app):
    async with app.run_test(size=(120, 40)) as pilot:
        for section in app.sections:
            await pilot.press("escape", section.key)
            bindings = app.screen.BINDINGS
            await pilot.press("f1")
            await pilot.pause()
            text = screen_text(app)
            for binding in bindings:
                assert (binding.tooltip or binding.description) in text
            await pilot.press("escape")


async def test_the_top_line_names_the_run_and_its_state_at_every_width(app):
    async with app.run_test(size=(60, 24)) as pilot:
        for width in (60, 80, 120, 250):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            line = top_line(app)
            assert "small-world" in line
            assert "▶" in line
            assert len(line) <= width


# ---- the open run --------------------------------------------------------------------------------


async def test_another_run_that_is_opened_is_shown_by_every_section(make_run, clock):
    first, second = make_run(20).path, make_run(40, name="second", state="finished").path
    app = MinibertApp(RunWatcher(first, clock))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "small-world-tiny ▶ running")
        app.open_run(second)
        await until(pilot, "second ✓ finished")
        await until(pilot, "step 400")


async def test_the_newest_checkpoint_is_where_the_weights_are(make_run, clock):
    run = make_run(20)
    watcher = RunWatcher(run.path, clock)
    assert watcher.poll().weights == run.path
    for step in (250, 1000, 500):
        (run.path / "checkpoints" / f"step-{step:08}").mkdir(parents=True)
    snapshot = watcher.poll()
    assert [path.name for path in snapshot.checkpoints] == [
        "step-00000250", "step-00000500", "step-00001000",
    ]  # fmt: skip
    assert snapshot.weights == snapshot.checkpoints[-1]
    assert watcher.poll() is None


# ---- settings ------------------------------------------------------------------------------------


def test_saved_settings_are_loaded_again(tmp_path):
    file = tmp_path / "made" / "tui.json"
    save_settings(Settings(theme="nord"), file)
    assert load_settings(file) == LoadedSettings(Settings(theme="nord"), file)


def test_without_a_file_the_settings_are_the_defaults(tmp_path):
    file = tmp_path / "tui.json"
    assert load_settings(file) == LoadedSettings(Settings(), file)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"theme": "nord"}', '{"format": 1, "theme": 3}', "\x00"]
)
def test_invalid_settings_are_the_defaults_and_a_message_says_so(tmp_path, text):
    file = tmp_path / "tui.json"
    file.write_text(text)
    found = load_settings(file)
    assert (found.settings, found.file) == (Settings(), file)
    assert str(file) in found.problem


def test_settings_of_a_newer_version_are_never_overwritten(tmp_path):
    file = tmp_path / "tui.json"
    file.write_text('{"format": 99, "theme": "nord", "more": 1}')
    found = load_settings(file)
    assert (found.settings, found.file) == (Settings(), None)
    assert "newer" in found.problem


async def test_the_selected_theme_is_saved(make_run, clock, tmp_path):
    file = tmp_path / "tui.json"
    run = make_run(20).path
    app = MinibertApp(RunWatcher(run, clock), live=False, loaded_settings=load_settings(file))
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.theme == DARK
        await pilot.press("t")
        await app.workers.wait_for_complete()
        assert json.loads(file.read_text())["theme"] == LIGHT
    app = MinibertApp(RunWatcher(run, clock), live=False, loaded_settings=load_settings(file))
    async with app.run_test(size=(80, 24)):
        assert app.theme == LIGHT


@pytest.mark.parametrize(
    ("loaded_settings", "said"),
    [
        (LoadedSettings(problem="The settings are invalid."), "settings are invalid"),
        (LoadedSettings(Settings(theme="none-such")), "MLM loss"),
    ],
)
async def test_settings_that_cannot_be_used_do_not_stop_the_application(
    make_run, clock, loaded_settings, said
):
    app = MinibertApp(
        RunWatcher(make_run(20).path, clock), live=False, loaded_settings=loaded_settings
    )
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert app.theme == DARK
        assert said in screen_text(app)


async def test_settings_that_cannot_be_saved_show_an_error(make_run, clock, tmp_path):
    (tmp_path / "file").write_text("")
    loaded_settings = LoadedSettings(file=tmp_path / "file" / "tui.json")
    app = MinibertApp(
        RunWatcher(make_run(20).path, clock), live=False, loaded_settings=loaded_settings
    )
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("t")
        await until(pilot, "was not saved")
