"""The form that starts a training."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from minibert.config import PretrainOptions, spell_flags
from minibert.config.model import PRESETS
from minibert.errors import MinibertError
from minibert.io.units import format_duration, format_size
from minibert.pretraining.estimate import (
    TextSize,
    Throughput,
    estimate_seconds,
    find_throughput,
    measure_text,
)
from minibert.pretraining.launch import launch
from minibert.tui.sections.runs.form import CORPUS, FormField, FormValues, form_fields, read_form
from minibert.tui.sections.runs.option_row import OptionRow
from minibert.tui.text import compact

# A run that is resumed has its options already.
_WITHOUT = ("resume",)
_CORPUS_FIELD = FormField(
    name=CORPUS,
    label="corpus",
    panel="Corpus",
    help="Text files (.txt, .gz, .zst), folders or globs, as on the command line; or a folder that "
    "minibert prepare has made. The default corpus when empty.",
    choices=(),
    kind=str,
    default=None,
)


@dataclass(frozen=True)
class Estimate:
    """An estimate of the training in the form.

    Attributes:
        filled: the values of the form.
        text: None while it is measured, or if it cannot be found.
        pace: the speed of an earlier run of the same shape, or None.
        problem: a sentence on the corpus, or "".
    """

    filled: FormValues
    text: TextSize | None = None
    pace: Throughput | None = None
    problem: str = ""


class Fields(VerticalScroll, inherit_bindings=False):
    """The fields; the arrow keys move the focus and scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next", key_display="↓"),
        Binding("up", "app.focus_previous", "Previous", key_display="↑"),
        Binding("pagedown", "page_down", "Scroll down", show=False),
        Binding("pageup", "page_up", "Scroll up", show=False),
    ]


class StartScreen(ModalScreen["Path | None"]):
    """A form with all options of `minibert pretrain`; returns the new run's folder, or None.

    Args:
        root: the folder for the new run, unless the form names one.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["start_dialog.tcss", "option_row.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "Start", tooltip="Start the training", priority=True),
        Binding("escape", "cancel", "Cancel"),
    ]

    class Estimated(Message):
        """An estimate is ready."""

        def __init__(self, estimate: Estimate) -> None:
            super().__init__()
            self.estimate = estimate

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._fields = form_fields(PretrainOptions, without=_WITHOUT)
        self._filled = FormValues((), PretrainOptions(), {})
        self._changed = threading.Event()
        self._closed = False
        self._starting = False

    def compose(self) -> ComposeResult:
        """The options under their headings, then the estimate."""
        with Vertical(id="form"):
            yield Static(f"New training in {self._root}", id="title", markup=False)
            with Fields(can_focus=False):
                for panel, fields in groupby([_CORPUS_FIELD, *self._fields], lambda f: f.panel):
                    yield Static(panel, classes="panel")
                    yield from map(OptionRow, fields)
            yield Static(id="estimate")
            yield Footer()

    def on_mount(self) -> None:
        """Estimate the training with the default options."""
        self._row("out").suggest(f"{self._root}/<corpus>-<preset>")
        self._read()
        self.run_worker(self._estimate, thread=True)
        self.query_one(f"#row-{CORPUS} .control").focus()

    def on_unmount(self) -> None:
        """End the thread."""
        self._closed = True
        self._changed.set()

    def on_input_submitted(self) -> None:
        """Move to the next field; a key of its own starts the training."""
        self.app.action_focus_next()

    def on_option_row_changed(self) -> None:
        """Check the values."""
        self._read()

    # ---- checking -------------------------------------------------------------------------------

    def _row(self, name: str) -> OptionRow:
        return self.query_one(f"#row-{name}", OptionRow)

    def _read(self) -> None:
        rows = self.query(OptionRow)
        self._filled = read_form(self._fields, {row.field.name: row.typed for row in rows})
        for row in rows:
            row.problem = self._filled.problems.get(row.field.name, "")
        preset = PRESETS[str(self._row("preset").typed)]
        for name in ("layers", "hidden_size", "heads"):
            self._row(name).suggest(str(getattr(preset, name)))
        self._show(Estimate(self._filled))
        self._changed.set()

    def _estimate(self) -> None:
        """Estimate in a thread, from the text and earlier runs, whenever the form has changed."""
        while not self._closed:
            self._changed.wait()
            self._changed.clear()
            filled = self._filled
            if filled.options is None or self._closed:
                continue
            try:
                text = measure_text(filled.inputs, filled.options)
            except MinibertError as error:
                self.post_message(
                    self.Estimated(Estimate(filled, problem=f"{spell_flags(str(error))}."))
                )
                continue
            pace = find_throughput(self._root, filled.options)
            self.post_message(self.Estimated(Estimate(filled, text, pace)))

    def on_start_screen_estimated(self, message: Estimated) -> None:
        """Show the estimate, unless the form has changed meanwhile."""
        if message.estimate.filled is not self._filled:
            return
        if CORPUS not in self._filled.problems:
            self._row(CORPUS).problem = message.estimate.problem
        self._show(message.estimate)

    def _show(self, estimate: Estimate) -> None:
        self.query_one("#estimate", Static).update(describe(estimate))

    # ---- start ----------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Start the training if all values are valid."""
        wrong = next((row for row in self.query(OptionRow) if row.problem), None)
        if wrong is not None:
            wrong.query_one(".control").focus()
            self.notify(wrong.problem, severity="error", markup=False)
            return
        if self._filled.options is None:
            self.notify(self._filled.problems[""], severity="error", markup=False)
            return
        if not self._starting:  # the key may repeat
            self._starting = True
            self.run_worker(self._start, thread=True)

    def _start(self) -> None:
        filled = self._filled
        assert filled.options is not None
        try:
            path = launch(filled.inputs, filled.options, self._root)
        except MinibertError as error:
            self._starting = False
            said = f"{spell_flags(str(error))}."
            self.app.call_from_thread(self.notify, said, severity="error", markup=False)
            return
        self.app.call_from_thread(self.dismiss, path)

    def action_cancel(self) -> None:
        """Close the form without starting a training."""
        self.dismiss(None)


