"""Next-sentence pairs with masked tokens, from a token store."""

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
        # Imported before the measurement; otherwise the first batch would import NumPy.
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
            # One stream for all epochs, as in training.
            self.streams[masking] = self.stream(self.datasets[masking], number)
        make_all(self.datasets[masking], number, self.streams[masking])

    def stream(self, dataset, epoch):
        """None for one thread; with more, the requesting thread makes batches too."""
        if self.threads == 1:
            return None
        return self.loading.BatchStream(dataset, epoch=epoch, threads=self.threads - 1)

    def tokens(self, masking, number):
        return tokens(self.datasets[masking], number)

    def from_text(self, given):
        dataset = self.dataset(self.store(given), "tokens")
        make_all(dataset, 0, self.stream(dataset, 0))
        return dataset

    def counted(self, dataset):
        return tokens(dataset, 0)


def make_all(dataset, epoch, stream):
    """Make each batch of an epoch, and drop it before the next."""
    for number in range(dataset.batches_per_epoch(epoch)):
        if stream is None:
            dataset.batch(epoch, number)
        else:
            next(stream)


def tokens(dataset, epoch):
    """The tokens of an epoch; its batches are made again, and equal."""
    return sum(int(batch.attention_mask.sum()) for batch in dataset.epoch(epoch))
