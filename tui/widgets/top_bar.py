"""The top line: the sections, which of them is in front, and which run is open."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_states import state_sign
from minibert.tui.shell import Shell

LEAST_NAME = 16  # columns for the run's name before the sections are named by their keys alone


class TopBar(Widget):
    """One line; a click on a section goes there."""

    app: Shell

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot())

    def render(self) -> Content:
        """Draw for the width there is."""
        width = self.size.width
        tabs = self._tabs(named=True)
        if width - tabs.cell_length < LEAST_NAME:
            tabs = self._tabs(named=False)
        run = _run(self.snapshot, width - tabs.cell_length - 1)  # they end in a space, too
        space = " " * (width - tabs.cell_length - run.cell_length)
        return Content.assemble(tabs, space, run)

    def _tabs(self, named: bool) -> Content:
        parts = []
        for section in self.app.sections:
            here = section.name == self.app.current_mode
            text = f" {section.key} {section.title} " if named or here else f" {section.key} "
            go = Style.from_meta({"@click": f"app.go('{section.name}')"})
            here_style = "bold $block-cursor-foreground on $block-cursor-background"
            parts.append(Content(text).stylize(here_style if here else go))
        return Content.assemble(*parts)


def _run(snapshot: RunSnapshot, width: int) -> Content:
    """The run's name and state; the word goes first where there is no room, then the name's end."""
    sign, word, color = state_sign(snapshot.state)
    if snapshot.asked:
        word += "…"
    if snapshot.silent_minutes:
        word += f", silent for {snapshot.silent_minutes} min"
    name = Content(snapshot.name).stylize("bold $foreground")
    if name.cell_length + len(word) + 5 > width:
        word = ""
    state = Content(f"{sign} {word}".strip()).stylize(f"bold {color}")
    name = name.truncate(max(0, width - state.cell_length - 3), ellipsis=True)
    return Content.assemble(name, "  ", state, " ")
