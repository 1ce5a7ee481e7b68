"""Model folders, read without PyTorch: configuration, names of weight files, checkpoints."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from minibert.config.model import BertConfig
from minibert.errors import ModelError

CHECKPOINTS = "checkpoints"


WEIGHTS = "model.safetensors"


def checkpoints(run_folder: Path) -> list[Path]:
    """The checkpoints of a run, oldest first, including damaged ones."""
    found = {}
    for path in (run_folder / CHECKPOINTS).glob("step-*"):
        step = path.name.removeprefix("step-")
        if step.isdecimal():
            found[int(step)] = path
    return [found[step] for step in sorted(found)]


def checkpoint_step(checkpoint: Path) -> int:
    """The step of a checkpoint, by its name."""
    return int(checkpoint.name.removeprefix("step-"))


def model_folder(path: Path) -> Path:
    """The folder with configuration and tokenizer: of a checkpoint, its run."""
    return path.parent.parent if path.parent.name == CHECKPOINTS else path


CONFIG = "config.json"


INDEX = "model.safetensors.index.json"


def read_config(folder: Path) -> BertConfig:
    """The configuration of the model in a model folder, or in a checkpoint of a run.

    Raises:
        ModelError: the folder is no model folder, or holds another architecture.
    """
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}")
    return BertConfig.from_json(model_folder(folder) / CONFIG)


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights of a model folder.

    Raises:
        ModelError: there are none, only pickled ones, or one is missing.
    """
    if (folder / WEIGHTS).exists():
        return [folder / WEIGHTS]
    if (folder / INDEX).exists():
        return _indexed_files(folder / INDEX)
    hint = ""
    if pickles := sorted(folder.glob("pytorch_model*.bin")):
        hint = (
            f", and {pickles[0].name} is a pickle, which can execute any code when it is read; if "
            f"you trust it, convert it: {_conversion(pickles, folder / WEIGHTS)}"
        )
    raise ModelError(f"{folder} is no model folder: it has no {WEIGHTS}{hint}")


def _indexed_files(index: Path) -> list[Path]:
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise ModelError(f"{index} does not name the file of each tensor") from None
    here = {path.name: path for path in index.parent.glob("*.safetensors")}
    for name in sorted(map(str, names)):
        if name not in here:
            raise ModelError(
                f"{index} names {name}, which is not in the same folder; copy all files"
            )
    return [here[name] for name in sorted(names)]


def _conversion(pickles: list[Path], weights: Path) -> str:
    """A command that converts pickled tensors to a safetensors file without shared memory."""
    program = (
        "import sys, torch, safetensors.torch as s; s.save_file({k: v.contiguous().clone() "
        "for f in sys.argv[2:] for k, v in torch.load(f, 'cpu').items()}, sys.argv[1], "
        "{'format': 'pt'})"
    )
    return shlex.join(["python", "-c", program, str(weights), *map(str, pickles)])
