"""The rows of `metrics.jsonl`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Metrics:
    """One row: means over the steps since the row before, or over an evaluation.

    Losses are in nats; `seconds` is the time used of the run so far, evaluations included; `tokens`
    counts the pieces trained on, padding left out; `wait_share` is the share of the time spent
    waiting for batches. `nsp_loss` and `nsp_accuracy` are those of the second head, whether it
    learns the next sentence or the order of two; None where the objective has no pairs. `epoch` is
    the passes over the corpus so far, with their fraction; `perplexity` is exp(`mlm_loss`);
    `skipped` counts the batches since the row before whose loss was not finite, which changed
    nothing. The peaks of memory are in bytes, of this process since it began. What an evaluation, a
    training row or an older minibert does not have is None.
    """

    step: int
    split: str  # "train" or "eval"
    seconds: float
    tokens: int
    mlm_loss: float
    mlm_accuracy: float
    nsp_loss: float | None
    nsp_accuracy: float | None
    learning_rate: float | None = None
    grad_norm: float | None = None
    tokens_per_second: float | None = None
    wait_share: float | None = None
    epoch: float | None = None
    perplexity: float | None = None
    skipped: int | None = None
    peak_memory: int | None = None
    peak_gpu_memory: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The row as `metrics.jsonl` has it."""
        return asdict(self)
