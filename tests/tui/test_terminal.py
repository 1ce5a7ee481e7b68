"""End to end: the application in a real terminal, on a run that is being written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from minibert.control import request, wait_until_done
from minibert.runs import Run

from samples import write_corpus

TMUX = shutil.which("tmux")
SCRIPT = (
    "import sys, pathlib, minibert.tui as t; sys.exit(t.main(pathlib.Path(sys.argv[1]), False))"
)

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


class Terminal:
    """One pane of a tmux of our own."""

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

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait_for(self, text: str) -> str:
        """The first screen that shows a text."""
        for _ in range(300):
            screen = self.screen()
            if text in screen:
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{self.screen()}")

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
    terminal.wait_for("Nothing is measured yet")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        terminal.wait_for("step 2,000 of 2,000")
        terminal.tmux("send-keys", "s")
        assert "word frequencies" in terminal.wait_for("smoothed 0.6")
        terminal.tmux("send-keys", "?")
        terminal.wait_for("Read values at a crosshair")
        terminal.tmux("send-keys", "Enter")
        terminal.tmux("resize-window", "-x", "120", "-y", "40")
        terminal.wait_for("NSP accuracy, %")
        terminal.tmux("send-keys", "q")
        assert terminal.status() == "0"
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    "setting", ["NO_COLOR=1", "TEXTUAL_COLOR_SYSTEM=256", "COLORTERM=truecolor"]
)
def test_the_screen_is_drawn_with_few_colours_too(terminal, make_run, monkeypatch, setting):
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    terminal.start(make_run(120).path)
    terminal.wait_for("word frequencies")
    terminal.tmux("send-keys", "C-q")
    assert terminal.status() == "0"


def test_quitting_waits_for_no_model(terminal, short_run):
    terminal.start(short_run.path)
    terminal.wait_for("5 Tokens")
    terminal.tmux("send-keys", "5")
    terminal.wait_for("Asking the model.")
    terminal.tmux("send-keys", "q")
    assert terminal.status() == "0"
    assert "Traceback" not in terminal.screen()


def test_sections_are_gone_through_in_a_real_terminal_without_colours(
    terminal, short_run, monkeypatch
):
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.start(short_run.path)
    terminal.wait_for("5 Tokens")
    terminal.tmux("send-keys", "5")
    terminal.wait_for("words")
    terminal.tmux("send-keys", "e", "C-u")
    terminal.wait_for("esc Leave the field")
    terminal.tmux("send-keys", "-l", "the cow ☃")
    terminal.wait_for("⟨☃⟩")
    terminal.tmux("send-keys", "Escape")
    terminal.wait_for("e Edit")
    terminal.tmux("send-keys", "6")
    terminal.wait_for("=word= kept")
    terminal.wait_for("epoch 0 · batch 0")
    terminal.tmux("send-keys", "q")
    assert terminal.status() == "0"


@pytest.mark.exhaustive
def test_a_training_that_the_application_starts_and_pauses_outlives_it(
    terminal, make_run, tmp_path
):
    corpus = write_corpus(tmp_path / "animals.txt")
    root = make_run(20, "runs/earlier", state="finished").path.parent
    terminal.start(root)
    terminal.wait_for("earlier")
    terminal.tmux("send-keys", "1")
    terminal.wait_for("1 run ·")
    terminal.tmux("send-keys", "n")
    terminal.wait_for("New training in")
    terminal.tmux("send-keys", "-l", str(corpus))
    terminal.wait_for("KB, its tokens are counted when it is prepared")
    terminal.tmux("send-keys", "C-s")
    terminal.wait_for("animals-tiny")
    path = root / "animals-tiny"
    try:
        terminal.tmux("send-keys", "1")
        terminal.wait_for("2 runs ·")
        terminal.wait_for("▶ running")
        terminal.tmux("send-keys", "P")
        terminal.wait_for("‖ paused")
        terminal.tmux("send-keys", "q")
        assert terminal.status() == "0"
        assert Run.open(path).state == "paused"
        request(Run.open(path), "resume")
        assert wait_until_done(Run.open(path)).state == "running"
    finally:
        request(Run.open(path), "stop")
        assert wait_until_done(Run.open(path)).state == "interrupted"
    assert "stopping after this step and saving" in (path / "training.log").read_text()
