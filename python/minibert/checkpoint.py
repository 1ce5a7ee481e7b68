"""Weights and trainer states on disk, in safetensors; nothing is ever pickled.

A checkpoint is `checkpoints/step-N/` with `model.safetensors`, `trainer.safetensors`,
`trainer.json` and their SHA-256 sums in `SHA256SUMS`, which `sha256sum --check` reads too; it is
written under another name and renamed when all of it is on the disk. The run folder itself gets the
newest weights as its own `model.safetensors`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import safetensors.numpy
import safetensors.torch
from safetensors import SafetensorError

from minibert.config import BertConfig
from minibert.encoder import BertForPreTraining
from minibert.errors import FileError, ModelError, RunError
from minibert.files import sync_folder, write_atomically
from minibert.options import DEFAULT_KEEP
from minibert.runs import CHECKPOINTS, WEIGHTS, checkpoints, model_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

    from minibert.batches import Batch
    from minibert.trainer import Trainer

STATE = "trainer.safetensors"
NUMBERS = "trainer.json"
SUMS = "SHA256SUMS"

# Names that Hugging Face checkpoints may have for tensors that the model ties or computes.
_DUPLICATES = (
    "cls.predictions.decoder.weight",
    "cls.predictions.decoder.bias",
    "bert.embeddings.position_ids",
)


def save_model(folder: Path, model: BertForPreTraining) -> None:
    """Write `config.json` and `model.safetensors`, readable by `transformers`."""
    write_atomically(folder / "config.json", model.config.to_json().encode())
    write_atomically(folder / WEIGHTS, _weights(model))


def save_encoder(folder: Path, model: BertForPreTraining) -> None:
    """Write the model without its heads, readable by `transformers` as a `BertModel`."""
    write_atomically(folder / "config.json", model.config.to_json("BertModel").encode())
    write_atomically(folder / WEIGHTS, _weights(model.bert))


def load_model(folder: Path) -> BertForPreTraining:
    """Read a model folder, or a checkpoint of a run.

    Raises:
        ModelError: it is no model folder, is cut short, or has other tensors than its
            configuration says.
    """
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}")
    config = BertConfig.from_json(model_folder(folder) / "config.json")
    model = BertForPreTraining(config)
    load_weights(model, folder / WEIGHTS)
    return model.eval()


def load_weights(model: BertForPreTraining, path: Path) -> None:
    """Load the weights of a checkpoint into a model of the same shape.

    Raises:
        ModelError: the file is missing, cut short, or holds other names or shapes.
    """
    tensors = {k: v for k, v in _read_tensors(path).items() if k not in _DUPLICATES}
    expected = model.state_dict()
    for name, tensor in expected.items():
        if name not in tensors:
            raise ModelError(f"{path} has no tensor {name}, which its configuration calls for")
        if tensors[name].shape != tensor.shape:
            raise ModelError(
                f"{path} has {name} in shape {tuple(tensors[name].shape)}, "
                f"but its configuration calls for {tuple(tensor.shape)}"
            )
    unexpected = next((name for name in tensors if name not in expected), None)
    if unexpected is not None:
        raise ModelError(f"{path} has a tensor {unexpected}, which minibert's BERT has not")
    model.load_state_dict(tensors)


def save_checkpoint(run_folder: Path, trainer: Trainer, keep: int = DEFAULT_KEEP) -> Path:
    """Write a checkpoint of the trainer, make its weights the run's, and drop the oldest.

    Args:
        run_folder: the run's.
        trainer: between two steps.
        keep: at most so many checkpoints stay, this one among them.

    Raises:
        FileError: the disk refuses; the checkpoints that were there are there still.
    """
    tensors, numbers = trainer.state()
    weights = _weights(trainer.model)
    files = {
        WEIGHTS: weights,
        STATE: safetensors.torch.save({k: v.cpu().contiguous() for k, v in tensors.items()}),
        NUMBERS: json.dumps(numbers).encode(),
    }
    final = run_folder / CHECKPOINTS / f"step-{trainer.step:08}"
    if final.exists() and _damage(final) is not None:
        _put_aside(final)
    if not final.exists():
        _write_checkpoint(final, files)
    for old in checkpoints(run_folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    write_atomically(run_folder / WEIGHTS, weights)
    return final


def save_batch(path: Path, batch: Batch) -> None:
    """Write a batch's arrays, by their names."""
    arrays = {name: np.ascontiguousarray(array) for name, array in batch._asdict().items()}
    write_atomically(path, safetensors.numpy.save(arrays))


def restore_newest(run_folder: Path, trainer: Trainer, note: Callable[[str], None]) -> Path:
    """Load the newest whole checkpoint of a run into a trainer and its model.

    One that is cut short, altered or lacks a file is passed over for the one before, and renamed to
    `step-N.damaged`.

    Args:
        run_folder: the run's.
        trainer: made as the run's was.
        note: is told of each checkpoint that is passed over.

    Raises:
        RunError: the run has no whole checkpoint.
        ModelError: the checkpoint is of another model.
    """
    found = checkpoints(run_folder)
    if not found:
        raise RunError(f"{run_folder} has no checkpoint to go on from; train it anew")
    for checkpoint in reversed(found):
        damage = _damage(checkpoint)
        if damage is None:
            load_weights(trainer.model, checkpoint / WEIGHTS)
            numbers = json.loads((checkpoint / NUMBERS).read_text(encoding="utf-8"))
            trainer.restore(_read_tensors(checkpoint / STATE), numbers)
            return checkpoint
        aside = _put_aside(checkpoint)
        note(f"{checkpoint} is damaged ({damage}) and now {aside.name}; trying the one before")
    raise RunError(
        f"{run_folder} has no whole checkpoint to go on from: all {len(found)} are damaged; "
        "bring one back from a copy, or train it anew"
    )


def _write_checkpoint(final: Path, files: dict[str, bytes]) -> None:
    """Write the files and their sums into a folder that is renamed when all are on the disk."""
    temporary = final.with_name(final.name + ".tmp")
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    try:
        for left in final.parent.glob("step-*.tmp"):  # of a process that was killed
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
    """What is wrong with a checkpoint; None: it is as it was written."""
    try:
        lines = (checkpoint / SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        return f"its {SUMS} is missing or cut short"
    for name in (WEIGHTS, STATE, NUMBERS):
        try:
            if _sha256(checkpoint / name) != sums.get(name):
                return f"{name} is not as it was written"
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
    return None


def _put_aside(checkpoint: Path) -> Path:
    aside = checkpoint.with_name(checkpoint.name + ".damaged")
    try:
        if aside.exists():
            shutil.rmtree(aside)
        return checkpoint.replace(aside)
    except OSError as error:
        raise FileError(f"{checkpoint} cannot be renamed: {error.strerror}") from None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _weights(model: nn.Module) -> bytes:
    tensors = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    data: bytes = safetensors.torch.save(tensors, metadata={"format": "pt"})
    return data


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load_file(path)
    except FileNotFoundError:
        hint = ""
        if (path.parent / "pytorch_model.bin").exists():
            hint = "; its pytorch_model.bin is a pickle, which minibert does not read"
        raise ModelError(f"{path.parent} is no model folder: it has no {path.name}{hint}") from None
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or cut short: {error}") from None
