"""The collator in its fastest form: examples are arrays."""

from __future__ import annotations

from .collated import TAKES, Collated

__all__ = ["REQUIRES", "TAKES", "TITLE", "Peer"]

TITLE = "transformers 5.23.0, NumPy"
REQUIRES = ["transformers==5.23.0", "numpy"]


class Peer(Collated):
    TENSORS = "np"

    def examples_of(self, ids):
        return list(ids)
