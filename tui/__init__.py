"""The terminal application: `minibert tui`.

It owns nothing: it reads run folders and asks trainings through them, so closing it stops none.
This module imports little: Textual is loaded by `main`, PyTorch when a model is first asked.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from minibert.errors import OptionError, RunError


def main(run: Path | None, once: bool) -> int:
    """Show a run until the person has seen enough, or print one frame of it.

    Args:
        run: a run folder, or a folder of runs, whose running or newest one is shown; `runs/` when
            it is None, which may be empty still.
        once: print one frame as text, at the terminal's size or 80x24, and return.

    Returns:
        The exit status of the process.

    Raises:
        RunError: `run` does not exist or holds no run.
        OptionError: there is no terminal to draw on.
    """
    # Nothing that is imported is ever garbage, and to look for it takes a tenth of the time to the
    # first screen; the application looks again from then on.
    gc.disable()

    from minibert.runs.run import RUNS
    from minibert.tui.monitoring.run_watcher import RunWatcher, holds_runs

    if run is not None and not run.exists():
        raise RunError(f"{run} does not exist; give a run folder or a folder of runs")
    if run is not None and not holds_runs(run):
        raise RunError(f"{run} contains no run; start one with: minibert pretrain")
    watcher = RunWatcher(RUNS if run is None else run)
    if once:
        from minibert.tui.once import print_frame

        print_frame(watcher)
        return 0
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise OptionError("the application needs a terminal; to print one frame, give `once`")
    from minibert.tui.app import MinibertApp
    from minibert.tui.settings import load_settings, settings_file

    app = MinibertApp(watcher, remembered=load_settings(settings_file()))
    app.run()
    return app.return_code or 0
