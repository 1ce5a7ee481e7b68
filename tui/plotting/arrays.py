"""The arrays that curves are made of, and those that are appended to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"

MAX_VALUE = 1e300  # beyond it a range is no longer finite
FIRST_ROOM = 256


class GrowableArray:
    """Rows of numbers that grow at their end; what was handed out before stays as it was.

    Args:
        rows: how many.
    """

    def __init__(self, rows: int) -> None:
        self._room = np.empty((rows, FIRST_ROOM))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def data(self) -> Floats:
        """float64 (rows, n): a view of what there is."""
        view: Floats = self._room[:, : self._length]
        return view

    def add(self, more: Floats) -> None:
        """Append float64 (rows, m)."""
        length = self._length + more.shape[1]
        if length > self._room.shape[1]:
            room = np.empty((len(self._room), max(length, 2 * self._room.shape[1])))
            room[:, : self._length] = self.data
            self._room = room
        self._room[:, self._length : length] = more
        self._length = length
