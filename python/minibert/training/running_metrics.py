"""The sums behind a row of metrics, and the row."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from minibert.errors import RunError
from minibert.model.device import peak_memory
from minibert.runs.metrics import Metrics


class RunningMetrics:
    """Sums over the steps since the last row; they stay on the device, so that no step waits.

    Attributes:
        sums: (6,), as `pretraining_loss` returns them.
        grad_norm: the sum of the steps' gradient norms.
        learning_rate: the learning rate of the last step.
        tokens: tokens trained on, padding not counted.
        steps: the number of steps.
        skipped: the number of batches whose loss was not finite, which changed nothing.
        waited: seconds spent waiting for batches.
        start: when the row began, by `time.perf_counter()`; later by the time of evaluations and
            pauses, which do not count.
    """

    def __init__(self, device: torch.device) -> None:
        self.sums = torch.zeros(6, device=device)
        self.grad_norm = torch.zeros((), device=device)
        self.learning_rate = 0.0
        self.tokens = 0
        self.steps = 0
        self.skipped = 0
        self.waited = 0.0
        self.start = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the last row."""
        return time.perf_counter() - self.start

    def add(self, sums: Tensor, grad_norm: Tensor, learning_rate: float, tokens: int) -> None:
        """Add a step."""
        self.sums += sums
        self.grad_norm += grad_norm
        self.learning_rate = learning_rate
        self.tokens += tokens
        self.steps += 1

    def figures(self) -> dict[str, float]:
        """The fields of a training row that are not made of `sums`."""
        return {
            "learning_rate": self.learning_rate,
            "grad_norm": float(self.grad_norm) / self.steps,
            "tokens_per_second": self.tokens / self.elapsed,
            "wait_share": self.waited / self.elapsed,
            "skipped": self.skipped,
        }

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that `restore` needs."""
        return {"sums": self.sums, "grad_norm": self.grad_norm}

    def numbers(self) -> dict[str, float]:
        """The numbers that `restore` needs."""
        names = ("learning_rate", "tokens", "steps", "skipped", "waited", "elapsed")
        return {name: getattr(self, name) for name in names}

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Continue from `tensors` and `numbers`."""
        self.sums = tensors["sums"].to(self.sums.device)
        self.grad_norm = tensors["grad_norm"].to(self.grad_norm.device)
        self.learning_rate = numbers["learning_rate"]
        self.tokens, self.steps = numbers["tokens"], numbers["steps"]
        self.skipped, self.waited = numbers["skipped"], numbers["waited"]
        self.start = time.perf_counter() - numbers["elapsed"]


def metrics_row(
    sums: Tensor,
    *,
    step: int,
    split: str,
    seconds: float,
    tokens: int,
    epoch: float,
    device: torch.device,
    **more: Any,
) -> Metrics:
    """A row of metrics from sums.

    Args:
        sums: (6,), as `pretraining_loss` returns them.
        step: the steps so far.
        split: `train` or `validation`.
        seconds: the time used so far.
        tokens: the tokens trained on so far.
        epoch: the epochs so far, with their fraction.
        device: the device whose peak memory the row gets.
        more: further fields of the row.

    Raises:
        RunError: there were no predictions.
    """
    mlm_loss, mlm_hits, masked, nsp_loss, nsp_hits, pairs = sums.tolist()
    if not masked:
        what = "validation text" if split == "validation" else f"batches before step {step}"
        raise RunError(
            f"there is nothing to mask in the {what}, since every token is [UNK]",
            advice="train with a larger vocabulary, or on other text",
            cause="only_unknown_tokens",
        )
    memory, gpu_memory = peak_memory(device)
    return Metrics(
        step=step,
        split=split,
        seconds=round(seconds, 3),
        tokens=tokens,
        mlm_loss=mlm_loss / masked,
        mlm_accuracy=mlm_hits / masked,
        nsp_loss=nsp_loss / pairs if pairs else None,
        nsp_accuracy=nsp_hits / pairs if pairs else None,
        epoch=epoch,
        peak_memory=memory,
        peak_gpu_memory=gpu_memory,
        **more,
    )
