"""The screen that shows how a text is cut into pieces, and what pieces there are."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from minibert.errors import MinibertError
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.tui.models.token_spans import TokenSpan, describe_cut, token_spans
from minibert.tui.models.worker import ModelWorker
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.base import SectionScreen
from minibert.tui.sections.tokens.neighbours import Near, Neighbours
from minibert.tui.sections.tokens.token_table import PieceTable
from minibert.tui.sections.tokens.tokenized_text import TokenizedText
from minibert.tui.sections.tokens.vocabulary import Vocabulary
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained

EXAMPLE = "The unthinkable happened: Zoë's cat didn't sit, it danced! 語"
NEIGHBOURS = 50


class TokensScreen(SectionScreen):
    """A text that is cut as it is typed, the vocabulary, and the neighbours of a piece.

    Args:
        models: find the neighbours.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "PieceTable"  # no field: numbers go to other sections from here too
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text"),
        Binding("slash", "search", "Search", key_display="/", tooltip="Search the vocabulary"),
        Binding("p", "pieces", "Pieces", tooltip="Go through the pieces of the text"),
    ]

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._key: tuple[object, ...] | None = None
        self._weights: Path | None = None
        self._tokenizer: WordPieceTokenizer | None = None
        self._cut: list[TokenSpan] = []
        self._chosen: int | None = None

    def compose_content(self) -> ComposeResult:
        """The text and its pieces above the tables."""
        yield Notice()
        text = Field(EXAMPLE, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text", "e edits"
        yield text
        with Vertical(id="cut"):
            yield TokenizedText()
            yield Static(id="summary")
        with Horizontal(id="tables"):
            with Vertical(id="pieces") as pane:
                pane.border_title = "Pieces"
                yield PieceTable("list")
            yield Vocabulary()
            yield Neighbours()

    def show(self, snapshot: RunSnapshot) -> None:
        """Read the vocabulary of another run; ask newer weights for the neighbours."""
        if snapshot.key != self._key or self._tokenizer is None:
            self._key = snapshot.key
            self._read_tokenizer(snapshot.path)
        if snapshot.weights != self._weights:
            self._weights = snapshot.weights
            self._find_neighbours()

    # ---- keys -----------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Type in the text."""
        self.query_one("#text", Field).focus()

    def action_search(self) -> None:
        """Type in the search."""
        self.query_one(Vocabulary).query_one(Field).focus()

    def action_pieces(self) -> None:
        """Go to the pieces of the text."""
        self.query_one(PieceTable).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Cut the text anew."""
        self._show_cut()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go down to the pieces."""
        self.action_pieces()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Mark the piece in the text, and look for its neighbours."""
        if 0 <= event.cursor_row < len(self._cut):
            self.query_one(TokenizedText).chosen = event.cursor_row
            self._choose(self._cut[event.cursor_row].id)

    def on_vocabulary_chosen(self, event: Vocabulary.Chosen) -> None:
        """Look for the neighbours of a piece of the vocabulary."""
        self._choose(event.piece)

    # ---- the tokenizer --------------------------------------------------------------------------

    @work(exclusive=True, group="tokenizer")
    async def _read_tokenizer(self, path: Path | None) -> None:
        self._tokenizer = None
        problem: str | None = "There is no run yet, and so no vocabulary."
        if path is not None:
            try:
                self._tokenizer = await asyncio.to_thread(WordPieceTokenizer.from_pretrained, path)
                problem = None
            except MinibertError as error:
                problem = f"The vocabulary of this run cannot be shown: {error}."
        self.query_one(Notice).sentence = problem
        pieces = [] if self._tokenizer is None else _pieces(self._tokenizer)
        self.query_one(Vocabulary).list_pieces(pieces)
        self._show_cut()
        self._find_neighbours()

    def _show_cut(self) -> None:
        text = self.query_one("#text", Field).value
        self._cut = [] if self._tokenizer is None else token_spans(self._tokenizer, text)
        self.query_one(TokenizedText).pieces = self._cut
        summary = describe_cut(self._cut) if self._cut else ""
        self.query_one("#summary", Static).update(Content(summary))
        self.query_one(PieceTable).list_pieces(self._cut)

    # ---- neighbours -----------------------------------------------------------------------------

    def _choose(self, piece: int) -> None:
        if piece != self._chosen:
            self._chosen = piece
            self._find_neighbours()

    @work(exclusive=True, group="neighbours")
    async def _find_neighbours(self) -> None:
        tokenizer, piece, weights = self._tokenizer, self._chosen, self._weights
        name = None if tokenizer is None or piece is None else tokenizer.id_to_token(piece)
        if tokenizer is None or piece is None or weights is None or name is None:
            self.query_one(Neighbours).near = Near()
            return
        if self.query_one(Neighbours).near.of != name:
            self.query_one(Neighbours).near = Near(name, sentence="Asking the model.")
        try:
            found = await self._models.ask(weights, partial(_nearest, piece=piece))
            near = Near(name, tuple((tokenizer.id_to_token(id) or "", cos) for id, cos in found))
        except MinibertError as error:
            near = Near(name, sentence=f"The model cannot be asked: {error}.")
        self.query_one(Neighbours).near = near


def _nearest(loaded: Pretrained, piece: int) -> list[tuple[int, float]]:
    """Ids and cosines, in the models' thread."""
    from minibert.interpretability.nearest_tokens import nearest_tokens

    table = loaded.model.bert.embeddings.word_embeddings.weight.detach()
    found = nearest_tokens(
        loaded.model,
        table[piece : piece + 1].numpy(),
        top_k=NEIGHBOURS,
        exclude=[piece],
        vocab_size=loaded.tokenizer.vocab_size,
    )
    return list(zip(found.ids[0].tolist(), found.cosines[0].tolist(), strict=True))


def _pieces(tokenizer: WordPieceTokenizer) -> list[str]:
    """The pieces by id; an id without one has an empty name."""
    pieces = [""] * tokenizer.vocab_size
    for piece, id in tokenizer.vocab.items():
        pieces[id] = piece
    return pieces
