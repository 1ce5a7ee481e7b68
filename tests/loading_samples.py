"""What a spawned worker imports: a dataset made from nothing but a folder."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from minibert.batches import PretrainingDataset

from samples import store_of


@dataclass
class DatasetIn:
    """Makes the same dataset in whatever process it is called."""

    folder: Path

    def __call__(self) -> PretrainingDataset:
        own = Path(tempfile.mkdtemp(dir=self.folder))
        store = store_of(own, [[5, 3, 6, 4]] * 90)
        return PretrainingDataset(store, seq_len=24, batch_size=8, seed=2, drop_last=False)
