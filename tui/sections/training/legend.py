"""The compared runs: their marks, names and losses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.plotting.header import LINE, MARK
from minibert.tui.plotting.plot import Plot
from minibert.tui.plotting.series import Series

VALUE = 9  # columns


class Legend(Widget):
    """One line per run, with the values at the crosshair or else the last values.

    Args:
        ink: the widget with the component classes of the curves.
    """

    plot: reactive[Plot] = reactive(Plot(""), always_update=True, layout=True)

    def __init__(self, ink: Widget) -> None:
        super().__init__()
        self._ink = ink

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line per run."""
        return len(self._runs())

    def render(self) -> Content:
        """As many runs as fit, and the number of the others."""
        runs, room = self._runs(), max(1, self.size.height)
        if len(runs) <= room:
            return Content("\n").join(map(self._line, runs))
        more = Content(f"and {len(runs) - room + 1} more").stylize("$text-muted italic")
        return Content("\n").join([*map(self._line, runs[: room - 1]), more])

    def _runs(self) -> list[list[Series]]:
        """The curves of each run."""
        return [list(some) for _, some in groupby(self.plot.series, key=lambda one: one.tag)]

    def _line(self, run: Sequence[Series]) -> Content:
        style = self._ink.get_visual_style(f"curve--{run[0].color}", partial=True)
        sample = run[0].tag + (MARK if run[0].marked else LINE)
        values = "".join(self._value(series).rjust(VALUE) for series in run)
        room = max(0, self.size.width - 4 - len(values))
        name = Content(run[0].label).truncate(room, ellipsis=True, pad=True)
        return Content.assemble((sample.ljust(4), style), name, (values, "bold"))

    def _value(self, series: Series) -> str:
        at = self.plot.crosshair
        point = series.near(float("inf") if at is None else at)
        sign = f"{MARK} " if series.marked else ""
        return sign + ("-" if point is None else self.plot.write(point[1]))
