"""Rows of metrics by column, for the curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minibert.runs.metrics import NUMBERS
from minibert.tui.plotting.arrays import MAX_VALUE, Floats, GrowableArray

AXES = ("step", "seconds", "tokens")  # columns for x axes, which never decrease
NO_ROWS = np.empty((0, len(NUMBERS)))
_AXES = [NUMBERS.index(name) for name in AXES]


@dataclass(frozen=True, eq=False)
class MetricColumns:
    """The rows of one split.

    Attributes:
        data: float64 (columns, rows), in the order of `NUMBERS`; NaN where a row has no value.
        origin: identical for later columns that extend these; None if these never grow.
    """

    data: Floats
    origin: object = None

    @classmethod
    def from_rows(cls, rows: Floats = NO_ROWS) -> MetricColumns:
        """Turn rows, float64 (rows, columns), into columns."""
        data = rows.T
        return cls(np.where(np.abs(data) <= MAX_VALUE, data, np.nan))

    def __len__(self) -> int:
        return int(self.data.shape[1])

    def __getitem__(self, name: str) -> Floats:
        column: Floats = self.data[NUMBERS.index(name)]
        return column

    def last(self, name: str) -> float | None:
        """The last value of a column, or None if it is not finite."""
        value = self[name][-1] if len(self) else np.nan
        return float(value) if np.isfinite(value) else None


class GrowingColumns:
    """Columns that rows are appended to."""

    def __init__(self) -> None:
        self._rows = GrowableArray(len(NUMBERS))

    def add(self, later: MetricColumns) -> None:
        """Append rows; x axes never decrease, even in a damaged file."""
        data = later.data.copy()
        before = self._rows.data[:, -1:]
        for axis in _AXES:
            risen = np.fmax.accumulate(np.concatenate((before[axis], data[axis])))
            data[axis] = risen[before.shape[1] :]
        self._rows.add(data)

    def columns(self) -> MetricColumns:
        """The rows so far."""
        return MetricColumns(self._rows.data, self._rows)
