"""Starting a training that lives on by itself, whatever becomes of who started it.

It is `minibert pretrain` in a session of its own. What it says goes into `training.log` in the run
folder, and `launch.json` beside it names the process until the run has a `minibert.json`.
"""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.config import PretrainOptions, flag
from minibert.errors import FileError, OptionError
from minibert.io.files import write_atomically
from minibert.runs.run import LAUNCH, LOG, RUNS
from minibert.training.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

LAUNCH_FORMAT = 1


def launch(inputs: Sequence[str], options: PretrainOptions, root: Path = RUNS) -> Path:
    """Start a training, or go on with one, in a process of its own.

    Args:
        inputs: as `pretrain` takes them, but for standard input.
        options: of the training.
        root: the folder that a new run is made in, where the options name none.

    Returns:
        The run's folder. It has a `minibert.json` as soon as the text is prepared.

    Raises:
        OptionError: an option does not go with the run, or standard input is named.
        RunError: the run cannot be gone on with, or there cannot be a new one.
        FileError: the folder cannot be made.
    """
    # Brings PyTorch, which takes a second; the application must not wait for it.
    from minibert.pretraining.run_setup import new_run_path, resolve_run

    if "-" in inputs:
        raise OptionError("a training in the background has no standard input; name files instead")
    opened = resolve_run(inputs, options, Ranks())
    path = opened.run.path if opened.run else new_run_path(inputs, options, root)
    command = [sys.executable, "-m", "minibert", *command_line(inputs, options, path)]
    try:
        path.mkdir(parents=True, exist_ok=True)
        with (path / LOG).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise FileError(f"the training in {path} cannot be started: {error}") from None
    # Else it would stay as a zombie, which looks alive, for as long as this process lives.
    threading.Thread(target=process.wait, daemon=True).start()
    about = {
        "format": LAUNCH_FORMAT,
        "pid": process.pid,
        "host": socket.gethostname(),
        "command": command,
        "folder": str(Path.cwd()),
    }
    write_atomically(path / LAUNCH, (json.dumps(about, indent=2) + "\n").encode())
    return path


def command_line(inputs: Sequence[str], options: PretrainOptions, out: Path) -> list[str]:
    """The words after `minibert` that start a training; options with their defaults left out."""
    words = ["pretrain"]
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if value == field.default or field.name == "out":
            continue
        words.append(flag(field.name) if value is True else f"{flag(field.name)}={value}")
    return [*words, f"--out={out}", "--", *inputs]
