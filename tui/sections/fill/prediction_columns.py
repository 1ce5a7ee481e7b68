"""The predictions at each mask of a text: a column for each mask, with bars."""

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

MIN_COLUMN, MAX_COLUMN = 24, 64  # cells for a mask
MAX_TOKEN = 20  # cells for a token
PERCENT = 8  # cells for a percentage and the spaces around it


class PredictionColumns(Widget, can_focus=True):
    """A column of predictions for each mask, and a cursor on one of them.

    Posts `MaskChanged` when the cursor goes to another mask, and `Chosen` when a prediction is to
    be inserted.

    Attributes:
        masks: the predictions at each mask.
        originals: the word that each mask hides, or None.
        cursor: the mask and the prediction, both from 0.
        scale: the probability of the longest bar.
        message: shown in place of the predictions, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Insert", tooltip="Insert the prediction"),
        Binding("up", "move(0, -1)", "Up", show=False, tooltip="The prediction above"),
        Binding("down", "move(0, 1)", "Down", show=False, tooltip="The prediction below"),
        Binding("left", "move(-1, 0)", "Left", show=False, tooltip="The previous mask"),
        Binding("right", "move(1, 0)", "Right", show=False, tooltip="The next mask"),
    ]

    masks: reactive[tuple[MaskPredictions, ...]] = reactive(())
    originals: reactive[tuple[str | None, ...]] = reactive(())
    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    scale: reactive[float] = reactive(1.0)
    message: reactive[str | None] = reactive(None)

    class MaskChanged(Message):
        """The cursor is at another mask."""

        def __init__(self, mask: int) -> None:
            super().__init__()
            self.mask = mask

    class Chosen(Message):
        """A prediction is to be inserted in place of a mask."""

        def __init__(self, mask: int, prediction: TokenPrediction) -> None:
            super().__init__()
            self.mask = mask
            self.prediction = prediction

    def watch_masks(self) -> None:
        """Keep the cursor on a prediction."""
        mask = max(0, min(self.cursor[0], len(self.masks) - 1))
        count = len(self.masks[mask].predictions) if self.masks else 0
        self.cursor = (mask, max(0, min(self.cursor[1], count - 1)))

    def render(self) -> Content:
        """Draw the masks and predictions around the cursor that fit."""
        if self.message is not None:
            return Content(self.message).stylize("$foreground 65%")
        if not self.masks:
            return Content("")
        shown = max(1, min(len(self.masks), self.size.width // MIN_COLUMN))
        first = max(0, min(self.cursor[0] - shown // 2, len(self.masks) - shown))
        width = min(MAX_COLUMN, self.size.width // shown)
        columns = [self._column(mask, width) for mask in range(first, first + shown)]
        return Content("\n").join(Content.assemble(*parts) for parts in zip(*columns, strict=True))

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, masks: int, predictions: int) -> None:
        """Move the cursor."""
        self._move_to(self.cursor[0] + masks, self.cursor[1] + predictions)

    def action_choose(self) -> None:
        """Post the prediction under the cursor."""
        if self.masks:
            mask, row = self.cursor
            self.post_message(self.Chosen(mask, self.masks[mask].predictions[row]))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the prediction under the mouse; a double click chooses it."""
        cursor = event.style.meta.get("cursor")
        if cursor is not None:
            self._move_to(*cursor)
            if event.chain == 2:
                self.action_choose()

    def _move_to(self, mask: int, row: int) -> None:
        if not self.masks:
            return
        before = self.cursor[0]
        mask = max(0, min(mask, len(self.masks) - 1))
        self.cursor = (mask, max(0, min(row, len(self.masks[mask].predictions) - 1)))
        if mask != before:
            self.post_message(self.MaskChanged(mask))

    # ---- drawing --------------------------------------------------------------------------------

    def _column(self, mask: int, width: int) -> list[Content]:
        predictions = self.masks[mask].predictions
        rows = max(1, self.size.height - 1)
        first = 0
        if mask == self.cursor[0]:
            first = max(0, min(self.cursor[1] - rows + 1, len(predictions) - rows))
        shown = predictions[first : first + rows]
        token_width = min(MAX_TOKEN, max(4, width // 3), max(cell_len(p.token) for p in shown))
        lines = [
            self._line((mask, row), prediction, token_width, width)
            for row, prediction in enumerate(shown, first)
        ]
        lines += [Content(" " * width)] * (rows - len(shown))
        return [self._heading(mask, width), *lines]

    def _heading(self, mask: int, width: int) -> Content:
        original = self._original(mask)
        text = f"mask {mask + 1}" if len(self.masks) > 1 else MASK
        text += "" if original is None else f" (was {original})"
        style = "bold $text-accent" if mask == self.cursor[0] else "$foreground 65%"
        return Content(label(text, width - 1) + " ").stylize(style)

    def _line(
        self, cursor: tuple[int, int], prediction: TokenPrediction, token_width: int, width: int
    ) -> Content:
        selected = cursor == self.cursor
        correct = prediction.token == (self._original(cursor[0]) or "").lower()
        sign = "▸" if selected else "✓" if correct else " "
        token_style = "bold" if selected or correct else ""
        if selected and self.has_focus:
            token_style = "bold $block-cursor-foreground on $block-cursor-background"
        bar_width = max(0, width - token_width - PERCENT - 4)
        line = Content.assemble(
            (f"{sign} ", "$text-accent bold" if selected else "$text-success bold"),
            (label(prediction.token, token_width), token_style),
            " ",
            (bar(prediction.score / self.scale, bar_width), "$primary"),
            (f"{100 * prediction.score:6.1f} %", "bold" if selected else "$foreground 75%"),
        )
        return line.pad_right(max(0, width - line.cell_length)).stylize(
            Style.from_meta({"cursor": cursor})
        )

    def _original(self, mask: int) -> str | None:
        return self.originals[mask] if mask < len(self.originals) else None
