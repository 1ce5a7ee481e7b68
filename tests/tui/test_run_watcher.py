"""Following a run folder through everything that can happen to it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher, holds_runs


def test_a_folder_without_a_run_is_waited_for(tmp_path, make_run):
    clock = iter(range(0, 100, 10)).__next__
    watcher = RunWatcher(tmp_path / "runs", clock=lambda: clock())
    snapshot = watcher.poll()
    assert snapshot is not None
    assert snapshot.state == "waiting"
    assert "holds no run yet" in (snapshot.problem or "")
    make_run(3, name="runs/first")
    snapshot = watcher.poll()
    assert snapshot is not None
    assert (snapshot.name, snapshot.state, len(snapshot.train)) == ("first", "running", 3)


def test_nothing_new_is_nothing_to_draw(make_run, clock):
    watcher = RunWatcher(make_run(5).path, clock)
    assert watcher.poll() is not None
    assert watcher.poll() is None


def test_appended_rows_are_added(make_run, make_rows, as_lines, clock):
    run = make_run(5)
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    run.append(as_lines(make_rows(30)[5:]))
    snapshot = watcher.poll()
    assert snapshot is not None
    assert (len(snapshot.train), len(snapshot.validation)) == (30, 1)
    assert snapshot.newest("step") == 300


def test_a_line_that_is_being_written_waits_until_it_is_whole(make_run, make_rows, as_lines, clock):
    run = make_run(5)
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    line = as_lines(make_rows(6)[5:])
    run.append(line[:40])
    assert watcher.poll() is None
    run.append(line[40:])
    snapshot = watcher.poll()
    assert snapshot is not None
    assert len(snapshot.train) == 6


@pytest.mark.parametrize("kept", [0, 3, 10, 40])
def test_a_rewritten_file_is_read_anew(make_run, make_rows, as_lines, clock, kept):
    run = make_run(20)
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    other = [{**row, "mlm_loss": 1.0} for row in make_rows(kept)]
    run.write(as_lines(other))
    snapshot = watcher.poll()
    assert snapshot is not None
    assert len(snapshot.train) == kept
    assert (snapshot.train["mlm_loss"] == 1.0).all()


def test_damaged_lines_do_not_hide_the_rest(make_run, as_lines, make_rows, clock):
    good = as_lines(make_rows(2))
    run = make_run(0).write(b"{]\n\xff\xfe\n" + good + b'{"step": "x"}\n[1]\nnull\n')
    snapshot = RunWatcher(run.path, clock).poll()
    assert snapshot is not None
    assert len(snapshot.train) == 2


def test_values_of_a_wrong_kind_are_gaps(make_run, make_rows, as_lines, clock):
    row = make_rows(1)[0]
    losses = ("high", 10**400, None, [1.0], float("nan"), float("-inf"))
    rows = [{**row, "mlm_loss": loss} for loss in losses]
    snapshot = RunWatcher(
        make_run(0).write(as_lines([*rows, {**row, "step": None}])).path, clock
    ).poll()
    assert snapshot is not None
    assert len(snapshot.train) == len(losses)
    assert np.isnan(snapshot.train["mlm_loss"]).all()
    assert snapshot.train.last("mlm_loss") is None


def test_a_deleted_run_is_said_to_be_deleted_and_keeps_its_curve(make_run, clock):
    run = make_run(5)
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    shutil.rmtree(run.path)
    snapshot = watcher.poll()
    assert snapshot is not None
    assert (snapshot.state, len(snapshot.train)) == ("deleted", 5)
    assert "was deleted or moved" in (snapshot.problem or "")
    make_run(2)
    snapshot = watcher.poll()
    assert snapshot is not None
    assert (snapshot.state, len(snapshot.train)) == ("running", 2)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "one"}', "\x00", '{"state": 1}'])
def test_a_damaged_description_is_said_and_the_rows_are_shown(make_run, clock, text):
    run = make_run(5)
    (run.path / "minibert.json").write_text(text)
    snapshot = RunWatcher(run.path, clock).poll()
    assert snapshot is not None
    assert (snapshot.state, len(snapshot.train)) == ("unreadable", 5)
    assert "minibert.json" in (snapshot.problem or "")


def test_a_description_that_is_mended_is_read_again(make_run, clock):
    run = make_run(5)
    (run.path / "minibert.json").write_text("{")
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    run.describe(state="finished")
    snapshot = watcher.poll()
    assert snapshot is not None
    assert (snapshot.state, snapshot.problem) == ("finished", None)


def test_a_newer_format_is_named(make_run, clock):
    snapshot = RunWatcher(make_run(0, format=99).path, clock).poll()
    assert snapshot is not None
    assert "newer minibert" in (snapshot.problem or "")


def test_a_run_whose_process_is_gone_has_crashed(make_run, clock):
    snapshot = RunWatcher(make_run(5, pid=2**22 + 12345).path, clock).poll()
    assert snapshot is not None
    assert snapshot.state == "crashed"


def test_a_change_of_state_alone_is_a_change(make_run, clock):
    run = make_run(5)
    watcher = RunWatcher(run.path, clock)
    watcher.poll()
    run.describe(state="finished")
    snapshot = watcher.poll()
    assert snapshot is not None
    assert snapshot.state == "finished"


def test_a_running_training_that_writes_nothing_is_called_silent(make_run, clock):
    run = make_run(5)
    passed = [0.0]
    watcher = RunWatcher(run.path, clock=lambda: clock() + 60 * passed[0])
    shown = []
    for passed[0] in (0.0, 1.0, 7.0, 7.5):
        snapshot = watcher.poll()
        shown.append(None if snapshot is None else snapshot.silent_minutes)
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
    watcher = RunWatcher(tmp_path, clock=lambda: clock())
    assert watcher.poll().name == "old"
    make_run(2, name="new", updated="2026-02-01")
    assert watcher.poll().name == "new"
    old.describe(state="running", updated="2026-03-01")
    snapshot = watcher.poll()
    assert snapshot is None or snapshot.name == "new"


def test_a_folder_that_holds_only_a_damaged_run_shows_it(make_run, tmp_path, clock):
    run = make_run(1)
    (run.path / "minibert.json").write_text("{")
    assert holds_runs(tmp_path)
    assert RunWatcher(tmp_path, clock).poll().state == "unreadable"


def test_an_unread_run_has_no_progress():
    snapshot = RunSnapshot()
    assert snapshot.share_done is None
    assert snapshot.seconds_left is None
    assert snapshot.pair_task == "NSP"


def test_the_time_left_follows_the_recent_pace(make_run, clock):
    snapshot = RunWatcher(make_run(100, budget={"steps": 2000, "seconds": None}).path, clock).poll()
    assert snapshot.share_done == 0.5
    assert snapshot.seconds_left == pytest.approx(1000 * 0.24)


def test_the_time_left_of_a_time_budget_is_what_is_not_used(make_run, clock):
    snapshot = RunWatcher(make_run(100, budget={"steps": None, "seconds": 600}).path, clock).poll()
    assert snapshot.seconds_left == pytest.approx(600 - 252)
    assert snapshot.share_done == pytest.approx(252 / 600)
