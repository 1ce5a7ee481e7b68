"""The Attention screen: the attention of every head for a text."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from minibert.errors import MinibertError
from minibert.tui.color_scale import levels
from minibert.tui.dialogs.prompt import PromptScreen
from minibert.tui.models.checkpoints import run_checkpoints
from minibert.tui.models.worker import ModelWorker
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.attention.attention_lines import AttentionLines
from minibert.tui.sections.attention.attention_reading import AttentionReader, AttentionReading
from minibert.tui.sections.attention.export import export_head
from minibert.tui.sections.attention.head_grid import HeadGrid
from minibert.tui.sections.attention.heat_map import HeatMap
from minibert.tui.sections.attention.heat_map_drawing import HeatMapData
from minibert.tui.sections.base import PANES, SectionScreen
from minibert.tui.text import sentence
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import ShadedWord, ShadedWords
from minibert.tui.widgets.slider import Slider

EXAMPLE = "The old man sat by the fire. | The fire was warm, and the man slept."
TYPING_DELAY = 0.15  # seconds without a key before the model runs

NO_TEXT = "Type a text to see the attention of every head; e edits the text."
NO_RUN = "There is no run yet, and therefore no model."
NO_CHECKPOINT = "There is no checkpoint yet. The first one is shown as soon as it is saved."
COMPUTING = "Computing attention …"


class AttentionScreen(SectionScreen):
    """All heads as small maps, the selected one large, and the text colored by attention.

    The selected cell of the large map is a query and a key, positions among all tokens of the text.

    Args:
        models: runs the model.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "HeadGrid"
    HORIZONTAL_BREAKPOINTS = PANES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text; ' | ' separates two texts"),
        Binding("comma", "checkpoint(-1)", "Step", key_display=", .",
                tooltip="The previous checkpoint"),
        Binding("full_stop", "checkpoint(1)", "Later", show=False,
                tooltip="The next checkpoint; the last one follows the run"),
        Binding("l", "lines", "Lines", tooltip="Show the head as lines, or as a map"),
        Binding("x", "export", "Write", tooltip="Write this head as SVG or PNG, or all as HTML"),
        Binding("m", "special_tokens", "Specials", show=False,
                tooltip="Hide or show [CLS] and [SEP]"),
        Binding("n", "head(1)", "Next head", show=False, tooltip="The next head"),
        Binding("p", "head(-1)", "Previous head", show=False, tooltip="The previous head"),
        Binding("escape", "back", "All heads", show=False, tooltip="Back to all heads"),
    ]  # fmt: skip

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._reader = AttentionReader()
        self._snapshot = RunSnapshot()
        self._reading: AttentionReading | None = None
        self._positions = np.zeros(0, dtype=np.int64)  # of the tokens that are shown
        self._cell = (1, 0)  # the positions of the selected query and key
        self._special_tokens = True  # whether [CLS] and [SEP] are shown

    def compose_content(self) -> ComposeResult:
        """The text and the slider above the maps, the colored text below."""
        text = Field(EXAMPLE, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text, or two texts separated by |", "e edits"
        yield text
        yield CheckpointSlider()
        yield Static(COMPUTING, id="message")
        with Horizontal(id="heads"):
            yield HeadGrid()
            with Vertical(id="head"):
                yield HeatMap("map")
                yield AttentionLines("lines")
        yield ShadedWords("words")

    def on_mount(self) -> None:
        """Set the first title, and show the grid and no maps yet."""
        super().on_mount()
        self.query_one(AttentionLines).display = False
        self.query_one(ShadedWords).border_title = "Attention"
        self._show_large(False)
        self._show_message(COMPUTING)

    def show(self, snapshot: RunSnapshot) -> None:
        """Read the text again if there is another run or a newer checkpoint."""
        is_new_run = snapshot.key != self._snapshot.key
        self._snapshot = snapshot
        is_new_checkpoint = self.query_one(CheckpointSlider).set_folders(run_checkpoints(snapshot))
        if is_new_checkpoint or is_new_run or self._reading is None:
            self._read(0.0)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Focus the text field."""
        self._show_large(False)
        self.call_after_refresh(self.query_one("#text", Field).focus)

    def action_checkpoint(self, by: int) -> None:
        """Select another checkpoint."""
        self.query_one(CheckpointSlider).action_move(by)

    def action_lines(self) -> None:
        """Switch between the map and the lines of the head."""
        lines, heat_map = self.query_one(AttentionLines), self.query_one(HeatMap)
        had_focus = lines.has_focus or heat_map.has_focus
        lines.display, heat_map.display = heat_map.display, lines.display
        if had_focus:
            self.call_after_refresh(self._focus_head)
        elif self.has_class("-narrow"):
            self.on_head_grid_opened()

    def action_special_tokens(self) -> None:
        """Hide or show `[CLS]` and `[SEP]`."""
        self._special_tokens = not self._special_tokens
        self._show_reading()

    def action_head(self, by: int) -> None:
        """Select the head `by` heads further."""
        if self._reading is not None:
            layers, heads = self._reading.attentions.shape[:2]
            grid = self.query_one(HeadGrid)
            number = (grid.selected[0] * heads + grid.selected[1] + by) % (layers * heads)
            grid.selected = divmod(number, heads)
            self._show_head()

    def action_back(self) -> None:
        """Go back to the grid of heads."""
        self._show_large(False)
        self.call_after_refresh(self.query_one(HeadGrid).focus)

    def action_export(self) -> None:
        """Ask for a file name, and write the file."""
        if self._reading is not None:
            layer, head = self.query_one(HeadGrid).selected
            name = f"attention-{layer + 1}-{head + 1}.svg"
            hint = ".svg or .png: this head, .html: all heads"
            self.app.push_screen(PromptScreen("Write to", name, hint), self._write)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read the text after a pause in typing."""
        self._read(TYPING_DELAY)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Focus the heads."""
        self.action_back()

    def on_slider_moved(self, event: Slider.Moved) -> None:
        """Read the text with another checkpoint."""
        self._read(0.0)

    def on_head_grid_selected(self, event: HeadGrid.Selected) -> None:
        """Show another head large."""
        self._show_head()

    def on_head_grid_opened(self, event: HeadGrid.Opened | None = None) -> None:
        """Focus the large map."""
        self._show_large(True)
        self.call_after_refresh(self._focus_head)

    def on_heat_map_moved(self, event: HeatMap.Moved) -> None:
        """Show the query and key at the cursor."""
        row, column = event.cell
        self._select_cell(int(self._positions[row]), int(self._positions[column]))

    def on_attention_lines_moved(self, event: AttentionLines.Moved) -> None:
        """Show the attention of another token."""
        self._select_query(event.row)

    def on_shaded_words_moved(self, event: ShadedWords.Moved) -> None:
        """Show the attention of another token."""
        self._select_query(event.index)

    def _focus_head(self) -> None:
        lines = self.query_one(AttentionLines)
        (lines if lines.display else self.query_one(HeatMap)).focus()

    # ---- the model ------------------------------------------------------------------------------

    @work(exclusive=True, group="reading")
    async def _read(self, delay: float) -> None:
        """Compute the attention after `delay` seconds without another call."""
        await asyncio.sleep(delay)
        text, folder = self.query_one("#text", Field).value, self.query_one(CheckpointSlider).folder
        if folder is None or not text.strip():
            no_folder = NO_RUN if self._snapshot.path is None else NO_CHECKPOINT
            self._show_message(NO_TEXT if folder else no_folder)
            return
        try:
            self._reading = await self._models.run(folder, partial(self._reader, text=text))
        except MinibertError as error:
            self._show_message(sentence(error))
            return
        self._show_message(None)
        self._show_reading()

    def _write(self, name: str | None) -> None:
        if name:
            self._export(Path(name).expanduser())

    @work(exclusive=True, group="export")
    async def _export(self, path: Path) -> None:
        folder = self.query_one(CheckpointSlider).folder
        if folder is None:
            return
        text, head = self.query_one("#text", Field).value, self.query_one(HeadGrid).selected
        try:
            await self._models.run(folder, partial(export_head, text=text, head=head, path=path))
        except MinibertError as error:
            self.notify(f"{error}.", severity="error", markup=False)
        else:
            self.notify(f"Written: {path}", markup=False)

    # ---- showing --------------------------------------------------------------------------------

    def _show_message(self, message: str | None) -> None:
        """Show a message in place of the maps, or the maps if it is None."""
        self.query_one("#message", Static).update(Content(message or ""))
        self.set_class(message is not None, "-message")
        if message is not None:
            self._reading = None
            self.query_one(HeadGrid).reading = None

    def _show_large(self, large: bool) -> None:
        """In a narrow window: show the large map alone, or the grid alone."""
        self.set_class(large, "-one")
        self.set_class(not large, "-all")

    def _show_reading(self) -> None:
        reading = self._reading
        if reading is None:
            return
        shown = np.ones(len(reading.tokens), dtype=bool)
        if not self._special_tokens:
            shown = ~reading.special
        self._positions = np.flatnonzero(shown if shown.any() else ~shown)
        query, key = (_nearest(self._positions, position) for position in self._cell)
        self._cell = (query, key)
        grid = self.query_one(HeadGrid)
        layers, heads = reading.attentions.shape[:2]
        grid.border_title = f"{layers} layers \N{MULTIPLICATION SIGN} {heads} heads"
        grid.reading = reading.select_tokens(self._positions)
        self._show_head()

    def _show_head(self) -> None:
        if self._reading is None:
            return
        layer, head = self.query_one(HeadGrid).selected
        weights = self._reading.attentions[layer, head][np.ix_(self._positions, self._positions)]
        labels = tuple(self._reading.tokens[position] for position in self._positions)
        data = HeatMapData(labels, weights)
        self.query_one(HeatMap).data = self.query_one(AttentionLines).data = data
        pattern = self._reading.patterns[layer][head]
        title = f"Layer {layer + 1}, head {head + 1}: {pattern}"
        self.query_one("#head").border_title = Content(title)
        self._show_cell()

    def _select_query(self, row: int) -> None:
        self._select_cell(int(self._positions[row]), self._cell[1])

    def _select_cell(self, query: int, key: int) -> None:
        self._cell = (query, key)
        self._show_cell()

    def _show_cell(self) -> None:
        reading = self._reading
        if reading is None:
            return
        query, key = self._cell
        row, column = (int(np.searchsorted(self._positions, position)) for position in self._cell)
        layer, head = self.query_one(HeadGrid).selected
        weights = reading.attentions[layer, head, query]
        self.query_one(HeatMap).cursor = (row, column)
        self.query_one(AttentionLines).row = row
        subtitle = f"{reading.tokens[query]} → {reading.tokens[key]}  {weights[key]:.3f}"
        self.query_one("#head").border_subtitle = Content(subtitle)
        words = self.query_one(ShadedWords)
        words.words = tuple(
            _shaded(reading.tokens[position], int(level))
            for position, level in zip(
                self._positions, levels(weights[self._positions]), strict=True
            )
        )
        words.cursor = row
        words.border_title = Content(f"Attention of '{reading.tokens[query]}'")


def _nearest(positions: np.ndarray[tuple[int], np.dtype[np.int64]], position: int) -> int:
    """The position that is nearest to another one."""
    return int(positions[np.abs(positions - position).argmin()])


def _shaded(token: str, level: int) -> ShadedWord:
    """A token without the `##` of a continuation."""
    is_continuation = token.startswith("##") and len(token) > 2
    return ShadedWord(token[2:] if is_continuation else token, level, token.startswith("##"))
