"""The options of a tokenizer: normalization of text, truncation and padding of encodings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""BERT's special tokens, in the order of a trained vocabulary."""

TruncationStrategy = Literal["longest_first", "only_first", "only_second"]
Direction = Literal["left", "right"]


@dataclass(frozen=True)
class TokenizerOptions:
    """The normalization of text; the defaults are those of `bert-base-uncased`.

    Attributes:
        lowercase: Whether to lowercase.
        strip_accents: Whether to remove accents; `None`: as `lowercase`.
        handle_chinese_chars: Whether each Chinese character is a word.
        clean_text: Whether to remove control characters.
        max_input_chars_per_word: A normalized word with more characters becomes `[UNK]`.
    """

    lowercase: bool = True
    strip_accents: bool | None = None
    handle_chinese_chars: bool = True
    clean_text: bool = True
    max_input_chars_per_word: int = 100


@dataclass(frozen=True)
class Truncation:
    """The truncation of encodings; the removed tokens are in the `overflowing` parts.

    Attributes:
        max_length: The maximum number of tokens, with the added special tokens.
        strategy: The text of a pair to truncate: the longer one, down to the length of the other,
            and then both; or always the same one.
        stride: The number of tokens that an overflowing part repeats from the part before it.
        direction: The end to truncate.
    """

    max_length: int
    strategy: TruncationStrategy = "longest_first"
    stride: int = 0
    direction: Direction = "right"


@dataclass(frozen=True)
class Padding:
    """The padding of encodings to equal length; longer encodings stay unchanged.

    Attributes:
        length: The number of tokens; `None`: the length of the longest encoding of the batch.
        multiple_of: Round the length up to a multiple of this.
        direction: The end to pad.
    """

    length: int | None = None
    multiple_of: int | None = None
    direction: Direction = "right"
