"""Makers of pretraining batches, each in a module and a virtual environment of its own.

A module of this package that is named below has

- `TITLE` and `REQUIRES`: as in the package `peers.tokenizers`;
- `TAKES`: the `MASKINGS` and `LAYOUTS` that it supports;
- `Peer(files, threads)`: loads a vocabulary. For a masking, `epoch(masking, number)` makes all
  batches of an epoch of the corpus that `read(given)` has read, and `tokens(masking, number)`
  counts their tokens. For a layout, `from_text(given)` makes the batches of one epoch from text,
  and `counted(batches)` counts the tokens of its result.

`given` is a `Given`. Tokens are counted with `[CLS]` and `[SEP]`, without padding. Examples have
`SEQ_LEN` tokens, `BATCH_SIZE` of them per batch.
"""

from __future__ import annotations

from typing import NamedTuple

NAMES = ("minibert", "collator_torch", "collator_numpy", "google_script")
OURS = NAMES[0]
MASKINGS = ("tokens", "whole words")
LAYOUTS = ("a sentence a line", "as it is")
SEQ_LEN = 128
BATCH_SIZE = 32
MASKED_LM_PROB = 0.15
MAX_PREDICTIONS_PER_SEQ = 20
SHORT_SEQ_PROB = 0.1


class Given(NamedTuple):
    """One corpus in the forms that the peers read."""

    texts: list[str]  # the files as they are
    sentences: str  # a sentence a line, a blank line between documents: the script's own format
    layout: str  # of `LAYOUTS`: whether to read `sentences` or `texts`
    ids: str  # a .npy file of examples of full length, (examples, SEQ_LEN), already encoded
