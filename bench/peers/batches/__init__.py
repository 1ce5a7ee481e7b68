"""What makes batches for pretraining, each in a module of its own and an environment of its own.

A module of this package that is named below has

- `TITLE` and `REQUIRES`: as those of the package `peers.tokenizers`;
- `TAKES`: those of `MASKINGS` and `LAYOUTS` that it can do;
- `Peer(files, threads)`: loads a vocabulary. If the module takes a masking, `epoch(masking,
  number)` makes all batches of an epoch of what `read(given)` read, and `tokens(masking, number)`
  counts their tokens; if it takes a layout, `from_text(given)` goes from text to the batches of
  one epoch, and `counted(made)` counts the tokens of what it returned.

`given` is a `Given`. Tokens are counted with `[CLS]` and `[SEP]`
and without padding. All make examples of `SEQ_LEN` tokens, `BATCH_SIZE` of them a batch.
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
