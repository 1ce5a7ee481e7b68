"""Reading `metrics.jsonl` as it grows."""

from __future__ import annotations

from pathlib import Path

from minibert.runs.metrics import parse_columns
from minibert.tui.monitoring.metric_columns import GrowingColumns, MetricColumns

AT_ONCE = 1 << 23  # bytes per read, so that a long file is shown while it is read
CHECKED = 256  # bytes before the offset; if they changed, the file was rewritten

Signature = tuple[int, int, int]


def signature(file: Path) -> Signature | None:
    """The time in nanoseconds, size and inode of a file, or None if there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class MetricsTail:
    """The rows of one file so far.

    An incomplete last line is read later. A file that was rewritten, as by a resumed run, is read
    again from the start. The rows stay if the file vanishes.

    Attributes:
        train: training rows.
        validation: validation rows.
        signature: of the file when it was last read.
        behind: whether the last read did not reach the end of the file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.signature: Signature | None = None
        self.behind = False
        self._restart()

    def _restart(self) -> None:
        self._offset = 0
        self._before = b""  # the last bytes before the offset
        self._train, self._validation = GrowingColumns(), GrowingColumns()
        self.train, self.validation = self._train.columns(), self._validation.columns()

    def poll(self) -> bool:
        """Read the new rows; returns whether there are any."""
        now = signature(self._file)
        if now is None or (now == self.signature and not self.behind):
            return False
        try:
            rewritten, data = self._read()
        except OSError:
            return False
        self.signature = now
        self.behind = len(data) == AT_ONCE
        train, validation, taken = parse_columns(data)
        if self.behind and not taken:
            taken = len(data)  # a line that is too long for a row
        self._offset += taken
        self._before = (self._before + data[:taken])[-CHECKED:]
        for rows, growing in ((train, self._train), (validation, self._validation)):
            growing.add(MetricColumns.from_rows(rows))
        self.train, self.validation = self._train.columns(), self._validation.columns()
        return rewritten or len(train) + len(validation) > 0

    def _read(self) -> tuple[bool, bytes]:
        """Whether the file was rewritten, and its bytes from the offset on."""
        with self._file.open("rb") as file:
            file.seek(self._offset - len(self._before))
            rewritten = file.read(len(self._before)) != self._before
            if rewritten:
                self._restart()
                file.seek(0)
            return rewritten, file.read(AT_ONCE)
