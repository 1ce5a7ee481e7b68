"""The rows of `metrics.jsonl`."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from minibert._core import read_metrics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 2  # 1 had neither a number nor what comes after `wait_share`


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
    split: str  # "train" or "validation"
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
        """The row by the names of its columns."""
        return asdict(self)


_COLUMNS = {field.name for field in fields(Metrics)}
_REQUIRED = {field.name for field in fields(Metrics) if field.default is MISSING}


def as_line(row: Metrics) -> bytes:
    """A row as `metrics.jsonl` has it."""
    return (json.dumps({"format": FORMAT, **row.as_dict()}) + "\n").encode()


def parse_metrics(data: bytes) -> tuple[list[Metrics], int]:
    """Rows from bytes of `metrics.jsonl`, and how many bytes they took: whole lines only.

    Lines that are no row, or one of a newer format, are passed over, so that a damaged one does not
    hide the rest. Keys that are not known are left out.
    """
    end = data.rfind(b"\n") + 1
    rows = []
    for line in data[:end].splitlines():
        with contextlib.suppress(ValueError):
            row = json.loads(line)
            if _is_row(row):
                rows.append(Metrics(**{k: v for k, v in row.items() if k in _COLUMNS}))
    return rows, end


def parse_columns(
    data: bytes, names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """As `parse_metrics`, in numbers and many times faster: for who draws a million rows.

    Args:
        data: of `metrics.jsonl`.
        names: of the columns wanted.

    Returns:
        Training's rows (n, columns), evaluations' rows (m, columns), NaN for what is no number; and
        how many bytes they took.
    """
    return read_metrics(data, list(names), required=list(_REQUIRED), newest_format=FORMAT)


def _is_row(row: object) -> bool:
    if not isinstance(row, dict) or not row.keys() >= _REQUIRED:
        return False
    version = row.get("format", 1)
    return isinstance(version, int) and version <= FORMAT
