"""The Data screen: the batches of a run as the model gets them."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from minibert.data.dataset import PretrainingDataset
from minibert.errors import MinibertError
from minibert.io.reporter import SilentReporter
from minibert.runs.run import Run
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training.datasets import dataset_of_run
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.base import SectionScreen
from minibert.tui.sections.data.example_table import ExampleTable
from minibert.tui.sections.data.example_text import LEGEND, ExampleText
from minibert.tui.sections.data.examples import Example, batch_examples
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.notice import Notice

OPENING = "Opening the tokenized text of this run."
TOKENIZING = "Tokenizing the text of this run."


class DataScreen(SectionScreen):
    """A batch by epoch and number: its examples, and the selected example in full."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ExampleTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "batch(1)", "Next", tooltip="The next batch"),
        Binding("p", "batch(-1)", "Previous", tooltip="The previous batch"),
        Binding("N", "epoch(1)", "Epoch +", tooltip="The same batch of the next epoch"),
        Binding("P", "epoch(-1)", "Epoch -", tooltip="The same batch of the previous epoch"),
        Binding("g", "go_to", "Go to", tooltip="Type an epoch and a batch to go to"),
        Binding("c", "tokenize", "Tokenize", tooltip="Tokenize the text again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._key: tuple[object, ...] | None = None
        self._snapshot = RunSnapshot()
        self._data: tuple[WordPieceTokenizer, PretrainingDataset] | None = None  # None: not open
        self._epoch = self._index = 0
        self._examples: list[Example] = []

    def compose_content(self) -> ComposeResult:
        """The position above the list of examples and the selected one."""
        yield Notice()
        with Horizontal(id="position-bar"):
            yield Static(id="position")
            yield Static("go to", id="go-to")
            yield Field(placeholder="epoch batch", compact=True)
        with Horizontal(id="batch"):
            yield ExampleTable("list")
            with VerticalScroll(can_focus=True):
                yield ExampleText()
        yield Static(LEGEND, id="legend")

    def show(self, snapshot: RunSnapshot) -> None:
        """Open the dataset of another run."""
        self._snapshot = snapshot
        if snapshot.key != self._key:
            self._key = snapshot.key
            self._epoch = self._index = 0
            self._open(tokenize=False)

    # ---- keys -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Batches can be shown if the dataset is open; the text can be tokenized if it is not."""
        if action in ("batch", "epoch", "go_to"):
            return self._data is not None
        return (
            self._snapshot.path is not None and self._data is None if action == "tokenize" else True
        )

    def action_batch(self, by: int) -> None:
        """Go `by` batches forward, from the end of an epoch to the next one."""
        self._go(self._epoch, self._index + by)

    def action_epoch(self, by: int) -> None:
        """Go `by` epochs forward."""
        self._go(self._epoch + by, self._index)

    def action_go_to(self) -> None:
        """Focus the field for a position."""
        self.query_one(Field).focus()

    def action_tokenize(self) -> None:
        """Tokenize the text of the run again."""
        self._open(tokenize=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the typed epoch and batch; a single number is a batch of the current epoch."""
        numbers = event.value.replace(",", " ").split()
        if not 1 <= len(numbers) <= 2 or not all(number.isdecimal() for number in numbers):
            self.notify("Type an epoch and a batch, such as: 0 12", severity="error")
            return
        *epoch, index = map(int, numbers)
        event.input.clear()
        self.query_one(ExampleTable).focus()
        self._go(epoch[0] if epoch else self._epoch, index)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Show the example under the cursor."""
        if 0 <= event.cursor_row < len(self._examples):
            self.query_one(ExampleText).example = self._examples[event.cursor_row]
            self.query_one(VerticalScroll).scroll_home(animate=False)

    # ---- reading --------------------------------------------------------------------------------

    @work(exclusive=True)
    async def _open(self, tokenize: bool) -> None:
        self._data = None
        problem: str | None = "There is no run yet, and therefore no batch."
        self._show_examples([])
        self.refresh_bindings()
        path = self._snapshot.path
        if path is not None:
            self.query_one(Notice).message = TOKENIZING if tokenize else OPENING
            try:
                run = await asyncio.to_thread(Run.open, path)
                reporter = SilentReporter() if tokenize else None
                self._data = await asyncio.to_thread(dataset_of_run, run, reporter)
                problem = None
            except MinibertError as error:
                problem = f"The batches of this run cannot be shown: {error}."
        self.query_one(Notice).message = problem
        self.refresh_bindings()
        if self._data is not None:
            self._go(self._epoch, self._index)

    @work(exclusive=True)
    async def _go(self, epoch: int, index: int) -> None:
        if self._data is None:
            return
        tokenizer, dataset = self._data
        try:
            batch = await asyncio.to_thread(_read, tokenizer, dataset, epoch, index)
        except MinibertError as error:
            self.notify(f"{error}.", severity="error", markup=False)
            return
        self._epoch, self._index, batches, self._examples = batch
        self._show_examples(self._examples)
        position = f"epoch {self._epoch:,} · batch {self._index:,} (0 to {batches - 1:,})"
        self.query_one("#position", Static).update(Content(position))

    def _show_examples(self, examples: list[Example]) -> None:
        self._examples = examples
        self.query_one(ExampleTable).set_examples(examples)
        if not examples:
            self.query_one(ExampleText).example = None
            self.query_one("#position", Static).update("")


def _read(
    tokenizer: WordPieceTokenizer, dataset: PretrainingDataset, epoch: int, index: int
) -> tuple[int, int, int, list[Example]]:
    """The epoch, the index of the batch, the number of batches of the epoch, and the examples."""
    if index < 0 and epoch > 0:
        epoch, index = epoch - 1, dataset.batches_per_epoch(epoch - 1) - 1
    epoch, index = max(0, epoch), max(0, index)
    batches = dataset.batches_per_epoch(epoch)
    if index == batches:
        epoch, index, batches = epoch + 1, 0, dataset.batches_per_epoch(epoch + 1)
    batch = dataset.batch(epoch, index)
    return epoch, index, batches, batch_examples(batch, tokenizer, dataset.objective)
