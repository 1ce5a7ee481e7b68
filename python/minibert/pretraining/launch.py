"""Starts a training in the background, independent of the process that starts it.

It runs `minibert pretrain` in an operating system session of its own. Its output goes to
`training.log` in the run folder, and `launch.json` beside it names the process until the run has a
`minibert.json`.
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
    """Start or resume a training in a background process.

    Args:
        inputs: as for `pretrain`, without standard input.
        options: of the training.
        root: the folder for a new run, if the options do not name one.

    Returns:
        The run folder. It has a `minibert.json` once the corpus is tokenized.

    Raises:
        OptionError: an option contradicts the run, or standard input is named.
        RunError: the run cannot be resumed, or a new one cannot be made.
        FileError: the folder cannot be made.
    """
    # Imported here because it takes time, which the application must not spend at its start.
    from minibert.pretraining.run_setup import new_run_path, resolve_run

    if "-" in inputs:
        raise OptionError("a training in the background has no standard input; give files instead")
    setup = resolve_run(inputs, options, Ranks())
    path = setup.run.path if setup.run else new_run_path(inputs, options, root)
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
    # Without wait() it would become a zombie, which looks alive, until this process ends.
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
    """The arguments of `minibert` that start a training, without options at their defaults."""
    words = ["pretrain"]
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if value == field.default or field.name == "out":
            continue
        words.append(flag(field.name) if value is True else f"{flag(field.name)}={value}")
    return [*words, f"{flag('out')}={out}", "--", *inputs]
