"""A text whose words have background colors, with a cursor."""

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
from minibert.tui.text import LEFT_TO_RIGHT, is_right_to_left, printable


@dataclass(frozen=True, slots=True)
class ShadedWord:
    """A word, or a token of a word.

    Attributes:
        text: its characters.
        level: of its color in a `ColorScale`; None for no color.
        joined: whether it follows the word before without a space.
        marked: whether it is highlighted, as a mask is.
    """

    text: str
    level: int | None = None
    joined: bool = False
    marked: bool = False


class ShadedWords(Widget, can_focus=True):
    """A text, wrapped, and a cursor on one of its words, moved by keys and clicks.

    Posts `Moved` when the cursor goes to another word, and `Clicked` after a click on a word.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Back", show=False, tooltip="The previous word"),
        Binding("right", "move(1)", "On", show=False, tooltip="The next word"),
        Binding("home", "move(-100000)", "First", show=False, tooltip="The first word"),
        Binding("end", "move(100000)", "Last", show=False, tooltip="The last word"),
    ]

    words: reactive[tuple[ShadedWord, ...]] = reactive((), layout=True)
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another word."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Clicked(Message):
        """A word was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, name: str) -> None:
        super().__init__(name=name)

    def render(self) -> Content:
        """Draw the text."""
        scale = ColorScale.from_app(self.app)
        parts: list[Content] = []
        for number, word in enumerate(self.words):
            if parts and not word.joined:
                parts.append(Content(" "))
            style = self._style(word, number, scale)
            parts.append(_content(word, scale).stylize(style).stylize(_meta(number)))
        return Content.assemble(*parts)

    def watch_words(self) -> None:
        """Keep the cursor on a word."""
        self.cursor = max(0, min(self.cursor, len(self.words) - 1))

    def action_move(self, by: int) -> None:
        """Move the cursor by so many words."""
        self._move_to(max(0, min(self.cursor + by, len(self.words) - 1)))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the word under the mouse."""
        index = event.style.meta.get("word")
        if index is not None:
            self._move_to(index)
            self.post_message(self.Clicked(index))

    def _move_to(self, index: int) -> None:
        if self.words and index != self.cursor:
            self.cursor = index
            self.post_message(self.Moved(index))

    def _style(self, word: ShadedWord, number: int, scale: ColorScale) -> str:
        if number == self.cursor:
            style = "bold $block-cursor-foreground on $block-cursor-background"
            return f"{style} underline" if self.has_focus or scale.no_color else style
        if word.marked:
            return "bold $text-accent on $accent-muted"
        return "" if word.level is None else scale.style(word.level)


def _content(word: ShadedWord, scale: ColorScale) -> Content:
    """The word; with NO_COLOR, after the character of its level."""
    text = printable(word.text) + LEFT_TO_RIGHT * is_right_to_left(word.text)
    sign = scale.glyph(word.level) if scale.no_color and word.level is not None else ""
    return Content(f"{sign}{text}")


def _meta(number: int) -> Style:
    return Style.from_meta({"word": number})
