"""The form that starts a training: made from the options, checked as it is typed."""

from __future__ import annotations

import dataclasses

import pytest

from minibert.config import PretrainOptions
from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.runs.form import form_fields, read_form
from minibert.tui.sections.runs.option_row import OptionRow
from minibert.tui.sections.runs.run_table import RunTable
from minibert.tui.sections.runs.screen import RunsScreen
from minibert.tui.sections.runs.start_dialog import StartScreen

from helpers.samples import until, write_corpus

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive

FIELDS = form_fields(PretrainOptions, without=("resume",))


def typed(**changes):
    return {field.name: field.typed for field in FIELDS} | {"corpus": ""} | changes


# ---- what is typed ------------------------------------------------------------------------------


def test_every_option_has_a_field_and_an_untouched_form_has_the_defaults():
    assert [f.name for f in FIELDS] == [
        field.name for field in dataclasses.fields(PretrainOptions) if field.name != "resume"
    ]
    assert read_form(FIELDS, typed()).options == PretrainOptions()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"steps": "1,000"}, {"steps": 1000}),
        ({"lr": "3e-4", "epochs": " 2.5 "}, {"lr": 3e-4, "epochs": 2.5}),
        ({"cased": True, "preset": "mini"}, {"cased": True, "preset": "mini"}),
        ({"time": "1h30m", "log_to": ""}, {"time": "1h30m"}),
    ],
)
def test_what_is_typed_is_read_as_on_the_command_line(changes, expected):
    assert read_form(FIELDS, typed(**changes)).options == PretrainOptions(**expected)


def test_a_corpus_is_split_into_files_as_a_shell_does():
    assert read_form(FIELDS, typed(corpus="a.txt 'b c.txt' d/*.gz")).inputs == (
        "a.txt",
        "b c.txt",
        "d/*.gz",
    )


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"steps": "many"}, "steps", "--steps is 'many'; it is an integer."),
        ({"lr": "fast"}, "lr", "--lr is 'fast'; it is a number."),
        ({"lr": "-1"}, "lr", "--lr is -1.0"),
        ({"batch_size": ""}, "batch_size", "--batch-size is empty; its default is 32."),
        ({"batch_size": "31", "accumulate": "2"}, "batch_size", "give --batch-size 32"),
        ({"steps": "9", "epochs": "1"}, "steps", "--steps and --epochs cannot be combined"),
        ({"time": "soon"}, "time", "'soon' is not a duration"),
        ({"heads": "3"}, "heads", "is not divisible by 3 attention heads"),
        ({"corpus": "'a.txt"}, "corpus", "quotation mark"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field, said):
    filled = read_form(FIELDS, typed(**changes))
    assert filled.options is None
    assert said in filled.problems[field]


# ---- the screen ---------------------------------------------------------------------------------


class Form:
    """An application with the form in front."""

    def __init__(self, root, size=(120, 40)):
        self.app = MinibertApp(RunWatcher(root), live=False)
        self._test = self.app.run_test(size=size, notifications=True)

    async def __aenter__(self):
        self.pilot = await self._test.__aenter__()
        await self.pilot.press("1")
        await self.pilot.press("n")
        await self.pilot.pause()
        return self.app, self.pilot

    async def __aexit__(self, *error):
        await self._test.__aexit__(*error)


def row(app, name):
    return app.screen.query_one(f"#row-{name}", OptionRow)


async def go_to(pilot, name):
    row(pilot.app, name).query_one(".control").focus()
    await pilot.pause()


@pytest.fixture
def launched(monkeypatch, tmp_path):
    calls = []

    def launch(inputs, options, root):
        calls.append((list(inputs), options, root))
        return tmp_path / "runs" / "new"

    monkeypatch.setattr("minibert.tui.sections.runs.start_dialog.launch", launch)
    return calls


