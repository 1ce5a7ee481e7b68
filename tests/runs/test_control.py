"""A training is paused, resumed, stopped and made to save through a file in its folder."""

import json
import os
import socket
import time
from itertools import pairwise
from pathlib import Path

import pytest

from minibert.config import PretrainOptions
from minibert.errors import RunError
from minibert.pretraining.run_setup import resolve_run
from minibert.runs.control import REQUEST, TAKEN, RunControl, pending, request, wait_until_done
from minibert.runs.manifest import RunState
from minibert.runs.run import Run
from minibert.training.checkpoint import checkpoints
from minibert.training.ranks import Ranks

from helpers.killed_runs import rows, start
from helpers.rank_workers import command, start_together
from helpers.samples import GONE, TINY, training_record

# Each test trains in processes of its own, and waits for them.
pytestmark = pytest.mark.exhaustive

STEPS = 400
OPTIONS = {**TINY, "steps": STEPS, "checkpoint_every": 1000, "log_every": 3}


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def begun(run: Path) -> bool:
    return rows(run) >= 3


def weights(run: Path) -> bytes:
    return (run / "model.safetensors").read_bytes()


def ask(run: Path, action: str) -> str:
    """Ask a training, and give the state that it says then."""
    opened = Run.open(run)
    request(opened, action)
    return wait_until_done(opened).state


# ---- in a process of its own --------------------------------------------------------------------


@pytest.fixture(scope="module")
def undisturbed(small_corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    process.join(120)
    assert process.exitcode == 0
    return out


def test_a_pause_stops_the_steps_and_changes_no_weight(small_corpus, undisturbed, tmp_path):
    out = tmp_path / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    wait_for(lambda: begun(out))
    assert ask(out, "pause") == "paused"
    held = rows(out)
    assert held < rows(undisturbed)
    time.sleep(1.0)
    assert rows(out) == held
    assert ask(out, "checkpoint") == "paused"
    saved = checkpoints(out)[-1]
    step = json.loads((saved / "trainer.json").read_text())["step"]
    assert 0 < step < STEPS
    assert Run.open(out).metrics()[-1].step == step - step % 3
    assert ask(out, "resume") == "running"
    process.join(120)
    assert process.exitcode == 0
    assert Run.open(out).state == "finished"
    assert weights(out) == weights(undisturbed)
    seconds = [row.seconds for row in Run.open(out).metrics()]
    assert max(b - a for a, b in pairwise(seconds)) < 1.0


def test_a_stopped_training_resumes_to_the_same_weights(small_corpus, undisturbed, tmp_path):
    out = tmp_path / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    wait_for(lambda: begun(out))
    assert ask(out, "stop") == "interrupted"
    process.join(30)
    assert process.exitcode == 143
    assert not (out / REQUEST).exists() and not (out / TAKEN).exists()
    changed = {name: OPTIONS[name] for name in ("checkpoint_every", "log_every", "threads")}
    process = start(small_corpus, **changed, resume=True, out=str(out))
    process.join(120)
    assert process.exitcode == 0
    assert weights(out) == weights(undisturbed)


@pytest.mark.parametrize("way", ["request", "signal"])
def test_a_paused_training_can_be_stopped(small_corpus, tmp_path, way):
    out = tmp_path / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    wait_for(lambda: begun(out))
    ask(out, "pause")
    if way == "request":
        assert ask(out, "stop") == "interrupted"
    else:
        process.terminate()
    process.join(30)
    assert process.exitcode == 143
    assert Run.open(out).state == "interrupted"
    assert len(checkpoints(out)) == 2  # of the beginning, and of the stop


def test_a_paused_training_that_is_killed_has_crashed(small_corpus, tmp_path):
    out = tmp_path / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    wait_for(lambda: begun(out))
    ask(out, "pause")
    options = PretrainOptions(resume=True, out=str(out))
    with pytest.raises(RunError, match="is paused, and process"):
        resolve_run([], options, Ranks())
    process.kill()
    process.join()
    assert Run.open(out).state == "crashed"
    assert resolve_run([], options, Ranks()).run.path == out


def test_a_pause_uses_no_time_of_the_budget(small_corpus, tmp_path):
    out = tmp_path / "run"
    timed = {name: value for name, value in OPTIONS.items() if name != "steps"}
    process = start(small_corpus, **timed, time="4s", out=str(out))
    wait_for(lambda: begun(out))
    ask(out, "pause")
    paused_at = Run.open(out).metrics()[-1].seconds
    time.sleep(4.5)
    assert ask(out, "resume") == "running"
    process.join(60)
    assert process.exitcode == 0
    assert Run.open(out).metrics()[-1].seconds > paused_at + 0.5


@pytest.mark.exhaustive
def test_several_processes_pause_and_stop_together(small_corpus, tmp_path):
    out = tmp_path / "run"
    words = [f"--{name.replace('_', '-')}={value}" for name, value in OPTIONS.items()]
    line = ["pretrain", str(small_corpus), *words, "--out", str(out)]
    processes = start_together(2, command, line, log=tmp_path / "log")
    wait_for(lambda: begun(out))
    assert ask(out, "pause") == "paused"
    held = rows(out)
    time.sleep(2.0)
    assert rows(out) == held
    assert ask(out, "resume") == "running"
    wait_for(lambda: rows(out) > held)
    assert ask(out, "pause") == "paused"
    assert ask(out, "stop") == "interrupted"
    for process in processes:
        process.join(60)
    assert processes[0].exitcode == 143, (tmp_path / "log.0").read_text()
    assert all(process.exitcode is not None for process in processes)


# ---- what is asked, and of whom -----------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", training_record())


@pytest.fixture
def done(run, monkeypatch):
    """A control that looks each time, and the list of what it has done."""
    monkeypatch.setattr("minibert.runs.control.LOOK_EVERY", 0.0)
    happened = []
    control = RunControl(
        run,
        stop=lambda: happened.append("stop"),
        save=lambda: happened.append("checkpoint"),
        note=happened.append,
    )
    return control, happened


def test_a_pause_is_pending_until_the_training_has_paused(run, done):
    control, _ = done
    request(Run.open(run.path), "pause")
    assert (pending(run.path), Run.open(run.path).state) == ("pause", "running")
    assert control.should_pause()
    assert (pending(run.path), Run.open(run.path).state) == (None, "paused")
    request(Run.open(run.path), "resume")
    assert not control.should_pause()
    assert (pending(run.path), Run.open(run.path).state) == (None, "running")


def test_a_stop_is_pending_until_the_training_has_ended(run, done):
    control, happened = done
    request(Run.open(run.path), "stop")
    control.should_pause()
    assert happened == ["stop"] and pending(run.path) == "stop"
    control.close()
    assert pending(run.path) is None


def test_a_request_to_an_earlier_session_is_dropped(run, done):
    control, happened = done
    request(Run.open(run.path), "stop")
    run.begin_session()
    assert not control.should_pause()
    assert happened == [] and pending(run.path) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 99, "request": "stop", "session": 1}',
        '{"format": 1, "request": "stop", "session": 1}',
        '{"request": "stop"}',
    ],
)
def test_an_unreadable_request_is_dropped(run, done, text):
    control, happened = done
    (run.path / REQUEST).write_text(text)
    assert not control.should_pause()
    assert happened == [] and not (run.path / REQUEST).exists()


