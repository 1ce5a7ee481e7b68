"""Weights and trainer states on disk, in safetensors; nothing is ever pickled.

A checkpoint is `checkpoints/step-N/` with `model.safetensors`, `trainer.safetensors` and
`trainer.json`; it is written under another name and renamed when whole. The run folder itself gets
the newest weights as its own `model.safetensors`.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import safetensors.torch
from safetensors import SafetensorError

from minibert.config import BertConfig
from minibert.encoder import BertForPreTraining
from minibert.errors import FileError, ModelError, RunError
from minibert.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from minibert.trainer import Trainer

WEIGHTS = "model.safetensors"
KEPT = 2  # the newest checkpoints; the one before the last is there in case the last is damaged

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


def load_model(folder: Path) -> BertForPreTraining:
    """Read a model folder.

    Raises:
        ModelError: it is no model folder, is cut short, or has other tensors than its
            configuration says.
    """
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}")
    config = BertConfig.from_json(folder / "config.json")
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


def save_checkpoint(run_folder: Path, trainer: Trainer) -> Path:
    """Write a checkpoint of the trainer, make its weights the run's, and drop the oldest.

    Raises:
        FileError: the disk refuses.
    """
    tensors, numbers = trainer.state()
    final = run_folder / "checkpoints" / f"step-{trainer.step:08}"
    temporary = final.with_name(final.name + ".tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        weights = _weights(trainer.model)
        write_atomically(temporary / WEIGHTS, weights)
        state = safetensors.torch.save({k: v.cpu().contiguous() for k, v in tensors.items()})
        write_atomically(temporary / "trainer.safetensors", state)
        write_atomically(temporary / "trainer.json", json.dumps(numbers).encode())
        shutil.rmtree(final, ignore_errors=True)
        temporary.replace(final)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise FileError(f"{final} cannot be written: {error.strerror or error}") from None
    write_atomically(run_folder / WEIGHTS, weights)
    for old in checkpoints(run_folder)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def checkpoints(run_folder: Path) -> list[Path]:
    """The whole checkpoints of a run, oldest first."""
    return sorted(p.parent for p in (run_folder / "checkpoints").glob("step-????????/trainer.json"))


def restore_newest(run_folder: Path, trainer: Trainer) -> Path:
    """Load the newest checkpoint of a run into a trainer and its model.

    Raises:
        RunError: the run has no checkpoint.
        ModelError: the checkpoint is damaged.
    """
    found = checkpoints(run_folder)
    if not found:
        raise RunError(f"{run_folder} has no checkpoint to go on from; train it anew")
    newest = found[-1]
    load_weights(trainer.model, newest / WEIGHTS)
    numbers = json.loads((newest / "trainer.json").read_text(encoding="utf-8"))
    trainer.restore(_read_tensors(newest / "trainer.safetensors"), numbers)
    return newest


def _weights(model: BertForPreTraining) -> bytes:
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
