"""The charts of a training: their columns, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minibert.runs.manifest import RunState
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_states import ViewState
from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.axis import WHOLE, X_AXES, Range, Viewport, XAxis
from minibert.tui.plotting.plot import Plot, Reference, whole_range
from minibert.tui.plotting.series import Series
from minibert.tui.sections.training.curves import SPLITS, Curves, rows_of
from minibert.tui.text import compact, scientific

SMOOTHINGS = (0.0, 0.6, 0.9, 0.98)


@dataclass(frozen=True)
class Measure:
    """A chart.

    Attributes:
        column: of the metrics.
        title: of the chart; `{pairs}` is what the second head learns.
        write: formats a value.
        scale: a factor for the column.
        noisy: whether the column is worth smoothing.
        validation: whether validation rows have the column too.
    """

    column: str
    title: str
    write: Callable[[float], str]
    scale: float = 1.0
    noisy: bool = True
    validation: bool = True


LOSS = Measure("mlm_loss", "MLM loss", "{:.3f}".format)
MEASURES = (
    Measure("mlm_accuracy", "MLM accuracy, %", "{:.1f}".format, scale=100.0),
    Measure("nsp_accuracy", "{pairs} accuracy, %", "{:.1f}".format, scale=100.0),
    Measure("grad_norm", "gradient norm", "{:.3g}".format, validation=False),
    Measure("learning_rate", "learning rate", scientific, noisy=False, validation=False),
    Measure("tokens_per_second", "tokens/s", compact, validation=False),
)


@dataclass(frozen=True)
class Drawing:
    """How all charts are drawn.

    Attributes:
        x_axis: the column of the x axis.
        log_x: whether x is logarithmic.
        log_y: whether the y axis of the loss is logarithmic.
        smoothing: the weight of the exponential average; 0 means no average.
        splits: the splits that are drawn.
        viewport: the part of x that is shown.
        crosshair: the x whose values are shown; None without a crosshair.
    """

    x_axis: XAxis = X_AXES[0]
    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0.0
    splits: Sequence[str] = SPLITS[0]
    viewport: Viewport = WHOLE
    crosshair: float | None = None

    def over(self, axis: XAxis, snapshot: RunSnapshot) -> Drawing:
        """The same part of the run over another axis, its crosshair at the same row."""
        old, new = snapshot.train[self.x_axis.column], snapshot.train[axis.column]
        known = np.isfinite(old) & np.isfinite(new)

        def moved(x: float) -> float:
            return float(np.interp(x, old[known], new[known]))

        plain = replace(self, x_axis=axis, log_x=False, viewport=WHOLE, crosshair=None)
        if not known.any():
            return plain
        part = self.viewport.part
        if part is not None and not self.log_x:
            plain = replace(
                plain, viewport=Viewport((moved(part[0]), moved(part[1])), self.viewport.glued)
            )
        return plain if self.crosshair is None else replace(plain, crosshair=moved(self.crosshair))


class Charts:
    """Makes the plots of runs.

    Attributes:
        snapshots: the runs, the one that the screen is about first.
        drawing: how they are drawn.
    """

    def __init__(self) -> None:
        self.snapshots: Sequence[RunSnapshot] = (RunSnapshot(),)
        self.drawing = Drawing()
        self._curves = Curves()
        self._curves.keep(self.snapshots)

    def show(self, snapshots: Sequence[RunSnapshot]) -> None:
        """Show these runs from now on."""
        self.snapshots = snapshots
        self._curves.keep(snapshots)

    @property
    def whole(self) -> Range:
        """All of x, the same in every chart."""
        column, splits = self.drawing.x_axis.column, self.drawing.splits
        curves = [
            rows_of(snapshot, split)[column] for snapshot in self.snapshots for split in splits
        ]
        return whole_range(curves, self.drawing.log_x)

    @property
    def shown(self) -> Range:
        """The part of x that is shown."""
        return self.drawing.viewport.range_in(self.whole)

    def change(self, **changes: Any) -> None:
        """Draw differently."""
        self.drawing = replace(self.drawing, **changes)

    def zoom(self, factor: float, place: float | None = None) -> None:
        """Show `factor` times as much of x; see `Viewport.zoomed`."""
        self.change(viewport=self.drawing.viewport.zoomed(self.whole, factor, place))

    def pan(self, share: float) -> None:
        """Move by a share of what is shown."""
        self.change(viewport=self.drawing.viewport.panned(self.whole, share))

    def point_at(self, place: float | None) -> None:
        """Put the crosshair on the row that is nearest to a place from 0 to 1, or put it away."""
        x = self._rows_x()
        if place is None or not len(x):
            return self.change(crosshair=None)
        self.change(crosshair=_nearest(x, self.shown.value(place)))

    def move_crosshair(self, share: float) -> None:
        """Move the crosshair by a share of the width, by one row at least; it stays in sight."""
        x, at = self._rows_x(), self.drawing.crosshair
        if at is None or not len(x):
            return
        shown = self.shown
        there = _nearest(x, shown.value(shown.place(at) + share))
        if there == at:
            row = int(np.searchsorted(x, at, "right" if share > 0 else "left"))
            there = float(x[min(max(0, row - (share < 0)), len(x) - 1)])
        self.change(crosshair=there)
        place = shown.place(there)
        if not 0.0 <= place <= 1.0:
            self.pan(place - 1.0 if place > 1.0 else place)

    def has_positive(self, column: str) -> bool:
        """Whether there is a value above 0, so that its logarithm can be drawn."""
        return any(
            (rows[column] > 0.0).any() for v in self.snapshots for rows in (v.train, v.validation)
        )

    def plots(self, measures: Sequence[Measure]) -> list[Plot]:
        """A plot for each measure."""
        shown = self.shown
        return [self._plot(measure, shown) for measure in measures]

    def _plot(self, measure: Measure, shown: Range) -> Plot:
        drawing, is_loss = self.drawing, measure is LOSS
        pairs = self.snapshots[0].pair_task
        alone = measure.column == "nsp_accuracy" and pairs is None
        return Plot(
            title=measure.title.format(pairs=pairs or "NSP"),
            series=self._series(measure, smooth=measure.noisy),
            references=self._references() if is_loss else (),
            x_axis=drawing.x_axis,
            x_range=shown,
            keep_references=drawing.viewport.part is None,
            log_y=drawing.log_y and is_loss,
            hint=self._hint() if is_loss else "",
            crosshair=drawing.crosshair,
            write=measure.write,
            placeholder="- (no pairs)" if alone else self._placeholder() if is_loss else "",
        )

    def _rows_x(self) -> Floats:
        """Where the first run has points."""
        snapshot = self.snapshots[0]
        rows = snapshot.train if len(snapshot.train) else snapshot.validation
        x = rows[self.drawing.x_axis.column]
        return x[x > 0.0] if self.drawing.log_x else x

    def _series(self, measure: Measure, smooth: bool) -> list[Series]:
        drawing = self.drawing
        series = self._curves.of(
            self.snapshots,
            measure.column,
            x=drawing.x_axis.column,
            scale=measure.scale,
            weight=drawing.smoothing if smooth else 0.0,
            splits=drawing.splits if measure.validation else SPLITS[1],
        )
        if measure is LOSS:
            return series
        return [one for one in series if len(one.x) or not one.marked]

    def _references(self) -> list[Reference]:
        manifest = self.snapshots[0].manifest
        if manifest is None:
            return []
        baselines = {
            "uniform loss": manifest.uniform_loss,
            "unigram entropy": manifest.unigram_entropy,
        }
        return [Reference(f"{label} {loss:.2f}", loss) for label, loss in baselines.items()]

    def _hint(self) -> str:
        drawing = self.drawing
        parts = [
            f"smoothed {drawing.smoothing:g}" if drawing.smoothing else "",
            "log x" if drawing.log_x else "",
            "" if drawing.viewport.part is None else "zoomed",
        ]
        return " · ".join(filter(None, parts))

    def _placeholder(self) -> str:
        snapshot = self.snapshots[0]
        if len(snapshot.train) or len(snapshot.validation):
            return "There is no data for this chart."
        if snapshot.state == RunState.RUNNING and snapshot.manifest is not None:
            every = snapshot.manifest.options.log_every
            return f"There is no data yet. The first point comes after {every} steps."
        sentences: dict[str, str] = {
            ViewState.READING: "Reading the run …",
            ViewState.WAITING: "There is no run yet.",
        }
        return sentences.get(snapshot.state, "There is no data.")


def _nearest(x: Floats, value: float) -> float:
    at = int(np.searchsorted(x, value))
    near = x[max(0, at - 1) : at + 1]
    return float(near[np.argmin(np.abs(near - value))])
