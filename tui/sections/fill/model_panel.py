"""What one model answers at the masks of a text, and what its layers would."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from minibert.errors import MinibertError
from minibert.tui.models.worker import ModelWorker
from minibert.tui.sections.fill.lens_table import LensTable
from minibert.tui.sections.fill.masked_text import MASK, MaskedText
from minibert.tui.sections.fill.prediction_columns import Answers
from minibert.tui.sections.fill.predictions import predict_masks
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider

NO_MASK = (
    "There is no [MASK] in the text: go to a word and press space, click on it, or type [MASK]."
)
NO_TEXT = "Type a text with [MASK] in it: e goes to the field."
NO_MODEL = "There is no model to ask yet; the first checkpoint is asked when it comes."


class ModelPanel(Vertical):
    """A slider over checkpoints, the answers, and the logit lens of one of the masks.

    Args:
        models: answer.
        id: of the widget.
    """

    class Answered(Message):
        """The model has answered, or cannot."""

        def __init__(self, side: ModelPanel) -> None:
            super().__init__()
            self.side = side

        @property
        def control(self) -> ModelPanel:
            """The side, for handlers of one of the two."""
            return self.side

    def __init__(self, models: ModelWorker, *, id: str) -> None:
        super().__init__(id=id)
        self._models = models

    def compose(self) -> ComposeResult:
        """The slider above the tables."""
        yield CheckpointSlider()
        with Horizontal():
            with Vertical(classes="pane answers") as pane:
                pane.border_title = "Answers"
                yield Answers(name="answers")
            with Vertical(classes="pane lens") as pane:
                pane.border_title = "Each layer's answers"
                yield LensTable()

    @property
    def folder(self) -> Path | None:
        """Whose answers these are."""
        return self.query_one(CheckpointSlider).folder

    def offer(self, name: str, folders: tuple[Path, ...]) -> bool:
        """Let people choose among a model's checkpoints; whether another one is chosen by that."""
        self.query_one(".answers").border_title = Content(name)
        return self.query_one(CheckpointSlider).offer(folders)

    @property
    def likeliest(self) -> float:
        """The greatest probability of an answer; 0 where there are none."""
        masks = self.query_one(Answers).masks
        return max((mask.guesses[0].score for mask in masks), default=0.0)

    def draw_to(self, scale: float) -> None:
        """Let the longest bar stand for so much."""
        self.query_one(Answers).scale = scale
        self.query_one(".answers").border_subtitle = f"bars to {100 * scale:.0f} %"

    @work(exclusive=True)
    async def ask(self, text: MaskedText, rest: float) -> None:
        """Ask for the masks of a text, when it has rested so many seconds."""
        await asyncio.sleep(rest)
        answers = self.query_one(Answers)
        answers.hidden = text.hidden
        folder, sentence = self.folder, None
        if not text.text.strip():
            sentence = NO_TEXT
        elif folder is None:
            sentence = NO_MODEL
        elif MASK not in text.text:
            sentence = NO_MASK
        else:
            try:
                masks = await self._models.ask(folder, partial(predict_masks, text=text.text))
                answers.masks = masks
            except MinibertError as error:
                sentence = f"{str(error)[:1].upper()}{str(error)[1:]}."
        if sentence is not None:
            answers.masks = ()
        answers.sentence = sentence
        self._show_layers()
        self.post_message(self.Answered(self))

    def on_answers_moved(self, event: Answers.Moved) -> None:
        """Show the layers at another mask."""
        self._show_layers()

    def _show_layers(self) -> None:
        answers, pane = self.query_one(Answers), self.query_one(".lens")
        mask = answers.cursor[0]
        self.query_one(LensTable).mask = answers.masks[mask] if answers.masks else None
        number = f", mask {mask + 1}" if len(answers.masks) > 1 else ""
        pane.border_title = f"Each layer's answers{number}"
