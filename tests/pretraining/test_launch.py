"""A training that is started in the background lives on by itself, and leaves what it said."""

import dataclasses
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

from minibert.cli.app import app
from minibert.config import PretrainOptions
from minibert.errors import OptionError, RunError
from minibert.pretraining.launch import command_line, launch
from minibert.runs.control import request, wait_until_done
from minibert.runs.run import Run, is_starting, log_tail

from helpers.samples import TINY, examples, write_corpus


def wait_for(condition):
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def state(path):
    try:
        return Run.open(path).state
    except RunError:
        return None


@pytest.mark.exhaustive
def test_a_training_is_started_stopped_and_resumed(tmp_path):
    corpus = write_corpus(tmp_path / "-a corpus.txt")
    out = tmp_path / "run"
    options = PretrainOptions(**TINY, steps=100_000, out=str(out))
    assert launch([str(corpus)], options) == out
    assert is_starting(out) and state(out) is None
    with pytest.raises(RunError, match="holds a run already"):
        wait_for(lambda: state(out) == "running")
        launch([str(corpus)], options)
    wait_for(lambda: not is_starting(out))
    pid = Run.open(out).manifest.pid
    assert os.getsid(pid) == pid != os.getsid(0)
    request(Run.open(out), "stop")
    assert wait_until_done(Run.open(out)).state == "interrupted"
    wait_for(lambda: any("resume with: minibert" in line for line in log_tail(out)))
    assert "stopping after this step and saving" in (out / "training.log").read_text()
    launch([], PretrainOptions(resume=True, out=str(out), threads=1))
    wait_for(lambda: state(out) == "running")
    assert Run.open(out).manifest.session == 2
    request(Run.open(out), "stop")
    wait_until_done(Run.open(out))


@pytest.mark.exhaustive
def test_a_training_that_cannot_start_logs_the_reason(tmp_path):
    out = tmp_path / "run"
    launch([str(tmp_path / "missing.txt")], PretrainOptions(out=str(out)))
    wait_for(lambda: not is_starting(out))
    assert "missing.txt" in log_tail(out)[-1]
    assert state(out) is None
    launch(
        [str(write_corpus(tmp_path / "missing.txt"))],
        PretrainOptions(**TINY, steps=1, out=str(out)),
    )
    wait_for(lambda: state(out) == "finished")


def test_standard_input_cannot_be_given(tmp_path):
    with pytest.raises(OptionError, match="has no standard input"):
        launch(["-"], PretrainOptions(out=str(tmp_path / "run")))


COMMAND = get_command(app).commands["pretrain"]

FIELDS = {
    "cased": st.booleans(),
    "validation_corpus": st.none() | st.text(min_size=1).filter(lambda text: "\0" not in text),
    "layers": st.none() | st.integers(1, 9),
    "masked_lm_prob": st.floats(0.01, 1.0),
    "objective": st.sampled_from(["next_sentence", "line"]),
    "epochs": st.none() | st.floats(0.1, 9.0),
    "seed": st.integers(0, 2**62),
    "compile": st.booleans(),
}


@settings(max_examples=examples(100))
@given(st.fixed_dictionaries(FIELDS), st.lists(st.sampled_from(["a.txt", "-b.txt", "c d"])))
def test_the_command_line_has_the_options(values, inputs):
    options = PretrainOptions(**values)
    words = command_line(inputs, options, Path("the run"))
    context = COMMAND.make_context("pretrain", words[1:])
    said = dict(context.params)
    assert list(said.pop("corpus") or []) == inputs
    assert PretrainOptions(**said) == dataclasses.replace(options, out="the run")
