"""The fourth and fifth stations: masked next-sentence examples, in batches, by their number.

Examples follow BERT (Devlin et al. 2019, section 3.1): pairs of segments, half of them random, and
15 % of the tokens to predict, drawn afresh for every epoch. A batch is a function of the store, the
options, the epoch and its number alone, whatever was asked for before and on however many threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from minibert import _core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from minibert.store import TokenStore

__all__ = ["Batch", "PretrainingDataset"]


class Batch(NamedTuple):
    """Examples as the model takes them: B of them, S tokens each, N predictions in all.

    All arrays are int64 and contiguous.
    """

    input_ids: NDArray[np.int64]
    """(B, S): `[CLS] A [SEP] B [SEP]`, masked, then `[PAD]`."""
    token_type_ids: NDArray[np.int64]
    """(B, S): 1 from the first token of B to the last `[SEP]`, else 0."""
    attention_mask: NDArray[np.int64]
    """(B, S): 0 on padding, else 1."""
    masked_lm_positions: NDArray[np.int64]
    """(N): the predicted tokens' places in `input_ids.ravel()`, ascending."""
    masked_lm_ids: NDArray[np.int64]
    """(N): what they were."""
    next_sentence_label: NDArray[np.int64]
    """(B): 0 where B follows A, 1 where it is random."""


class PretrainingDataset:
    """Masked next-sentence examples from the documents of a store.

    In an epoch, every sentence belongs to one example, as A or as the B that follows; the B of a
    random pair comes on top. Tokens are lost only where a pair is longer than the sequence. Of all
    pairs somewhat more than half are random, since the last sentence of a document has no
    successor: `random_next_share` says how many.

    Args:
        store: what to make examples from.
        seq_len: tokens of an example, special ones and padding included.
        batch_size: examples of a batch.
        seed: of everything that is drawn, the split included.
        split: `train` or `held_out`, which never share a document, or `all`.
        held_out_fraction: the share of documents held out; 0 leaves all in `train`. A document's
            side depends on its own tokens and the seed, so that it keeps it when the corpus grows.
            At least two documents are held out.
        short_seq_prob: the share of documents that are cut into shorter examples.
        masked_lm_prob: the share of an example's tokens that are predicted, special ones counted.
        max_predictions_per_seq: at most so many are predicted in an example.
        drop_last: whether an epoch's last batch is left out when it is not full.

    Raises:
        CorpusError: the corpus is too small: for next-sentence pairs, to hold any document out, or
            for one batch.
        VocabularyError: the vocabulary has nothing but special pieces.
        OptionError: an option is out of range.
    """

    def __init__(
        self,
        store: TokenStore,
        *,
        seq_len: int = 128,
        batch_size: int = 32,
        seed: int = 0,
        split: Literal["train", "held_out", "all"] = "train",
        held_out_fraction: float = 0.05,
        short_seq_prob: float = 0.1,
        masked_lm_prob: float = 0.15,
        max_predictions_per_seq: int | None = None,
        drop_last: bool = True,
    ) -> None:
        self.seq_len = seq_len
        self.batch_size = batch_size
        self._core = _core.PretrainingDataset(
            store._core,
            seq_len=seq_len,
            batch_size=batch_size,
            seed=seed,
            split=split,
            held_out_fraction=held_out_fraction,
            short_seq_prob=short_seq_prob,
            masked_lm_prob=masked_lm_prob,
            max_predictions_per_seq=max_predictions_per_seq,
            drop_last=drop_last,
        )

    @property
    def documents(self) -> list[int]:
        """The numbers of the store's documents that the examples come from."""
        return self._core.documents

    @property
    def examples(self) -> int:
        """Examples of the first epoch; others may have a few more or fewer."""
        return self._core.examples(0)

    @property
    def random_next_share(self) -> float:
        """The share of the first epoch's examples whose second segment is random."""
        return self._core.random_next_share(0)

    def batches_per_epoch(self, epoch: int) -> int:
        """The number of batches in an epoch."""
        return self._core.batches_per_epoch(epoch)

    def batch(self, epoch: int, index: int) -> Batch:
        """A batch by its number; whichever it is, it takes the same time once its epoch is planned.

        Raises:
            OptionError: the epoch has no such batch.
        """
        return Batch(*self._core.batch(epoch, index))

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """All batches of an epoch, in order."""
        for index in range(self.batches_per_epoch(epoch)):
            yield self.batch(epoch, index)
