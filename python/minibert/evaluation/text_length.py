"""The length of a text in units that do not depend on the vocabulary: words and characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class TextLength:
    """The length of a text, counted from its tokens; unknown words count in no other number.

    A word is a run of letters and digits or a single punctuation mark, as BERT's tokenizer splits
    text. Characters are those of the words after normalization, such as lower-casing, without
    blanks. Both are the same for every cased, or every uncased, vocabulary that knows the words.

    Attributes:
        tokens: without special tokens, which are never predicted.
        words: the number of tokens that begin a word.
        characters: of all tokens.
        unknown: the number of words that are `[UNK]`.
    """

    tokens: int
    words: int
    characters: int
    unknown: int

    @property
    def tokens_per_word(self) -> float:
        """The factor from a loss per token to a loss per word."""
        return self.tokens / self.words

    @property
    def tokens_per_character(self) -> float:
        """The factor from a loss per token to a loss per character."""
        return self.tokens / self.characters


def text_length(counts: NDArray[np.int64], tokenizer: WordPieceTokenizer) -> TextLength:
    """The length of a text in which each id occurs `counts` times: (V,), int64."""
    names = [tokenizer.id_to_token(id) or "" for id in range(len(counts))]
    begins = np.array([not name.startswith("##") for name in names])
    lengths = np.array([len(name.removeprefix("##")) for name in names])
    predicted = without_special(counts, tokenizer)
    return TextLength(
        tokens=int(predicted.sum()),
        words=int(predicted[begins].sum()),
        characters=int(predicted @ lengths),
        unknown=int(counts[tokenizer.unk_token_id]),
    )


def without_special(counts: NDArray[np.int64], tokenizer: WordPieceTokenizer) -> NDArray[np.int64]:
    """The counts (V,) of a text's tokens, with 0 for special tokens, which are never predicted."""
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
