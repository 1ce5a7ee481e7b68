"""A panel with the predictions of one model: a checkpoint slider, predictions, and logit lens."""

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
from minibert.tui.sections.fill.prediction_columns import PredictionColumns
from minibert.tui.sections.fill.predictions import predict_masks
from minibert.tui.text import sentence
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider

NO_MASK = "The text has no [MASK]. Select a word and press space, click a word, or type [MASK]."
NO_TEXT = "Type a text with [MASK]; e edits the text."
NO_MODEL = "There is no checkpoint yet. The first one is used as soon as it is saved."


class ModelPanel(Vertical):
    """A slider over checkpoints, the predictions at each mask, and the logit lens of one mask.

    Posts `Predicted` when the predictions, or the reason why there are none, are shown.

    Args:
        models: runs the model.
        id: of the widget.
    """

    class Predicted(Message):
        """The predictions for the text are shown, or the reason why there are none."""

        def __init__(self, panel: ModelPanel) -> None:
            super().__init__()
            self.panel = panel

        @property
        def control(self) -> ModelPanel:
            """The panel, for `@on` with a selector."""
            return self.panel

    def __init__(self, models: ModelWorker, *, id: str) -> None:
        super().__init__(id=id)
        self._models = models

    def compose(self) -> ComposeResult:
        """The slider above the tables."""
        yield CheckpointSlider()
        with Horizontal():
            with Vertical(classes="pane predictions") as pane:
                pane.border_title = "Predictions"
                yield PredictionColumns(name="predictions")
            with Vertical(classes="pane lens") as pane:
                pane.border_title = "Predictions by layer"
                yield LensTable()

    @property
    def folder(self) -> Path | None:
        """The selected checkpoint."""
        return self.query_one(CheckpointSlider).folder

    def set_checkpoints(self, name: str, folders: tuple[Path, ...]) -> bool:
        """Offer the checkpoints of a model; returns whether that changes the selected one."""
        self.query_one(".predictions").border_title = Content(name)
        return self.query_one(CheckpointSlider).set_folders(folders)

    @property
    def highest_score(self) -> float:
        """The highest probability of a prediction; 0 if there are none."""
        masks = self.query_one(PredictionColumns).masks
        return max((mask.predictions[0].score for mask in masks), default=0.0)

    def set_bar_scale(self, scale: float) -> None:
        """Set the probability of the longest bar."""
        self.query_one(PredictionColumns).scale = scale
        self.query_one(".predictions").border_subtitle = f"bars up to {100 * scale:.0f} %"

    @work(exclusive=True)
    async def predict(self, masked: MaskedText, delay: float) -> None:
        """Predict the masks of a text after `delay` seconds without another call."""
        await asyncio.sleep(delay)
        columns = self.query_one(PredictionColumns)
        columns.originals = masked.hidden
        folder, message = self.folder, None
        if not masked.text.strip():
            message = NO_TEXT
        elif folder is None:
            message = NO_MODEL
        elif MASK not in masked.text:
            message = NO_MASK
        else:
            try:
                columns.masks = await self._models.run(
                    folder, partial(predict_masks, text=masked.text)
                )
            except MinibertError as error:
                message = sentence(error)
        if message is not None:
            columns.masks = ()
        columns.message = message
        self._show_lens()
        self.post_message(self.Predicted(self))

    def on_prediction_columns_mask_changed(self, event: PredictionColumns.MaskChanged) -> None:
        """Show the logit lens at another mask."""
        self._show_lens()

    def _show_lens(self) -> None:
        columns, pane = self.query_one(PredictionColumns), self.query_one(".lens")
        mask = columns.cursor[0]
        self.query_one(LensTable).mask = columns.masks[mask] if columns.masks else None
        number = f", mask {mask + 1}" if len(columns.masks) > 1 else ""
        pane.border_title = f"Predictions by layer{number}"
