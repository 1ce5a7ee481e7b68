"""Reading `metrics.jsonl` as it grows."""

from __future__ import annotations

from pathlib import Path

from minibert.runs.metrics import parse_columns
from minibert.tui.monitoring.metric_columns import GrowingColumns, MetricColumns

AT_ONCE = 1 << 23  # bytes that are read in one go, so that a long file is shown as it is read
CHECKED = 256  # bytes before the offset that must still be there for a longer file to be an append

Signature = tuple[int, int, int]


def signature(file: Path) -> Signature | None:
    """What changes when a file does: its time in nanoseconds, size and number; None: no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class MetricsTail:
    """The rows of one file so far.

    A last line that is still being written waits until it is whole. A file that was rewritten, as
    by a resumed run, is read anew. What was read stays when the file vanishes.

    Attributes:
        train: rows of training.
        validation: rows of evaluations.
        signature: of the file as it was read last.
        behind: whether there is more to read than was read in one go.
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
        """Read what is new; whether there was any."""
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
            taken = len(data)  # of a line that is too long for a row
        self._offset += taken
        self._before = (self._before + data[:taken])[-CHECKED:]
        for rows, growing in ((train, self._train), (validation, self._validation)):
            growing.add(MetricColumns.of(rows))
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
