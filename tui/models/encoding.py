"""Texts as a model reads them, and the sign between the two texts of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.errors import TextError

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained
    from minibert.tokenizer.wordpiece import Encoding, WordPieceTokenizer

PAIR = " | "  # what stands between the two texts of a pair


def split_pair(text: str) -> tuple[str, str | None]:
    """A text and the one that follows it, if there is one."""
    first, _, second = text.partition(PAIR)
    if second.strip():
        return first, second
    return text.rstrip().removesuffix(PAIR.rstrip()), None


def encode(loaded: Pretrained, text: str, pair: str | None = None) -> Encoding:
    """The pieces of a text, with `[CLS]` and `[SEP]`.

    Raises:
        TextError: there is no word in it, or it has more pieces than the model has positions.
    """
    tokenizer: WordPieceTokenizer = loaded.tokenizer.without_truncation().without_padding()
    encoding = tokenizer.encode(text, pair)
    positions = loaded.model.config.max_position_embeddings
    if all(encoding.special_tokens_mask):
        raise TextError("there is no word in the text")
    if len(encoding) > positions:
        raise TextError(
            f"the text has {len(encoding)} pieces with [CLS] and [SEP], "
            f"but the model has {positions} positions: shorten it"
        )
    return encoding
