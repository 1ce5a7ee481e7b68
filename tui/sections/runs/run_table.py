"""The table of runs: one line each, updated in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.cells import set_cell_size
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.widgets import DataTable

from minibert.io.units import format_duration, format_size
from minibert.runs.manifest import ACTIVE
from minibert.tui.monitoring.run_states import state_sign
from minibert.tui.sections.runs.run_list import Entry
from minibert.tui.sections.runs.sparkline import spark_line
from minibert.tui.text import compact

MARK = "◆"
NAME = "name"
MIN_NAME = 12  # characters
MAX_CURVE = 61


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        key: its name in the program.
        title: in the header.
        width: in characters, with a space to its left; the name gets the remaining width.
        write: returns the text of an entry, given the available width.
        from_width: the width of the table, in characters, from which on the column is shown.
        right: whether the text is right-aligned.
    """

    key: str
    title: str
    width: int
    write: Callable[[Entry, int], str]
    from_width: int = 0
    right: bool = True


def _state(entry: Entry, room: int) -> str:
    sign = state_sign(entry.state)
    return f"{sign.sign} {sign.word}" + ("…" if entry.requested else "")


def _step(entry: Entry, room: int) -> str:
    summary = entry.summary
    return f"{summary.step:,.0f}" if summary and summary.step < 1e6 else _of(entry, "step", compact)


def _loss(entry: Entry, room: int) -> str:
    about = "~" if entry.summary and entry.summary.split == "train" else ""
    return about + _of(entry, "mlm_loss", lambda loss: f"{loss:.3f}"[:5])


def _left(entry: Entry, room: int) -> str:
    return _of(entry, "seconds_left", format_duration) if entry.state in ACTIVE else ""


def _done(entry: Entry, room: int) -> str:
    return _of(entry, "share_done", lambda share: f"{100 * share:.0f} %")


def _parameters(entry: Entry, room: int) -> str:
    return "" if entry.manifest is None else compact(entry.manifest.parameters)


def _began(entry: Entry, room: int) -> str:
    return entry.summary.created[:16].replace("T", " ") if entry.summary else ""


def _of(entry: Entry, name: str, write: Callable[[float], str]) -> str:
    """A number of an entry's summary, or nothing if it is unknown."""
    value = getattr(entry.summary, name, None)
    return "" if value is None else write(value)


COLUMNS = (
    Column("mark", "", 2, lambda entry, room: "", right=False),
    Column(NAME, "run", 0, lambda entry, room: entry.name, right=False),
    Column("state", "state", 14, _state, right=False),
    Column("step", "step", 8, _step),
    Column("done", "done", 6, _done, from_width=100),
    Column("loss", "loss", 7, _loss),
    Column("speed", "tok/s", 7, lambda entry, room: _of(entry, "tokens_per_second", compact)),
    Column("left", "left", 8, _left),
    Column("size", "size", 9, lambda entry, room: _of(entry, "stored_bytes", _size)),
    Column("parameters", "params", 8, _parameters, from_width=120),
    Column("began", "began (UTC)", 18, _began, from_width=130),
    Column("curve", "curve", 8, lambda e, room: spark_line(e.losses, room), right=False),
)


def _size(stored: float) -> str:
    return format_size(round(stored))


def fit(width: int, longest: int) -> dict[str, tuple[Column, int]]:
    """The columns of a table, with the width of each.

    Args:
        width: of the table, in characters.
        longest: the longest name, in characters; the rest of the width goes to the curves.
    """
    shown = [column for column in COLUMNS if width >= column.from_width]
    widths = {column.key: column.width for column in shown}
    free = width - sum(widths.values())
    widths[NAME] = max(MIN_NAME, min(free, longest + 2))
    widths["curve"] += max(0, min(free - widths[NAME], MAX_CURVE - widths["curve"]))
    return {column.key: (column, widths[column.key]) for column in shown}


