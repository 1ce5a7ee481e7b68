"""The collator as `Trainer` uses it: examples are dicts of lists, batches are tensors."""

from __future__ import annotations

from .collated import TAKES, Collated

__all__ = ["REQUIRES", "TAKES", "TITLE", "Peer"]

TITLE = "transformers 5.23.0, torch"
REQUIRES = ["transformers==5.23.0", "torch==2.15.0", "numpy"]


class Peer(Collated):
    TENSORS = "pt"

    def examples_of(self, ids):
        # Its documentation recommends a mask of special tokens, and it is faster with one.
        special = [1] + [0] * (ids.shape[1] - 2) + [1]
        return [{"input_ids": row, "special_tokens_mask": special} for row in ids.tolist()]
