"""A run in one line: its state, its progress, its loss, its size, and the time it still takes.

Read from `minibert.json` and the end of `metrics.jsonl`, so that the cost does not depend on the
length of the run.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minibert.errors import RunError
from minibert.runs.manifest import RunState
from minibert.runs.metrics import METRICS, newest_rows
from minibert.runs.progress import seconds_left
from minibert.runs.run import Run, has_run, run_folders

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Summary:
    """One run.

    Attributes:
        name: the folder's.
        path: the folder.
        state: a `RunState`, or a state that only a newer minibert knows.
        step: the last step in the metrics.
        split: `validation` if the loss is of the last evaluation, `train` if there is none yet.
        mlm_loss: in nats; None before the first row.
        tokens_per_second: of the newest training row; None before the first.
        share_done: the share of the budget that is used, from 0 to 1; None if unreadable.
        seconds_left: at the pace of the newest rows; None if there are too few.
        parameters: of the model; None if unreadable.
        stored_bytes: of the whole folder, with checkpoints.
        created: when the run began: ISO 8601, UTC.
        problem: why the run is unreadable, or None.
    """

    name: str
    path: str
    state: str
    step: int
    split: str | None
    mlm_loss: float | None
    tokens_per_second: float | None
    share_done: float | None
    seconds_left: float | None
    parameters: int | None
    stored_bytes: int
    created: str
    problem: str | None = None


def summarize(run: Run) -> Summary:
    """Summarize a run."""
    rows, evaluation = newest_rows(run.path / METRICS)
    training = [row for row in rows if row.split == "train"]
    shown = evaluation or (training[-1] if training else None)
    newest = max(rows, key=lambda row: row.step, default=None)
    budget = run.manifest.budget
    return Summary(
        name=run.name,
        path=str(run.path),
        state=run.state,
        step=newest.step if newest else 0,
        split=shown.split if shown else None,
        mlm_loss=shown.mlm_loss if shown else None,
        tokens_per_second=training[-1].tokens_per_second if training else None,
        share_done=budget.share_done(newest.step, newest.seconds) if newest else 0.0,
        seconds_left=seconds_left(
            budget, [row.step for row in training], [row.seconds for row in training]
        ),
        parameters=run.manifest.parameters,
        stored_bytes=stored_bytes(run.path),
        created=run.manifest.created,
    )


def summarize_all(root: Path) -> list[Summary]:
    """Summarize the runs in a folder, oldest first, and then those that cannot be read.

    Args:
        root: the folder of runs, or a run.
    """
    folders = [root] if has_run(root) else run_folders(root)
    summaries = []
    for folder in folders:
        try:
            summaries.append(summarize(Run.open(folder)))
        except RunError as error:
            summaries.append(_unreadable(folder, str(error)))
    return sorted(summaries, key=lambda run: (run.problem is not None, run.created))


def _unreadable(folder: Path, problem: str) -> Summary:
    return Summary(
        name=folder.resolve().name,
        path=str(folder),
        state=RunState.UNREADABLE,
        step=0,
        split=None,
        mlm_loss=None,
        tokens_per_second=None,
        share_done=None,
        seconds_left=None,
        parameters=None,
        stored_bytes=stored_bytes(folder),
        created="",
        problem=problem,
    )


def stored_bytes(folder: Path) -> int:
    """The size of all files in a folder, in bytes."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # a checkpoint that was removed meanwhile
            total += path.stat().st_size if path.is_file() else 0
    return total
