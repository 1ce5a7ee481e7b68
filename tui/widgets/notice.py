"""A message about a run, and the last lines of its log."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Notice(Widget):
    """A message and log lines; hidden while there is no message.

    Attributes:
        message: a sentence, or None.
        log_lines: shown below the message.
    """

    message: reactive[str | None] = reactive(None, layout=True)
    log_lines: reactive[tuple[str, ...]] = reactive((), layout=True)

    def watch_message(self) -> None:
        """Show or hide the widget."""
        self.display = self.message is not None

    def render(self) -> Content:
        """Draw the message, wrapped, and the log lines below it, truncated."""
        if not self.message:
            return Content("")
        lines = [Content(f"│ {line}").stylize("$foreground 65%") for line in self.log_lines]
        truncated = [line.truncate(self.size.width, ellipsis=True) for line in lines]
        return Content("\n").join([Content(f"! {self.message}"), *truncated])