def test_an_unknown_request_is_named_in_a_note(run, done):
    control, happened = done
    (run.path / REQUEST).write_text('{"format": 2, "request": ["fly"], "session": 1}')
    assert not control.should_pause()
    assert happened == ["control.json has the unknown request ['fly']"]


def test_most_steps_do_not_read_the_disk(run):
    control = RunControl(run, stop=lambda: None, save=lambda: None, note=lambda text: None)
    request(Run.open(run.path), "pause")
    assert not control.should_pause()
    assert pending(run.path) == "pause"


@pytest.mark.parametrize(
    ("changes", "action", "said"),
    [
        ({"state": "finished"}, "pause", "is finished, and pause is for a running training"),
        ({"state": "running"}, "resume", "is running, and resume is for a paused training"),
        ({"state": "paused"}, "pause", "is paused, and pause is for a running training"),
        ({"pid": GONE}, "stop", "is crashed, and stop is for a running training; `resume`"),
        ({"state": "interrupted"}, "resume", "`resume` the run first"),
    ],
)
def test_an_action_that_the_state_does_not_allow_is_refused(run, changes, action, said):
    about = {**json.loads((run.path / "minibert.json").read_text()), **changes}
    (run.path / "minibert.json").write_text(json.dumps(about))
    with pytest.raises(RunError, match=said):
        request(Run.open(run.path), action)
    assert not (run.path / REQUEST).exists()


def test_waiting_for_a_training_that_does_not_answer_is_an_error(run):
    request(Run.open(run.path), "pause")
    with pytest.raises(RunError, match="has not answered within 0 s; the request stays"):
        wait_until_done(run, patience=0.1)


def test_waiting_for_a_training_that_has_ended_is_an_error(run):
    request(Run.open(run.path), "pause")
    run.set_state(RunState.FINISHED)
    with pytest.raises(RunError, match="is finished, and did not execute the request"):
        wait_until_done(run)


def test_a_paused_run_on_another_host_has_not_crashed(run):
    run.set_state(RunState.PAUSED)
    about = json.loads((run.path / "minibert.json").read_text())
    for host, state in ((socket.gethostname(), "crashed"), ("elsewhere", "paused")):
        changed = {**about, "host": host, "pid": GONE if os.getpid() != GONE else 1}
        (run.path / "minibert.json").write_text(json.dumps(changed))
        assert Run.open(run.path).state == state
