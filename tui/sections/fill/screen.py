"""The screen that masks words of a text and shows what the model thinks stands there."""

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
from minibert.tui.sections.fill.color_legend import ShadeScale
from minibert.tui.sections.fill.masked_text import MASK, MaskedText, Word, words_of
from minibert.tui.sections.fill.model_panel import ModelPanel
from minibert.tui.sections.fill.prediction_columns import Answers
from minibert.tui.sections.fill.predictions import word_surprisals
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import Shaded, ShadedWords
from minibert.tui.widgets.slider import Slider

EXAMPLE = MaskedText("The old [MASK] sat by the fire.", ("man",))
TYPING = 0.15  # seconds that a text rests before the model is asked
MOST_SURPRISE = 10.0  # nats of the darkest or lightest shade
SCALES = (0.1, 0.25, 0.5, 1.0)  # what the longest bars can stand for
NOT_KNOWN = "What stood there is not known, since [MASK] was typed: choose an answer instead."


class FillScreen(SectionScreen):
    """A text whose words are masked by a key, the answers, and how surprising the others are.

    Args:
        models: answer.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ShadedWords"
    HORIZONTAL_BREAKPOINTS = PANES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text"),
        Binding("space,ctrl+t", "mask", "Mask", key_display="space",
                tooltip="Mask or unmask the word; ctrl+t in the field"),
        Binding("a", "answers", "Answers", show=False, tooltip="Go to the answers"),
        Binding("w", "words", "Words", show=False, tooltip="Go to the words"),
        Binding("comma", "checkpoint(-1)", "Step", key_display=", .",
                tooltip="The checkpoint before"),
        Binding("full_stop", "checkpoint(1)", "Later", show=False,
                tooltip="The next checkpoint; the last one follows the run"),
        Binding("c", "compare", "Compare", tooltip="Show a second checkpoint beside, or not"),
        Binding("o", "other", "Other", show=False, tooltip="Compare with another model's folder"),
        Binding("escape", "words", "Words", show=False, tooltip="Back to the words"),
    ]  # fmt: skip

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._snapshot = RunSnapshot()
        self._masked = EXAMPLE
        self._tokenizer: WordPieceTokenizer | None = None
        self._words: tuple[Word, ...] = ()
        self._surprise: tuple[float, ...] = ()
        self._other: Path | None = None  # the model beside; None for the open run's

    def compose_content(self) -> ComposeResult:
        """The text and its words above the answers."""
        text = Field(EXAMPLE.text, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text", "e edits"
        yield text
        yield ShadedWords("words")
        yield ShadeScale()
        with Horizontal(id="sides"):
            yield ModelPanel(self._models, id="first")
            yield ModelPanel(self._models, id="second")

    def on_mount(self) -> None:
        """Say what the shades mean."""
        super().on_mount()
        self.query_one(ShadedWords).border_title = "Words"
        self.query_one(ShadeScale).scale = ("surprise", "0", f"{MOST_SURPRISE:.0f} nats")
        self.query_one("#second").display = False

    def show(self, snapshot: RunSnapshot) -> None:
        """Ask the weights that are there now."""
        newer = snapshot.key != self._snapshot.key or self._tokenizer is None
        self._snapshot = snapshot
        if newer:
            self._read_tokenizer(snapshot.path)
        if self._offer() or newer:
            self._ask(0.0)

    def _offer(self) -> bool:
        """Offer the run's checkpoints; whether another one is chosen by that."""
        folders = run_checkpoints(self._snapshot)
        other = folders if self._other is None else model_checkpoints(self._other)
        name = self._snapshot.name if self._other is None else self._other.name
        first = self.query_one("#first", ModelPanel).offer(self._snapshot.name, folders)
        second = self.query_one("#second", ModelPanel).offer(name, other)
        return first or second

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Type in the text."""
        self.query_one("#text", Field).focus()

    def action_words(self) -> None:
        """Go to the words."""
        self.query_one(ShadedWords).focus()

    def action_answers(self) -> None:
        """Go to the answers."""
        self._side().query_one(Answers).focus()

    def action_mask(self) -> None:
        """Mask the word under the cursor, or unmask it."""
        if not self._words:
            return
        words, field = self.query_one(ShadedWords), self.query_one("#text", Field)
        if field.has_focus:
            words.cursor = _word_at(self._words, field.cursor_position)
        word = self._words[words.cursor]
        if word.mask is None:
            self._put(self._masked.mask(word))
        elif (hidden := self._masked.hidden[word.mask]) is not None:
            self._put(self._masked.fill(word, hidden))
        else:
            self.notify(NOT_KNOWN, severity="warning", markup=False)

    def action_checkpoint(self, by: int) -> None:
        """Ask another checkpoint."""
        self._side().query_one(CheckpointSlider).action_move(by)

    def action_compare(self) -> None:
        """Show a second model, at first this run's first checkpoint, or hide it."""
        second = self.query_one("#second", ModelPanel)
        second.display = not second.display
        self.set_class(second.display, "-compare")
        if second.display:
            second.query_one(CheckpointSlider).action_move(-len(self._snapshot.checkpoints))
            second.ask(self._masked, 0.0)

    def action_other(self) -> None:
        """Ask for a model's folder to compare with."""
        hint = "a run or a model folder; empty: this run"
        path = "" if self._other is None else str(self._other)
        self.app.push_screen(PromptScreen("Compare with", path, hint), self._compare_with)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask for what is typed when it rests."""
        self._masked = self._masked.edited(event.value)
        self._cut()
        self._ask(TYPING)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go down to the words."""
        self.action_words()

    def on_slider_moved(self, event: Slider.Moved) -> None:
        """Ask another checkpoint."""
        for side in self.query(ModelPanel):
            if side in event.slider.ancestors:
                side.ask(self._masked, 0.0)

    def on_shaded_words_moved(self, event: ShadedWords.Moved) -> None:
        """Read out the surprise of another word."""
        self._show_words()

    def on_shaded_words_clicked(self, event: ShadedWords.Clicked) -> None:
        """Mask the word, or unmask it."""
        self.action_mask()

    def on_answers_chosen(self, event: Answers.Chosen) -> None:
        """Put an answer in."""
        word = next((word for word in self._words if word.mask == event.mask), None)
        if word is not None:
            self._put(self._masked.fill(word, event.guess.piece))

    def on_model_panel_answered(self, event: ModelPanel.Answered) -> None:
        """Draw all bars to one scale; ask how surprised the first model is, its answers there."""
        sides = [side for side in self.query(ModelPanel) if side.display]
        likeliest = max(side.likeliest for side in sides)
        for side in sides:
            side.draw_to(next(scale for scale in SCALES if likeliest <= scale or scale == 1.0))
        if event.side.id == "first":
            self._measure_surprise(self._masked.text)

    def _side(self) -> ModelPanel:
        """The side that has the focus, or the first."""
        second = self.query_one("#second", ModelPanel)
        return second if second.has_focus_within else self.query_one("#first", ModelPanel)

    def _compare_with(self, path: str | None) -> None:
        if path is None:
            return
        self._other = Path(path).expanduser() if path else None
        self._offer()
        second = self.query_one("#second", ModelPanel)
        second.display = True
        self.add_class("-compare")
        second.ask(self._masked, 0.0)

    # ---- the text -------------------------------------------------------------------------------

    def _put(self, masked: MaskedText) -> None:
        """Another text, which its field then tells of."""
        self._masked = masked
        self.query_one("#text", Field).value = masked.text

    def _ask(self, rest: float) -> None:
        for side in self.query(ModelPanel):
            if side.display:
                side.ask(self._masked, rest)

    @work(exclusive=True, group="tokenizer")
    async def _read_tokenizer(self, path: Path | None) -> None:
        self._tokenizer = None
        if path is not None:
            try:
                self._tokenizer = await asyncio.to_thread(WordPieceTokenizer.from_pretrained, path)
            except MinibertError:
                self._tokenizer = None  # the side says what is wrong with the folder
        self._cut()

    @work(exclusive=True, group="surprise")
    async def _measure_surprise(self, text: str) -> None:
        folder = self.query_one("#first", ModelPanel).folder
        if folder is None or not self._words:
            return
        try:
            found = await self._models.ask(folder, partial(word_surprisals, text=text))
        except MinibertError:
            found = ()  # the side says what is wrong with the text
        if text == self._masked.text:
            self._surprise = found
            self._show_words()

    def _cut(self) -> None:
        self._words = ()
        if self._tokenizer is not None:
            self._words = words_of(self._tokenizer, self._masked.text)
        self._surprise = ()
        self._show_words()

    def _show_words(self) -> None:
        surprise = self._surprise if len(self._surprise) == len(self._words) else None
        words = self.query_one(ShadedWords)
        words.words = tuple(
            _shaded(word, self._words[number - 1] if number else None,
                    None if surprise is None else surprise[number])
            for number, word in enumerate(self._words)
        )  # fmt: skip
        self.query_one(ShadeScale).reading = self._reading(surprise)

    def _reading(self, surprise: tuple[float, ...] | None) -> str:
        if not self._words:
            return ""
        at = self.query_one(ShadedWords).cursor
        word = self._words[at]
        if word.mask is not None:
            hidden = self._masked.hidden[word.mask]
            return "" if hidden is None else f"{MASK} hides {hidden}"
        if surprise is None:
            return ""
        return f"{word.text}  {surprise[at]:.2f} nats, {_percent(math.exp(-surprise[at]))}"


def _shaded(word: Word, before: Word | None, surprise: float | None) -> Shaded:
    level = None
    if surprise is not None and word.mask is None:
        level = round(min(1.0, surprise / MOST_SURPRISE) * (LEVELS - 1))
    joined = before is not None and before.end == word.start
    return Shaded(word.text, level, joined, marked=word.mask is not None)


def _percent(probability: float) -> str:
    if probability < 0.0001:
        return "under 0.01 %"
    return f"{100 * probability:.2f} %"


def _word_at(words: tuple[Word, ...], place: int) -> int:
    """The word that a character is of, or else the last that begins before."""
    return max((n for n, word in enumerate(words) if word.start <= place), default=0)
