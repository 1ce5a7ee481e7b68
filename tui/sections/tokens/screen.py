"""The Tokens screen: how the tokenizer splits a text, the vocabulary, and nearest tokens."""

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
from minibert.tui.models.token_spans import TokenSpan, describe_tokens, token_spans
from minibert.tui.models.worker import ModelWorker
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.sections.base import SectionScreen
from minibert.tui.sections.tokens.neighbors import NearestTokens, Neighbors
from minibert.tui.sections.tokens.token_table import TokenTable
from minibert.tui.sections.tokens.tokenized_text import TokenizedText
from minibert.tui.sections.tokens.vocabulary import Vocabulary
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained

EXAMPLE = "The unthinkable happened: Zoë's cat didn't sit, it danced! 語"
TOP_K = 50  # nearest tokens


class TokensScreen(SectionScreen):
    """A text tokenized while typing, the vocabulary, and the nearest tokens of the selected token.

    Args:
        models: runs the model whose embeddings are compared.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "TokenTable"  # not a field, in which the keys of the sections would be text
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Edit the text"),
        Binding("slash", "search", "Search", key_display="/", tooltip="Search the vocabulary"),
        Binding("p", "tokens", "Tokens", tooltip="Go to the tokens of the text"),
    ]

    def __init__(self, models: ModelWorker) -> None:
        super().__init__()
        self._models = models
        self._key: tuple[object, ...] | None = None
        self._weights: Path | None = None
        self._tokenizer: WordPieceTokenizer | None = None
        self._tokens: list[TokenSpan] = []  # of the text
        self._selected: int | None = None  # the id of the token whose neighbors are shown

    def compose_content(self) -> ComposeResult:
        """The text and its tokens above the tables."""
        yield Notice()
        text = Field(EXAMPLE, placeholder="Type a text.", select_on_focus=False, id="text")
        text.border_title, text.border_subtitle = "Text", "e edits"
        yield text
        with Vertical(id="tokenized"):
            yield TokenizedText()
            yield Static(id="summary")
        with Horizontal(id="tables"):
            with Vertical(id="tokens") as pane:
                pane.border_title = "Tokens"
                yield TokenTable("list")
            yield Vocabulary()
            yield Neighbors()

    def show(self, snapshot: RunSnapshot) -> None:
        """Read the tokenizer of another run; find the nearest tokens in newer weights."""
        if snapshot.key != self._key or self._tokenizer is None:
            self._key = snapshot.key
            self._read_tokenizer(snapshot.path)
        if snapshot.weights != self._weights:
            self._weights = snapshot.weights
            self._find_neighbors()

    # ---- keys -----------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Focus the text field."""
        self.query_one("#text", Field).focus()

    def action_search(self) -> None:
        """Focus the search field."""
        self.query_one(Vocabulary).query_one(Field).focus()

    def action_tokens(self) -> None:
        """Focus the tokens of the text."""
        self.query_one(TokenTable).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tokenize while typing."""
        self._tokenize()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Focus the tokens."""
        self.action_tokens()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Highlight the token in the text, and find its nearest tokens."""
        if 0 <= event.cursor_row < len(self._tokens):
            self.query_one(TokenizedText).selected = event.cursor_row
            self._select(self._tokens[event.cursor_row].id)

    def on_vocabulary_selected(self, event: Vocabulary.Selected) -> None:
        """Find the nearest tokens of a token of the vocabulary."""
        self._select(event.token_id)

    # ---- the tokenizer --------------------------------------------------------------------------

    @work(exclusive=True, group="tokenizer")
    async def _read_tokenizer(self, path: Path | None) -> None:
        self._tokenizer = None
        problem: str | None = "There is no run yet, and therefore no vocabulary."
        if path is not None:
            try:
                self._tokenizer = await asyncio.to_thread(WordPieceTokenizer.from_pretrained, path)
                problem = None
            except MinibertError as error:
                problem = f"The vocabulary of this run cannot be read: {error}."
        self.query_one(Notice).message = problem
        tokens = [] if self._tokenizer is None else _tokens_by_id(self._tokenizer)
        self.query_one(Vocabulary).set_tokens(tokens)
        self._tokenize()
        self._find_neighbors()

    def _tokenize(self) -> None:
        text = self.query_one("#text", Field).value
        self._tokens = [] if self._tokenizer is None else token_spans(self._tokenizer, text)
        self.query_one(TokenizedText).tokens = self._tokens
        summary = describe_tokens(self._tokens) if self._tokens else ""
        self.query_one("#summary", Static).update(Content(summary))
        self.query_one(TokenTable).set_tokens(self._tokens)

    # ---- nearest tokens -------------------------------------------------------------------------

    def _select(self, token_id: int) -> None:
        if token_id != self._selected:
            self._selected = token_id
            self._find_neighbors()

    @work(exclusive=True, group="neighbors")
    async def _find_neighbors(self) -> None:
        tokenizer, id, weights = self._tokenizer, self._selected, self._weights
        token = None if tokenizer is None or id is None else tokenizer.id_to_token(id)
        panel = self.query_one(Neighbors)
        if tokenizer is None or id is None or weights is None or token is None:
            panel.tokens = NearestTokens()
            return
        if panel.tokens.token != token:
            panel.tokens = NearestTokens(token, message="Computing …")
        try:
            found = await self._models.run(weights, partial(_nearest, token_id=id))
            nearest = tuple((tokenizer.id_to_token(id) or "", cosine) for id, cosine in found)
            panel.tokens = NearestTokens(token, nearest)
        except MinibertError as error:
            panel.tokens = NearestTokens(token, message=f"The model cannot be used: {error}.")


def _nearest(loaded: Pretrained, token_id: int) -> list[tuple[int, float]]:
    """The ids of the nearest tokens and their cosines. Runs in the thread of `ModelWorker`."""
    from minibert.interpretability.nearest_tokens import nearest_tokens

    table = loaded.model.bert.embeddings.word_embeddings.weight.detach()
    found = nearest_tokens(
        loaded.model,
        table[token_id : token_id + 1].numpy(),
        top_k=TOP_K,
        exclude=[token_id],
        vocab_size=loaded.tokenizer.vocab_size,
    )
    return list(zip(found.ids[0].tolist(), found.cosines[0].tolist(), strict=True))


def _tokens_by_id(tokenizer: WordPieceTokenizer) -> list[str]:
    """The tokens by id; empty for an id without a token."""
    tokens = [""] * tokenizer.vocab_size
    for token, id in tokenizer.vocab.items():
        tokens[id] = token
    return tokens
