"""The answers at each mask of a text, a column a mask, with bars."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from minibert.tui.models.predictions import TokenPrediction
from minibert.tui.sections.fill.masked_text import MASK
from minibert.tui.sections.fill.predictions import MaskPredictions
from minibert.tui.text import bar, label

LEAST, MOST = 24, 64  # columns for a mask
LONGEST = 20  # columns of a piece
PERCENT = 8  # columns of a number and what is around it


class Answers(Widget, can_focus=True):
    """A cursor is on one of the answers; choosing it is told.

    Attributes:
        masks: the answers at each.
        hidden: what stood at each mask, or None.
        cursor: the mask and the answer.
        scale: the probability of the longest bar.
        sentence: shown in their place, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Put in", tooltip="Put the answer in the mask's place"),
        Binding("up", "move(0, -1)", "Up", show=False, tooltip="The answer above"),
        Binding("down", "move(0, 1)", "Down", show=False, tooltip="The answer below"),
        Binding("left", "move(-1, 0)", "Left", show=False, tooltip="The mask before"),
        Binding("right", "move(1, 0)", "Right", show=False, tooltip="The next mask"),
    ]

    masks: reactive[tuple[MaskPredictions, ...]] = reactive(())
    hidden: reactive[tuple[str | None, ...]] = reactive(())
    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    scale: reactive[float] = reactive(1.0)
    sentence: reactive[str | None] = reactive(None)

    class Moved(Message):
        """The cursor is at another mask."""

        def __init__(self, mask: int) -> None:
            super().__init__()
            self.mask = mask

    class Chosen(Message):
        """An answer is to be put in."""

        def __init__(self, mask: int, guess: TokenPrediction) -> None:
            super().__init__()
            self.mask = mask
            self.guess = guess

    def watch_masks(self) -> None:
        """Keep the cursor on an answer."""
        mask = max(0, min(self.cursor[0], len(self.masks) - 1))
        answers = len(self.masks[mask].guesses) if self.masks else 0
        self.cursor = (mask, max(0, min(self.cursor[1], answers - 1)))

    def render(self) -> Content:
        """As many masks and answers as there is room for, around the cursor."""
        if self.sentence is not None:
            return Content(self.sentence).stylize("$foreground 65%")
        if not self.masks:
            return Content("")
        shown = max(1, min(len(self.masks), self.size.width // LEAST))
        first = max(0, min(self.cursor[0] - shown // 2, len(self.masks) - shown))
        width = min(MOST, self.size.width // shown)
        columns = [self._column(mask, width) for mask in range(first, first + shown)]
        return Content("\n").join(Content.assemble(*parts) for parts in zip(*columns, strict=True))

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, masks: int, answers: int) -> None:
        """Go to another answer."""
        self._go(self.cursor[0] + masks, self.cursor[1] + answers)

    def action_choose(self) -> None:
        """Tell which answer the cursor is on."""
        if self.masks:
            mask, answer = self.cursor
            self.post_message(self.Chosen(mask, self.masks[mask].guesses[answer]))

    def on_click(self, event: events.Click) -> None:
        """Go to the answer under the mouse; twice, choose it."""
        place = event.style.meta.get("answer")
        if place is not None:
            self._go(*place)
            if event.chain == 2:
                self.action_choose()

    def _go(self, mask: int, answer: int) -> None:
        if not self.masks:
            return
        before = self.cursor[0]
        mask = max(0, min(mask, len(self.masks) - 1))
        self.cursor = (mask, max(0, min(answer, len(self.masks[mask].guesses) - 1)))
        if mask != before:
            self.post_message(self.Moved(mask))

    # ---- drawing --------------------------------------------------------------------------------

    def _column(self, mask: int, width: int) -> list[Content]:
        guesses = self.masks[mask].guesses
        rows = max(1, self.size.height - 1)
        first = 0
        if mask == self.cursor[0]:
            first = max(0, min(self.cursor[1] - rows + 1, len(guesses) - rows))
        shown = guesses[first : first + rows]
        name = min(LONGEST, max(4, width // 3), max(cell_len(g.piece) for g in shown))
        lines = [
            self._line(mask, first + number, guess, name, width)
            for number, guess in enumerate(shown)
        ]
        lines += [Content(" " * width)] * (rows - len(shown))
        return [self._heading(mask, width), *lines]

    def _heading(self, mask: int, width: int) -> Content:
        was = self.hidden[mask] if mask < len(self.hidden) else None
        text = f"mask {mask + 1}" if len(self.masks) > 1 else MASK
        text += "" if was is None else f" (was {was})"
        style = "bold $text-accent" if mask == self.cursor[0] else "$foreground 65%"
        return Content(label(text, width - 1) + " ").stylize(style)

    def _line(
        self, mask: int, answer: int, guess: TokenPrediction, name: int, width: int
    ) -> Content:
        here = (mask, answer) == self.cursor
        known = mask < len(self.hidden) and guess.piece == (self.hidden[mask] or "").lower()
        sign = "▸" if here else "✓" if known else " "
        look = "bold" if here or known else ""
        if here and self.has_focus:
            look = "bold $block-cursor-foreground on $block-cursor-background"
        room = max(0, width - name - PERCENT - 4)
        line = Content.assemble(
            (f"{sign} ", "$text-accent bold" if here else "$text-success bold"),
            (label(guess.piece, name), look),
            " ",
            (bar(guess.score / self.scale, room), "$primary"),
            (f"{100 * guess.score:6.1f} %", "bold" if here else "$foreground 75%"),
        )
        return line.pad_right(max(0, width - line.cell_length)).stylize(
            Style.from_meta({"answer": (mask, answer)})
        )
