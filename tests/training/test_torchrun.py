"""`torchrun` starts, stops and restarts a training in several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minibert.model.folder import checkpoints
from minibert.runs.run import Run

from helpers.killed_runs import rows
from helpers.samples import TINY

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]


def torchrun(corpus, out, *options, **more):
    """Two processes under torchrun, which has a group of processes of its own, as in a terminal."""
    given = {**TINY, "batch_size": 8, "checkpoint_every": 1000, "out": out, **more}
    flags = [str(w) for k, v in given.items() for w in ("--" + k.replace("_", "-"), v)]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", *options, "-m", "minibert", "pretrain", str(corpus)]
    return subprocess.Popen(
        [*command, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def rank_process(launcher, rank):
    children = Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    for child in children:
        if f"\0RANK={rank}\0".encode() in Path(f"/proc/{child}/environ").read_bytes():
            return int(child)
    raise AssertionError(f"there is no process of rank {rank}")


def wait_for(out, count, launcher):
    deadline = time.monotonic() + 120
    while rows(out) < count:
        assert launcher.poll() is None, launcher.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def end(launcher):
    """What was said, and the exit code."""
    said, _ = launcher.communicate(timeout=120)
    return said, launcher.returncode


@pytest.mark.parametrize("rank", [0, 1])
def test_torchrun_restarts_killed_processes_which_resume(small_corpus, tmp_path, rank):
    out = tmp_path / "run"
    launcher = torchrun(
        small_corpus, out, "--max-restarts", "2", steps=300, log_every=1, checkpoint_every=10
    )
    wait_for(out, 30, launcher)
    os.kill(rank_process(launcher, rank), signal.SIGKILL)
    said, code = end(launcher)
    assert code == 0, said
    assert said.count("resuming from step") == 1
    run = Run.open(out)
    assert run.state == "finished"
    steps = [row.step for row in run.metrics() if row.split == "train"]
    assert steps == list(range(1, 301))


def to_torchrun(launcher, number):
    launcher.send_signal(number)


def to_all(launcher, number):
    """As a terminal does: each process gets it, and torchrun passes it on once more."""
    os.killpg(launcher.pid, number)


@pytest.mark.parametrize(
    ("send", "number"), [(to_torchrun, signal.SIGTERM), (to_all, signal.SIGINT)]
)
def test_a_signal_saves_and_ends_all_processes(small_corpus, tmp_path, send, number):
    out = tmp_path / "run"
    launcher = torchrun(small_corpus, out, steps=10**6)
    wait_for(out, 5, launcher)
    send(launcher, number)
    said, code = end(launcher)
    assert code != 0
    run = Run.open(out)
    assert run.state == "interrupted", said
    assert checkpoints(out)[-1].name >= f"step-{run.metrics()[-1].step:08}"
    assert said.count("stopping after this step and saving") == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"batch_size": 7}, "2 processes do not divide; give --batch-size 8"),
        ({"steps": 0}, "--steps is 0; it must be 1 or more"),
        ({"stepz": 1}, "No such option: --stepz"),
    ],
)
def test_a_wrong_option_is_reported_once(small_corpus, tmp_path, given, sentence):
    said, code = end(torchrun(small_corpus, tmp_path / "run", **given))
    assert code != 0
    assert said.count(sentence) == 1, said
    assert said.count("Traceback") == 1  # torchrun's own, of which program failed
    assert not (tmp_path / "run").exists()
