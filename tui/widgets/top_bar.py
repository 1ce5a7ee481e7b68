"""The top line of every section: the sections, and the open run with its state."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_states import state_sign
from minibert.tui.shell import Shell

MIN_RUN = 16  # columns for the run; with fewer, sections are shown by their keys alone


class TopBar(Widget):
    """One line; a click on a section opens it."""

    app: Shell

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot())

    def render(self) -> Content:
        """Draw for the width there is."""
        width = self.size.width
        tabs = self._tabs(named=True)
        if width - tabs.cell_length < MIN_RUN:
            tabs = self._tabs(named=False)
        run = _run(self.snapshot, width - tabs.cell_length - 1)  # the tabs end in a space
        space = " " * (width - tabs.cell_length - run.cell_length)
        return Content.assemble(tabs, space, run)

    def _tabs(self, named: bool) -> Content:
        parts = []
        for section in self.app.sections:
            is_open = section.name == self.app.current_mode
            text = f" {section.key} {section.title} " if named or is_open else f" {section.key} "
            go = Style.from_meta({"@click": f"app.go('{section.name}')"})
            open_style = "bold $block-cursor-foreground on $block-cursor-background"
            parts.append(Content(text).stylize(open_style if is_open else go))
        return Content.assemble(*parts)


def _run(snapshot: RunSnapshot, width: int) -> Content:
    """The run's name and state; if both do not fit, a shorter name and the sign of the state."""
    sign, word, color = state_sign(snapshot.state)
    if snapshot.requested:
        word += "…"
    if snapshot.silent_minutes:
        word += f", silent for {snapshot.silent_minutes} min"
    name = Content(snapshot.name).stylize("bold $foreground")
    if name.cell_length + len(word) + 5 > width:
        word = ""
    state = Content(f"{sign} {word}".strip()).stylize(f"bold {color}")
    name = name.truncate(max(0, width - state.cell_length - 3), ellipsis=True)
    return Content.assemble(name, "  ", state, " ")
