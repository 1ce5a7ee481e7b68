"""The terminal application: `minibert tui`.

It only reads run folders and sends requests through them, so closing it stops no training. Start-up
is fast because `main` imports Textual, and PyTorch is imported when a model is first used.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from minibert.errors import OptionError, RunError


def main(run: Path | None, once: bool) -> int:
    """Show a run until the application is closed, or print one frame.

    Args:
        run: a run folder, or a folder of runs, of which the running or newest run is shown. None is
            `runs/`, which may be empty.
        once: print one frame as text, in the size of the terminal or 80x24, and return.

    Returns:
        The exit status of the process.

    Raises:
        RunError: `run` does not exist or contains no run.
        OptionError: there is no terminal.
    """
    # Imported modules are never garbage, and collections would take a tenth of the time until the
    # first screen. The application turns garbage collection on again after it.
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

    app = MinibertApp(watcher, loaded_settings=load_settings(settings_file()))
    app.run()
    return app.return_code or 0
