"""A sentence on what is wrong with a run."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Notice(Widget):
    """Takes room only while there is something to say."""

    sentence: reactive[str | None] = reactive(None, layout=True)

    def watch_sentence(self) -> None:
        """Appear or vanish."""
        self.display = self.sentence is not None

    def render(self) -> Content:
        """The sentence, wrapped."""
        return Content(f"! {self.sentence}" if self.sentence else "")
