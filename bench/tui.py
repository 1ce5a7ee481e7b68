"""The speed and memory of `minibert tui`.

    uv run python bench/tui.py [--run RUN] [--measure start,keys,open,memory]

- start: time from process start to the first screen, in a terminal of its own;
- keys: time from a key press to the next frame, while a training runs on all cores;
- open: 100,000 logged steps in one run, in 50 runs together, and in each of 50 runs; frames per
  second while panning;
- memory: of the process, before PyTorch is imported and after a model has filled sentences.

Run it on an idle machine. Without `--run` a small run is trained first.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import math
import os
import pty
import random
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minibert.tui.app import MinibertApp

COLUMNS, ROWS = 120, 40
STARTS, KEYS, FRAMES = 7, 300, 120
STEPS, RUNS = 100_000, 50


class Application:
    """`minibert tui` in a pseudo-terminal."""

    def __init__(self, run: Path) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execv(sys.executable, [sys.executable, "-m", "minibert", "tui", str(run)])
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def press(self, key: str) -> None:
        os.write(self._terminal, key.encode())

    def wait_for(self, text: bytes, seconds: float = 60.0) -> float:
        """Read until a text appears; the time when it did."""
        seen, until = b"", time.perf_counter() + seconds
        while time.perf_counter() < until:
            if self._is_readable(0.05):
                seen = seen[-4096:] + self._read()
                if text in seen:
                    return time.perf_counter()
        raise SystemExit(f"{text!r} did not appear; the last output was {seen[-400:]!r}")

    def drain(self, seconds: float) -> None:
        """Read and discard the output for some seconds."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if self._is_readable(left) and not self._read():
                return

    def memory(self) -> int:
        import psutil

        return psutil.Process(self.pid).memory_info().rss

    def close(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.perf_counter() + 5.0
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.perf_counter() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            self.drain(0.05)
        os.close(self._terminal)

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, 65536)
        except OSError:  # the application has ended
            return b""

    def _is_readable(self, seconds: float) -> bool:
        return bool(select.select([self._terminal], [], [], seconds)[0])


@contextmanager
def application(run: Path) -> Iterator[Application]:
    opened = Application(run)
    try:
        yield opened
    finally:
        opened.close()


# ---- measures -----------------------------------------------------------------------------------


def start(run: Path, work: Path) -> None:
    taken = []
    for _ in range(STARTS):
        began = time.perf_counter()
        with application(run) as opened:
            taken.append(opened.wait_for(b"MLM loss") - began)
    say("first screen", f"{statistics.median(taken):.2f} s", f"median of {STARTS}; target: 0.5 s")


