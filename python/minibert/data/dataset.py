"""Pipeline stages 4 and 5: masked examples in batches, by number.

The objective determines the examples: next-sentence pairs as in BERT (Devlin et al. 2019, section
3.1), sentence-order pairs as in ALBERT, or single segments as in RoBERTa. A share of the tokens is
predicted, sampled again in every epoch. A batch depends only on the store, the options, the epoch
and its number, not on earlier batches or the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from minibert._core import PretrainingDataset as CoreDataset
from minibert.config import MaskUnit, Objective
from minibert.config.recipe import DEFAULT_RECIPE, RECIPES, VALIDATION_MASKED_LM_PROB

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.data.token_store import TokenStore

__all__ = ["Batch", "MaskUnit", "Objective", "PretrainingDataset", "UnpaddedBatch"]

IGNORED_LABEL = -100
"""The label of tokens that are not predicted, in PyTorch's cross entropy and Hugging Face."""


CONTEXT_TOKENS = 10_000_000
"""The approximate number of tokens that co-occurrences are counted in."""


class Batch(NamedTuple):
    """B examples of S tokens, with N predictions in total.

    All arrays are int64 and contiguous.
    """

    input_ids: NDArray[np.int64]
    """(B, S): `[CLS] A [SEP] B [SEP]` or `[CLS] A [SEP]`, masked, then `[PAD]`."""
    token_type_ids: NDArray[np.int64]
    """(B, S): 1 from the first token of B to the last `[SEP]`, else 0."""
    attention_mask: NDArray[np.int64]
    """(B, S): 0 on padding, else 1."""
    masked_lm_positions: NDArray[np.int64]
    """(N): the positions of predicted tokens in `input_ids.ravel()`, ascending."""
    masked_lm_ids: NDArray[np.int64]
    """(N): the original ids of predicted tokens."""
    next_sentence_label: NDArray[np.int64]
    """(B): 0 if B follows A; 1 if B is random, or the two are swapped. Empty without a second
    segment."""

    def labels(self) -> NDArray[np.int64]:
        """The labels for Hugging Face's models.

        Returns:
            (B, S), int64: the original ids of predicted tokens, and -100 everywhere else.
        """
        labels = np.full_like(self.input_ids, IGNORED_LABEL)
        labels.ravel()[self.masked_lm_positions] = self.masked_lm_ids
        return labels

    def split(self, size: int) -> list[Batch]:
        """The batch in parts of `size` examples; the last may have fewer."""
        if size >= len(self.input_ids):
            return [self]
        return [self._part(start, start + size) for start in range(0, len(self.input_ids), size)]

    def _part(self, start: int, end: int) -> Batch:
        length = self.input_ids.shape[1]
        first, last = np.searchsorted(self.masked_lm_positions, [start * length, end * length])
        return Batch(
            input_ids=self.input_ids[start:end],
            token_type_ids=self.token_type_ids[start:end],
            attention_mask=self.attention_mask[start:end],
            masked_lm_positions=self.masked_lm_positions[first:last] - start * length,
            masked_lm_ids=self.masked_lm_ids[first:last],
            next_sentence_label=self.next_sentence_label[start:end],
        )


class UnpaddedBatch(NamedTuple):
    """The examples of a batch end to end, T tokens in total, for variable-length attention.

    All arrays are contiguous, and int64 except for `cu_seqlens`.
    """

    input_ids: NDArray[np.int64]
    """(T): the examples, masked, without padding."""
    token_type_ids: NDArray[np.int64]
    """(T): as in `Batch`."""
    cu_seqlens: NDArray[np.int32]
    """(B + 1), int32: the offset of each example in `input_ids`, and T."""
    max_seqlen: int
    """The tokens of the longest example."""
    masked_lm_positions: NDArray[np.int64]
    """(N): the positions of predicted tokens in `input_ids`, ascending."""
    masked_lm_ids: NDArray[np.int64]
    """(N): the original ids of predicted tokens."""
    next_sentence_label: NDArray[np.int64]
    """(B), or empty, as in `Batch`."""


