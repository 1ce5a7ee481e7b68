"""Texts as a model reads them, and the separator between the two texts of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.errors import TextError

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained
    from minibert.tokenizer.wordpiece import Encoding, WordPieceTokenizer

PAIR_SEPARATOR = " | "


def split_pair(text: str) -> tuple[str, str | None]:
    """The first text and the second one, or None without a separator."""
    first, _, second = text.partition(PAIR_SEPARATOR)
    if second.strip():
        return first, second
    return text.rstrip().removesuffix(PAIR_SEPARATOR.rstrip()), None


def encode(loaded: Pretrained, text: str, pair: str | None = None) -> Encoding:
    """The tokens of a text, with `[CLS]` and `[SEP]`.

    Raises:
        TextError: the text has no word, or more tokens than the model has positions.
    """
    tokenizer: WordPieceTokenizer = loaded.tokenizer.without_truncation().without_padding()
    encoding = tokenizer.encode(text, pair)
    positions = loaded.model.config.max_position_embeddings
    if all(encoding.special_tokens_mask):
        raise TextError("the text has no word")
    if len(encoding) > positions:
        raise TextError(
            f"the text has {len(encoding)} tokens with [CLS] and [SEP], "
            f"but the model has {positions} positions; shorten the text"
        )
    return encoding