async def test_a_training_is_started_as_the_form_says(tmp_path, launched):
    corpus = write_corpus(tmp_path / "a corpus.txt")
    async with Form(tmp_path / "runs") as (app, pilot):
        await pilot.press(*f"'{corpus}'")
        await go_to(pilot, "steps")
        await pilot.press(*"70")
        await go_to(pilot, "cased")
        await pilot.press("space")
        assert "yes" in screen_text(app)
        await go_to(pilot, "preset")
        await pilot.press("enter", "down", "enter")
        await pilot.press("ctrl+s", "ctrl+s")
        await app.workers.wait_for_complete([w for w in app.workers if w.name == "_start"])
        await pilot.pause()
        assert not isinstance(app.screen, StartScreen)
        options = PretrainOptions(steps=70, cased=True, preset="mini")
        assert launched == [([str(corpus)], options, tmp_path / "runs")]


async def test_what_is_typed_wrongly_is_said_at_once_and_starts_nothing(tmp_path, launched):
    async with Form(tmp_path / "runs") as (app, pilot):
        await go_to(pilot, "steps")
        await pilot.press(*"7x")
        await until(pilot, "✗ --steps is '7x'; it is an integer.")
        await until(pilot, "one field is invalid")
        await go_to(pilot, "seed")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, StartScreen) and launched == []
        assert app.focused.parent.field.name == "steps"
        await pilot.press("backspace")
        await pilot.pause()
        assert row(app, "steps").problem == ""


async def test_a_corpus_that_is_not_there_is_said_at_its_field(tmp_path, launched):
    async with Form(tmp_path / "runs") as (app, pilot):
        await pilot.press(*"nowhere.txt")
        await until(pilot, "✗ ")
        assert "nowhere.txt" in row(app, "corpus").problem
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert launched == []


async def test_parameters_text_and_time_are_told_where_they_are_known(small_run, small_corpus):
    from helpers.samples import TINY

    async with Form(small_run.run.path.parent) as (app, pilot):
        await until(pilot, "its tokens are counted when the training starts")
        await until(pilot, "unknown: no run of this shape has been trained here")
        await pilot.press(*str(small_corpus))
        for name, value in {**TINY, "steps": 800}.items():
            await go_to(pilot, name)
            control = row(app, name).query_one(".control")
            control.value = str(value)
        await until(pilot, "at the speed of small")
        tokens = small_run.run.manifest.corpus.tokens
        await until(pilot, f"{tokens / 1000:.3g}k tokens")
        await until(pilot, "with a vocabulary of 150")


async def test_the_arrows_and_enter_go_through_the_fields(tmp_path):
    async with Form(tmp_path / "runs") as (app, pilot):
        seen = []
        for key in ("down", "down", "up", "down", "down", "down", "enter"):
            await pilot.press(key)
            seen.append(app.focused.parent.field.name)
        assert seen == [
            "layout",
            "errors",
            "layout",
            "errors",
            "cased",
            "validation_corpus",
            "init_from",
        ]


async def test_escape_starts_nothing(tmp_path, launched):
    async with Form(tmp_path / "runs") as (app, pilot):
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RunsScreen) and launched == []


async def test_what_an_option_stands_for_is_shown_in_its_empty_field(tmp_path):
    async with Form(tmp_path / "runs") as (app, pilot):
        layers = row(app, "layers").query_one("Input")
        assert layers.placeholder == "2"
        row(app, "preset").query_one("Select").value = "base"
        await pilot.pause()
        assert layers.placeholder == "12"
        assert row(app, "out").query_one("Input").placeholder.endswith("<corpus>-<preset>")


async def test_the_run_that_was_started_is_opened_and_has_the_cursor(tmp_path, make_run, launched):
    root = make_run(5, "runs/other").path.parent
    async with Form(root) as (app, pilot):
        section = next(screen for screen in app.screen_stack if isinstance(screen, RunsScreen))
        await pilot.press("ctrl+s")
        await app.workers.wait_for_complete([w for w in app.workers if w.name == "_start"])
        await pilot.pause()
        assert app.current_mode == "training"
        make_run(5, "runs/new", created="2025-01-01")
        await pilot.press("1")
        section.post_message(RunsScreen.Read(section._run_list.poll()))
        await pilot.pause()
        assert section.query_one(RunTable).entry.name == "new"
