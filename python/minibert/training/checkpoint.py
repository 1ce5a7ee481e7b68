"""Weights and trainer states on disk, in safetensors, without pickle.

A checkpoint is `checkpoints/step-N/` with `model.safetensors`, `trainer.safetensors`,
`trainer.json` and their SHA-256 sums in `SHA256SUMS`, in the format of `sha256sum`. It is written
under another name and renamed when all of it is on the disk. The newest weights are also the
`model.safetensors` of the run folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import safetensors.numpy
import safetensors.torch

from minibert.config import DEFAULT_KEEP
from minibert.errors import FileError, RunError
from minibert.io.files import sha256, sync_folder, write_atomically
from minibert.model.files import load_strict, read_tensors, to_safetensors
from minibert.model.folder import CHECKPOINTS, WEIGHTS, checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minibert.data.dataset import Batch
    from minibert.training.trainer import Trainer

STATE = "trainer.safetensors"
NUMBERS = "trainer.json"
SUMS = "SHA256SUMS"


def save_checkpoint(run_folder: Path, trainer: Trainer, keep: int = DEFAULT_KEEP) -> Path:
    """Write a checkpoint and the weights of the run folder, and delete the oldest checkpoints.

    Args:
        run_folder: the run folder.
        trainer: the trainer, between two steps.
        keep: the number of checkpoints to keep, with this one.

    Returns:
        The folder of the checkpoint.

    Raises:
        FileError: the checkpoint cannot be written; the earlier ones are kept.
    """
    tensors, numbers = trainer.state()
    weights = to_safetensors(trainer.model)
    files = {
        WEIGHTS: weights,
        STATE: safetensors.torch.save({k: v.cpu().contiguous() for k, v in tensors.items()}),
        NUMBERS: json.dumps(numbers).encode(),
    }
    final = run_folder / CHECKPOINTS / f"step-{trainer.step:08}"
    if final.exists() and _damage(final) is not None:
        _set_aside(final)
    if not final.exists():
        _write_checkpoint(final, files)
    for old in checkpoints(run_folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    write_atomically(run_folder / WEIGHTS, weights)
    for callback in trainer.callbacks:
        callback.on_checkpoint(trainer, final)
    return final


def save_batch(path: Path, batch: Batch) -> None:
    """Write the arrays of a batch, by name, in safetensors."""
    arrays = {name: np.ascontiguousarray(array) for name, array in batch._asdict().items()}
    write_atomically(path, safetensors.numpy.save(arrays))


def load_newest_checkpoint(run_folder: Path, trainer: Trainer, note: Callable[[str], None]) -> Path:
    """Load the newest undamaged checkpoint of a run into a trainer and its model.

    A checkpoint that is truncated, altered or lacks a file is skipped for the one before it, and
    renamed to `step-N.damaged`.

    Args:
        run_folder: the run folder.
        trainer: a new trainer with the options of the run.
        note: receives a message for each skipped checkpoint.

    Returns:
        The folder of the checkpoint.

    Raises:
        RunError: the run has no undamaged checkpoint.
        ModelError: the checkpoint does not fit the model.
    """
    found = checkpoints(run_folder)
    if not found:
        raise RunError(f"{run_folder} has no checkpoint to resume from; start a new run")
    for checkpoint in reversed(found):
        damage = _damage(checkpoint)
        if damage is None:
            weights = checkpoint / WEIGHTS
            load_strict(trainer.model, read_tensors(weights), weights)
            numbers = json.loads((checkpoint / NUMBERS).read_text(encoding="utf-8"))
            trainer.restore(read_tensors(checkpoint / STATE), numbers)
            return checkpoint
        aside = _set_aside(checkpoint)
        note(f"{checkpoint} is damaged ({damage}), renamed to {aside.name}; trying the one before")
    raise RunError(
        f"{run_folder} has no undamaged checkpoint to resume from: all {len(found)} are damaged; "
        "restore one from a backup, or start a new run"
    )


def _write_checkpoint(final: Path, files: dict[str, bytes]) -> None:
    """Write files and their sums to a temporary folder, and rename it when all are on the disk."""
    temporary = final.with_name(final.name + ".tmp")
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    try:
        for left in final.parent.glob("step-*.tmp"):  # left by a killed process
            shutil.rmtree(left, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, data in {**files, SUMS: sums.encode()}.items():
            write_atomically(temporary / name, data)
        temporary.replace(final)
        sync_folder(final.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, FileError):
            raise
        raise FileError(f"{final} cannot be written: {error.strerror}") from None


def _damage(checkpoint: Path) -> str | None:
    """A description of a checkpoint's damage; None if it has none."""
    try:
        lines = (checkpoint / SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        return f"its {SUMS} is missing or truncated"
    for name in (WEIGHTS, STATE, NUMBERS):
        try:
            if sha256(checkpoint / name) != sums.get(name):
                return f"the checksum of {name} does not match"
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
    return None


def _set_aside(checkpoint: Path) -> Path:
    aside = checkpoint.with_name(checkpoint.name + ".damaged")
    try:
        if aside.exists():
            shutil.rmtree(aside)
        return checkpoint.replace(aside)
    except OSError as error:
        raise FileError(f"{checkpoint} cannot be renamed: {error.strerror}") from None
