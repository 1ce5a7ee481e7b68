"""The training screen under keys and the mouse: curves, compared runs, sentences, the machine."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from textual.widgets import Input

from minibert.errors import ModelError
from minibert.runs.control import REQUEST, pending
from minibert.runs.manifest import Manifest
from minibert.tui.app import MinibertApp
from minibert.tui.models.predictions import (
    PredictionHistory,
    SentencePredictions,
    TokenPrediction,
    predict_sentences,
)
from minibert.tui.monitoring.metrics_tail import AT_ONCE, MetricsTail
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.training.compared_runs import ComparedRuns
from minibert.tui.sections.training.latest_metrics import LatestMetrics
from minibert.tui.sections.training.plot_view import PlotView
from minibert.tui.sections.training.sentences import Sentences
from minibert.tui.sections.training.system_load import SystemLoad, SystemMonitor
from minibert.tui.settings import LoadedSettings, Settings

from helpers.samples import told, training_record, until


@pytest.fixture
def app(make_run, clock):
    return MinibertApp(RunWatcher(make_run(120).path, clock), live=False)


def plot(app, name="loss"):
    return app.screen.query_one(f"#{name}", PlotView).plot


def shown(app):
    x_range = plot(app).x_range
    return round(x_range.low, 3), round(x_range.high, 3)


# ---- how curves are drawn ------------------------------------------------------------------------


async def test_l_draws_the_loss_on_a_logarithmic_scale_and_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        assert plot(app).log_y
        await pilot.pause()
        assert "log y" in screen_text(app)
        await pilot.press("l")
        assert not plot(app).log_y


async def test_shift_l_draws_over_the_logarithm_of_x_and_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        assert "log x" in screen_text(app)
        assert "100" in screen_text(app).splitlines()[-2]
        await pilot.press("L")
        assert shown(app) == (0.0, 1200.0)


@pytest.mark.parametrize("key", ["l", "L"])
async def test_logarithms_of_nothing_are_refused_with_a_word(make_run, clock, key):
    app = MinibertApp(RunWatcher(make_run(0).path, clock), live=False)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert "no logarithm to draw" in told(app)
        assert not plot(app).log_y and not plot(app).x_range.log


async def test_s_goes_through_the_smoothings_and_shift_s_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        seen = []
        for key in ("s", "s", "s", "s", "S", "S"):
            await pilot.press(key)
            seen.append(plot(app).hint)
            assert (plot(app).series[0].smooth is None) == (plot(app).hint == "")
            assert plot(app).series[1].smooth is None  # validation: never smoothed
        assert seen == ["smoothed 0.6", "smoothed 0.9", "smoothed 0.98", "", "smoothed 0.98",
                        "smoothed 0.9"]  # fmt: skip


async def test_x_goes_through_steps_tokens_and_time(app):
    async with app.run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in range(4):
            seen.append((plot(app).x_axis.name, plot(app).series[0].x[-1]))
            await pilot.press("x")
        assert seen == [("step", 1200), ("tokens", 4_800_000), ("time", 300), ("step", 1200)]


async def test_another_axis_shows_the_same_part_of_the_run(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "left", "left", "plus", "plus")
        low, high = shown(app)
        at = plot(app).crosshair
        await pilot.press("x")
        assert shown(app) == pytest.approx((low * 4000, high * 4000), rel=1e-3)
        assert plot(app).crosshair == at * 4000


async def test_h_draws_training_and_validation_or_one_of_them(app):
    async with app.run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in range(4):
            seen.append([series.label for series in plot(app).series])
            await pilot.press("h")
        assert seen == [["training", "validation"], ["training"], ["validation"],
                        ["training", "validation"]]  # fmt: skip


async def test_v_goes_through_the_loss_the_measures_and_the_sentences(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for words in ("unigram entropy 6.42 ┄", "NSP accuracy, %", "[MASK] sat", "6.42 ┄"):
            await pilot.pause()
            assert words in screen_text(app)
            await pilot.press("v")


async def test_v_gives_each_part_all_the_room_of_a_tall_window(app):
    async with app.run_test(size=(120, 40)) as pilot:
        seen = []
        for _ in range(5):
            await pilot.pause()
            text = screen_text(app)
            seen.append(["uniform loss 9.01 ┄" in text, "MLM accuracy, %" in text,
                         "[MASK] sat" in text])  # fmt: skip
            await pilot.press("v")
        assert seen == [[True] * 3, [True, False, False], [False, True, False],
                        [False, False, True], [True] * 3]  # fmt: skip


# ---- which part, and the crosshair ---------------------------------------------------------------


async def test_plus_and_minus_zoom_at_the_newest_points_and_0_shows_all(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus")
        assert shown(app) == (360.0, 1200.0)
        assert "zoomed" in plot(app).hint
        assert shown(app) == (plot(app, "grad_norm").x_range.low, 1200.0)
        await pilot.press("plus", "minus", "minus")
        assert shown(app) == (0.0, 1200.0)
        await pilot.press("equals_sign", "0")
        assert shown(app) == (0.0, 1200.0)


async def test_arrows_pan_and_home_and_end_go_to_the_ends(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "plus")
        low, high = shown(app)
        await pilot.press("left")
        assert shown(app)[0] < low and shown(app)[1] < high
        await pilot.press("right")
        assert shown(app) == (low, high)
        await pilot.press("shift+left")
        assert shown(app)[0] == pytest.approx(low - 0.25 * (high - low), abs=0.01)
        await pilot.press("home")
        assert shown(app)[0] == 0.0
        await pilot.press("end")
        assert shown(app) == (low, high)


async def test_the_crosshair_reads_every_chart_at_the_same_row(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert {plot(app, name).crosshair for name in ("loss", "mlm_accuracy")} == {1200.0}
        last = plot(app).series[0].trace.y[-1]
        assert f"training {last:.3f}" in screen_text(app)
        await pilot.press("left")
        assert plot(app).crosshair == pytest.approx(1180, abs=10)
        await pilot.press("shift+left", "right")
        assert 900 < plot(app).crosshair < 1100
        await pilot.press("home")
        assert plot(app).crosshair == 10.0
        await pilot.press("end")
        assert plot(app).crosshair == 1200.0
        await pilot.press("escape")
        assert plot(app).crosshair is None


async def test_the_crosshair_never_stands_still_and_stays_in_sight(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", *["plus"] * 12)
        seen = []
        for _ in range(5):
            await pilot.press("left")
            seen.append(plot(app).crosshair)
            low, high = shown(app)
            assert low - 1e-6 <= seen[-1] <= high + 1e-6
        assert seen == [1190.0, 1180.0, 1170.0, 1160.0, 1150.0]


async def test_c_again_puts_the_crosshair_away(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "c")
        assert plot(app).crosshair is None


async def test_the_mouse_points_and_leaves(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.hover("#loss", offset=(42, 6))
        await pilot.pause()
        assert plot(app).crosshair == pytest.approx(600, abs=20)
        await pilot.hover("Banner")
        await pilot.pause()
        assert plot(app).crosshair is None


async def test_a_crosshair_set_by_key_stays_when_the_mouse_leaves(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.hover("#loss", offset=(42, 6))
        await pilot.press("left")
        await pilot.hover("Banner")
        await pilot.pause()
        assert plot(app).crosshair is not None


async def test_the_wheel_zooms_around_the_mouse_and_a_double_click_shows_all(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        curve = app.screen.query_one("#loss", PlotView)
        curve.post_message(PlotView.Zoomed(0.25, closer=True))
        await pilot.pause()
        assert shown(app) == (90.0, 930.0)
        curve.post_message(PlotView.Zoomed(0.25, closer=False))
        await pilot.pause()
        assert shown(app) == (0.0, 1200.0)
        await pilot.press("plus", "plus")
        await pilot.double_click("#loss", offset=(40, 6))
        await pilot.pause()
        assert shown(app) == (0.0, 1200.0)


async def test_dragging_pulls_the_curves_along(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "plus")
        await pilot.pause()
        low, high = shown(app)
        await pilot.mouse_down("#loss", offset=(30, 6))
        await pilot.hover("#loss", offset=(50, 6))
        await pilot.mouse_up("#loss", offset=(50, 6))
        await pilot.pause()
        assert shown(app)[0] == pytest.approx(low - (high - low) * 20 / 73, rel=0.1)


async def test_new_rows_move_a_view_of_the_newest_and_no_other(make_run, make_rows, as_lines):
    run = make_run(120)
    app = MinibertApp(RunWatcher(run.path))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "step 1,200 of")
        await pilot.press("plus", "plus")
        run.append(as_lines(make_rows(130)[-11:]))
        await until(pilot, "step 1,300 of")
        assert shown(app)[1] == 1300.0
        await pilot.press("left", "left")
        before = shown(app)
        run.append(as_lines(make_rows(140)[-11:]))
        await until(pilot, "step 1,400 of")
        assert shown(app) == before


# ---- several runs --------------------------------------------------------------------------------


async def test_compared_runs_are_drawn_together_and_named(make_run, clock):
    paths = [make_run(n, name=name).path for n, name in ((60, "one"), (90, "two"), (30, "実験"))]
    app = MinibertApp(RunWatcher(paths[0], clock), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        app.compared = tuple(paths)
        await pilot.pause()
        assert [series.label for series in plot(app).series] == [
            "one", "one validation", "two", "two validation", "実験", "実験 validation",
        ]  # fmt: skip
        assert len({series.color for series in plot(app).series}) == 3
        assert shown(app) == (0.0, 900.0)
        text = screen_text(app)
        for words in ("a━━ one", "b━━ two", "c━━ 実験"):
            assert words in text
        app.compared = ()
        await pilot.pause()
        assert len(plot(app).series) == 2


async def test_a_compared_run_grows_breaks_and_goes_while_it_is_shown(
    make_run, make_rows, as_lines
):
    first, other = make_run(20, name="first"), make_run(10, name="other")
    app = MinibertApp(RunWatcher(first.path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "step 200 of")
        app.compared = (first.path, other.path)
        await until(pilot, "b━━ other")
        other.append(as_lines(make_rows(40)[10:]))
        for _ in range(100):
            await pilot.pause(0.05)
            if shown(app)[1] == 400.0:
                break
        assert shown(app)[1] == 400.0
        (other.path / "minibert.json").write_text("{")
        await pilot.pause(0.6)
        shutil.rmtree(other.path)
        await pilot.pause(0.6)
        assert "b━━ other" in screen_text(app)


def test_compared_runs_read_long_files_in_turn(make_run, as_lines, make_rows):
    told = []
    runs = [make_run(30, name=name) for name in "ab"]
    companions = ComparedRuns(told.append)
    companions.choose([run.path for run in runs])
    companions.read()
    assert [[len(snapshot.train) for snapshot in snapshots] for snapshots in told] == [[30, 30]]
    companions.read()
    assert len(told) == 1
    companions.choose([runs[1].path])
    companions.read()
    assert [snapshot.name for snapshot in told[-1]] == ["b"]


def test_a_long_file_is_read_bit_by_bit(make_run, as_lines, make_rows, monkeypatch):
    monkeypatch.setattr("minibert.tui.monitoring.metrics_tail.AT_ONCE", 5000)
    tail = MetricsTail(make_run(120).path / "metrics.jsonl")
    lengths = []
    while tail.poll() or tail.behind:
        lengths.append(len(tail.train))
    assert lengths[-1] == 120
    assert len(lengths) > 5
    assert (tail.train["step"] == [10 * n for n in range(1, 121)]).all()


def test_a_line_too_long_for_a_row_is_passed_over(make_run, as_lines, make_rows, monkeypatch):
    monkeypatch.setattr("minibert.tui.monitoring.metrics_tail.AT_ONCE", 5000)
    run = make_run(0).write(b"x" * 12_000 + b"\n" + as_lines(make_rows(3)))
    tail = MetricsTail(run.path / "metrics.jsonl")
    while tail.poll() or tail.behind:
        pass
    assert len(tail.train) == 3
    assert AT_ONCE > 100_000


# ---- sentences -----------------------------------------------------------------------------------


@dataclasses.dataclass
class Piped:
    """A model that says the step of its checkpoint."""

    asked: list

    async def run(self, folder, compute):
        if "damaged" in (folder / "note").read_text():
            raise ModelError("damaged")
        step = int(folder.name.removeprefix("step-"))
        self.asked.append((step, compute.keywords["sentences"]))
        return {
            text: SentencePredictions(
                [[TokenPrediction(f"word{step}", 0.5), TokenPrediction("other", 0.25)]]
            )
            for text in compute.keywords["sentences"]
        }

    def close(self):
        pass


def add_checkpoint(run, step, note=""):
    folder = run.path / "checkpoints" / f"step-{step:08}"
    folder.mkdir(parents=True)
    (folder / "note").write_text(note)


@pytest.fixture
def asked(make_run, clock):
    run = make_run(60)
    app = MinibertApp(
        RunWatcher(run.path),
        loaded_settings=LoadedSettings(Settings(sentences=("the [MASK] sat",))),
    )
    app.models.close()
    app.models = Piped([])
    return run, app


async def test_every_checkpoint_is_asked_once_and_kept_when_it_is_gone(asked):
    run, app = asked
    add_checkpoint(run, 250)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "250 word250")
        add_checkpoint(run, 500)
        await until(pilot, "500 word500")
        shutil.rmtree(run.path / "checkpoints" / "step-00000250")
        add_checkpoint(run, 750, "damaged")
        add_checkpoint(run, 1000)
        await until(pilot, "1,000 word1000")
        text = screen_text(app)
        assert text.index("word1000") < text.index("word500") < text.index("word250")
        assert "50 %" in text
    assert [step for step, _ in app.models.asked] == [250, 500, 1000]


async def test_a_sentence_is_edited_in_place_and_remembered(asked):
    run, app = asked
    add_checkpoint(run, 250)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "word250")
        await pilot.press("e", *" on", "enter")
        await until(pilot, "the [MASK] sat on")
        assert app.settings.sentences == ("the [MASK] sat on",)
        await until(pilot, "word250")
        assert not isinstance(app.focused, Input)
        await pilot.press("e", *"xyz", "escape")
        await pilot.pause()
        assert app.settings.sentences == ("the [MASK] sat on",)
        assert "xyz" not in screen_text(app)
    assert [texts for _, texts in app.models.asked] == [["the [MASK] sat"], ["the [MASK] sat on"]]


async def test_sentences_are_added_and_removed(asked):
    _, app = asked
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", *"a [MASK]", "enter")
        await pilot.pause()
        assert app.settings.sentences == ("the [MASK] sat", "a [MASK]")
        await pilot.press("a", "escape")
        await pilot.pause()
        assert len(app.screen.query_one(Sentences).query(Input)) == 2
        await pilot.press("e", "ctrl+u", "enter")
        await pilot.pause()
        assert app.settings.sentences == ("a [MASK]",)


async def test_nothing_is_asked_before_the_sentences_are_seen(asked):
    run, app = asked
    add_checkpoint(run, 250)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "step 600 of")
        await pilot.pause(0.5)
        assert app.models.asked == []
        await pilot.press("v", "v")
        await until(pilot, "word250")


async def test_a_run_without_checkpoints_says_so(asked):
    _, app = asked
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "There is no checkpoint yet.")


def test_a_model_fills_sentences_and_says_what_is_wrong_with_others(small_run):
    from minibert.model.pretrained import Pretrained

    model = Pretrained.load(small_run.run.path)
    answers = predict_sentences(
        model, ["the [MASK] sat", "no mask", "[MASK] and [MASK]", "a " * 900 + "[MASK]"]
    )
    one, none, two, long = answers.values()
    assert len(one.masks) == 1
    assert len(one.masks[0]) == 5
    assert one.masks[0][0].score >= one.masks[0][1].score
    assert "no [MASK]" in none.problem
    assert len(two.masks) == 2
    assert "shorten the text" in long.problem


def test_a_history_is_kept_by_run_and_sentence(tmp_path):
    history = PredictionHistory()
    history.add(tmp_path, 10, {"a": SentencePredictions()})
    history.add(tmp_path, 20, {"a": SentencePredictions(), "b": SentencePredictions()})
    assert list(history.by_step(tmp_path, "a")) == [20, 10]
    assert history.missing(tmp_path, 10, ["a", "b"]) == ["b"]
    assert history.by_step(tmp_path / "other", "a") == history.by_step(None, "a") == {}


# ---- the machine ---------------------------------------------------------------------------------


def here(**changes):
    manifest = Manifest.begin(training_record(), "")
    process = {"host": socket.gethostname(), "pid": os.getpid(), **changes}
    return RunSnapshot(state="running", manifest=dataclasses.replace(manifest, **process))


def test_the_training_is_measured_where_it_runs():
    machine = SystemMonitor()
    first = machine.measure(here())
    assert (first.busy, first.training_cores) == (None, None)
    assert first.training_memory > 1_000_000
    assert 0 < first.memory < first.memory_total
    with ThreadPoolExecutor(1) as another_thread:  # as the application may measure in any
        until = time.process_time() + 0.3
        while time.process_time() < until:
            pass
        load = another_thread.submit(machine.measure, here()).result()
    assert 0.0 < load.busy <= 1.0
    assert load.training_cores > 0.0


@pytest.mark.parametrize("changes", [{"host": "elsewhere"}, {"pid": None}, {"pid": 2**22 + 12345}])
def test_a_training_elsewhere_or_gone_is_not(changes):
    load = SystemMonitor().measure(here(**changes))
    assert load.training_memory is None
    assert load.memory_total is not None


def test_without_psutil_nothing_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert SystemMonitor().measure(here()) == SystemLoad()


async def test_a_crashed_training_shows_the_last_lines_of_its_log(make_run):
    run = make_run(20, pid=2**22 + 12345)
    said = "".join(f"line {number}\n" for number in range(9)) + "Killed " + "x" * 200 + "\n"
    (run.path / "training.log").write_text(said)
    app = MinibertApp(RunWatcher(run.path), live=False)
    async with app.run_test(size=(80, 24)):
        lines = screen_text(app).splitlines()
    at = next(number for number, line in enumerate(lines) if "line 7" in line)
    assert [line.strip()[:8] for line in lines[at : at + 3]] == ["│ line 7", "│ line 8", "│ Killed"]
    assert "line 6" not in "".join(lines)
    assert lines[at + 2].rstrip().endswith("…")


async def test_the_load_is_shown_in_words(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one(LatestMetrics).load = SystemLoad(
            2, 0.97, 3 << 30, 8 << 30, 1.9, 612 << 20
        )
        await pilot.pause()
        line = next(text for text in screen_text(app).splitlines() if "machine" in text)
        assert line.split() == (
            [
                "machine",
                "97",
                "%",
                "of",
                "2",
                "cores",
                "·",
                "3.0",
                "GB",
                "of",
                "8.0",
                "GB",
                "process",
                "1.9",
                "cores",
                "·",
                "612.0",
                "MB",
            ]
        )


# ---- what is done to the run ---------------------------------------------------------------------


class Trained(NamedTuple):
    """A run that is trained, and the application on it."""

    run: Any
    app: MinibertApp


@pytest.fixture
def trained(make_run):
    run = make_run(40, session=1)
    return Trained(run, MinibertApp(RunWatcher(run.path)))


async def test_p_pauses_the_run_and_the_state_stays_what_the_training_says(trained):
    async with trained.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "▶ running")
        await pilot.press("P")
        await until(pilot, "▶ running…")
        assert pending(trained.run.path) == "pause"
        (trained.run.path / REQUEST).unlink()
        trained.run.describe(state="paused", session=1)
        await until(pilot, "‖ paused")
        await pilot.press("P")
        await until(pilot, "‖ paused…")
        assert pending(trained.run.path) == "resume"


async def test_x_stops_the_run_only_when_it_is_meant(trained):
    async with trained.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "▶ running")
        await pilot.press("X")
        await until(pilot, "Stop small-world-tiny?")
        await pilot.press("escape")
        assert pending(trained.run.path) is None
        await pilot.press("X", "y")
        await until(pilot, "▶ running…")
        assert pending(trained.run.path) == "stop"


async def test_a_run_without_a_training_is_not_asked(make_run, clock):
    run = make_run(40, state="finished")
    app = MinibertApp(RunWatcher(run.path, clock), live=False)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("K")
        await app.workers.wait_for_complete()
        assert "is finished, and checkpoint is for" in told(app)
        assert pending(run.path) is None


async def test_keys_for_a_training_do_nothing_while_there_is_none(tmp_path):
    app = MinibertApp(RunWatcher(tmp_path / "runs"), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("P", "X", "K")
        assert app.is_running and app.screen is app.screen_stack[0]
