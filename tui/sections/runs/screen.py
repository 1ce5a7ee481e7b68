"""The section with all runs of a folder, which starts and controls trainings."""

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
        live: whether to read until the screen closes; otherwise once, before the first frame.
    """

    app: Shell

    CSS_PATH: ClassVar[list[str | PurePath]] = ["screen.tcss", "run_table.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", tooltip="Mark to compare, or unmark"),
        Binding("n", "start", "New", tooltip="Start a training"),
        Binding("P", "pause", "Pause", tooltip="Pause or resume a run"),
        Binding("X", "stop", "Stop", tooltip="Save and end a training"),
        Binding("K", "checkpoint", "Save", tooltip="Save a checkpoint now"),
        Binding("D", "delete", "Delete", tooltip="Delete a run's folder"),
        Binding("s", "sort", "Sort", tooltip="Sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="Reverse the order"),
        Binding(
            "slash", "filter", "Filter", key_display="/", tooltip="Show only runs with some words"
        ),
        Binding("c", "unmark", "Unmark", show=False, tooltip="Remove all marks"),
        Binding("escape", "show_all", "Show all", show=False, tooltip="Show all runs"),
    ]

    AUTO_FOCUS = "RunTable"

    class Read(Message):
        """The runs have changed."""

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
        self._new_run: Path | None = None  # the cursor goes to it when it is listed

    def compose_content(self) -> ComposeResult:
        """A caption, the table, and details of the run under the cursor."""
        yield Static(id="caption", markup=False)
        yield Input(placeholder="words of a name or a state", id="filter", compact=True)
        yield RunTable()
        yield Static(id="nothing", markup=False)
        yield RunDetails()

    # ---- reading --------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Read once, or begin to read repeatedly."""
        self.watch(self.app, "compared", self._draw, init=False)
        if self._live:
            self.run_worker(self._follow, thread=True, exit_on_error=True)
        else:
            self._entries = self._run_list.poll()
        self._draw()

    def on_unmount(self) -> None:
        """End the reading thread."""
        self._closed = True
        self._look.set()

    def on_screen_resume(self) -> None:
        """Read at once, because another section was in front."""
        self._look.set()

    def _follow(self) -> None:
        while not self._closed:
            entries = self._run_list.poll() if self.is_current or self._entries is None else None
            if entries is not None:
                self.post_message(self.Read(entries))
            self._look.wait(POLL_EVERY)
            self._look.clear()

    def on_runs_screen_read(self, message: Read) -> None:
        """Show the runs that the thread has read."""
        self._entries = message.entries
        there = {entry.path for entry in message.entries}
        if not there.issuperset(self.app.compared):
            self.app.compared = tuple(path for path in self.app.compared if path in there)
        self._draw()

    def show(self, snapshot: RunSnapshot) -> None:
        """Do nothing: the top bar shows the open run."""

    # ---- drawing --------------------------------------------------------------------------------

    def _draw(self) -> None:
        entries = in_order(self._entries or (), self._order, self._reversed)
        words = self.query_one("#filter", Input).value
        shown = [entry for entry in entries if matches(entry, words)]
        table = self.query_one(RunTable)
        table.show(shown, self.app.compared, self._order, self._reversed)
        if self._new_run is not None and table.go_to(self._new_run):
            self._new_run = None
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
            return f"Reading the runs in {self._root} …"
        if self._entries:
            return f"No run has “{words}” in its name or state. Esc shows all runs."
        return (
            f"There are no runs in {self._root} yet.\n\n"
            "n starts a training from a form. A training that is started elsewhere,\n"
            "with minibert pretrain, appears here."
        )

    @on(DataTable.RowHighlighted)
    def _show_details(self) -> None:
        self.query_one(RunDetails).entry = self.query_one(RunTable).entry

    # ---- selection -----------------------------------------------------------------------------

    @on(DataTable.RowSelected)
    async def _open(self) -> None:
        entry = self.query_one(RunTable).entry
        if entry is not None:
            await self._open_path(entry.path)

    async def _open_path(self, path: Path) -> None:
        self.app.open_run(path)
        await self.app.action_go("training")

    def action_mark(self) -> None:
        """Mark or unmark the run under the cursor."""
        entry = self.query_one(RunTable).entry
        if entry is None:
            return
        marked = self.app.compared
        if entry.path in marked:
            self.app.compared = tuple(path for path in marked if path != entry.path)
        else:
            self.app.compared = (*marked, entry.path)

    def action_unmark(self) -> None:
        """Remove all marks."""
        self.app.compared = ()

    def action_sort(self) -> None:
        """Sort by the next column."""
        names = list(ORDERS)
        self._sort(names[(names.index(self._order) + 1) % len(names)])

    def action_reverse(self) -> None:
        """Reverse the order."""
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
        """Show the field for the filter."""
        self.query_one("#filter").display = True
        self.query_one("#filter").focus()

    def action_show_all(self) -> None:
        """Clear the filter."""
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

    # ---- control and deletion -------------------------------------------------------------------

    @property
    def controlled_run(self) -> ControlledRun | None:
        """The run under the cursor."""
        entry = self.query_one(RunTable).entry
        return None if entry is None else ControlledRun(entry.path, entry.name, entry.state)

    def after_work(self) -> None:
        """Read at once."""
        self._look.set()

    def action_start(self) -> None:
        """Show the form of a new training."""
        self.app.push_screen(StartScreen(self._root), self._started)

    async def _started(self, path: Path | None) -> None:
        self._new_run = path
        self._look.set()
        if path is not None:
            await self._open_path(path)

    def action_delete(self) -> None:
        """Delete a run after a confirmation."""
        entry = self.query_one(RunTable).entry
        if entry is None:
            return
        try:
            check_deletable(entry.path)
        except MinibertError as error:
            self.notify(f"{error}.", severity="error", markup=False)
            return
        size = format_size(entry.summary.stored_bytes) if entry.summary else "its log"
        question = f"Delete {entry.path}, {size}? Its weights and metrics cannot be restored."
        self.confirm(question, "Delete", partial(self.work, partial(delete_run, entry.path)))
