"""Runs are listed and compared, in tables and as JSON."""

import importlib.machinery
import json
import shutil
import sys
import types

import pytest

from minibert.config import PretrainOptions
from minibert.errors import OptionError
from minibert.pretraining.pretrain import pretrain
from minibert.runs.comparison import compare
from minibert.runs.manifest import RunState
from minibert.runs.metrics import Metrics
from minibert.runs.run import Run
from minibert.runs.summary import summarize

from helpers.samples import TINY, Silence, training_record


def make(folder, losses, split="validation", state=RunState.FINISHED, **options):
    options = PretrainOptions(out=str(folder), **options)
    run = Run.create(folder, training_record(options=options, parameters=1234))
    for step, loss in losses.items():
        run.log(Metrics(step, split, 1.0, 10 * step, loss, 0.5, 0.7, 0.5))
    run.set_state(state)
    return run


@pytest.fixture
def call(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    return call


def test_runs_are_listed_with_state_loss_and_size(call, tmp_path):
    make(tmp_path / "runs" / "first", {10: 6.0, 20: 5.25})
    make(tmp_path / "runs" / "second", {5: 7.5}, split="train", state=RunState.INTERRUPTED)
    make(tmp_path / "runs" / "third", {}, state=RunState.FAILED)
    for arguments in ((), ("runs",), (tmp_path / "runs",)):
        code, out, err = call("runs", *arguments)
        lines = out.splitlines()
        assert (code, err, len(lines)) == (0, "", 4)
        for said in ("first", "finished", "20", "5.250", "1,234", "KB"):
            assert said in lines[1]
        for said in ("second", "interrupted", "7.500 (training)"):
            assert said in lines[2]
        assert "failed" in lines[3]
    code, out, _ = call("runs", "--json", "runs")
    rows = json.loads(out)
    assert [(r["name"], r["state"], r["step"], r["mlm_loss"]) for r in rows] == [
        ("first", "finished", 20, 5.25),
        ("second", "interrupted", 5, 7.5),
        ("third", "failed", 0, None),
    ]
    folder = tmp_path / "runs" / "first"
    assert rows[0]["stored_bytes"] == sum(path.stat().st_size for path in folder.iterdir())


def test_runs_that_cannot_be_read_are_listed_below_the_others(call, tmp_path):
    make(tmp_path / "runs" / "good", {10: 6.0})
    for name, text in (("old", '{"format": 1, "state": "finished"}'), ("torn", "{")):
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "minibert.json").write_text(text)
    code, out, err = call("runs")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["good", "finished"],
        ["old", "unreadable"],
        ["torn", "unreadable"],
    ]
    assert "written by an older minibert (format 1, this one reads 2)" in lines[4]
    assert "cannot be read" in lines[5]
    rows = json.loads(call("runs", "--json")[1])
    assert [row["state"] for row in rows] == ["finished", "unreadable", "unreadable"]
    assert "older minibert" in rows[1]["problem"] and rows[0]["problem"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there are no runs in runs"),
        (("nowhere",), "there is no folder nowhere"),
        (("compare", "a", "b"), "a holds no run"),
    ],
)
def test_a_folder_without_runs_is_refused_in_one_sentence(call, arguments, said):
    code, out, err = call("runs", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("minibert: ") and said in err and err.count("\n") == 1


def test_two_runs_are_shown_side_by_side(call, tmp_path):
    first = make(tmp_path / "first", {10: 6.0, 20: 5.0})
    second = make(tmp_path / "second", {20: 5.5, 30: 4.5}, seed=7)
    comparison = compare(first, second)
    assert comparison.names == ("first", "second")
    assert comparison.options == {"seed": (0, 7)}
    assert comparison.losses == [(20, 5.0, 5.5)] and comparison.split == "validation"
    assert comparison.figures["step"] == (20, 30)
    assert comparison.figures["mlm_loss"] == (5.0, 4.5)
    assert comparison.same_corpus
    code, out, err = call("runs", "compare", "first", "second")
    assert (code, err) == (0, "")
    for said in ("seed", "step 20", "5.000", "5.500", "at the end: mlm_loss"):
        assert said in out
    assert "step 10" not in out and "different corpora" not in out
    _, out, _ = call("runs", "compare", "--json", "first", "second")
    assert json.loads(out)["losses"] == [[20, 5.0, 5.5]]


def test_training_losses_are_compared_if_no_evaluations_are_at_equal_steps(tmp_path):
    first = make(tmp_path / "first", dict.fromkeys(range(1, 101), 6.0), split="train")
    second = make(tmp_path / "second", dict.fromkeys(range(1, 51), 5.0), split="train")
    comparison = compare(first, second)
    assert comparison.split == "train"
    steps = [step for step, _, _ in comparison.losses]
    assert len(steps) == 12 and (steps[0], steps[-1]) == (1, 50)


def test_a_copied_run_is_read_like_the_original(small_run, tmp_path):
    copy = Run.open(shutil.copytree(small_run.run.path, tmp_path / "copy"))
    assert copy.metrics() == small_run.run.metrics()
    before, now = summarize(small_run.run), summarize(copy)
    assert (now.state, now.mlm_loss, now.stored_bytes) == (
        before.state,
        before.mlm_loss,
        before.stored_bytes,
    )


def test_the_rows_of_a_run_have_all_documented_values(small_run):
    rows = small_run.run.metrics()
    train = next(row for row in rows if row.split == "train")
    evaluation = rows[-1]
    assert all(
        value is not None
        for name, value in train.as_dict().items()
        if name not in ("perplexity", "peak_gpu_memory")
    )
    assert train.peak_memory > 1 << 20 and train.skipped == 0
    assert 0 < train.epoch < evaluation.epoch
    assert evaluation.perplexity == pytest.approx(2.718281828**evaluation.mlm_loss, rel=1e-5)


# ---- trackers -----------------------------------------------------------------------------------


def test_a_tracker_that_is_not_installed_is_refused_before_any_work(
    small_corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    options = PretrainOptions(**TINY, steps=5, out=str(tmp_path / "run"), log_to="wandb")
    with pytest.raises(OptionError, match=r"pip install 'minibert\[wandb\]'"):
        pretrain([str(small_corpus)], options, Silence())
    assert not (tmp_path / "run").exists()
    with pytest.raises(OptionError, match="it must be one of tensorboard, wandb"):
        PretrainOptions(log_to="paper")


def test_weights_and_biases_gets_every_row_under_one_id(small_corpus, tmp_path, monkeypatch):
    told = []

    class Told:
        def define_metric(self, *names, **more):
            pass

        def log(self, figures):
            told.append(figures)

        def finish(self):
            told.append("finished")

    def init(**given):
        told.append(given["id"])
        assert given["project"] == "minibert" and given["config"]["options"]["hidden_size"] == 32
        return Told()

    wandb = types.ModuleType("wandb")
    wandb.__spec__ = importlib.machinery.ModuleSpec("wandb", None)
    wandb.init, wandb.Error = init, OSError
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    monkeypatch.delenv("WANDB_PROJECT", raising=False)
    out = str(tmp_path / "run")
    stopping = Silence()
    stopping.on_row = lambda row, trainer: trainer.stop()
    options = PretrainOptions(**TINY, steps=10, out=out, log_to="wandb")
    pretrain([str(small_corpus)], options, stopping)
    going_on = PretrainOptions(
        resume=True, out=out, log_to="wandb", log_every=5, checkpoint_every=20, threads=1
    )
    outcome = pretrain([], going_on, Silence())
    rows = outcome.run.metrics()
    assert told[0] == told[3] == outcome.run.manifest.wandb
    assert [entry["step"] for entry in told if isinstance(entry, dict)] == [5, 10, 10]
    assert told[1]["train/mlm_loss"] == rows[0].mlm_loss
    assert told[2] == told[-1] == "finished"


def test_tensorboard_reads_what_was_sent(small_corpus, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    options = PretrainOptions(**TINY, steps=10, out=str(tmp_path / "run"), log_to="tensorboard")
    outcome = pretrain([str(small_corpus)], options, Silence())
    events = EventAccumulator(str(tmp_path / "run" / "tensorboard")).Reload()
    rows = [row for row in outcome.run.metrics() if row.split == "train"]
    sent = events.Scalars("train/mlm_loss")
    assert [event.step for event in sent] == [row.step for row in rows]
    assert [event.value for event in sent] == pytest.approx([row.mlm_loss for row in rows])
