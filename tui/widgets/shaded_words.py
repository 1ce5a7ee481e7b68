"""Words on shades, with a cursor: what each gets, or how surprising it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from minibert.tui.color_scale import ColorScale
from minibert.tui.text import LEFT_TO_RIGHT, is_turned, printable


@dataclass(frozen=True, slots=True)
class Shaded:
    """A word, or a part of one.

    Attributes:
        text: what is shown.
        level: of its shade; None for none.
        joined: whether it goes on with the word before.
        marked: whether it stands out, such as a mask.
    """

    text: str
    level: int | None = None
    joined: bool = False
    marked: bool = False


class ShadedWords(Widget, can_focus=True):
    """A text, wrapped; its cursor is moved by keys and clicks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Back", show=False, tooltip="The word before"),
        Binding("right", "move(1)", "On", show=False, tooltip="The next word"),
        Binding("home", "move(-100000)", "First", show=False, tooltip="The first word"),
        Binding("end", "move(100000)", "Last", show=False, tooltip="The last word"),
    ]

    words: reactive[tuple[Shaded, ...]] = reactive((), layout=True)
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another word."""

        def __init__(self, words: ShadedWords, at: int) -> None:
            super().__init__()
            self.words = words
            self.at = at

    class Clicked(Message):
        """A word was clicked on."""

        def __init__(self, words: ShadedWords, at: int) -> None:
            super().__init__()
            self.words = words
            self.at = at

    def __init__(self, name: str) -> None:
        super().__init__(name=name)

    def render(self) -> Content:
        """The text."""
        ramp = ColorScale.of(self.app)
        parts: list[Content] = []
        for number, word in enumerate(self.words):
            if parts and not word.joined:
                parts.append(Content(" "))
            look = self._look(word, number, ramp)
            parts.append(_content(word, ramp).stylize(look).stylize(_meta(number)))
        return Content.assemble(*parts)

    def watch_words(self) -> None:
        """Keep the cursor on a word."""
        self.cursor = max(0, min(self.cursor, len(self.words) - 1))

    def action_move(self, by: int) -> None:
        """Go to another word."""
        self._go(max(0, min(self.cursor + by, len(self.words) - 1)))

    def on_click(self, event: events.Click) -> None:
        """Go to the word under the mouse."""
        at = event.style.meta.get("word")
        if at is not None:
            self._go(at)
            self.post_message(self.Clicked(self, at))

    def _go(self, at: int) -> None:
        if self.words and at != self.cursor:
            self.cursor = at
            self.post_message(self.Moved(self, at))

    def _look(self, word: Shaded, number: int, ramp: ColorScale) -> str:
        if number == self.cursor:
            here = "bold $block-cursor-foreground on $block-cursor-background"
            return f"{here} underline" if self.has_focus or ramp.plain else here
        if word.marked:
            return "bold $text-accent on $accent-muted"
        return "" if word.level is None else ramp.look(word.level)


def _content(word: Shaded, ramp: ColorScale) -> Content:
    """The word; where there are no colors, after the character of its shade."""
    text = printable(word.text) + LEFT_TO_RIGHT * is_turned(word.text)
    sign = ramp.glyph(word.level) if ramp.plain and word.level is not None else ""
    return Content(f"{sign}{text}")


def _meta(number: int) -> Style:
    return Style.from_meta({"word": number})