def keys(run: Path, work: Path) -> None:
    with training(work / "beside"), application(run) as opened:
        opened.wait_for(b"MLM loss")
        opened.drain(8.0)  # PyTorch is imported and the sentences are filled
        taken = []
        for weight in ("0.6", "0.9", "0.98", None) * (KEYS // 3):
            began = time.perf_counter()
            opened.press("s")
            if weight is not None:
                taken.append(opened.wait_for(f"smoothed {weight}".encode()) - began)
            opened.drain(0.05)
    taken.sort()
    at_99 = taken[math.ceil(0.99 * len(taken)) - 1]
    say(
        "key to frame beside a training",
        f"{1000 * at_99:.0f} ms",
        f"at the 99th percentile of {len(taken)}, median {1000 * statistics.median(taken):.0f} ms; "
        "target: 50 ms",
    )


def opening(run: Path, work: Path) -> None:
    log = work / "long.jsonl"
    write_log(log, STEPS)
    short = work / "short.jsonl"
    write_log(short, STEPS // RUNS)
    for title, file, count in (
        (f"1 run of {STEPS:,} rows", log, 1),
        (f"{RUNS} runs of {STEPS // RUNS:,} rows", short, RUNS),
        (f"{RUNS} runs of {STEPS:,} rows", log, RUNS),
    ):
        folder = work / f"{count}-{file.stem}"
        paths = [make_run(folder / f"run-{n:02}", run, file) for n in range(count)]
        asyncio.run(open_runs(title, paths, count * len(file.read_bytes().splitlines())))


async def open_runs(title: str, paths: list[Path], rows: int) -> None:
    """Open runs with `rows` rows in total, as the runs section does to compare them."""
    from minibert.tui.app import MinibertApp
    from minibert.tui.monitoring.run_watcher import RunWatcher

    began = time.perf_counter()
    app = MinibertApp(RunWatcher(paths[0]))
    async with app.run_test(size=(COLUMNS, ROWS)):
        app.compared = tuple(paths)
        await until(lambda: plotted_rows(app) > 0)
        say(title, f"{time.perf_counter() - began:.2f} s", "to the first curves; target: 1 s")
        await until(lambda: plotted_rows(app) == rows)
        say("", f"{time.perf_counter() - began:.2f} s", f"until all {rows:,} rows are plotted")
        say("", f"{frames_per_second(app):.0f}", "frames per second while panning; target: 30")


def plotted_rows(app: MinibertApp) -> int:
    """The number of rows in the curves of the training section."""
    return sum(len(snapshot.train) for snapshot in app.screen._charts.snapshots)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def frames_per_second(app: MinibertApp) -> float:
    """Fully rendered screens per second while panning back and forth."""
    app.screen.action_zoom(True)
    began = time.perf_counter()
    for number in range(FRAMES):
        app.screen.action_move(-1 if number % 20 < 10 else 1)
        app.screen._compositor.render_strips()
    return FRAMES / (time.perf_counter() - began)


def memory(run: Path, work: Path) -> None:
    without = work / "without-checkpoints"
    shutil.copytree(run, without, ignore=shutil.ignore_patterns("checkpoints", "*.safetensors"))
    with application(without) as opened:
        opened.wait_for(b"MLM loss")
        opened.drain(3.0)
        say("memory without PyTorch", f"{opened.memory() / 2**20:.0f} MB", "target: 150 MB")
    with application(run) as opened:
        opened.wait_for(b"MLM loss")
        opened.drain(15.0)  # PyTorch is imported and the sentences are filled
        pytorch, total = memory_of_pytorch() / 2**20, opened.memory() / 2**20
        say(
            "memory with PyTorch and a model",
            f"{total:.0f} MB",
            f"of which `import torch` alone needs {pytorch:.0f} MB",
        )


def memory_of_pytorch() -> int:
    """The memory of a process that `import torch` adds, in bytes."""
    code = "import psutil; before = psutil.Process().memory_info().rss; import torch; "
    code += "print(psutil.Process().memory_info().rss - before)"
    command = [sys.executable, "-c", code]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


MEASURES: dict[str, Callable[[Path, Path], None]] = {
    "start": start,
    "keys": keys,
    "open": opening,
    "memory": memory,
}


# ---- runs ---------------------------------------------------------------------------------------


@contextmanager
def training(out: Path) -> Iterator[None]:
    """Run a training on all cores during the block."""
    command = [
        sys.executable,
        "-m",
        "minibert",
        "pretrain",
        "--preset",
        "mini",
        "--steps",
        "1000000",
    ]
    process = subprocess.Popen([*command, "--out", str(out)], stderr=subprocess.DEVNULL)
    try:
        while not (out / "metrics.jsonl").is_file() or not (out / "metrics.jsonl").stat().st_size:
            time.sleep(0.2)
        yield
    finally:
        process.kill()
        process.wait()


def write_log(file: Path, rows: int) -> None:
    rng = random.Random(0)
    with file.open("w") as lines:
        for number in range(1, rows + 1):
            loss = 3.0 + 6.0 * math.exp(-number / rows * 6) + rng.gauss(0, 0.1)
            row = {
                "format": 3, "step": 10 * number, "split": "train", "seconds": 2.4 * number,
                "tokens": 40_000 * number, "mlm_loss": loss, "mlm_accuracy": 1 / loss,
                "nsp_loss": 0.5, "nsp_accuracy": 0.75 + rng.gauss(0, 0.02),
                "learning_rate": 3e-3 * (1 - number / rows), "grad_norm": abs(rng.gauss(1, 0.2)),
                "tokens_per_second": 16_600.0 + rng.gauss(0, 300), "wait_share": 0.02,
                "epoch": number / 1000, "perplexity": None, "skipped": 0,
                "peak_memory": 612_000_000, "peak_gpu_memory": None,
            }  # fmt: skip
            lines.write(json.dumps(row) + "\n")


def make_run(folder: Path, run: Path, log: Path) -> Path:
    """A finished run with the manifest of another one, whose metrics are a link to `log`."""
    folder.mkdir(parents=True)
    shutil.copy(run / "minibert.json", folder)
    (folder / "metrics.jsonl").symlink_to(log.resolve())
    return folder


def small_run(work: Path) -> Path:
    out = work / "small"
    command = [sys.executable, "-m", "minibert", "pretrain", "--steps", "300", "--out", str(out)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return out


def say(what: str, value: str, more: str = "") -> None:
    print(f"{what:34} {value:>10}  {more}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, help="a finished run with checkpoints")
    parser.add_argument(
        "--measure", default=",".join(MEASURES), help="the measures, separated by commas"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run = given.run or small_run(work)
        for name in given.measure.split(","):
            MEASURES[name](run, work)


if __name__ == "__main__":
    main()