def describe(estimate: Estimate) -> Content:
    """The estimate in three lines: parameters, text, time."""
    options, problems = estimate.filled.options, estimate.filled.problems
    if options is None:
        count = len(problems)
        what = "one field is invalid" if count == 1 else f"{count} fields are invalid"
        return Content(problems.get("", f"{what}, see above.") + "\n\n")
    lines = [
        _line("parameters", _describe_parameters(options)),
        _line("text", _describe_text(estimate)),
        _line("time", _describe_time(options, estimate)),
    ]
    return Content("\n").join(lines)


def _line(name: str, value: str) -> Content:
    return Content.assemble((f"{name:12}", "$foreground 65%"), (value, "bold"))


def _describe_parameters(options: PretrainOptions) -> str:
    if options.init_from is not None:
        return f"those of {options.init_from}"
    parameters = options.config(options.vocab_size).parameters()
    return f"{compact(parameters)}, with a vocabulary of {options.vocab_size:,}"


def _describe_text(estimate: Estimate) -> str:
    text = estimate.text
    if text is None:
        return "not found" if estimate.problem else "…"
    parts = []
    if text.tokens is not None:
        parts.append(f"{compact(text.tokens)} tokens")
    if text.bytes is not None:
        parts.append(format_size(text.bytes))
    if text.tokens is None:
        parts.append("its tokens are counted when the training starts")
    return ", ".join(parts)


def _describe_time(options: PretrainOptions, estimate: Estimate) -> str:
    if options.time is not None:
        return format_duration(estimate_seconds(options, None, None) or 0.0)
    if estimate.text is None:
        return "" if estimate.problem else "…"
    if estimate.pace is None:
        return "unknown: no run of this shape has been trained here"
    seconds = estimate_seconds(options, estimate.text.tokens, estimate.pace)
    if seconds is None:
        return "unknown until the tokens are counted"
    return f"about {format_duration(seconds)}, at the speed of {estimate.pace.run}"
