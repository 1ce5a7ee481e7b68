"""A virtual environment for each peer, and the process that works in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

BENCH = Path(__file__).parents[1]
ENVIRONMENTS = BENCH / ".environments"  # ignored by git


class Absent(Exception):
    """A peer cannot be measured; the message has the reason."""


def python_of(package: str, name: str) -> str:
    """The interpreter of a peer's virtual environment, which is created if needed."""
    requires = import_module(f"{package}.{name}").REQUIRES
    if not requires:
        return sys.executable
    folder = ENVIRONMENTS / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    requirements, python = folder / "requires.txt", folder / "bin" / "python"
    wanted = "\n".join(requires)
    if requirements.exists() and requirements.read_text() == wanted:
        return str(python)
    shutil.rmtree(folder, ignore_errors=True)
    for command in (
        ["uv", "venv", "--quiet", "--python", sys.executable, str(folder)],
        ["uv", "pip", "install", "--quiet", "--python", str(python), *requires],
    ):
        # Not in this folder, where uv would apply the project's constraints to the peer.
        done = subprocess.run(command, cwd=folder.anchor, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Absent(done.stderr.strip().splitlines()[-1] if done.stderr else "uv failed")
    requirements.write_text(wanted)
    return str(python)


class Process:
    """The process of a peer, with `threads` threads; it receives requests over a pipe."""

    def __init__(self, name: str, threads: int, package: str = "peers.tokenizers") -> None:
        count = str(threads)
        environment = os.environ | {
            "RAYON_NUM_THREADS": count,
            "OMP_NUM_THREADS": count,
            "TOKENIZERS_PARALLELISM": str(threads > 1).lower(),
        }
        self.stderr = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self.process = subprocess.Popen(
            [python_of(package, name), "-m", f"{package}.worker", name, count],
            cwd=BENCH,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
        )

    def ask(self, do: str, **arguments: object) -> object:
        """Call a method of the package's `worker.Worker`, and wait for its result."""
        try:
            print(json.dumps({"do": do, **arguments}), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise Absent(f"its process ended with code {self.process.wait()}: {self.last_words()}")
        answer = json.loads(answer)
        if isinstance(answer, dict) and "refused" in answer:
            raise Absent(answer["refused"])
        return answer

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self) -> str:
        self.stderr.seek(0)
        return (self.stderr.read().strip().splitlines() or ["it said nothing"])[-1]

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
