"""The section that lists all runs of a folder, and controls those that are trained."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from minibert.errors import MinibertError
from minibert.io.units import format_size
from minibert.runs.deletion import check_deletable, delete_run
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.run_control import ControlledRun, RunControlScreen
from minibert.tui.sections.runs.run_details import RunDetails
from minibert.tui.sections.runs.run_list import Entry, RunList
from minibert.tui.sections.runs.run_table import RunTable
from minibert.tui.sections.runs.sorting import NEWEST, ORDERS, in_order, matches
from minibert.tui.sections.runs.start_dialog import StartScreen
from minibert.tui.shell import Shell

POLL_EVERY = 0.5  # seconds


class RunsScreen(RunControlScreen):
    """All runs of a folder, live.

    Args:
        root: the folder of runs.
        live: go on reading until the screen closes; otherwise read once, before the first frame.
    """

    app: Shell

    CSS_PATH: ClassVar[list[str | PurePath]] = ["screen.tcss", "run_table.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", tooltip="Mark to compare, or unmark"),
        Binding("n", "start", "New", tooltip="Start a training"),
        Binding("P", "pause", "Pause", tooltip="Pause, or go on with a run"),
        Binding("X", "stop", "Stop", tooltip="Save and end a training"),
        Binding("K", "checkpoint", "Save", tooltip="Save a checkpoint now"),
        Binding("D", "delete", "Delete", tooltip="Delete a run's folder"),
        Binding("s", "sort", "Sort", tooltip="Sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="Sort the other way round"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Show runs with some words"),
        Binding("c", "unmark", "Unmark", show=False, tooltip="Take all marks away"),
        Binding("escape", "show_all", "Show all", show=False, tooltip="Show all runs again"),
    ]

    AUTO_FOCUS = "RunTable"

    class Read(Message):
        """The runs are others than when they were read last."""

        def __init__(self, entries: list[Entry]) -> None:
            super().__init__()
            self.entries = entries

    def __init__(self, root: Path, live: bool = True) -> None:
        super().__init__()
        self._root = root
        self._live = live
        self._run_list = RunList(root)
        self._look = threading.Event()
        self._closed = False
        self._entries: list[Entry] | None = None
        self._order, self._reversed = NEWEST, False
        self._awaited: Path | None = None  # a new run, for the cursor to go to

    def compose_content(self) -> ComposeResult:
        """A caption, the table, and what there is to say of the run under the cursor."""
        yield Static(id="caption", markup=False)
        yield Input(placeholder="words of a name or a state", id="filter", compact=True)
        yield RunTable()
        yield Static(id="nothing", markup=False)
        yield RunDetails()

    # ---- reading --------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Read what there is, or go on reading it."""
        self.watch(self.app, "compared", self._draw, init=False)
        if self._live:
            self.run_worker(self._follow, thread=True, exit_on_error=True)
        else:
            self._entries = self._run_list.poll()
        self._draw()

    def on_unmount(self) -> None:
        """Let the reading thread end."""
        self._closed = True
        self._look.set()

    def on_screen_resume(self) -> None:
        """Look at once for what happened while another section was in front."""
        self._look.set()

    def _follow(self) -> None:
        while not self._closed:
            entries = self._run_list.poll() if self.is_current or self._entries is None else None
            if entries is not None:
                self.post_message(self.Read(entries))
            self._look.wait(POLL_EVERY)
            self._look.clear()

    def on_runs_screen_read(self, message: Read) -> None:
        """Show what the thread has read."""
        self._entries = message.entries
        there = {entry.path for entry in message.entries}
        if not there.issuperset(self.app.compared):
            self.app.compared = tuple(path for path in self.app.compared if path in there)
        self._draw()

    def show(self, snapshot: RunSnapshot) -> None:
        """Nothing: which run is open is said at the top."""

    # ---- drawing --------------------------------------------------------------------------------

    def _draw(self) -> None:
        entries = in_order(self._entries or (), self._order, self._reversed)
        words = self.query_one("#filter", Input).value
        shown = [entry for entry in entries if matches(entry, words)]
        table = self.query_one(RunTable)
        table.show(shown, self.app.compared, self._order, self._reversed)
        if self._awaited is not None and table.go_to(self._awaited):
            self._awaited = None
        table.display = bool(shown)
        self.query_one("#nothing", Static).update(self._nothing(words))
        self.query_one("#nothing").display = not shown
        self.query_one("#caption", Static).update(self._caption(len(shown)))
        self.query_one(RunDetails).entry = table.entry if shown else None
        if shown and self.focused is None:
            table.focus()

    def _caption(self, shown: int) -> str:
        count = len(self._entries or ())
        of = f"{shown} of {count}" if shown < count else f"{count}"
        parts = [f"{of} {'run' if count == 1 else 'runs'}"]
        parts.append(f"by {self._order}" + (", reversed" if self._reversed else ""))
        if self.app.compared:
            parts.append(f"{len(self.app.compared)} marked")
        return " · ".join([*parts, str(self._root)])

    def _nothing(self, words: str) -> str:
        if self._entries is None:
            return f"Reading the runs in {self._root}."
        if self._entries:
            return f"No run has “{words}” in its name or state; esc shows all."
        return (
            f"There are no runs in {self._root} yet.\n\n"
            "n starts a training, here in a form; one that is started elsewhere, by\n"
            "minibert pretrain, appears by itself."
        )

    @on(DataTable.RowHighlighted)
    def _show_details(self) -> None:
        self.query_one(RunDetails).entry = self.query_one(RunTable).entry

    # ---- what is shown --------------------------------------------------------------------------

    @on(DataTable.RowSelected)
    async def _open(self) -> None:
        entry = self.query_one(RunTable).entry
        if entry is not None:
            await self._open_path(entry.path)

    async def _open_path(self, path: Path) -> None:
        self.app.open_run(path)
        await self.app.action_go("training")

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away."""
        entry = self.query_one(RunTable).entry
        if entry is None:
            return
        marked = self.app.compared
        if entry.path in marked:
            self.app.compared = tuple(path for path in marked if path != entry.path)
        else:
            self.app.compared = (*marked, entry.path)

    def action_unmark(self) -> None:
        """Take all marks away."""
        self.app.compared = ()

    def action_sort(self) -> None:
        """Sort by the next column."""
        names = list(ORDERS)
        self._sort(names[(names.index(self._order) + 1) % len(names)])

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._reversed = not self._reversed
        self._draw()

    @on(DataTable.HeaderSelected)
    def _sort_by_head(self, event: DataTable.HeaderSelected) -> None:
        name = str(event.column_key.value)
        if name == self._order:
            self.action_reverse()
        elif name in ORDERS:
            self._sort(name)

    def _sort(self, order: str) -> None:
        self._order, self._reversed = order, False
        self._draw()

    def action_filter(self) -> None:
        """Ask for words."""
        self.query_one("#filter").display = True
        self.query_one("#filter").focus()

    def action_show_all(self) -> None:
        """Forget the words."""
        field = self.query_one("#filter", Input)
        field.value = ""
        field.display = False
        self._draw()
        self.query_one(RunTable).focus()

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        self._draw()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self, event: Input.Submitted) -> None:
        event.input.display = bool(event.value)
        self.query_one(RunTable).focus()

    # ---- what is done to runs -------------------------------------------------------------------

    @property
    def controlled_run(self) -> ControlledRun | None:
        """The run under the cursor."""
        entry = self.query_one(RunTable).entry
        return None if entry is None else ControlledRun(entry.path, entry.name, entry.state)

    def after_work(self) -> None:
        """Look at once what came of it."""
        self._look.set()

    def action_start(self) -> None:
        """Ask what is to be trained, and train it."""
        self.app.push_screen(StartScreen(self._root), self._started)

    async def _started(self, path: Path | None) -> None:
        self._awaited = path
        self._look.set()
        if path is not None:
            await self._open_path(path)

    def action_delete(self) -> None:
        """Delete a run, if that is meant."""
        entry = self.query_one(RunTable).entry
        if entry is None:
            return
        try:
            check_deletable(entry.path)
        except MinibertError as error:
            self.notify(f"{error}.", severity="error", markup=False)
            return
        size = format_size(entry.summary.stored_bytes) if entry.summary else "its log"
        question = f"Delete {entry.path}, {size}? Its weights and metrics cannot be brought back."
        self.confirm(question, "Delete", partial(self.work, partial(delete_run, entry.path)))
