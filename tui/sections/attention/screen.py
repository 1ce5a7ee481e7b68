"""The screen that shows what every head looks at in a text."""

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
from minibert.tui.sections.attention.attention_lines import WeightLines
from minibert.tui.sections.attention.attention_reading import AttentionReader, AttentionReading
from minibert.tui.sections.attention.export import export_head
from minibert.tui.sections.attention.head_grid import HeadGrid
from minibert.tui.sections.attention.heat_map import HeatMap
from minibert.tui.sections.attention.heat_map_drawing import Heat
from minibert.tui.sections.base import PANES, SectionScreen
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import Shaded, ShadedWords
from minibert.tui.widgets.slider import Slider

EXAMPLE = "The old man sat by the fire. | The fire was warm, and the man slept."
TYPING = 0.15  # seconds that a text rests before it is read

NO_TEXT = "Type a text to see what each head looks at: e goes to the field."
NO_RUN = "There is no run yet, and so no model to look into."
NO_WEIGHTS = "There is no checkpoint yet to look into; the first one is shown when it comes."
READING = "The model reads the text."


class AttentionScreen(SectionScreen):
    """All heads as small maps, one of them large, and the text shaded by what a piece looks at.

    Args:
        models: read the text.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "HeadGrid"
    HORIZONTAL_BREAKPOINTS = PANES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text; a pair has ' | ' between"),
        Binding("comma", "checkpoint(-1)", "Step", key_display=", .",
                tooltip="The checkpoint before"),
        Binding("full_stop", "checkpoint(1)", "Later", show=False,
                tooltip="The next checkpoint; the last one follows the run"),
        Binding("l", "lines", "Lines", tooltip="Show the head as lines, or as a map"),
        Binding("x", "export", "Export", tooltip="Write the head as SVG or PNG, or all as HTML"),
        Binding("m", "specials", "Specials", show=False,
                tooltip="Hide [CLS] and [SEP], or show them"),
        Binding("n", "head(1)", "Next head", show=False, tooltip="The next head"),
        Binding("p", "head(-1)", "Previous head", show=False, tooltip="The head before"),
        Binding("escape", "back", "All heads", show=False, tooltip="Back to all heads"),
    ]  # fmt: skip

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._looker = AttentionReader()
        self._snapshot = RunSnapshot()
        self._look: AttentionReading | None = None
        self._shown = np.zeros(0, dtype=np.int64)  # the pieces that are shown
        self._cell = (1, 0)  # the query and the key, of all pieces
        self._specials = True

    def compose_content(self) -> ComposeResult:
        """The text and the slider above the maps, the shaded text below."""
        text = Field(EXAMPLE, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text, or a pair with | between", "e edits"
        yield text
        yield CheckpointSlider()
        yield Static(READING, id="instead")
        with Horizontal(id="maps"):
            yield HeadGrid()
            with Vertical(id="head"):
                yield HeatMap("map")
                yield WeightLines("lines")
        yield ShadedWords("words")

    def on_mount(self) -> None:
        """Name the panes."""
        super().on_mount()
        self.query_one(WeightLines).display = False
        self.query_one(ShadedWords).border_title = "What it looks at"
        self._show_one(False)
        self._instead(READING)

    def show(self, snapshot: RunSnapshot) -> None:
        """Ask the weights that are there now."""
        newer = snapshot.key != self._snapshot.key
        self._snapshot = snapshot
        if (
            self.query_one(CheckpointSlider).offer(run_checkpoints(snapshot))
            or newer
            or self._look is None
        ):
            self._read(0.0)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Type in the text."""
        self._show_one(False)
        self.call_after_refresh(self.query_one("#text", Field).focus)

    def action_checkpoint(self, by: int) -> None:
        """Look into another checkpoint."""
        self.query_one(CheckpointSlider).action_move(by)

    def action_lines(self) -> None:
        """Change between map and lines."""
        lines, heat_map = self.query_one(WeightLines), self.query_one(HeatMap)
        was_there = lines.has_focus or heat_map.has_focus
        lines.display, heat_map.display = heat_map.display, lines.display
        if was_there:
            self.call_after_refresh(self._focus_head)
        elif self.has_class("-narrow"):
            self.on_head_grid_opened()

    def action_specials(self) -> None:
        """Hide `[CLS]` and `[SEP]`, or show them."""
        self._specials = not self._specials
        self._show_look()

    def action_head(self, by: int) -> None:
        """Look at another head."""
        if self._look is not None:
            layers, heads = self._look.attentions.shape[:2]
            grid = self.query_one(HeadGrid)
            number = (grid.chosen[0] * heads + grid.chosen[1] + by) % (layers * heads)
            grid.chosen = divmod(number, heads)
            self._show_head()

    def action_back(self) -> None:
        """From one head to all."""
        self._show_one(False)
        self.call_after_refresh(self.query_one(HeadGrid).focus)

    def action_export(self) -> None:
        """Ask for a file, and write it."""
        if self._look is not None:
            layer, head = self.query_one(HeadGrid).chosen
            name = f"attention-{layer + 1}-{head + 1}.svg"
            hint = ".svg or .png: this head, .html: everything"
            self.app.push_screen(PromptScreen("Write to", name, hint), self._write)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read what is typed when it rests."""
        self._read(TYPING)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go down to the heads."""
        self.action_back()

    def on_slider_moved(self, event: Slider.Moved) -> None:
        """Look into another checkpoint."""
        self._read(0.0)

    def on_head_grid_chosen(self, event: HeadGrid.Chosen) -> None:
        """Show another head large."""
        self._show_head()

    def on_head_grid_opened(self, event: HeadGrid.Opened | None = None) -> None:
        """Go to the large map."""
        self._show_one(True)
        self.call_after_refresh(self._focus_head)

    def on_heat_map_moved(self, event: HeatMap.Moved) -> None:
        """Read out another cell."""
        query, key = event.cell
        self._go(int(self._shown[query]), int(self._shown[key]))

    def on_weight_lines_moved(self, event: WeightLines.Moved) -> None:
        """Show what another piece looks at."""
        self._go_to_query(event.row)

    def on_shaded_words_moved(self, event: ShadedWords.Moved) -> None:
        """Show what another piece looks at."""
        self._go_to_query(event.at)

    def _focus_head(self) -> None:
        lines = self.query_one(WeightLines)
        (lines if lines.display else self.query_one(HeatMap)).focus()

    # ---- the model ------------------------------------------------------------------------------

    @work(exclusive=True, group="look")
    async def _read(self, rest: float) -> None:
        await asyncio.sleep(rest)
        text, folder = self.query_one("#text", Field).value, self.query_one(CheckpointSlider).folder
        if folder is None or not text.strip():
            missing = NO_TEXT if folder else NO_RUN if self._snapshot.path is None else NO_WEIGHTS
            self._instead(missing)
            return
        try:
            look = await self._models.ask(folder, partial(self._looker, text=text))
        except MinibertError as error:
            self._instead(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        self._look = look
        self._instead(None)
        self._show_look()

    def _write(self, name: str | None) -> None:
        if name:
            self._export(Path(name).expanduser())

    @work(exclusive=True, group="export")
    async def _export(self, path: Path) -> None:
        folder = self.query_one(CheckpointSlider).folder
        if folder is None:
            return
        text, head = self.query_one("#text", Field).value, self.query_one(HeadGrid).chosen
        try:
            await self._models.ask(folder, partial(export_head, text=text, head=head, path=path))
        except MinibertError as error:
            self.notify(f"{error}.", severity="error", markup=False)
        else:
            self.notify(f"Written: {path}", markup=False)

    # ---- showing --------------------------------------------------------------------------------

    def _instead(self, sentence: str | None) -> None:
        """A sentence in the place of the maps, or the maps."""
        there = sentence is None
        self.query_one("#instead", Static).update(Content(sentence or ""))
        self.set_class(not there, "-nothing")
        if not there:
            self._look = None
            self.query_one(HeadGrid).look = None

    def _show_one(self, one: bool) -> None:
        """In a narrow window: one head, or all."""
        self.set_class(one, "-one")
        self.set_class(not one, "-all")

    def _show_look(self) -> None:
        look = self._look
        if look is None:
            return
        kept = np.ones(len(look.tokens), dtype=bool) if self._specials else ~look.added
        self._shown = np.flatnonzero(kept if kept.any() else ~kept)
        query, key = (_nearest(self._shown, place) for place in self._cell)
        self._cell = (query, key)
        grid = self.query_one(HeadGrid)
        layers, heads = look.attentions.shape[:2]
        grid.border_title = f"{layers} layers \N{MULTIPLICATION SIGN} {heads} heads"
        grid.look = look.of_pieces(self._shown)
        self._show_head()

    def _show_head(self) -> None:
        if self._look is None:
            return
        layer, head = self.query_one(HeadGrid).chosen
        weights = self._look.attentions[layer, head][np.ix_(self._shown, self._shown)]
        labels = tuple(self._look.tokens[place] for place in self._shown)
        heat = Heat(labels, weights)
        self.query_one(HeatMap).heat = self.query_one(WeightLines).heat = heat
        name = self._look.names[layer][head]
        self.query_one("#head").border_title = Content(
            f"Layer {layer + 1}, head {head + 1}: {name}"
        )
        self._show_cell()

    def _go_to_query(self, row: int) -> None:
        self._go(int(self._shown[row]), self._cell[1])

    def _go(self, query: int, key: int) -> None:
        self._cell = (query, key)
        self._show_cell()

    def _show_cell(self) -> None:
        look = self._look
        if look is None:
            return
        query, key = self._cell
        row, column = (int(np.searchsorted(self._shown, place)) for place in self._cell)
        layer, head = self.query_one(HeadGrid).chosen
        weights = look.attentions[layer, head, query]
        self.query_one(HeatMap).cursor = (row, column)
        self.query_one(WeightLines).row = row
        self.query_one("#head").border_subtitle = Content(
            f"{look.tokens[query]} → {look.tokens[key]}  {weights[key]:.3f}"
        )
        words = self.query_one(ShadedWords)
        words.words = tuple(
            Shaded(_part(look.tokens[place]), int(level), look.tokens[place].startswith("##"))
            for place, level in zip(self._shown, levels(weights[self._shown]), strict=True)
        )
        words.cursor = row
        words.border_title = Content(f"What '{look.tokens[query]}' looks at")


def _nearest(places: np.ndarray[tuple[int], np.dtype[np.int64]], place: int) -> int:
    """The one of some places that is nearest to one."""
    return int(places[np.abs(places - place).argmin()])


def _part(token: str) -> str:
    return token[2:] if token.startswith("##") and len(token) > 2 else token
