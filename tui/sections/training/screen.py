"""The screen of a training: its progress, its curves, and its answers to sentences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message

from minibert.errors import MinibertError
from minibert.model.folder import checkpoint_step
from minibert.tui.models.predictions import PredictionHistory, predict_sentences
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.plotting.axis import WHOLE, X_AXES
from minibert.tui.sections.run_control import ControlledRun, RunControlScreen
from minibert.tui.sections.training.banner import Banner
from minibert.tui.sections.training.charts import LOSS, MEASURES, SMOOTHINGS, Charts
from minibert.tui.sections.training.compared_runs import ComparedRuns
from minibert.tui.sections.training.curves import SPLITS
from minibert.tui.sections.training.latest_metrics import LatestMetrics
from minibert.tui.sections.training.legend import Legend
from minibert.tui.sections.training.loss_scale import LossScale
from minibert.tui.sections.training.plot_view import INK, PlotView
from minibert.tui.sections.training.sentences import Sentences
from minibert.tui.sections.training.system_load import SystemLoad, SystemMonitor
from minibert.tui.shell import Shell
from minibert.tui.widgets.notice import Notice

FILL_AFTER = 0.3  # seconds after the sentences are shown first
MEASURE_EVERY = 2.0  # seconds between measurements of the machine
ZOOM_IN = 0.7  # the new share of the shown part, per key or turn of the wheel
SMALL_STEP, LARGE_STEP = 0.02, 0.25  # shares of the width that arrows move by
PANES = ("overview", "loss", "measures", "sentences")


def _hidden(key: str, action: str, name: str, meaning: str) -> Binding:
    """A key that only the help and the palette show, for lack of room in the footer."""
    return Binding(key, action, name, show=False, tooltip=meaning)


class TrainingScreen(RunControlScreen):
    """One run, live, and those it is compared with."""

    app: Shell

    CSS_PATH = "screen.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = set(INK)
    AUTO_FOCUS = ""  # keys are the screen's until a sentence is edited
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log_y", "Log y", tooltip="Make the loss logarithmic, or linear"),
        _hidden("L", "toggle_log_x", "Log x", "Make x logarithmic, or linear"),
        Binding("s", "smooth(1)", "Smooth", tooltip="Smooth more: off, 0.6, 0.9, 0.98"),
        _hidden("S", "smooth(-1)", "Smooth less", "Smooth less"),
        Binding("x", "cycle_x", "Axis", tooltip="Draw over steps, tokens or time"),
        _hidden("h", "cycle_splits", "Splits", "Draw training, validation, or both"),
        Binding(
            "c",
            "toggle_crosshair",
            "Read",
            tooltip="Show or hide a crosshair with the values at it",
        ),
        Binding("v", "next_pane", "View", tooltip="Enlarge the next part of the screen"),
        _hidden("plus,equals_sign", "zoom(True)", "Zoom in", "Show less of x"),
        _hidden("minus", "zoom(False)", "Zoom out", "Show more of x"),
        _hidden("0", "whole", "All", "Show all of x"),
        _hidden("left", "move(-1)", "Left", "Move the crosshair, or the view"),
        _hidden("right", "move(1)", "Right", "Move the crosshair, or the view"),
        _hidden("shift+left", "move(-10)", "Far left", "Move further"),
        _hidden("shift+right", "move(10)", "Far right", "Move further"),
        _hidden("home", "end(-1)", "Start", "Go to the first point"),
        _hidden("end", "end(1)", "Newest", "Go to the newest point, and follow it"),
        _hidden("P", "pause", "Pause", "Pause or resume the training"),
        _hidden("X", "stop", "Stop", "Save and end the training"),
        _hidden("K", "checkpoint", "Save", "Save a checkpoint now"),
        _hidden("e", "edit", "Edit", "Edit a sentence, or the next one"),
        _hidden("a", "add", "Add", "Add a sentence; an empty one is removed"),
        _hidden("escape", "leave", "Leave", "Leave the crosshair or the sentence"),
    ]

    class Compared(Message):
        """The compared runs were read."""

        def __init__(self, snapshots: tuple[RunSnapshot, ...]) -> None:
            super().__init__()
            self.snapshots = snapshots

    def __init__(self) -> None:
        super().__init__(classes=f"-{PANES[0]}")
        self._charts = Charts()
        self._snapshot = RunSnapshot()
        self._others: tuple[RunSnapshot, ...] = ()
        self._compared_runs = ComparedRuns(
            lambda snapshots: self.post_message(self.Compared(snapshots))
        )
        self._system_monitor = SystemMonitor()
        self._history = PredictionHistory()
        self._are_sentences_shown = False
        self._by_mouse = False  # whether the crosshair follows the mouse

    def compose_content(self) -> ComposeResult:
        """From top to bottom; the style sheet hides what does not fit."""
        yield Banner()
        yield Notice()
        with Container(id="numbers"):
            yield LatestMetrics()
            yield LossScale()
        with Horizontal(id="main"):
            yield PlotView(self._charts.plots([LOSS])[0], self, id="loss")
            with Vertical(id="side"):
                yield Legend(self)
                yield Sentences(self.app.settings.sentences)
        with Horizontal(id="measures"):
            for measure, plot in zip(MEASURES, self._charts.plots(MEASURES), strict=True):
                yield PlotView(plot, self, id=measure.column)

    def on_mount(self) -> None:
        """Watch the compared runs and the machine."""
        super().on_mount()
        self.watch(self.app, "compared", self._compare)
        if self.app.live:
            self.run_worker(self._compared_runs.follow, thread=True, exit_on_error=True)
            self._measure()
            self.set_interval(MEASURE_EVERY, self._measure)

    def on_unmount(self) -> None:
        """End the reading thread."""
        self._compared_runs.close()

    # ---- what is shown --------------------------------------------------------------------------

    def show(self, snapshot: RunSnapshot) -> None:
        """Show a new snapshot of the run."""
        another = snapshot.path != self._snapshot.path
        has_more = another or snapshot.checkpoints != self._snapshot.checkpoints
        self._snapshot = snapshot
        if another:
            self._charts.change(viewport=WHOLE, crosshair=None)
        for widget in (
            self.query_one(Banner),
            self.query_one(LatestMetrics),
            self.query_one(LossScale),
        ):
            widget.snapshot = snapshot
        notice = self.query_one(Notice)
        notice.message, notice.log_lines = snapshot.problem, snapshot.log_lines
        self._show_runs()
        if has_more:
            self._show_answers()
            if self._are_sentences_shown:
                self._fill()

    def on_training_screen_compared(self, message: Compared) -> None:
        """Draw the compared runs too."""
        self._others = message.snapshots
        self._show_runs()

    def _compare(self, paths: Sequence[object]) -> None:
        self._compared_runs.choose(self.app.compared)
        if not self.app.live:
            self._compared_runs.read()
            while self._compared_runs.behind:
                self._compared_runs.read()

    def _show_runs(self) -> None:
        others = [snapshot for snapshot in self._others if snapshot.path != self._snapshot.path]
        self._charts.show((self._snapshot, *others))
        self.set_class(bool(others), "-several")
        self._draw()

    def _draw(self) -> None:
        loss, *others = self._charts.plots([LOSS, *MEASURES])
        self.query_one("#loss", PlotView).plot = loss
        for measure, plot in zip(MEASURES, others, strict=True):
            self.query_one(f"#{measure.column}", PlotView).plot = plot
        self.query_one(Legend).plot = loss

    @work(thread=True, exclusive=True, group="machine")
    def _measure(self) -> None:
        load = self._system_monitor.measure(self._snapshot)
        self.app.call_from_thread(self._show_load, load)

    def _show_load(self, load: SystemLoad) -> None:
        self.query_one(LatestMetrics).load = load

    @property
    def controlled_run(self) -> ControlledRun | None:
        """The run that is shown."""
        snapshot = self._snapshot
        return (
            None
            if snapshot.path is None
            else ControlledRun(snapshot.path, snapshot.name, snapshot.state)
        )

    # ---- how it is drawn ------------------------------------------------------------------------

    def action_toggle_log_y(self) -> None:
        """Logarithmic y on or off."""
        if not self._charts.has_positive(LOSS.column):
            self.notify("No loss is above 0, so there is no logarithm to draw.")
            return
        self._change(log_y=not self._charts.drawing.log_y)

    def action_toggle_log_x(self) -> None:
        """Logarithmic x on or off."""
        column = self._charts.drawing.x_axis.column
        if not self._charts.has_positive(column):
            self.notify("No point is above 0, so there is no logarithm to draw.")
            return
        self._change(log_x=not self._charts.drawing.log_x, viewport=WHOLE)

    def action_smooth(self, more: int) -> None:
        """Change the weight of the moving average."""
        at = SMOOTHINGS.index(self._charts.drawing.smoothing)
        self._change(smoothing=SMOOTHINGS[(at + more) % len(SMOOTHINGS)])

    def action_cycle_x(self) -> None:
        """The next unit of x."""
        at = X_AXES.index(self._charts.drawing.x_axis)
        axis = X_AXES[(at + 1) % len(X_AXES)]
        self._charts.drawing = self._charts.drawing.over(axis, self._snapshot)
        self._draw()

    def action_cycle_splits(self) -> None:
        """Draw both splits, or training, or validation."""
        at = SPLITS.index(self._charts.drawing.splits)
        self._change(splits=SPLITS[(at + 1) % len(SPLITS)])

    def action_next_pane(self) -> None:
        """Enlarge the next part of the screen; on a small screen the loss is first."""
        panes = [pane for pane in PANES if pane != "loss" or self.has_class("-tall")]
        now = next((pane for pane in panes if self.has_class(f"-{pane}")), panes[-1])
        self.remove_class(*(f"-{pane}" for pane in PANES))
        self.add_class(f"-{panes[(panes.index(now) + 1) % len(panes)]}")

    def _change(self, **changes: object) -> None:
        self._charts.change(**changes)
        self._draw()

    # ---- which part, and the crosshair ----------------------------------------------------------

    def action_zoom(self, closer: bool) -> None:
        """Zoom around the crosshair, or around the middle without one."""
        at = self._charts.drawing.crosshair
        place = None if at is None else self._charts.shown.place(at)
        self._charts.zoom(ZOOM_IN if closer else 1 / ZOOM_IN, place)
        self._draw()

    def action_whole(self) -> None:
        """Show all of x."""
        self._change(viewport=WHOLE)

    def action_move(self, by: int) -> None:
        """Move the crosshair, or the view without one."""
        if self._charts.drawing.crosshair is None:
            self._charts.pan(
                (LARGE_STEP if abs(by) > 1 else 4 * SMALL_STEP) * (1 if by > 0 else -1)
            )
        else:
            self._by_mouse = False
            self._charts.move_crosshair(by * SMALL_STEP)
        self._draw()

    def action_end(self, side: int) -> None:
        """Go to one end, with the crosshair if it is shown."""
        self._charts.pan(side * 1e9)
        if self._charts.drawing.crosshair is not None:
            self._charts.point_at(0.0 if side < 0 else 1.0)
        self._draw()

    def action_toggle_crosshair(self) -> None:
        """Show the crosshair at the newest visible point, or hide it."""
        self._by_mouse = False
        self._charts.point_at(1.0 if self._charts.drawing.crosshair is None else None)
        self._draw()

    async def action_leave(self) -> None:
        """End editing a sentence, or else hide the crosshair."""
        if not await self.query_one(Sentences).leave():
            self._change(crosshair=None)

    def on_plot_view_pointed(self, message: PlotView.Pointed) -> None:
        """Move the crosshair with the mouse, and hide it when the mouse leaves."""
        if message.place is not None or self._by_mouse:
            self._by_mouse = message.place is not None
            self._charts.point_at(message.place)
            self._draw()

    def on_plot_view_zoomed(self, message: PlotView.Zoomed) -> None:
        """Zoom around the mouse."""
        self._charts.zoom(ZOOM_IN if message.closer else 1 / ZOOM_IN, message.place)
        self._draw()

    def on_plot_view_dragged(self, message: PlotView.Dragged) -> None:
        """Drag the view."""
        self._charts.pan(-message.share)
        self._draw()

    def on_plot_view_reset(self) -> None:
        """Show all of x."""
        self.action_whole()

    # ---- sentences ------------------------------------------------------------------------------

    def on_sentences_shown(self) -> None:
        """Ask from now on; PyTorch is imported for it, which the first frame must not wait for."""
        if not self._are_sentences_shown:
            self._are_sentences_shown = True
            self.set_timer(FILL_AFTER, self._fill)

    def action_edit(self) -> None:
        """Edit the first sentence, or the next one."""
        self._show_side()
        self.query_one(Sentences).edit()

    async def action_add(self) -> None:
        """Add a sentence."""
        self._show_side()
        await self.query_one(Sentences).add()

    def on_sentences_changed(self, message: Sentences.Changed) -> None:
        """Store the sentences, and fill them."""
        self.app.change_settings(sentences=message.sentences)
        self._show_answers()
        self._fill()

    def _show_side(self) -> None:
        while not self.query_one(Sentences).region.area and not self.has_class("-sentences"):
            self.action_next_pane()

    def _show_answers(self) -> None:
        panel = self.query_one(Sentences)
        run = self._snapshot.path
        answers = {text: self._history.by_step(run, text) for text in panel.sentences}
        panel.show(answers, self._placeholder())

    def _placeholder(self) -> str:
        if self._snapshot.checkpoints:
            return "Filling the masks …"
        return "There is no checkpoint yet."

    @work(exclusive=True, group="sentences")
    async def _fill(self) -> None:
        """Fill the sentences with every checkpoint that has not done it, the newest first."""
        run, sentences = self._snapshot.path, self.query_one(Sentences).sentences
        for checkpoint in reversed(self._snapshot.checkpoints):
            step = checkpoint_step(checkpoint)
            missing = self._history.missing(run, step, sentences) if run is not None else []
            if run is None or not missing:
                continue
            try:
                found = await self.app.models.run(
                    checkpoint, partial(predict_sentences, sentences=missing)
                )
            except MinibertError:  # damaged or removed; the other checkpoints are still used
                continue
            self._history.add(run, step, found)
            self._show_answers()
