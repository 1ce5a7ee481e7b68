"""What the trainer sums up between two rows of metrics."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor


class RunningMetrics:
    """What has been summed since the last row; on the device, so that no step waits for it.

    Attributes:
        sums: (6,), as `pretraining_loss` returns them.
        grad_norm: the sum of the steps' gradient norms.
        learning_rate: the last step's.
        tokens: pieces trained on, padding left out.
        steps: how many there were.
        skipped: batches that changed nothing.
        waited: seconds spent waiting for batches.
        start: what `time.perf_counter()` showed, so that an evaluation does not count.
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

    def add(self, sums: Tensor, norm: Tensor, learning_rate: float, tokens: int) -> None:
        """Count a step in."""
        self.sums += sums
        self.grad_norm += norm
        self.learning_rate = learning_rate
        self.tokens += tokens
        self.steps += 1

    def figures(self) -> dict[str, float]:
        """What a row says of the steps beside the sums."""
        return {
            "learning_rate": self.learning_rate,
            "grad_norm": float(self.grad_norm) / self.steps,
            "tokens_per_second": self.tokens / self.elapsed,
            "wait_share": self.waited / self.elapsed,
            "skipped": self.skipped,
        }

    def numbers(self) -> dict[str, float]:
        """What `restore` needs beside the tensors."""
        names = ("learning_rate", "tokens", "steps", "skipped", "waited", "elapsed")
        return {name: getattr(self, name) for name in names}

    def restore(self, numbers: dict[str, Any]) -> None:
        """Go on from `numbers`."""
        self.learning_rate = numbers["learning_rate"]
        self.tokens, self.steps = numbers["tokens"], numbers["steps"]
        self.skipped, self.waited = numbers["skipped"], numbers["waited"]
        self.start = time.perf_counter() - numbers["elapsed"]
