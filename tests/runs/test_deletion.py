"""Only a run that no process trains is deleted, and nothing else."""

import json
import os
import socket

import pytest

from minibert.errors import RunError
from minibert.runs.deletion import delete_run
from minibert.runs.manifest import RunState
from minibert.runs.run import Run

from helpers.samples import GONE, training_record


@pytest.fixture
def run(tmp_path):
    run = Run.create(tmp_path / "runs" / "a", training_record())
    (run.path / "checkpoints" / "step-1").mkdir(parents=True)
    (run.path / "checkpoints" / "step-1" / "model.safetensors").write_bytes(b"weights")
    run.set_state(RunState.FINISHED)
    return run


def test_a_run_is_deleted_with_all_its_files(run):
    delete_run(run.path)
    assert list(run.path.parent.iterdir()) == []


def test_the_targets_of_links_are_not_deleted(run, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_text("dear")
    (run.path / "folder").symlink_to(outside)
    (run.path / "checkpoints" / "file").symlink_to(outside / "letter.txt")
    delete_run(run.path)
    assert not run.path.exists()
    assert (outside / "letter.txt").read_text() == "dear"


def test_a_link_to_a_run_is_not_deleted(run, tmp_path):
    link = tmp_path / "runs" / "link"
    link.symlink_to(run.path)
    with pytest.raises(RunError, match="is a link to a run"):
        delete_run(link)
    assert Run.open(run.path).state == "finished"


@pytest.mark.parametrize("state", ["running", "paused"])
def test_an_active_run_is_not_deleted(run, state):
    run.set_state(RunState(state))
    with pytest.raises(RunError, match=f"is {state}; stop it before"):
        delete_run(run.path)


@pytest.mark.parametrize("files", [[], ["letter.txt"], ["letter.txt", "training.log"]])
def test_a_folder_that_is_not_a_run_is_not_deleted(tmp_path, files):
    for name in files:
        (tmp_path / name).write_text("dear")
    with pytest.raises(RunError, match="holds no run"):
        delete_run(tmp_path)
    assert {inside.name for inside in tmp_path.iterdir()} == set(files)


def test_an_unreadable_run_is_not_deleted(run):
    (run.path / "minibert.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        delete_run(run.path)


def launched(folder, pid):
    folder.mkdir()
    (folder / "training.log").write_text("minibert: there is no such file\n")
    about = {"format": 1, "pid": pid, "host": socket.gethostname()}
    (folder / "launch.json").write_text(json.dumps(about))
    return folder


def test_a_training_that_never_began_is_deleted_once_its_process_is_gone(tmp_path):
    with pytest.raises(RunError, match="is being started"):
        delete_run(launched(tmp_path / "a", os.getpid()))
    gone = launched(tmp_path / "b", GONE)
    delete_run(gone)
    assert not gone.exists()
