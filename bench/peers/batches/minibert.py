"""Next-sentence pairs with masking, made from a store."""

from __future__ import annotations

from . import (
    BATCH_SIZE,
    LAYOUTS,
    MASKED_LM_PROB,
    MAX_PREDICTIONS_PER_SEQ,
    SEQ_LEN,
    SHORT_SEQ_PROB,
)

TITLE = "minibert"
REQUIRES: list[str] = []
OPTIONS = {"tokens": {}, "whole words": {"mask_unit": "whole_word"}}  # of the dataset
TAKES = (*OPTIONS, *LAYOUTS)


class Peer:
    def __init__(self, files, threads):
        # Imported here, before anything is timed; NumPy would be by the first batch.
        import numpy  # noqa: F401

        from minibert import corpus as text
        from minibert.data import dataloader as loading
        from minibert.data import dataset as batches
        from minibert.data import token_store as store
        from minibert.tokenizer.wordpiece import WordPieceTokenizer

        self.batches, self.stores, self.text, self.loading = batches, store, text, loading
        self.tokenizer = WordPieceTokenizer.from_vocab(files.vocab_txt, lowercase=files.lowercase)
        self.threads = threads
        self.read_store = None
        self.datasets = {}
        self.streams = {}

    def read(self, given):
        self.read_store = self.store(given)

    def store(self, given):
        if given.layout == LAYOUTS[0]:
            corpus = self.text.Corpus([given.sentences], layout="sentences")
        else:
            corpus = self.text.Corpus(given.texts)
        return self.stores.TokenStore.build(corpus, self.tokenizer)

    def dataset(self, store, masking):
        return self.batches.PretrainingDataset(
            store,
            seq_len=SEQ_LEN,
            batch_size=BATCH_SIZE,
            split="all",
            short_seq_prob=SHORT_SEQ_PROB,
            masked_lm_prob=MASKED_LM_PROB,
            max_predictions_per_seq=MAX_PREDICTIONS_PER_SEQ,
            drop_last=False,
            **OPTIONS[masking],
        )

    def epoch(self, masking, number):
        if masking not in self.datasets:
            self.datasets[masking] = self.dataset(self.read_store, masking)
            # One for all epochs, as a training has.
            self.streams[masking] = self.stream(self.datasets[masking], number)
        make_all(self.datasets[masking], number, self.streams[masking])

    def stream(self, dataset, epoch):
        """None for one thread; with more, the one that asks fills batches too."""
        if self.threads == 1:
            return None
        return self.loading.BatchStream(dataset, epoch=epoch, threads=self.threads - 1)

    def tokens(self, masking, number):
        return tokens(self.datasets[masking], number)

    def from_text(self, given):
        made = self.dataset(self.store(given), "tokens")
        make_all(made, 0, self.stream(made, 0))
        return made

    def counted(self, made):
        return tokens(made, 0)


def make_all(dataset, epoch, stream):
    """Makes each batch of an epoch, and drops it as the next is asked for."""
    for number in range(dataset.batches_per_epoch(epoch)):
        if stream is None:
            dataset.batch(epoch, number)
        else:
            next(stream)


def tokens(dataset, epoch):
    """A batch is a function of its number, so that a second look counts what the first made."""
    return sum(int(batch.attention_mask.sum()) for batch in dataset.epoch(epoch))
