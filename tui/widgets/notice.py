"""A sentence on what is wrong with a run, and what its log said last."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Notice(Widget):
    """Takes room only while there is something to say."""

    sentence: reactive[str | None] = reactive(None, layout=True)
    last_words: reactive[tuple[str, ...]] = reactive((), layout=True)

    def watch_sentence(self) -> None:
        """Appear or vanish."""
        self.display = self.sentence is not None

    def render(self) -> Content:
        """The sentence, wrapped, and under it the lines of the log, cut."""
        if not self.sentence:
            return Content("")
        lines = [Content(f"│ {line}").stylize("$foreground 65%") for line in self.last_words]
        cut = [line.truncate(self.size.width, ellipsis=True) for line in lines]
        return Content("\n").join([Content(f"! {self.sentence}"), *cut])