class PretrainingDataset:
    """Masked examples from the documents of a token store.

    With the objective `next_sentence`, every sentence of an epoch belongs to one example, as A or
    as the B that follows; random Bs are additional. Tokens are lost only from pairs longer than the
    sequence. `random_next_share` is the share of random pairs.

    The other objectives are `sentence_order` (ALBERT, Lan et al. 2020, section 3.1: two segments in
    a row, half of them swapped) and, with a single segment, `full_sentences` and `doc_sentences`
    (RoBERTa, Liu et al. 2019, section 4.2: sentences in a row up to the whole length, across
    documents with a `[SEP]` between them, or within one) and `line` (a sentence each). With a
    single segment no token is lost: a sentence longer than the sequence is cut into several
    examples.

    Args:
        store: the tokenized corpus.
        objective: the kind of examples.
        seq_len: tokens per example, with special tokens and padding.
        batch_size: examples per batch.
        seed: of all random numbers, for the split too.
        split: `train` or `validation`, which never share a document, or `all`.
        validation_fraction: the share of documents in `validation`, at least two documents; 0 puts
            all in `train`. The split of a document depends on its tokens and the seed alone, so
            that it does not change when the corpus grows.
        short_seq_prob: the share of documents whose pairs have a random, shorter target length.
        hard_negative_prob: of the random second segments of `next_sentence`, the share that comes
            from the same document, neither overlapping the first one nor next to it, where it is
            long enough.
        balanced_labels: for `next_sentence`. The last sentence of a document has no next one, so
            that its pair can only be random; this makes the others random less often, so that half
            of all pairs are. Without it, as in BERT's own script, half of the others are.
        mask_unit: the unit of masking: a `token`, a `whole_word` with its `##` tokens, a `span` of
            1 to 10 words of geometric length (SpanBERT, Joshi et al. 2020, section 3.1), whose
            tokens share one replacement draw, or an `ngram` of 1 to 3 words, n with a probability
            proportional to 1/n (ALBERT, section 4.1). With whole words, fewer tokens may be
            predicted than the share says.
        masked_lm_prob: the share of an example's tokens that are predicted, special ones counted.
            Special tokens, `[UNK]` among them, are never chosen. By default 0.3 with the split
            `train`, as in the default recipe, and otherwise 0.15, as for evaluation. `Trainer`
            needs the share of its recipe: `masked_lm_prob=recipe.masked_lm_prob`.
        final_masked_lm_prob: the share at the end of a linear schedule; constant by default.
        masked_lm_prob_epochs: the length of that schedule in epochs, which may be a fraction.
        max_predictions_per_seq: the limit of predictions per example.
        mask_replace_prob: the share of the predicted tokens that become `[MASK]`.
        random_replace_prob: the share of them that become a random token, never a special one; the
            rest stay as they are.
        drop_last: whether an epoch's last batch is left out when it is not full. With several
            processes, each then has the same number of batches.
        rank: the rank of this process. It takes the examples of an epoch with the numbers `rank`,
            `rank + world_size` and so on, so that each comes to one process.
        world_size: the number of processes.

    A dataset can be pickled if its store can.

    Raises:
        CorpusError: the corpus is too small: for next-sentence pairs, to hold any document out, or
            for one batch; or all its documents are single sentences, so that none has a next one.
        VocabularyError: the vocabulary has only special tokens.
        OptionError: an option is out of range.
    """

    def __init__(
        self,
        store: TokenStore,
        *,
        objective: Objective = "next_sentence",
        seq_len: int = 128,
        batch_size: int = 32,
        seed: int = 0,
        split: Literal["train", "validation", "all"] = "train",
        validation_fraction: float = 0.05,
        short_seq_prob: float = 0.1,
        hard_negative_prob: float = 0.0,
        balanced_labels: bool = True,
        mask_unit: MaskUnit = "token",
        masked_lm_prob: float | None = None,
        final_masked_lm_prob: float | None = None,
        masked_lm_prob_epochs: float = 1.0,
        max_predictions_per_seq: int | None = None,
        mask_replace_prob: float = 0.8,
        random_replace_prob: float = 0.1,
        drop_last: bool = True,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self.objective: Objective = objective
        self.seq_len = seq_len
        self.batch_size = batch_size
        if masked_lm_prob is None:
            training = RECIPES[DEFAULT_RECIPE].masked_lm_prob
            masked_lm_prob = training if split == "train" else VALIDATION_MASKED_LM_PROB
        self.masked_lm_prob = masked_lm_prob
        self._store = store
        self._options: dict[str, Any] = {
            "objective": objective,
            "seq_len": seq_len,
            "batch_size": batch_size,
            "seed": seed,
            "split": split,
            "validation_fraction": validation_fraction,
            "short_seq_prob": short_seq_prob,
            "hard_negative_prob": hard_negative_prob,
            "balanced_labels": balanced_labels,
            "mask_unit": mask_unit,
            "masked_lm_prob": masked_lm_prob,
            "final_masked_lm_prob": final_masked_lm_prob,
            "masked_lm_prob_epochs": masked_lm_prob_epochs,
            "max_predictions_per_seq": max_predictions_per_seq,
            "mask_replace_prob": mask_replace_prob,
            "random_replace_prob": random_replace_prob,
            "drop_last": drop_last,
            "rank": rank,
            "world_size": world_size,
        }
        self._core = CoreDataset(store._core, **self._options)

    def __reduce__(self) -> tuple[Callable[..., PretrainingDataset], tuple[Any, ...]]:
        # Another process opens the store's file and plans the epochs itself.
        return partial(type(self), **self._options), (self._store,)

    def whole(self) -> PretrainingDataset:
        """The dataset that this is a shard of, with the batches of all processes together."""
        world_size = self._options["world_size"]
        if world_size == 1:
            return self
        batch_size = self.batch_size * world_size
        whole = {**self._options, "batch_size": batch_size, "rank": 0, "world_size": 1}
        return PretrainingDataset(self._store, **whole)

    @property
    def documents(self) -> list[int]:
        """The numbers of the store's documents that the examples come from."""
        return self._core.documents

    def token_counts(self) -> NDArray[np.int64]:
        """How often each id occurs in these documents: (vocabulary size), int64."""
        documents = self.documents
        all_documents = len(documents) == self._store.documents
        return self._store.token_counts(None if all_documents else documents)

    def context_counts(self, contexts: int, window: int) -> NDArray[np.float32]:
        """How often the most frequent tokens occur near each token, in these documents.

        In a large corpus, in evenly spaced documents with about ten million tokens in total.

        Args:
            contexts: C, the number of most frequent tokens to count.
            window: the largest distance, in tokens.

        Returns:
            (vocabulary size, 2 * C), as `TokenStore.context_counts`; with fewer columns if fewer
            tokens occur.
        """
        frequencies = self._store.token_counts()
        most_frequent = np.argsort(-frequencies, kind="stable")
        tokens = most_frequent[: min(contexts, np.count_nonzero(frequencies))]
        documents = self.documents
        share = len(documents) / self._store.documents
        every = math.ceil(self._store.tokens * share / CONTEXT_TOKENS)
        return self._store.context_counts(documents[::every], tokens.tolist(), window)

    @property
    def examples(self) -> int:
        """Examples of the first epoch in this shard; other epochs may have more or fewer."""
        return self._core.examples(0)

    @property
    def random_next_share(self) -> float:
        """The share of the first epoch's examples with label 1: random, or swapped."""
        return self._core.random_next_share(0)

    def batches_per_epoch(self, epoch: int) -> int:
        """The number of batches in an epoch."""
        return self._core.batches_per_epoch(epoch)

    def batch(self, epoch: int, index: int) -> Batch:
        """A batch by its number; all take equally long once their epoch is planned.

        Raises:
            OptionError: the epoch has no such batch.
        """
        return Batch(*self._core.batch(epoch, index))

    def unpadded_batch(self, epoch: int, index: int) -> UnpaddedBatch:
        """The examples of `batch`, end to end and without padding.

        Raises:
            OptionError: the epoch has no such batch.
        """
        return UnpaddedBatch(*self._core.unpadded_batch(epoch, index))

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """All batches of an epoch, in order."""
        for index in range(self.batches_per_epoch(epoch)):
            yield self.batch(epoch, index)
