"""Rows of metrics by column, as curves need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from minibert.metrics import Metrics

Floats = npt.NDArray[np.float64]

NAMES = tuple(field.name for field in fields(Metrics) if field.name != "split")
_values = attrgetter(*NAMES)


@dataclass(frozen=True, eq=False)
class Columns:
    """The rows of one split.

    Attributes:
        data: float64 (columns, rows), columns in the order of `NAMES`; NaN where a row has nothing.
    """

    data: Floats

    @classmethod
    def of(cls, rows: Sequence[Metrics]) -> Columns:
        """Turn rows into columns; rows without a step are left out."""
        values = [_values(row) for row in rows]
        try:
            data = np.array(values, dtype=np.float64)
        except (ValueError, TypeError, OverflowError):  # one of them is no number: a slower way
            data = np.array([[_number(value) for value in row] for row in values])
        data = data.reshape(len(rows), len(NAMES))
        return cls(data[np.isfinite(data[:, 0])].T)

    def __len__(self) -> int:
        return int(self.data.shape[1])

    def __getitem__(self, name: str) -> Floats:
        column: Floats = self.data[NAMES.index(name)]
        return column

    def __add__(self, later: Columns) -> Columns:
        if not len(later):
            return self
        return Columns(np.concatenate((self.data, later.data), axis=1))

    def last(self, name: str) -> float | None:
        """The newest value of a column, or None when there is no finite one."""
        value = self[name][-1] if len(self) else np.nan
        return float(value) if np.isfinite(value) else None


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, (int, float)) else float("nan")
    except OverflowError:
        return float("nan")
