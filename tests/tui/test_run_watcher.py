"""Following a run folder through everything that can happen to it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher, holds_runs


def test_a_folder_without_a_run_is_waited_for(tmp_path, make_run):
    clock = iter(range(0, 100, 10)).__next__
    follower = RunWatcher(tmp_path / "runs", clock=lambda: clock())
    view = follower.poll()
    assert view is not None
    assert view.state == "waiting"
    assert "holds no run yet" in (view.problem or "")
    make_run(3, name="runs/first")
    view = follower.poll()
    assert view is not None
    assert (view.name, view.state, len(view.train)) == ("first", "running", 3)


def test_nothing_new_is_nothing_to_draw(make_run, clock):
    follower = RunWatcher(make_run(5).path, clock)
    assert follower.poll() is not None
    assert follower.poll() is None


def test_appended_rows_are_added(make_run, make_rows, as_lines, clock):
    run = make_run(5)
    follower = RunWatcher(run.path, clock)
    follower.poll()
    run.append(as_lines(make_rows(30)[5:]))
    view = follower.poll()
    assert view is not None
    assert (len(view.train), len(view.validation)) == (30, 1)
    assert view.newest("step") == 300


def test_a_line_that_is_being_written_waits_until_it_is_whole(make_run, make_rows, as_lines, clock):
    run = make_run(5)
    follower = RunWatcher(run.path, clock)
    follower.poll()
    line = as_lines(make_rows(6)[5:])
    run.append(line[:40])
    assert follower.poll() is None
    run.append(line[40:])
    view = follower.poll()
    assert view is not None
    assert len(view.train) == 6


@pytest.mark.parametrize("kept", [0, 3, 10, 40])
def test_a_rewritten_file_is_read_anew(make_run, make_rows, as_lines, clock, kept):
    run = make_run(20)
    follower = RunWatcher(run.path, clock)
    follower.poll()
    other = [{**row, "mlm_loss": 1.0} for row in make_rows(kept)]
    run.write(as_lines(other))
    view = follower.poll()
    assert view is not None
    assert len(view.train) == kept
    assert (view.train["mlm_loss"] == 1.0).all()


def test_damaged_lines_do_not_hide_the_rest(make_run, as_lines, make_rows, clock):
    good = as_lines(make_rows(2))
    run = make_run(0).write(b"{]\n\xff\xfe\n" + good + b'{"step": "x"}\n[1]\nnull\n')
    view = RunWatcher(run.path, clock).poll()
    assert view is not None
    assert len(view.train) == 2


def test_values_of_a_wrong_kind_are_gaps(make_run, make_rows, as_lines, clock):
    row = make_rows(1)[0]
    losses = ("high", 10**400, None, [1.0], float("nan"), float("-inf"))
    rows = [{**row, "mlm_loss": loss} for loss in losses]
    view = RunWatcher(
        make_run(0).write(as_lines([*rows, {**row, "step": None}])).path, clock
    ).poll()
    assert view is not None
    assert len(view.train) == len(losses)
    assert np.isnan(view.train["mlm_loss"]).all()
    assert view.train.last("mlm_loss") is None


def test_a_deleted_run_is_said_to_be_deleted_and_keeps_its_curve(make_run, clock):
    run = make_run(5)
    follower = RunWatcher(run.path, clock)
    follower.poll()
    shutil.rmtree(run.path)
    view = follower.poll()
    assert view is not None
    assert (view.state, len(view.train)) == ("deleted", 5)
    assert "was deleted or moved" in (view.problem or "")
    make_run(2)
    view = follower.poll()
    assert view is not None
    assert (view.state, len(view.train)) == ("running", 2)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "one"}', "\x00", '{"state": 1}'])
def test_a_damaged_description_is_said_and_the_rows_are_shown(make_run, clock, text):
    run = make_run(5)
    (run.path / "minibert.json").write_text(text)
    view = RunWatcher(run.path, clock).poll()
    assert view is not None
    assert (view.state, len(view.train)) == ("unreadable", 5)
    assert "minibert.json" in (view.problem or "")


def test_a_description_that_is_mended_is_read_again(make_run, clock):
    run = make_run(5)
    (run.path / "minibert.json").write_text("{")
    follower = RunWatcher(run.path, clock)
    follower.poll()
    run.describe(state="finished")
    view = follower.poll()
    assert view is not None
    assert (view.state, view.problem) == ("finished", None)


def test_a_newer_format_is_named(make_run, clock):
    view = RunWatcher(make_run(0, format=99).path, clock).poll()
    assert view is not None
    assert "newer minibert" in (view.problem or "")


def test_a_run_whose_process_is_gone_has_crashed(make_run, clock):
    view = RunWatcher(make_run(5, pid=2**22 + 12345).path, clock).poll()
    assert view is not None
    assert view.state == "crashed"


def test_a_change_of_state_alone_is_a_change(make_run, clock):
    run = make_run(5)
    follower = RunWatcher(run.path, clock)
    follower.poll()
    run.describe(state="finished")
    view = follower.poll()
    assert view is not None
    assert view.state == "finished"


def test_a_running_training_that_writes_nothing_is_called_silent(make_run, clock):
    run = make_run(5)
    passed = [0.0]
    follower = RunWatcher(run.path, clock=lambda: clock() + 60 * passed[0])
    shown = []
    for passed[0] in (0.0, 1.0, 7.0, 7.5):
        view = follower.poll()
        shown.append(None if view is None else view.silent_minutes)
    assert shown == [0, None, 7, None]


def test_of_many_runs_the_running_one_is_shown_then_the_newest(make_run, tmp_path, clock):
    make_run(1, name="a", state="finished", created="2026-01-01")
    make_run(1, name="b", state="finished", created="2026-01-03")
    make_run(1, name="c", state="interrupted", created="2026-01-02")
    assert RunWatcher(tmp_path, clock).poll().name == "b"
    make_run(1, name="d", created="2025-01-01")
    assert RunWatcher(tmp_path, clock).poll().name == "d"


def test_a_run_that_starts_is_turned_to_unless_another_is_running(make_run, tmp_path):
    clock = iter(range(0, 100, 10)).__next__
    old = make_run(1, name="old", state="finished")
    follower = RunWatcher(tmp_path, clock=lambda: clock())
    assert follower.poll().name == "old"
    make_run(2, name="new", updated="2026-02-01")
    assert follower.poll().name == "new"
    old.describe(state="running", updated="2026-03-01")
    view = follower.poll()
    assert view is None or view.name == "new"


def test_a_folder_that_holds_only_a_damaged_run_shows_it(make_run, tmp_path, clock):
    run = make_run(1)
    (run.path / "minibert.json").write_text("{")
    assert holds_runs(tmp_path)
    assert RunWatcher(tmp_path, clock).poll().state == "unreadable"


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"config": None, "budget": 3, "corpus": [], "parameters": "many"},
        {"config": {"hidden_size": "wide"}, "budget": {"steps": 0}, "corpus": {"inputs": [1]}},
        {"budget": {"steps": None, "seconds": float("nan")}, "uniform_loss": True},
        {"parameters": 10**400, "budget": {"steps": -5}, "corpus": {"inputs": {}}},
    ],
)
def test_whatever_is_missing_is_none(manifest):
    view = RunSnapshot(manifest=json.loads(json.dumps(manifest)))
    assert view.share_done is None
    assert view.seconds_left is None
    assert view.number("parameters") is None
    assert view.number("uniform_loss") is None
    assert view.texts("corpus", "inputs") == []


def test_the_time_left_follows_the_recent_pace(make_run, clock):
    view = RunWatcher(make_run(100, budget={"steps": 2000, "seconds": None}).path, clock).poll()
    assert view.share_done == 0.5
    assert view.seconds_left == pytest.approx(1000 * 0.24)


def test_the_time_left_of_a_time_budget_is_what_is_not_used(make_run, clock):
    view = RunWatcher(make_run(100, budget={"steps": None, "seconds": 600}).path, clock).poll()
    assert view.seconds_left == pytest.approx(600 - 252)
    assert view.share_done == pytest.approx(252 / 600)
