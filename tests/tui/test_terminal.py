"""End to end: the application in a real terminal, on a run that is being written."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from minibert.runs.control import request, wait_until_done
from minibert.runs.run import Run

from helpers.samples import write_corpus

TMUX = shutil.which("tmux")
SCRIPT = (
    "import sys, pathlib, minibert.tui as t; sys.exit(t.main(pathlib.Path(sys.argv[1]), False))"
)

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


class Terminal:
    """A tmux of our own: the application is in its first pane."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "tmux.sock"
        self._ended = folder / "status"

    def tmux(self, *arguments: str) -> str:
        command = [str(TMUX), "-S", str(self._socket), "-f", "/dev/null", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout

    def start(self, run: Path) -> None:
        python = Path(__file__).resolve().parents[2] / "python"
        shell = (
            f"unset COLUMNS LINES; "  # that would be its size, whatever the terminal's
            f"PYTHONPATH='{python}' '{sys.executable}' -c '{SCRIPT}' '{run}'; "
            f"echo $? > '{self._ended}'; sleep 60"
        )
        self.tmux("new-session", "-d", "-x", "80", "-y", "24", shell)

    def start_below(self, *command: object) -> None:
        """Start another command in a second pane, of 80 x 24 as the first."""
        self.tmux("resize-window", "-x", "80", "-y", "49")
        shell = shlex.join(map(str, command))
        self.tmux("split-window", "-d", "-l", "24", f"{shell}; echo ended with $?; sleep 60")

    def press(self, *keys: str, pane: int = 0) -> None:
        self.tmux("send-keys", "-t", f":.{pane}", *keys)

    def screen(self, pane: int = 0) -> str:
        return self.tmux("capture-pane", "-p", "-t", f":.{pane}")

    def wait_for(self, text: str, pane: int = 0) -> str:
        """The first screen that shows a text."""
        for _ in range(300):
            screen = self.screen(pane)
            if text in screen:
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{self.screen(pane)}")

    def status(self) -> str:
        """What the application exited with."""
        for _ in range(100):
            if self._ended.exists() and self._ended.read_text():
                return self._ended.read_text().strip()
            time.sleep(0.1)
        raise AssertionError(f"the application goes on:\n{self.screen()}")


@pytest.fixture
def terminal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tmux")
    if len(os.fspath(folder)) > 80:
        pytest.skip("the path of the socket would be too long")
    terminal = Terminal(folder)
    yield terminal
    terminal.tmux("kill-server")


@pytest.mark.exhaustive
def test_the_curve_grows_in_a_real_terminal_while_rows_are_written(
    terminal, make_run, make_rows, as_lines
):
    run = make_run(0)
    done = threading.Event()

    def write() -> None:
        for row in make_rows(200):
            run.append(as_lines([row]))
            if done.wait(0.02):
                return

    terminal.start(run.path)
    terminal.wait_for("There is no data yet")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        terminal.wait_for("step 2,000 of 2,000")
        terminal.press("s")
        assert "unigram entropy" in terminal.wait_for("smoothed 0.6")
        terminal.press("?")
        terminal.wait_for("Show or hide a crosshair")
        terminal.press("Enter")
        terminal.tmux("resize-window", "-x", "120", "-y", "40")
        terminal.wait_for("NSP accuracy, %")
        terminal.press("q")
        assert terminal.status() == "0"
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    "setting", ["NO_COLOR=1", "TEXTUAL_COLOR_SYSTEM=256", "COLORTERM=truecolor"]
)
@pytest.mark.exhaustive
def test_the_screen_is_drawn_with_few_colors_too(terminal, make_run, monkeypatch, setting):
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    terminal.start(make_run(120).path)
    terminal.wait_for("unigram entropy")
    terminal.press("C-q")
    assert terminal.status() == "0"


@pytest.mark.exhaustive
def test_quitting_waits_for_no_model(terminal, short_run):
    terminal.start(short_run.path)
    terminal.wait_for("5 Tokens")
    terminal.press("5")
    terminal.press("q")
    assert terminal.status() == "0"
    assert "Traceback" not in terminal.screen()


def test_sections_are_opened_in_a_real_terminal_without_colors(terminal, short_run, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.start(short_run.path)
    terminal.wait_for("5 Tokens")
    terminal.press("5")
    terminal.wait_for("words")
    terminal.press("e", "C-u")
    terminal.wait_for("esc Leave the field")
    terminal.press("-l", "the cow ☃")
    terminal.wait_for("⟨☃⟩")
    terminal.press("Escape")
    terminal.wait_for("e Edit")
    terminal.press("6")
    terminal.wait_for("=word= unchanged")
    terminal.wait_for("epoch 0 · batch 0")
    terminal.press("q")
    assert terminal.status() == "0"


@pytest.mark.exhaustive
def test_a_training_that_the_application_starts_and_pauses_outlives_it(
    terminal, make_run, tmp_path
):
    corpus = write_corpus(tmp_path / "animals.txt")
    root = make_run(20, "runs/earlier", state="finished").path.parent
    terminal.start(root)
    terminal.wait_for("earlier")
    terminal.press("1")
    terminal.wait_for("1 run ·")
    terminal.press("n")
    terminal.wait_for("New training in")
    terminal.press("-l", str(corpus))
    terminal.wait_for("KB, its tokens are counted when the training starts")
    terminal.press("C-s")
    terminal.wait_for("animals-tiny")
    path = root / "animals-tiny"
    try:
        terminal.press("1")
        terminal.wait_for("2 runs ·")
        terminal.wait_for("▶ running")
        terminal.press("P")
        terminal.wait_for("‖ paused")
        terminal.press("q")
        assert terminal.status() == "0"
        assert Run.open(path).state == "paused"
        request(Run.open(path), "resume")
        assert wait_until_done(Run.open(path)).state == "running"
    finally:
        request(Run.open(path), "stop")
        assert wait_until_done(Run.open(path)).state == "interrupted"
    assert "stopping after this step and saving" in (path / "training.log").read_text()


@pytest.mark.exhaustive
def test_a_training_in_one_pane_is_watched_and_paused_from_the_other(terminal, make_run, tmp_path):
    corpus = write_corpus(tmp_path / "animals.txt")
    root = make_run(20, "runs/earlier", state="finished").path.parent
    run = root / "animals"
    terminal.start(root)
    terminal.wait_for("earlier")
    command = [sys.executable, "-m", "minibert", "pretrain", corpus, "--out", run, "--threads", 1]
    terminal.start_below(*command, "--steps", 100_000, "--log-every", 5, "--preset", "tiny")
    terminal.wait_for("animals")
    terminal.wait_for("step 50", pane=1)
    terminal.wait_for("▶ running")
    terminal.press("s")
    terminal.wait_for("smoothed 0.6")
    terminal.press("P")
    terminal.wait_for("‖ paused")
    terminal.wait_for("paused", pane=1)
    terminal.press("P")
    terminal.wait_for("▶ running")
    terminal.press("q")
    assert terminal.status() == "0"
    assert Run.open(run).state == "running"
    terminal.press("C-c", pane=1)
    assert "--resume" in terminal.wait_for("ended with 130", pane=1)
    assert Run.open(run).state == "interrupted"
