"""A run folder is made, found and read in whatever state it is."""

import dataclasses
import os
import subprocess
import sys

import pytest

from minibert.errors import FileError, RunError
from minibert.io.files import write_atomically
from minibert.runs.manifest import RunState
from minibert.runs.metrics import Metrics
from minibert.runs.run import Run, find_runs, free_path, newest_run

from helpers.samples import training_record


def test_rows_beyond_a_step_are_removed(tmp_path):
    run = Run.create(tmp_path / "run", training_record())
    for step in (5, 10, 15):
        run.log(Metrics(step, "train", 1.0, 1, 1.0, 1.0, 1.0, 1.0))
    run.truncate_metrics(10)
    assert [row.step for row in run.metrics()] == [5, 10]


def test_a_run_is_never_overwritten(tmp_path):
    Run.create(tmp_path / "run", training_record())
    with pytest.raises(RunError, match="holds a run already"):
        Run.create(tmp_path / "run", training_record())


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(RunError, match="not an empty folder"):
        Run.create(tmp_path, training_record())
    with pytest.raises(RunError, match="not an empty folder"):
        Run.create(tmp_path / "letter.txt", training_record())


def test_a_run_whose_process_is_gone_is_shown_as_crashed(tmp_path):
    run = Run.create(tmp_path / "run", training_record())
    assert run.state == "running"
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=-1)
    run.manifest = dataclasses.replace(run.manifest, pid=int(gone.stdout))
    assert run.state == "crashed"
    run.manifest = dataclasses.replace(run.manifest, host="another machine")
    assert run.state == "running"


def test_the_newest_run_is_the_one_written_last(tmp_path):
    for name in ("a", "b"):
        Run.create(tmp_path / name, training_record()).set_state(RunState.FINISHED)
    (tmp_path / "no-run").mkdir()
    assert [run.name for run in find_runs(tmp_path)] == ["a", "b"]
    Run.open(tmp_path / "a").set_state(RunState.FINISHED)
    assert newest_run(tmp_path, ("finished",)).name in ("a", "b")
    assert newest_run(tmp_path, ("failed",)) is None
    assert newest_run(tmp_path / "nowhere", ("finished",)) is None


def test_a_name_that_exists_gets_a_number(tmp_path):
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
