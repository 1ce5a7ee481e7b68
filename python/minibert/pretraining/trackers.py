"""Experiment trackers: log metrics to TensorBoard or to Weights & Biases too.

Both are optional: `pip install minibert[tensorboard]`, `pip install minibert[wandb]`. The run
folder always has `metrics.jsonl`.
"""

from __future__ import annotations

import importlib
import os
import secrets
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

from minibert.errors import RunError
from minibert.runs.manifest import RunState

if TYPE_CHECKING:
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run


class Tracker(Protocol):
    """Receives rows of metrics."""

    def log(self, row: Metrics) -> None:
        """Log a row."""

    def close(self) -> None:
        """Flush and close."""


def open_tracker(name: str, run: Run, step: int) -> Tracker:
    """Open the tracker of a run.

    Args:
        name: `tensorboard` or `wandb`; its package is installed.
        run: the run to log.
        step: the step to resume from, 0 for a new run. Later steps are logged again.
    """
    return TensorBoard(run, step) if name == "tensorboard" else WeightsAndBiases(run)


class TensorBoard:
    """Event files in `tensorboard/` in the run folder, for the program TensorBoard."""

    def __init__(self, run: Run, step: int) -> None:
        summary: Any = importlib.import_module("torch.utils.tensorboard")
        self._writer = summary.SummaryWriter(str(run.path / "tensorboard"), purge_step=step + 1)

    def log(self, row: Metrics) -> None:
        """Log a row."""
        for name, value in _scalars(row).items():
            self._writer.add_scalar(name, value, row.step)

    def close(self) -> None:
        """Flush and close."""
        self._writer.close()


class WeightsAndBiases:
    """A run of the project `minibert`, or of WANDB_PROJECT, with the name of the run folder.

    Its id is stored in `minibert.json`, so that a resumed run continues it.

    Raises:
        RunError: Weights & Biases refuses the run.
    """

    def __init__(self, run: Run) -> None:
        wandb: Any = importlib.import_module("wandb")
        manifest = run.manifest
        if manifest.wandb is None:
            run.manifest = manifest = replace(manifest, wandb=secrets.token_hex(4))
        run.set_state(RunState.RUNNING)
        try:
            self._run = wandb.init(
                project=os.environ.get("WANDB_PROJECT", "minibert"),
                name=run.name,
                id=manifest.wandb,
                resume="allow",
                dir=str(run.path),
                config={
                    "options": asdict(manifest.options),
                    "recipe": asdict(manifest.recipe),
                    "config": asdict(manifest.config),
                },
            )
        except wandb.Error as error:
            raise RunError(
                f"Weights & Biases refuses the run: {error}",
                advice="set WANDB_MODE=offline to log locally, and resume the run",
                cause="tracker_refused",
            ) from None
        # A resumed run logs some steps again, which the step counter of W&B itself would refuse.
        self._run.define_metric("*", step_metric="step")

    def log(self, row: Metrics) -> None:
        """Log a row."""
        self._run.log({"step": row.step, **_scalars(row)})

    def close(self) -> None:
        """Flush and close."""
        self._run.finish()


def _scalars(row: Metrics) -> dict[str, float]:
    """The numbers of a row, named such as `train/mlm_loss`, without missing ones."""
    scalars = {k: v for k, v in row.as_dict().items() if k not in ("step", "split")}
    return {f"{row.split}/{name}": value for name, value in scalars.items() if value is not None}
