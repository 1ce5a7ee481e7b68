"""The Fill screen: words of a text are masked, and a model predicts them."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from minibert.errors import MinibertError
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.tui.color_scale import LEVELS
from minibert.tui.dialogs.prompt import PromptScreen
from minibert.tui.models.checkpoints import model_checkpoints, run_checkpoints
from minibert.tui.models.worker import ModelWorker
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.base import PANES, SectionScreen
from minibert.tui.sections.fill.color_legend import ColorLegend
from minibert.tui.sections.fill.masked_text import MASK, MaskedText, Word, words_of
from minibert.tui.sections.fill.model_panel import ModelPanel
from minibert.tui.sections.fill.prediction_columns import PredictionColumns
from minibert.tui.sections.fill.predictions import word_surprisals
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import ShadedWord, ShadedWords
from minibert.tui.widgets.slider import Slider

EXAMPLE = MaskedText("The old [MASK] sat by the fire.", ("man",))
TYPING_DELAY = 0.15  # seconds without a key before the model runs
MAX_SURPRISAL = 10.0  # nats at the end of the color scale
BAR_SCALES = (0.1, 0.25, 0.5, 1.0)  # probabilities that the longest bar can stand for
NOT_KNOWN = "The original word is unknown: [MASK] was typed. Choose a prediction instead."


class FillScreen(SectionScreen):
    """A text with masks, its words colored by surprisal, and the predictions of one or two models.

    Args:
        models: runs the models.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ShadedWords"
    HORIZONTAL_BREAKPOINTS = PANES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text"),
        Binding("space,ctrl+t", "mask", "Mask", key_display="space",
                tooltip="Mask or restore the word; ctrl+t in the field"),
        Binding("a", "predictions", "Predictions", show=False,
                tooltip="Go to the predictions"),
        Binding("w", "words", "Words", show=False, tooltip="Go to the words"),
        Binding("comma", "checkpoint(-1)", "Step", key_display=", .",
                tooltip="The previous checkpoint"),
        Binding("full_stop", "checkpoint(1)", "Later", show=False,
                tooltip="The next checkpoint; the last one follows the run"),
        Binding("c", "compare", "Compare", tooltip="Compare with another checkpoint, or stop"),
        Binding("o", "compare_model", "Other", show=False,
                tooltip="Compare with another model"),
        Binding("escape", "words", "Words", show=False, tooltip="Go to the words"),
    ]  # fmt: skip

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._snapshot = RunSnapshot()
        self._masked = EXAMPLE
        self._tokenizer: WordPieceTokenizer | None = None
        self._words: tuple[Word, ...] = ()
        self._surprisals: tuple[float, ...] = ()  # of the words; empty until they are computed
        self._compared_model: Path | None = None  # None: the open run

    def compose_content(self) -> ComposeResult:
        """The text and its words above the predictions."""
        text = Field(EXAMPLE.text, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text", "e edits"
        yield text
        yield ShadedWords("words")
        yield ColorLegend()
        with Horizontal(id="panels"):
            yield ModelPanel(self._models, id="first")
            yield ModelPanel(self._models, id="second")

    def on_mount(self) -> None:
        """Set the titles, and hide the second panel."""
        super().on_mount()
        self.query_one(ShadedWords).border_title = "Words"
        self.query_one(ColorLegend).ends = ("surprisal", "0", f"{MAX_SURPRISAL:.0f} nats")
        self.query_one("#second").display = False

    def show(self, snapshot: RunSnapshot) -> None:
        """Predict again if there is another run or a newer checkpoint."""
        is_new_run = snapshot.key != self._snapshot.key or self._tokenizer is None
        self._snapshot = snapshot
        if is_new_run:
            self._read_tokenizer(snapshot.path)
        if self._set_checkpoints() or is_new_run:
            self._predict(0.0)

    def _set_checkpoints(self) -> bool:
        """Offer the checkpoints in both panels; returns whether another one is selected by that."""
        folders, name = run_checkpoints(self._snapshot), self._snapshot.name
        first = self.query_one("#first", ModelPanel).set_checkpoints(name, folders)
        if self._compared_model is not None:
            folders, name = model_checkpoints(self._compared_model), self._compared_model.name
        second = self.query_one("#second", ModelPanel).set_checkpoints(name, folders)
        return first or second

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Focus the text field."""
        self.query_one("#text", Field).focus()

    def action_words(self) -> None:
        """Focus the words."""
        self.query_one(ShadedWords).focus()

    def action_predictions(self) -> None:
        """Focus the predictions."""
        self._active_panel().query_one(PredictionColumns).focus()

    def action_mask(self) -> None:
        """Mask the word under the cursor, or restore it."""
        if not self._words:
            return
        words, field = self.query_one(ShadedWords), self.query_one("#text", Field)
        if field.has_focus:
            words.cursor = _word_at(self._words, field.cursor_position)
        word = self._words[words.cursor]
        if word.mask is None:
            self._set_text(self._masked.mask(word))
        elif (hidden := self._masked.hidden[word.mask]) is not None:
            self._set_text(self._masked.fill(word, hidden))
        else:
            self.notify(NOT_KNOWN, severity="warning", markup=False)

    def action_checkpoint(self, by: int) -> None:
        """Select another checkpoint."""
        self._active_panel().query_one(CheckpointSlider).action_move(by)

    def action_compare(self) -> None:
        """Show or hide the second panel, at first with this run's first checkpoint."""
        second = self.query_one("#second", ModelPanel)
        second.display = not second.display
        self.set_class(second.display, "-compare")
        if second.display:
            second.query_one(CheckpointSlider).action_move(-len(self._snapshot.checkpoints))
            second.predict(self._masked, 0.0)

    def action_compare_model(self) -> None:
        """Ask for the folder of a model to compare with."""
        hint = "a run or a model folder; empty: this run"
        path = "" if self._compared_model is None else str(self._compared_model)
        self.app.push_screen(PromptScreen("Compare with", path, hint), self._compare_with)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Predict after a pause in typing."""
        self._masked = self._masked.edited(event.value)
        self._split_words()
        self._predict(TYPING_DELAY)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Focus the words."""
        self.action_words()

    def on_slider_moved(self, event: Slider.Moved) -> None:
        """Predict with another checkpoint in the panel of the slider."""
        for panel in self.query(ModelPanel):
            if panel in event.slider.ancestors:
                panel.predict(self._masked, 0.0)

    def on_shaded_words_moved(self, event: ShadedWords.Moved) -> None:
        """Show the surprisal of another word."""
        self._show_words()

    def on_shaded_words_clicked(self, event: ShadedWords.Clicked) -> None:
        """Mask the word, or restore it."""
        self.action_mask()

    def on_prediction_columns_chosen(self, event: PredictionColumns.Chosen) -> None:
        """Replace the mask by the prediction."""
        word = next((word for word in self._words if word.mask == event.mask), None)
        if word is not None:
            self._set_text(self._masked.fill(word, event.prediction.token))

    def on_model_panel_predicted(self, event: ModelPanel.Predicted) -> None:
        """Draw the bars of both panels to one scale; compute the first model's surprisals."""
        panels = [panel for panel in self.query(ModelPanel) if panel.display]
        highest = max(panel.highest_score for panel in panels)
        for panel in panels:
            panel.set_bar_scale(next(s for s in BAR_SCALES if highest <= s or s == BAR_SCALES[-1]))
        if event.panel.id == "first":
            self._compute_surprisals(self._masked.text)

    def _active_panel(self) -> ModelPanel:
        """The panel that has the focus, or the first one."""
        second = self.query_one("#second", ModelPanel)
        return second if second.has_focus_within else self.query_one("#first", ModelPanel)

    def _compare_with(self, path: str | None) -> None:
        if path is None:
            return
        self._compared_model = Path(path).expanduser() if path else None
        self._set_checkpoints()
        second = self.query_one("#second", ModelPanel)
        second.display = True
        self.add_class("-compare")
        second.predict(self._masked, 0.0)

    # ---- the text -------------------------------------------------------------------------------

    def _set_text(self, masked: MaskedText) -> None:
        """Show another text; the field posts that it has changed."""
        self._masked = masked
        self.query_one("#text", Field).value = masked.text

    def _predict(self, delay: float) -> None:
        for panel in self.query(ModelPanel):
            if panel.display:
                panel.predict(self._masked, delay)

    @work(exclusive=True, group="tokenizer")
    async def _read_tokenizer(self, path: Path | None) -> None:
        self._tokenizer = None
        if path is not None:
            try:
                self._tokenizer = await asyncio.to_thread(WordPieceTokenizer.from_pretrained, path)
            except MinibertError:
                self._tokenizer = None  # the panel shows the error of the folder
        self._split_words()

    @work(exclusive=True, group="surprisals")
    async def _compute_surprisals(self, text: str) -> None:
        folder = self.query_one("#first", ModelPanel).folder
        if folder is None or not self._words:
            return
        try:
            surprisals = await self._models.run(folder, partial(word_surprisals, text=text))
        except MinibertError:
            surprisals = ()  # the panel shows the error of the text
        if text == self._masked.text:
            self._surprisals = surprisals
            self._show_words()

    def _split_words(self) -> None:
        self._words = ()
        if self._tokenizer is not None:
            self._words = words_of(self._tokenizer, self._masked.text)
        self._surprisals = ()
        self._show_words()

    def _show_words(self) -> None:
        surprisals = self._surprisals if len(self._surprisals) == len(self._words) else None
        words = self.query_one(ShadedWords)
        words.words = tuple(
            _shaded(word, self._words[number - 1] if number else None,
                    None if surprisals is None else surprisals[number])
            for number, word in enumerate(self._words)
        )  # fmt: skip
        self.query_one(ColorLegend).value = self._selected_value(surprisals)

    def _selected_value(self, surprisals: tuple[float, ...] | None) -> str:
        """The surprisal of the word under the cursor, or the word that a mask hides."""
        if not self._words:
            return ""
        cursor = self.query_one(ShadedWords).cursor
        word = self._words[cursor]
        if word.mask is not None:
            hidden = self._masked.hidden[word.mask]
            return "" if hidden is None else f"{MASK} hides {hidden}"
        if surprisals is None:
            return ""
        surprisal = surprisals[cursor]
        return f"{word.text}  {surprisal:.2f} nats, {_percent(math.exp(-surprisal))}"


def _shaded(word: Word, before: Word | None, surprisal: float | None) -> ShadedWord:
    level = None
    if surprisal is not None and word.mask is None:
        level = round(min(1.0, surprisal / MAX_SURPRISAL) * (LEVELS - 1))
    joined = before is not None and before.end == word.start
    return ShadedWord(word.text, level, joined, marked=word.mask is not None)


def _percent(probability: float) -> str:
    if probability < 0.0001:
        return "< 0.01 %"
    return f"{100 * probability:.2f} %"


def _word_at(words: tuple[Word, ...], index: int) -> int:
    """The number of the word at a character, or of the last word before it."""
    return max((n for n, word in enumerate(words) if word.start <= index), default=0)
