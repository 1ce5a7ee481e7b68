"""Everything that is known of a run at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from minibert.config import PAIR_TASKS
from minibert.runs.manifest import Manifest
from minibert.runs.progress import RECENT_ROWS, seconds_left
from minibert.tui.monitoring.metric_columns import MetricColumns
from minibert.tui.monitoring.run_states import ViewState


@dataclass(frozen=True)
class RunSnapshot:
    """A run as it was read last; immutable, so that threads can share it.

    Attributes:
        path: the run's folder; None while there is none.
        state: a `RunState`, a `ViewState`, or a state that only a newer minibert knows.
        manifest: `minibert.json` as it was last readable, or None.
        train: training rows.
        validation: validation rows.
        checkpoints: the folders with its weights, oldest first.
        problem: a sentence on what is wrong or missing, or None.
        log_lines: the last lines of its log, if it ended badly.
        silent_minutes: how long a running training has written nothing.
        requested: the pending request to the training, or None.
    """

    path: Path | None = None
    state: str = ViewState.READING
    manifest: Manifest | None = None
    train: MetricColumns = field(default_factory=MetricColumns.from_rows)
    validation: MetricColumns = field(default_factory=MetricColumns.from_rows)
    checkpoints: tuple[Path, ...] = ()
    problem: str | None = None
    log_lines: tuple[str, ...] = ()
    silent_minutes: int = 0
    requested: str | None = None

    @property
    def name(self) -> str:
        """The run's name; the application's while there is no run."""
        return "minibert" if self.path is None else self.path.resolve().name

    @property
    def key(self) -> tuple[object, ...]:
        """Differs between runs, also if a new run has the folder of an old one."""
        return self.path, None if self.manifest is None else self.manifest.created

    @property
    def weights(self) -> Path | None:
        """The folder with the newest weights: of a checkpoint, or else the run's own."""
        return self.checkpoints[-1] if self.checkpoints else self.path

    @property
    def pair_task(self) -> str | None:
        """What the second head learns, NSP or SOP; None where the objective has no pairs."""
        if self.manifest is None:
            return PAIR_TASKS["next_sentence"]
        return PAIR_TASKS.get(self.manifest.options.objective)

    def newest(self, name: str) -> float | None:
        """The greatest last value of a column that only grows: step, seconds or tokens."""
        values = [rows.last(name) for rows in (self.train, self.validation)]
        return max((value for value in values if value is not None), default=None)

    @property
    def share_done(self) -> float | None:
        """The share of the budget that is used, from 0 to 1."""
        if self.manifest is None:
            return None
        step, seconds = self.newest("step") or 0.0, self.newest("seconds") or 0.0
        return self.manifest.budget.share_done(step, seconds)

    @property
    def seconds_left(self) -> float | None:
        """The estimated time to the end of the budget, in seconds."""
        if self.manifest is None:
            return None
        steps, seconds = self.train["step"], self.train["seconds"]
        return seconds_left(
            self.manifest.budget, steps[-RECENT_ROWS:].tolist(), seconds[-RECENT_ROWS:].tolist()
        )
