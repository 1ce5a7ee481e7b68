"""The curves of runs: which columns are drawn, in which colors; and their cached traces."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minibert.tui.monitoring.metric_columns import MetricColumns
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.plotting.canvas import COLORS, RUN_COLORS
from minibert.tui.plotting.downsampling import MinMaxPyramid, SmoothedPyramid
from minibert.tui.plotting.series import Series

TAGS = "abcdefghijklmnopqrstuvwxyz0123456789"
TRAINING, VALIDATION = "training", "validation"
SPLITS = ((TRAINING, VALIDATION), (TRAINING,), (VALIDATION,))


@dataclass
class _Kept:
    """The cached trace of one column, and of its moving averages."""

    origin: object
    trace: MinMaxPyramid = field(default_factory=MinMaxPyramid)
    smooth: SmoothedPyramid | None = None
    weight: float = 0.0


class Curves:
    """The curves of the runs on the screen. Their traces are cached, and grow with the rows."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Path | None, str, str], _Kept] = {}
        self._names: dict[Path | None, str] = {}
        self._colors: dict[Path | None, str] = {}

    def of(
        self,
        snapshots: Sequence[RunSnapshot],
        column: str,
        *,
        x: str = "step",
        scale: float = 1.0,
        weight: float = 0.0,
        splits: Sequence[str] = SPLITS[0],
    ) -> list[Series]:
        """The curves of a column, those of the first run on top; call `keep` first.

        Args:
            snapshots: the runs.
            column: of the metrics.
            x: the column of the x axis.
            scale: a factor for the values.
            weight: of the exponential average; 0 means no average.
            splits: the splits that are drawn.
        """
        several = len(snapshots) > 1
        made = []
        for number, snapshot in enumerate(snapshots):
            name = self._names[snapshot.path]
            for split in splits:
                rows = rows_of(snapshot, split)
                marked = split == VALIDATION
                kept = self._grown(snapshot.path, split, column, rows, 0.0 if marked else weight)
                made.append(
                    Series(
                        label=_label(name, split, several, splits),
                        x=rows[x],
                        trace=kept.trace,
                        smooth=None if kept.smooth is None else kept.smooth.trace,
                        color=self._colors[snapshot.path] if several else split,
                        tag=TAGS[number % len(TAGS)] if several else "",
                        marked=marked,
                        scale=scale,
                    )
                )
        return made

    def keep(self, snapshots: Sequence[RunSnapshot]) -> None:
        """Give these runs their colors, and drop the traces of all others."""
        paths = [snapshot.path for snapshot in snapshots]
        self._names = {snapshot.path: snapshot.name for snapshot in snapshots}
        self._colors = dict(zip(paths, run_colors(paths), strict=True))
        self._kept = {key: kept for key, kept in self._kept.items() if key[0] in paths}

    def _grown(
        self, path: Path | None, split: str, column: str, rows: MetricColumns, weight: float
    ) -> _Kept:
        kept = self._kept.get((path, split, column))
        if kept is None or kept.origin is not rows.origin or rows.origin is None:
            kept = self._kept[path, split, column] = _Kept(rows.origin)
        values = rows[column]
        if len(values) != len(kept.trace.y):
            kept.trace.grow(values)
        if kept.weight != weight:
            kept.weight, kept.smooth = weight, SmoothedPyramid(weight) if weight else None
        if kept.smooth is not None:
            kept.smooth.grow(values)
        return kept


def rows_of(snapshot: RunSnapshot, split: str) -> MetricColumns:
    """The training or the validation rows of a run."""
    return snapshot.train if split == TRAINING else snapshot.validation


def run_colors(paths: Sequence[Path | None]) -> list[str]:
    """A color per run: by its name, or the next one that no run before it has."""
    taken: list[str] = []
    choices = COLORS[-RUN_COLORS:]
    for path in paths:
        first = zlib.crc32(path.name.encode() if path is not None else b"") % RUN_COLORS
        in_order = [*choices[first:], *choices[:first]]
        free = [color for color in in_order if color not in taken[-RUN_COLORS + 1 :]]
        taken.append(free[0])
    return taken


def _label(name: str, split: str, several: bool, splits: Sequence[str]) -> str:
    if not several:
        return split
    return f"{name} {split}" if len(splits) > 1 and split == VALIDATION else name
