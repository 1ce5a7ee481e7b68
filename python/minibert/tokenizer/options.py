"""What a tokenizer can be told: how it normalises text, and how it cuts and pads encodings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""BERT's special tokens, in the order in which a trained vocabulary begins with them."""

TruncationStrategy = Literal["longest_first", "only_first", "only_second"]
Direction = Literal["left", "right"]


@dataclass(frozen=True)
class TokenizerOptions:
    """How text is normalised; the defaults are those of `bert-base-uncased`.

    Attributes:
        lowercase: Whether letters are lowered.
        strip_accents: Whether accents are taken off; `None`: as `lowercase`.
        handle_chinese_chars: Whether each Chinese character is a word of its own.
        clean_text: Whether control characters are deleted.
        max_input_chars_per_word: A word of more characters than this, once normalised, is `[UNK]`.
    """

    lowercase: bool = True
    strip_accents: bool | None = None
    handle_chinese_chars: bool = True
    clean_text: bool = True
    max_input_chars_per_word: int = 100


@dataclass(frozen=True)
class Truncation:
    """How long an encoding may become; what is cut off is in its `overflowing` parts.

    Attributes:
        max_length: The number of tokens at most, with the added special tokens.
        strategy: Which text of a pair is cut: the longer one, down to the other's length, and then
            both; or only one.
        stride: The number of tokens that an overflowing part repeats of the part before it.
        direction: The end that is cut off.
    """

    max_length: int
    strategy: TruncationStrategy = "longest_first"
    stride: int = 0
    direction: Direction = "right"


@dataclass(frozen=True)
class Padding:
    """How encodings are made equally long; one that is longer already stays as it is.

    Attributes:
        length: The number of tokens; `None`: that of the longest encoding of the batch.
        multiple_of: The length is rounded up to a multiple of this.
        direction: The end at which `[PAD]` is put.
    """

    length: int | None = None
    multiple_of: int | None = None
    direction: Direction = "right"
