"""Metrics sent elsewhere as they come: to TensorBoard, or to Weights & Biases.

Both are optional: `pip install minibert[tensorboard]`, `pip install minibert[wandb]`. The run
folder has its `metrics.jsonl` either way.
"""

from __future__ import annotations

import importlib
import os
import secrets
from typing import TYPE_CHECKING, Any, Protocol

from minibert.errors import RunError

if TYPE_CHECKING:
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run


class Tracker(Protocol):
    """Takes rows of metrics."""

    def log(self, row: Metrics) -> None:
        """Send a row."""

    def close(self) -> None:
        """Send what is still held back."""


def open_tracker(name: str, run: Run, step: int) -> Tracker:
    """A tracker of a run that goes on after `step`, which is 0 for a new one.

    Args:
        name: `tensorboard` or `wandb`; its package is installed.
        run: what it shows.
        step: what it has been told of later steps is told again.
    """
    return TensorBoard(run, step) if name == "tensorboard" else WeightsAndBiases(run)


class TensorBoard:
    """Event files in the run's `tensorboard/`; see them with `tensorboard --logdir RUN`."""

    def __init__(self, run: Run, step: int) -> None:
        summary: Any = importlib.import_module("torch.utils.tensorboard")
        self._writer = summary.SummaryWriter(str(run.path / "tensorboard"), purge_step=step + 1)

    def log(self, row: Metrics) -> None:
        """Send a row."""
        for name, value in _figures(row).items():
            self._writer.add_scalar(name, value, row.step)

    def close(self) -> None:
        """Send what is still held back."""
        self._writer.close()


class WeightsAndBiases:
    """A run of the project `minibert`, or of what WANDB_PROJECT says, named as the run folder.

    Its id is kept in `minibert.json`, so that a resumed run goes on in the same place.

    Raises:
        RunError: Weights & Biases does not take the run.
    """

    def __init__(self, run: Run) -> None:
        wandb: Any = importlib.import_module("wandb")
        run.manifest.setdefault("wandb", secrets.token_hex(4))
        run.set_state("running")
        try:
            self._run = wandb.init(
                project=os.environ.get("WANDB_PROJECT", "minibert"),
                name=run.name,
                id=run.manifest["wandb"],
                resume="allow",
                dir=str(run.path),
                config={name: run.manifest.get(name) for name in ("options", "recipe", "config")},
            )
        except wandb.Error as error:
            raise RunError(
                f"Weights & Biases does not take the run: {error}; set WANDB_MODE=offline to keep "
                "it here, and go on by --resume"
            ) from None
        # Rows that a resumed run tells again have steps that went by, which W&B's own step refuses.
        self._run.define_metric("*", step_metric="step")

    def log(self, row: Metrics) -> None:
        """Send a row."""
        self._run.log({"step": row.step, **_figures(row)})

    def close(self) -> None:
        """Send what is still held back."""
        self._run.finish()


def _figures(row: Metrics) -> dict[str, float]:
    """The row's numbers as `train/mlm_loss`; what it does not have is left out."""
    figures = {k: v for k, v in row.as_dict().items() if k not in ("step", "split")}
    return {f"{row.split}/{name}": value for name, value in figures.items() if value is not None}
