"""`metrics.jsonl`: the rows of a run, written and read.

All readers apply one rule. A line is a row if it is a JSON object of this format with all required
keys, a known split and a step. Other lines are skipped, so that a damaged line does not hide the
rest, and a last line without its newline is left for later. Unknown keys are ignored. A value that
is not a finite number is NaN, or None where a column may have no value.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from minibert._core import read_metrics

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 3
METRICS = "metrics.jsonl"
SPLITS = ("train", "validation")

BLOCK = 1 << 15  # bytes that are read at once from the end of the file: some 80 rows
LONGEST_LINE = 1 << 16  # bytes; a longer line is not a row


@dataclass(frozen=True, slots=True)
class Metrics:
    """One row: means over the steps since the row before, or over an evaluation.

    Attributes:
        step: completed optimizer steps.
        split: `train` or `validation`.
        seconds: time used so far, evaluations included.
        tokens: tokens trained on so far, without padding.
        mlm_loss: in nats, mean over masked tokens.
        mlm_accuracy: from 0 to 1.
        nsp_loss: of the second head, for the next sentence or the sentence order, in nats; None
            where the objective has no pairs.
        nsp_accuracy: of the second head, from 0 to 1; None where the objective has no pairs.
        learning_rate: AdamW's, at the last step; None in evaluations, as the next three.
        grad_norm: mean, before clipping.
        tokens_per_second: since the row before.
        wait_share: share of the time spent waiting for batches, from 0 to 1.
        epoch: epochs so far, with their fraction.
        perplexity: exp(`mlm_loss`); None in training rows.
        skipped: batches since the row before whose loss was not finite; None in evaluations.
        peak_memory: peak resident memory of the process, in bytes.
        peak_gpu_memory: peak memory of PyTorch on its GPU, in bytes; None without a GPU.
    """

    step: int
    split: str
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

    @property
    def is_finite(self) -> bool:
        """Whether progress, time and loss are finite numbers."""
        return all(map(math.isfinite, (self.seconds, self.tokens, self.mlm_loss)))


NUMBERS = tuple(field.name for field in fields(Metrics) if field.name != "split")
_REQUIRED = tuple(field.name for field in fields(Metrics) if field.default is MISSING)
_NEVER_NONE = ("seconds", "tokens", "mlm_loss", "mlm_accuracy")


# ---- bytes --------------------------------------------------------------------------------------


def as_line(row: Metrics) -> bytes:
    """A row as a line of `metrics.jsonl`."""
    return (json.dumps({"format": FORMAT, **row.as_dict()}) + "\n").encode()


def parse_metrics(data: bytes) -> tuple[list[Metrics], int]:
    """The rows in bytes of `metrics.jsonl`, and the number of bytes up to the last newline."""
    end = data.rfind(b"\n") + 1
    rows = map(_parse_row, data[:end].split(b"\n"))
    return [row for row in rows if row is not None], end


def parse_columns(
    data: bytes, names: Sequence[str] = NUMBERS
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """The same rows as numbers, many times faster: to draw a million rows.

    Args:
        data: of `metrics.jsonl`.
        names: of the columns; the first is `step`.

    Returns:
        Training rows (n, columns) and validation rows (m, columns), with NaN for every value that
        is not a finite number; and the number of bytes up to the last newline.
    """
    train, validation, taken = read_metrics(
        data, list(names), required=list(_REQUIRED), format=FORMAT
    )
    return _with_step(train), _with_step(validation), taken


def _with_step(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = np.isfinite(rows[:, 0])
    return rows if finite.all() else rows[finite]


def _parse_row(line: bytes) -> Metrics | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or not found.keys() >= set(_REQUIRED):
        return None
    if type(found.get("format")) is not int or found["format"] != FORMAT:
        return None
    values: dict[str, Any] = {name: _number(found.get(name)) for name in NUMBERS}
    if found["split"] not in SPLITS or values["step"] is None:
        return None
    values |= {name: math.nan for name in _NEVER_NONE if values[name] is None}
    return Metrics(split=found["split"], **values)


def _number(value: object) -> int | float | None:
    """A finite number as it is; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:  # an integer that no float holds
        return None


# ---- files --------------------------------------------------------------------------------------


def append_row(file: Path, row: Metrics) -> None:
    """Append a row in one write; if that fails, the file is as it was before.

    Raises:
        OSError: the disk refuses.
    """
    line = as_line(row)
    with file.open("ab", buffering=0) as opened:
        before = opened.seek(0, os.SEEK_END)
        try:
            written = opened.write(line)
            if written != len(line):  # a part fitted; the second write raises the disk's reason
                opened.write(line[written:])
        except OSError:
            opened.truncate(before)
            raise


def read_rows(file: Path) -> list[Metrics]:
    """All rows of a file; none if it cannot be read."""
    try:
        return parse_metrics(file.read_bytes())[0]
    except OSError:
        return []


def newest_rows(file: Path) -> tuple[list[Metrics], Metrics | None]:
    """The last finite rows of a file, about 80, and the last finite validation row.

    Only the end of the file is read, back to the last validation row, so that the cost does not
    depend on the length of the run.
    """
    try:
        with file.open("rb") as opened:
            rows: list[Metrics] = []
            for block in _blocks_from_end(opened):
                if rows and b'"validation"' not in block:
                    continue  # saves parsing a block that can have no validation row
                found = [row for row in parse_metrics(block)[0] if row.is_finite]
                rows = rows or found
                validation = [row for row in found if row.split == "validation"]
                if validation:
                    return rows, validation[-1]
            return rows, None
    except OSError:
        return [], None


def last_validation(file: Path) -> Metrics | None:
    """The last finite validation row of a file, or None."""
    return newest_rows(file)[1]


def sample_rows(file: Path, samples: int, window: int, split: str) -> list[Metrics]:
    """Finite rows of a split, evenly spread over a file; all of a short one.

    Rows have similar lengths, so places in the file correspond to places in the run.

    Args:
        file: to read.
        samples: how many places are read.
        window: bytes that are read at each place; more than two lines.
        split: `train` or `validation`.
    """
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            if size <= samples * window:
                opened.seek(0)
                return _finite_rows(opened.read(), split)
            rows: list[Metrics] = []
            for number in range(samples):
                opened.seek(number * (size - window) // (samples - 1))
                data = opened.read(window)
                whole = data if number == 0 else data[data.find(b"\n") + 1 :]
                rows += _finite_rows(whole, split)[:1]
            return rows
    except OSError:
        return []


def _finite_rows(data: bytes, split: str) -> list[Metrics]:
    return [row for row in parse_metrics(data)[0] if row.is_finite and row.split == split]


def _blocks_from_end(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file in blocks of whole lines, the last block first."""
    rest = b""  # the end of a line that begins in the block before
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - BLOCK)
        file.seek(start)
        data = file.read(end - start) + rest
        end = start
        cut = data.find(b"\n") + 1 if start else 0
        if start and not cut:
            rest = data[-LONGEST_LINE:]
            continue
        rest = data[:cut]
        yield data[cut:]
