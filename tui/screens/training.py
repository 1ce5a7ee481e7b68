"""The screen that shows a training: what it is, how far it is, and its curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal

from minibert.tui.columns import Columns, Floats
from minibert.tui.plot import Plot, Reference, Series
from minibert.tui.screens.section import SectionScreen
from minibert.tui.ticks import Tick, duration_ticks, number_ticks
from minibert.tui.view import View
from minibert.tui.widgets.banner import Banner
from minibert.tui.widgets.curve import Curve
from minibert.tui.widgets.notice import Notice
from minibert.tui.widgets.readings import Readings
from minibert.tui.widgets.standing import Standing

SMOOTHINGS = (0.0, 0.6, 0.9, 0.98)


@dataclass(frozen=True)
class XAxis:
    """What x can be: its name, its column, its marks."""

    name: str
    column: str
    ticks: Callable[[float, float, int], list[Tick]]


X_AXES = (
    XAxis("step", "step", number_ticks),
    XAxis("tokens", "tokens", number_ticks),
    XAxis("time", "seconds", duration_ticks),
)


@dataclass(frozen=True)
class Measure:
    """A curve beside the main one.

    Attributes:
        column: of the metrics.
        title: what it is called; `{pairs}` is what the second head learns.
        scale: what the column is multiplied by.
        noisy: measured, so that smoothing it makes sense.
    """

    column: str
    title: str
    scale: float = 1.0
    noisy: bool = True


MEASURES = (
    Measure("mlm_accuracy", "MLM accuracy, %", 100.0),
    Measure("nsp_accuracy", "{pairs} accuracy, %", 100.0),
    Measure("grad_norm", "gradient norm"),
    Measure("learning_rate", "learning rate", noisy=False),
    Measure("tokens_per_second", "tokens/s"),
)


class TrainingScreen(SectionScreen):
    """One run, live."""

    CSS_PATH = "training.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", "Log y", tooltip="Draw losses on a logarithmic scale, or not"),
        Binding("s", "cycle_smoothing", "Smooth", tooltip="Smooth the curves: off, 0.6, 0.9, 0.98"),
        Binding("x", "cycle_x", "Axis", tooltip="Draw over steps, tokens or time"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._log_y = False
        self._smoothing = SMOOTHINGS[0]
        self._x_axis = X_AXES[0]

    def compose_content(self) -> ComposeResult:
        """From top to bottom; what there is no room for is hidden by the style sheet."""
        yield Banner()
        yield Notice()
        with Container(id="numbers"):
            yield Readings()
            yield Standing()
        yield Curve(self._loss_plot(), id="loss")
        with Horizontal(id="measures"):
            for measure in MEASURES:
                yield Curve(self._measure_plot(measure), id=measure.column)

    def show(self, view: View) -> None:
        """Show what was read of the run."""
        self._view = view
        for widget in (self.query_one(Banner), self.query_one(Readings), self.query_one(Standing)):
            widget.view = view
        self.query_one(Notice).sentence = view.problem
        self._draw_curves()

    def action_toggle_log(self) -> None:
        """Logarithmic y on or off."""
        self._log_y = not self._log_y
        self._draw_curves()

    def action_cycle_smoothing(self) -> None:
        """The next weight of the average."""
        at = SMOOTHINGS.index(self._smoothing)
        self._smoothing = SMOOTHINGS[(at + 1) % len(SMOOTHINGS)]
        self._draw_curves()

    def action_cycle_x(self) -> None:
        """The next unit of x."""
        self._x_axis = X_AXES[(X_AXES.index(self._x_axis) + 1) % len(X_AXES)]
        self._draw_curves()

    def _draw_curves(self) -> None:
        self.query_one("#loss", Curve).plot = self._loss_plot()
        for measure in MEASURES:
            self.query_one(f"#{measure.column}", Curve).plot = self._measure_plot(measure)

    def _loss_plot(self) -> Plot:
        references = []
        for name, label in (
            ("uniform_loss", "uniform guess"),
            ("unigram_entropy", "word frequencies"),
        ):
            value = self._view.number(name)
            if value is not None:
                references.append(Reference(f"{label} {value:.2f}", value))
        return Plot(
            title="MLM loss",
            series=self._series("mlm_loss"),
            references=references,
            x_name=self._x_axis.name,
            x_ticks=self._x_axis.ticks,
            log_y=self._log_y,
            smoothing=self._smoothing,
            placeholder=self._placeholder(),
        )

    def _measure_plot(self, measure: Measure) -> Plot:
        series = self._series(measure.column, measure.scale)
        pairs = self._view.pair_task
        alone = measure.column == "nsp_accuracy" and pairs is None
        return Plot(
            title=measure.title.format(pairs=pairs or "NSP"),
            series=series if series[1].y.size else series[:1],
            x_name=self._x_axis.name,
            x_ticks=self._x_axis.ticks,
            smoothing=self._smoothing if measure.noisy else 0.0,
            placeholder="- (no pairs)" if alone else "",
        )

    def _series(self, column: str, scale: float = 1.0) -> list[Series]:
        def points(rows: Columns) -> tuple[Floats, Floats]:
            y = rows[column] * scale
            known = y == y
            return rows[self._x_axis.column][known], y[known]

        return [
            Series("training", *points(self._view.train)),
            Series("held out", *points(self._view.held_out), marked=True),
        ]

    def _placeholder(self) -> str:
        if self._view.state == "running":
            every = self._view.number("options", "log_every")
            when = f"after {every:.0f} steps" if every else "soon"
            return f"Nothing is measured yet; the first point comes {when}."
        sentences = {"reading": "Reading the run.", "waiting": "No run yet."}
        return sentences.get(self._view.state, "Nothing was measured.")
