"""The collator in the form that is fastest: an example is an array and nothing else."""

from __future__ import annotations

from .collated import TAKES, Collated

__all__ = ["REQUIRES", "TAKES", "TITLE", "Peer"]

TITLE = "transformers 5.23.0, NumPy"
REQUIRES = ["transformers==5.23.0", "numpy"]


class Peer(Collated):
    TENSORS = "np"

    def examples_of(self, ids):
        return list(ids)