class RunTable(DataTable[Text], inherit_bindings=False):
    """Runs in the given order; the cursor stays on its run when the order changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", tooltip="Open the run in every section"),
        Binding("up", "cursor_up", "Up", show=False),
        Binding("down", "cursor_down", "Down", show=False),
        Binding("pageup", "page_up", "A page up", show=False),
        Binding("pagedown", "page_down", "A page down", show=False),
        Binding("home", "scroll_top", "First run", show=False),
        Binding("end", "scroll_bottom", "Last run", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=0, name="table")
        self._entries: dict[str, Entry] = {}
        self._marked: tuple[Path, ...] = ()
        self._sorted_by, self._reversed = "", False
        self._fitted: dict[str, tuple[Column, int]] = {}
        self._drawn: dict[str, list[Text]] = {}

    @property
    def entry(self) -> Entry | None:
        """The run under the cursor."""
        entries = list(self._entries.values())
        return entries[self.cursor_row] if 0 <= self.cursor_row < len(entries) else None

    def show(
        self,
        entries: Sequence[Entry],
        marked: tuple[Path, ...],
        sorted_by: str,
        reverse: bool,
    ) -> None:
        """Update the table; only changed cells are redrawn.

        Args:
            entries: from the top to the bottom.
            marked: the folders of the marked runs.
            sorted_by: the column with the arrow in its header.
            reverse: the direction of the arrow.
        """
        heads_change = (sorted_by, reverse) != (self._sorted_by, self._reversed)
        self._sorted_by, self._reversed = sorted_by, reverse
        self._marked = marked
        under_cursor, row = self.entry, self.cursor_row
        before = list(self._entries)
        self._entries = {str(entry.path): entry for entry in entries}
        if heads_change or before != list(self._entries):
            self._build(under_cursor, row)
        else:
            self._update_cells()

    def go_to(self, path: Path) -> bool:
        """Put the cursor on a run; returns whether the table has it."""
        if str(path) not in self._entries:
            return False
        self.move_cursor(row=list(self._entries).index(str(path)), animate=False)
        return True

    def on_resize(self) -> None:
        """Give the columns their new widths."""
        if self._widths() != {key: width for key, (_, width) in self._fitted.items()}:
            self._build(self.entry, self.cursor_row)

    def notify_style_update(self) -> None:
        """Draw the states in the theme's colors."""
        super().notify_style_update()
        if self._fitted:
            self._update_cells()

    def _widths(self) -> dict[str, int]:
        return {key: width for key, (_, width) in self._fit().items()}

    def _fit(self) -> dict[str, tuple[Column, int]]:
        names = [Content(entry.name).cell_length for entry in self._entries.values()]
        return fit(self._room(), max(names, default=0))

    def _room(self) -> int:
        """The table's width without the scroll bar, if it needs one."""
        lines = len(self._entries) + 1
        bar = self.styles.scrollbar_size_vertical if lines > self.size.height else 0
        return max(0, self.size.width - bar)

    def _build(self, under_cursor: Entry | None, row: int) -> None:
        scrolled = self.scroll_offset
        self.clear(columns=True)
        self._fitted = self._fit()
        for key, (column, width) in self._fitted.items():
            self.add_column(self._head(column, width), width=width, key=key)
        self._drawn = {}
        for key, entry in self._entries.items():
            self._drawn[key] = self._cells(entry)
            self.add_row(*self._drawn[key], key=key)
        keys = list(self._entries)
        if under_cursor is not None and str(under_cursor.path) in keys:
            row = keys.index(str(under_cursor.path))
        self.move_cursor(row=min(row, len(keys) - 1), animate=False, scroll=False)
        self.scroll_to(y=scrolled.y, animate=False, force=True)
        self.call_after_refresh(self._scroll_cursor_into_view)

    def _update_cells(self) -> None:
        for key, entry in self._entries.items():
            cells = self._cells(entry)
            for column, old, new in zip(self._fitted, self._drawn[key], cells, strict=True):
                if old != new or old.spans != new.spans or old.style != new.style:
                    self.update_cell(key, column, new)
            self._drawn[key] = cells

    def _head(self, column: Column, width: int) -> Text:
        title = column.title
        if column.key == self._sorted_by:
            title += "▲" if self._reversed else "▼"
        return Text(_fill(title, width, column.right))

    def _cells(self, entry: Entry) -> list[Text]:
        cells = []
        for column, width in self._fitted.values():
            text = column.write(entry, width - 1)
            if column.key == "mark":
                text = MARK if entry.path in self._marked else ""
            color = state_sign(entry.state).color if column.key == "state" else ""
            cells.append(Text(_fill(text, width, column.right), self._style(color)))
        return cells

    def _style(self, color: str) -> Style:
        """A color of the theme, as tables draw them."""
        if "%" in color:
            return Style(dim=True)
        value = self.app.theme_variables.get(color.removeprefix("$"), "")
        try:
            return Style(color=Color.parse(value).rich_color)
        except ColorParseError:
            return Style()


def _fill(text: str, width: int, right: bool) -> str:
    """A text padded or truncated to a width, with a space to its left."""
    room = width - 1
    cut = Content(text).truncate(room, ellipsis=True).plain
    pad = " " * (room - Content(cut).cell_length)
    return set_cell_size(f" {pad}{cut}" if right else f" {cut}", width)
