"""A run in one line: its state, how far it came, how well it does, how long it will take.

The end of `metrics.jsonl` says it, so that a run of 100,000 rows costs no more than one of 100.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from minibert.config.recipe import Budget
from minibert.runs.metrics import Metrics, parse_metrics
from minibert.runs.run import METRICS, Run

TAIL = 1 << 15  # bytes: some 80 rows
BLOCK = 1 << 20  # bytes, in which an evaluation before them is looked for


@dataclass(frozen=True, slots=True)
class Summary:
    """One run.

    Attributes:
        name: the folder's.
        path: the folder.
        state: a state of `Run`.
        step: the last that metrics tell of.
        split: `eval` when the loss is a held-out one, `train` when there is none yet.
        mlm_loss: in nats; None before the first row.
        tokens_per_second: of the newest row; None before the first.
        share_done: of the budget, from 0 to 1; None where the run does not say what it is.
        seconds_left: at the pace of the newest rows; None where that says nothing.
        parameters: of the model.
        stored_bytes: the whole folder's, checkpoints included.
        created: when the run began: ISO 8601, UTC.
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


def summarize(run: Run) -> Summary:
    """What one line can say of a run."""
    rows, evaluation = newest_rows(run.path / METRICS)
    training = [row for row in rows if row.split == "train"]
    shown = evaluation or (training[-1] if training else None)
    budget = _budget(run.manifest)
    newest = max(rows, key=lambda row: row.step, default=None)
    return Summary(
        name=run.name,
        path=str(run.path),
        state=run.state,
        step=newest.step if newest else 0,
        split=shown.split if shown else None,
        mlm_loss=shown.mlm_loss if shown else None,
        tokens_per_second=training[-1].tokens_per_second if training else None,
        share_done=_share_done(budget, newest),
        seconds_left=_seconds_left(budget, training),
        parameters=run.manifest.get("parameters"),
        stored_bytes=stored_bytes(run.path),
        created=str(run.manifest.get("created", "")),
    )


def newest_rows(file: Path) -> tuple[list[Metrics], Metrics | None]:
    """The last rows of `metrics.jsonl`, and the last evaluation, however long ago it was."""
    try:
        with file.open("rb") as opened:
            end = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, end - TAIL))
            tail = opened.read()
            if end > TAIL:
                tail = tail[tail.find(b"\n") + 1 :]
            rows = [row for row in parse_metrics(tail)[0] if _is_sound(row)]
            return rows, _last_evaluation(opened, end)
    except OSError:
        return [], None


def _last_evaluation(file: BinaryIO, end: int) -> Metrics | None:
    """Looked for from the end of a file, block by block: most bytes are searched, not parsed."""
    cut = b""  # the rest of the first line of the block before, which begins in this one
    while end > 0:
        start = max(0, end - BLOCK)
        file.seek(start)
        data = file.read(end - start) + cut
        first = data.find(b"\n") + 1 if start else 0
        for line in _lines_with(b'"validation"', data[first:]):
            row = next(iter(parse_metrics(line)[0]), None)
            if row is not None and row.split == "validation" and _is_sound(row):
                return row
        cut, end = data[:first], start
    return None


def _lines_with(word: bytes, data: bytes) -> Iterator[bytes]:
    """The whole lines that hold a word, the last one first."""
    at = len(data)
    while (at := data.rfind(word, 0, at)) >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        if end >= 0:
            yield data[start : end + 1]
        at = start


def _is_sound(row: Metrics) -> bool:
    """Whether what is counted with is a number: a file may hold anything."""
    values = (row.step, row.seconds, row.tokens, row.mlm_loss)
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _budget(manifest: Mapping[str, Any]) -> Budget | None:
    """What `minibert.json` says of it; None where that is nothing sensible."""
    budget = manifest.get("budget")
    if not isinstance(budget, Mapping):
        return None
    steps, seconds = budget.get("steps"), budget.get("seconds")
    if isinstance(steps, int) and steps > 0:
        return Budget(steps=steps)
    if isinstance(seconds, int | float) and seconds > 0:
        return Budget(seconds=seconds)
    return None


def _share_done(budget: Budget | None, newest: Metrics | None) -> float | None:
    if budget is None:
        return None
    return budget.share_done(newest.step, newest.seconds) if newest else 0.0


def _seconds_left(budget: Budget | None, training: Sequence[Metrics]) -> float | None:
    """At the pace of the newest training rows."""
    if budget is None or not training:
        return None
    first, last = training[0], training[-1]
    if budget.seconds is not None:
        return max(0.0, budget.seconds - last.seconds)
    assert budget.steps is not None
    if last.step <= first.step or last.seconds <= first.seconds:
        return None
    pace = (last.seconds - first.seconds) / (last.step - first.step)
    return max(0.0, budget.steps - last.step) * pace


def stored_bytes(folder: Path) -> int:
    """What a folder takes on the disk, in bytes."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # a checkpoint that was dropped meanwhile
            total += path.stat().st_size if path.is_file() else 0
    return total
