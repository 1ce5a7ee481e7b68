"""How long a text is in units that no vocabulary has a say in: words and characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class TextLength:
    """The length of a text, counted from its pieces; words that are `[UNK]` count nowhere.

    A word is what BERT's tokenizer cuts into pieces: letters and digits in a row, or one mark.
    Characters are those of the words after lower-casing and the like, blanks left out. Both are the
    same for every vocabulary that is cased, or uncased, as long as it knows the words.

    Attributes:
        pieces: those that can be predicted, which special ones cannot.
        words: pieces that begin one.
        characters: of all pieces.
        unknown: words that are `[UNK]`.
    """

    pieces: int
    words: int
    characters: int
    unknown: int

    @property
    def pieces_per_word(self) -> float:
        """What a loss of a piece is multiplied by to be that of a word."""
        return self.pieces / self.words

    @property
    def pieces_per_character(self) -> float:
        """What a loss of a piece is multiplied by to be that of a character."""
        return self.pieces / self.characters


def text_length(counts: NDArray[np.int64], tokenizer: WordPieceTokenizer) -> TextLength:
    """The extent of a text of which each id occurs `counts` times: (V,), int64."""
    names = [tokenizer.id_to_token(id) or "" for id in range(len(counts))]
    begins = np.array([not name.startswith("##") for name in names])
    lengths = np.array([len(name.removeprefix("##")) for name in names])
    predicted = without_special(counts, tokenizer)
    return TextLength(
        pieces=int(predicted.sum()),
        words=int(predicted[begins].sum()),
        characters=int(predicted @ lengths),
        unknown=int(counts[tokenizer.unk_token_id]),
    )


def without_special(counts: NDArray[np.int64], tokenizer: WordPieceTokenizer) -> NDArray[np.int64]:
    """The counts of a text's pieces, 0 for the special ones, which are never predicted."""
    predicted: NDArray[np.int64] = counts.copy()
    predicted[
        [
            tokenizer.pad_token_id,
            tokenizer.unk_token_id,
            tokenizer.cls_token_id,
            tokenizer.sep_token_id,
            tokenizer.mask_token_id,
        ]
    ] = 0
    return predicted
