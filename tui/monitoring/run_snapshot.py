"""What is known of a run at a moment, and what follows from it.

Every entry of `minibert.json` may be missing or of a wrong kind: what cannot be said is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from minibert.config import PAIR_TASKS, Objective
from minibert.tui.monitoring.metric_columns import MetricColumns

RECENT_ROWS = 50


@dataclass(frozen=True)
class RunSnapshot:
    """A run as it was read last; never changed, so that threads can share it.

    Attributes:
        path: the run's folder; None while there is none.
        state: a state of `Run`, or `reading` (nothing is known yet), `waiting` (no
            run yet), `deleted`, `unreadable`.
        manifest: what `minibert.json` said when it could be read last.
        train: rows of training.
        validation: rows of evaluations.
        checkpoints: the folders with its weights, oldest first.
        problem: a sentence on what is wrong or missing, or None.
        last_words: of its log, where it ended badly.
        silent_minutes: how long a running training has written nothing.
        asked: what the training was asked for and has not done yet.
    """

    path: Path | None = None
    state: str = "reading"
    manifest: Mapping[str, Any] = field(default_factory=dict)
    train: MetricColumns = field(default_factory=MetricColumns.of)
    validation: MetricColumns = field(default_factory=MetricColumns.of)
    checkpoints: tuple[Path, ...] = ()
    problem: str | None = None
    last_words: tuple[str, ...] = ()
    silent_minutes: int = 0
    asked: str | None = None

    @property
    def name(self) -> str:
        """The run's name; the application's while there is no run."""
        return "minibert" if self.path is None else self.path.resolve().name

    @property
    def key(self) -> tuple[object, ...]:
        """What is another for another run, also for one that has taken its folder's place."""
        return self.path, self.manifest.get("created")

    @property
    def weights(self) -> Path | None:
        """The folder with the newest weights: a checkpoint's, or else the run's own."""
        return self.checkpoints[-1] if self.checkpoints else self.path

    def number(self, *keys: str) -> float | None:
        """A finite number of the manifest by its keys from the outside in, or None."""
        value: Any = self.manifest
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return None
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None

    def texts(self, *keys: str) -> list[str]:
        """A list of strings of the manifest by its keys; a single string counts as one."""
        value: Any = self.manifest
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        values = value if isinstance(value, list) else [value]
        return [text for text in values if isinstance(text, str)]

    @property
    def pair_task(self) -> str | None:
        """What the second head learns, NSP or SOP; None where the objective has no pairs."""
        options = self.manifest.get("options")
        objective = options.get("objective") if isinstance(options, Mapping) else None
        # A run from before there was a choice, or one that says nothing, is BERT's.
        return PAIR_TASKS.get(str(objective)) if objective in get_args(Objective) else "NSP"

    def newest(self, name: str) -> float | None:
        """The greatest last value of a column that only grows: step, seconds or tokens."""
        values = [rows.last(name) for rows in (self.train, self.validation)]
        return max((value for value in values if value is not None), default=None)

    @property
    def share_done(self) -> float | None:
        """The share of the budget that is used up, from 0 to 1."""
        for name, column in (("steps", "step"), ("seconds", "seconds")):
            budget = self.number("budget", name)
            if budget is not None and budget > 0:
                return min(1.0, max(0.0, (self.newest(column) or 0.0) / budget))
        return None

    @property
    def seconds_left(self) -> float | None:
        """An estimate of the time to the end of the budget, from the speed of the recent rows."""
        seconds, step = self.newest("seconds"), self.newest("step")
        if seconds is None or step is None:
            return None
        time_budget, step_budget = self.number("budget", "seconds"), self.number("budget", "steps")
        if step_budget is None:
            return None if time_budget is None else max(0.0, time_budget - seconds)
        recent = self.train.data[:, -RECENT_ROWS:]
        steps, times = MetricColumns(recent)["step"], MetricColumns(recent)["seconds"]
        if len(steps) < 2 or not steps[-1] > steps[0] or not times[-1] > times[0]:
            return None
        pace = float((times[-1] - times[0]) / (steps[-1] - steps[0]))
        return max(0.0, step_budget - step) * pace
