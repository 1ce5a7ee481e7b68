"""Arrays of float64, and an array that rows can be appended to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"

MAX_VALUE = 1e300  # larger values are clipped, so that the width of a range stays finite
INITIAL_CAPACITY = 256


class GrowableArray:
    """Rows of numbers that grow at their end; views handed out before stay valid.

    Args:
        rows: the number of rows.
    """

    def __init__(self, rows: int) -> None:
        self._buffer = np.empty((rows, INITIAL_CAPACITY))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def data(self) -> Floats:
        """float64 (rows, n): a view of the numbers so far."""
        view: Floats = self._buffer[:, : self._length]
        return view

    def add(self, more: Floats) -> None:
        """Append float64 (rows, m)."""
        length = self._length + more.shape[1]
        if length > self._buffer.shape[1]:
            buffer = np.empty((len(self._buffer), max(length, 2 * self._buffer.shape[1])))
            buffer[:, : self._length] = self.data
            self._buffer = buffer
        self._buffer[:, self._length : length] = more
        self._length = length
