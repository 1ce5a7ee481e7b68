"""Deletion of a run: only of a folder that is a run, and that no process trains."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from minibert.errors import FileError, RunError
from minibert.runs.manifest import ACTIVE, MANIFEST
from minibert.runs.run import LAUNCH, LOG, Run, has_run, is_starting

if TYPE_CHECKING:
    from pathlib import Path


def delete_run(path: Path) -> None:
    """Delete a run's folder with all its contents. Links are removed, never followed.

    A folder whose training never began, with only its log in it, counts as a run.

    Raises:
        RunError: the folder is no readable run, a link to one, or is being trained.
        FileError: the disk refuses; what is left is still a run, and can be deleted again.
    """
    check_deletable(path)
    try:
        for inside in path.iterdir():
            if inside.name != MANIFEST:  # goes last, so that the folder stays a run until the end
                _remove(inside)
        (path / MANIFEST).unlink(missing_ok=True)
        path.rmdir()
    except OSError as error:
        raise FileError(f"{path} cannot be deleted: {error}") from None


def check_deletable(path: Path) -> None:
    """Check that a folder may be deleted.

    Raises:
        RunError: the folder is no readable run, a link to one, or is being trained.
    """
    if path.is_symlink():
        raise RunError(f"{path} is a link to a run; delete the run itself, or the link by hand")
    if is_starting(path):
        raise RunError(f"{path} is being started; stop it before you delete it")
    if not has_run(path) and _only_launched(path):
        return
    run = Run.open(path)
    if run.state in ACTIVE:
        raise RunError(f"{path} is {run.state}; stop it before you delete it")


def _only_launched(path: Path) -> bool:
    names = {inside.name for inside in path.iterdir()} if path.is_dir() else set()
    return bool(names) and names <= {LAUNCH, LOG}


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
