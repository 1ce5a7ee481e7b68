"""A run folder says what it is, and is read again whatever state it is in."""

import json
import math
import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert.errors import FileError, RunError
from minibert.io.files import write_atomically
from minibert.runs.metrics import Metrics, parse_columns, parse_metrics
from minibert.runs.run import Run, find_runs, free_path, newest_run

from helpers.samples import examples

ROW = Metrics(10, "train", 1.5, 4096, 6.5, 0.07, 0.69, 0.5, 1e-3, 1.0, 30000.0, 0.001)


def test_rows_are_read_as_they_were_written(tmp_path):
    run = Run.create(tmp_path / "run", {})
    run.log(ROW)
    run.log(Metrics(10, "validation", 1.6, 4096, 6.4, 0.08, 0.69, 0.5))
    rows = Run.open(tmp_path / "run").metrics()
    assert rows[0] == ROW
    assert rows[1].learning_rate is None
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert list(json.loads(lines[0])) == [
        "format",
        "step",
        "split",
        "seconds",
        "tokens",
        "mlm_loss",
        "mlm_accuracy",
        "nsp_loss",
        "nsp_accuracy",
        "learning_rate",
        "grad_norm",
        "tokens_per_second",
        "wait_share",
        "epoch",
        "perplexity",
        "skipped",
        "peak_memory",
        "peak_gpu_memory",
    ]


def test_a_line_half_written_is_left_for_later():
    line = json.dumps(ROW.as_dict()).encode() + b"\n"
    rows, taken = parse_metrics(line + line[:20])
    assert rows == [ROW] and taken == len(line)


def test_a_damaged_line_hides_no_other():
    line = json.dumps(ROW.as_dict()).encode() + b"\n"
    assert parse_metrics(line + b"{]\n" + b'{"step": 1}\n' + line)[0] == [ROW, ROW]


numbers = st.none() | st.integers(-(2**60), 2**60) | st.floats(width=64)
keys = st.sampled_from([field.name for field in fields(Metrics)]) | st.text(max_size=3)
others = numbers | st.text(max_size=5) | st.booleans() | st.lists(numbers, max_size=2)
values = st.fixed_dictionaries({"split": st.sampled_from(["train", "validation", "x"])}) | st.just(
    {}
)
objects = st.builds(
    lambda row, split, changes: {**row, **split, **changes},
    st.just(ROW.as_dict()) | st.just({}),
    values,
    st.dictionaries(keys, others, max_size=4),
)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(objects.map(json.dumps) | st.text(max_size=8), max_size=6), st.binary(max_size=9))
def test_columns_are_those_of_the_rows(lines, rest):
    names = [field.name for field in fields(Metrics) if field.name != "split"]
    data = "".join(line.replace("\n", "") + "\n" for line in lines).encode() + rest
    rows, taken = parse_metrics(data)
    *found, also_taken = parse_columns(data, names)
    assert also_taken == taken
    for split, columns in zip(("train", "validation"), found, strict=True):
        of_split = [row for row in rows if row.split == split]
        assert columns.shape == (len(of_split), len(names))
        for row, got in zip(of_split, columns, strict=True):
            expected = [_number(getattr(row, name)) for name in names]
            assert np.array_equal(expected, got, equal_nan=True)


def _number(value):
    """NaN for what is no finite number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else math.nan


def test_rows_beyond_a_step_are_forgotten(tmp_path):
    run = Run.create(tmp_path / "run", {})
    for step in (5, 10, 15):
        run.log(Metrics(step, "train", 1.0, 1, 1.0, 1.0, 1.0, 1.0))
    run.truncate_metrics(10)
    assert [row.step for row in run.metrics()] == [5, 10]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "holds no run"),
        ("{", "cannot be read"),
        ("[]", "is not a run's description"),
        ('{"format": 99}', "written by a newer minibert"),
    ],
)
def test_a_folder_that_holds_no_readable_run_is_refused(tmp_path, content, said):
    if content is not None:
        (tmp_path / "minibert.json").write_text(content)
    with pytest.raises(RunError, match=said):
        Run.open(tmp_path)


def test_a_run_is_never_written_over(tmp_path):
    Run.create(tmp_path / "run", {})
    with pytest.raises(RunError, match="holds a run already"):
        Run.create(tmp_path / "run", {})


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(RunError, match="not an empty folder"):
        Run.create(tmp_path, {})
    with pytest.raises(RunError, match="not an empty folder"):
        Run.create(tmp_path / "letter.txt", {})


def test_a_run_whose_process_is_gone_is_shown_as_crashed(tmp_path):
    run = Run.create(tmp_path / "run", {})
    assert run.state == "running"
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=-1)
    run.manifest["pid"] = int(gone.stdout)
    assert run.state == "crashed"
    run.manifest["host"] = "another machine"
    assert run.state == "running"


def test_the_newest_run_is_the_one_written_last(tmp_path):
    for name in ("a", "b"):
        Run.create(tmp_path / name, {}).set_state("finished")
    (tmp_path / "no-run").mkdir()
    assert [run.name for run in find_runs(tmp_path)] == ["a", "b"]
    Run.open(tmp_path / "a").set_state("finished")
    assert newest_run(tmp_path, ("finished",)).name in ("a", "b")
    assert newest_run(tmp_path, ("failed",)) is None
    assert newest_run(tmp_path / "nowhere", ("finished",)) is None


def test_names_are_numbered_when_taken(tmp_path):
    assert free_path(tmp_path, "novel").name == "novel"
    (tmp_path / "novel").mkdir()
    (tmp_path / "novel-2").mkdir()
    assert free_path(tmp_path, "novel").name == "novel-3"


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="file cannot be written: No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["file"]
