"""Deleting a run: only a folder that is one, and that no process trains."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from minibert.errors import FileError, RunError
from minibert.runs.run import ACTIVE, LAUNCH, LOG, MANIFEST, Run, has_run, is_starting

if TYPE_CHECKING:
    from pathlib import Path


def delete_run(path: Path) -> None:
    """Delete a run's folder and all that is in it. Links are removed, never followed.

    A folder whose training did not even begin, with nothing in it but its log, counts as a run.

    Raises:
        RunError: it is no run that can be read, a link to one, or is being trained.
        FileError: the disk refuses; what is left is still a run, and can be deleted again.
    """
    check_deletable(path)
    try:
        for inside in path.iterdir():
            if inside.name != MANIFEST:  # by which it is a run until the end
                _remove(inside)
        (path / MANIFEST).unlink(missing_ok=True)
        path.rmdir()
    except OSError as error:
        raise FileError(f"{path} cannot be deleted: {error}") from None


def check_deletable(path: Path) -> None:
    """Raise if a folder is not to be deleted.

    Raises:
        RunError: it is no run that can be read, a link to one, or is being trained.
    """
    if path.is_symlink():
        raise RunError(
            f"{path} is a link to a run; delete the run where it is, or the link by hand"
        )
    if is_starting(path):
        raise RunError(f"{path} is being started; stop it before you delete it")
    if not has_run(path) and _only_launched(path):
        return
    run = Run.open(path)
    if run.state in ACTIVE:
        raise RunError(
            f"{path} is {run.state}; stop it before you delete it, by: minibert runs stop {path}"
        )


def _only_launched(path: Path) -> bool:
    names = {inside.name for inside in path.iterdir()} if path.is_dir() else set()
    return bool(names) and names <= {LAUNCH, LOG}


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
