"""The text with an answer in it, as decoding all ids would give it, but without decoding again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minibert.tokenizer.wordpiece import WordPieceTokenizer


class IncrementalDecoder:
    """Decodes ids as `WordPieceTokenizer.decode` does, token by token.

    The text of a token depends only on the token and on whether it is the first visible one, so
    each is decoded once and then looked up.
    """

    def __init__(self, tokenizer: WordPieceTokenizer, hidden: Collection[int] = ()) -> None:
        """Make a decoder.

        Args:
            tokenizer: of the ids.
            hidden: the ids of tokens to leave out.
        """
        self.first = _TokenTexts(tokenizer, hidden, before=[])
        self.later = _TokenTexts(tokenizer, hidden, before=[tokenizer.unk_token_id])

    def text(self, ids: Sequence[int]) -> str:
        """The text of the ids."""
        shown = [id for id in ids if self.first[id]]
        return self.first[shown[0]] + self.continuation(shown[1:]) if shown else ""

    def continuation(self, ids: Sequence[int]) -> str:
        """The text of ids that follow others."""
        return "".join(map(self.later.__getitem__, ids))

    def around(self, ids: Sequence[int], position: int) -> TextWithSlot:
        """The text around a position, without the token there."""
        return TextWithSlot(self, ids[:position], ids[position + 1 :])


class TextWithSlot:
    """A text with one open position, into which answers are put."""

    def __init__(
        self, decoder: IncrementalDecoder, before: Sequence[int], after: Sequence[int]
    ) -> None:
        self._decoder = decoder
        self._before = decoder.text(before)
        self._after = after
        self._continuation = decoder.continuation(after)

    def put_in(self, tokens: Sequence[int]) -> str:
        """The text with these tokens at the open position."""
        if self._before:
            return self._before + self._decoder.continuation(tokens) + self._continuation
        return self._decoder.text([*tokens, *self._after])


class _TokenTexts(dict[int, str]):
    """The text of each token after some others; empty for an id without a token."""

    def __init__(
        self, tokenizer: WordPieceTokenizer, hidden: Collection[int], before: list[int]
    ) -> None:
        super().__init__(dict.fromkeys(hidden, ""))
        self._tokenizer = tokenizer
        self._before = before
        self._length = len(tokenizer.decode(before, skip_special_tokens=False))

    def __missing__(self, id: int) -> str:
        whole = self._tokenizer.decode([*self._before, id], skip_special_tokens=False)
        self[id] = text = whole[self._length :]
        return text
