"""An answer put into its text: what decoding the whole would give, without decoding it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minibert.tokenizer.wordpiece import WordPieceTokenizer


class IncrementalDecoder:
    """Decodes ids as `WordPieceTokenizer.decode` does, piece by piece.

    What a piece becomes depends on nothing but the piece and whether it is the first that shows:
    this is looked up, and never decoded twice.
    """

    def __init__(self, tokenizer: WordPieceTokenizer, hidden: Collection[int] = ()) -> None:
        """Decode, and leave some pieces out.

        Args:
            tokenizer: what the ids mean.
            hidden: the ids of pieces that do not show.
        """
        self.first = _Parts(tokenizer, hidden, lead=[])
        self.later = _Parts(tokenizer, hidden, lead=[tokenizer.unk_token_id])

    def text(self, ids: Sequence[int]) -> str:
        """The text of the ids."""
        shown = [id for id in ids if self.first[id]]
        return self.first[shown[0]] + self.more(shown[1:]) if shown else ""

    def more(self, ids: Sequence[int]) -> str:
        """The text of the ids after some others."""
        return "".join(map(self.later.__getitem__, ids))

    def around(self, ids: Sequence[int], place: int) -> TextWithSlot:
        """The text around a place, whose piece is left out."""
        return TextWithSlot(self, ids[:place], ids[place + 1 :])


class TextWithSlot:
    """A text with one place left open, into which answers are put."""

    def __init__(
        self, decoder: IncrementalDecoder, before: Sequence[int], after: Sequence[int]
    ) -> None:
        self._decoder = decoder
        self._before = decoder.text(before)
        self._after = after
        self._more_after = decoder.more(after)

    def put_in(self, pieces: Sequence[int]) -> str:
        """The text with these pieces at the place."""
        if self._before:
            return self._before + self._decoder.more(pieces) + self._more_after
        return self._decoder.text([*pieces, *self._after])


class _Parts(dict[int, str]):
    """What each piece becomes after some others; nothing if there is no such piece."""

    def __init__(
        self, tokenizer: WordPieceTokenizer, hidden: Collection[int], lead: list[int]
    ) -> None:
        super().__init__(dict.fromkeys(hidden, ""))
        self._tokenizer = tokenizer
        self._lead = lead
        self._taken = len(tokenizer.decode(lead, skip_special_tokens=False))

    def __missing__(self, id: int) -> str:
        whole = self._tokenizer.decode([*self._lead, id], skip_special_tokens=False)
        self[id] = part = whole[self._taken :]
        return part
