"""The newest metrics of a run, and the load of the machine."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.io.units import format_size
from minibert.tui.monitoring.metric_columns import MetricColumns
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.training.system_load import SystemLoad
from minibert.tui.text import compact, percent, plural, scientific

NONE = "-"
NAME = 10  # columns


class LatestMetrics(Widget):
    """A small table: losses and accuracies by split, the speed, and the machine."""

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot(), always_update=True)
    load: reactive[SystemLoad] = reactive(SystemLoad())

    def render(self) -> Content:
        """Four lines, in columns that never move."""
        train, validation = self.snapshot.train, self.snapshot.validation
        machine = _machine(train)
        lines = (
            (_heads(self.snapshot.pair_task or "NSP"), *machine[0]),
            (_losses("training", train), *machine[1]),
            (_losses("validation", validation), *machine[2]),
        )
        return Content("\n").join(
            [*(_line(*line) for line in lines), _load(self.load, self.snapshot)]
        )


def _heads(pairs: str) -> Content:
    text = f"{'':{NAME}}{'MLM loss':>9}{'accuracy':>9}{f'{pairs} loss':>10}{'accuracy':>9}"
    return Content(text).stylize("$foreground 65%")


def _losses(name: str, rows: MetricColumns) -> Content:
    cells = [
        _cell(rows.last("mlm_loss"), lambda value: f"{value:.3f}", 9),
        _cell(rows.last("mlm_accuracy"), percent, 9),
        _cell(rows.last("nsp_loss"), lambda value: f"{value:.3f}", 10),
        _cell(rows.last("nsp_accuracy"), percent, 9),
    ]
    return Content.assemble(
        (f"{name:{NAME}}", "$foreground 65%"), ("".join(cells), "bold $foreground")
    )


def _machine(rows: MetricColumns) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    """Names and values: speed and wait share, learning rate, gradient norm."""
    speed = _cell(rows.last("tokens_per_second"), compact)
    waited = rows.last("wait_share")
    if waited is not None:
        speed += f", {100 * waited:.0f} % wait"
    return (
        ("tokens/s", speed),
        ("learning rate", _cell(rows.last("learning_rate"), scientific)),
        ("gradient norm", _cell(rows.last("grad_norm"), lambda value: f"{value:.3g}")),
    )


def _load(load: SystemLoad, snapshot: RunSnapshot) -> Content:
    """The machine's busy cores and used memory, and those of the training's process."""
    machine, process = [], []
    if load.busy is not None:
        cores = "" if load.cores is None else f" of {load.cores} {plural('core', load.cores)}"
        machine.append(f"{100 * load.busy:.0f} %{cores}")
    if load.memory is not None and load.memory_total is not None:
        machine.append(f"{format_size(load.memory)} of {format_size(load.memory_total)}")
    if load.training_cores is not None:
        process.append(f"{load.training_cores:.1f} {plural('core', load.training_cores)}")
    if load.training_memory is not None:
        process.append(format_size(load.training_memory))
    elif (peak := snapshot.train.last("peak_memory")) is not None:
        process.append(f"{format_size(int(peak))} at most")
    parts = [
        Content.assemble(
            (f"{name:8} ", "$foreground 65%"), (" · ".join(values), "bold $foreground")
        )
        for name, values in (("machine", machine), ("process", process))
        if values
    ]
    return Content("   ").join(parts)


def _line(losses: Content, name: str, value: str) -> Content:
    what = Content(f"  {name:14}").stylize("$foreground 65%")
    return Content.assemble(losses, what, (value, "bold $foreground"))


def _cell(value: float | None, write: Callable[[float], str], width: int = 0) -> str:
    return (NONE if value is None else write(value)).rjust(width)
