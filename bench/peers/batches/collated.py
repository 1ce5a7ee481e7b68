"""Masking alone, by `DataCollatorForLanguageModeling`, of encoded examples of full length."""

from __future__ import annotations

from . import BATCH_SIZE, MASKED_LM_PROB, MASKINGS

TAKES = MASKINGS[:1]  # with whole words, it replaces no token at random


class Collated:
    """The base of both forms, which define `TENSORS` and `examples_of`."""

    TENSORS: str

    def __init__(self, files, threads):
        from transformers import BertTokenizerFast, DataCollatorForLanguageModeling

        tokenizer = BertTokenizerFast(vocab=files.vocab_txt, do_lower_case=files.lowercase)
        self.collate = DataCollatorForLanguageModeling(
            tokenizer, mlm_probability=MASKED_LM_PROB, return_tensors=self.TENSORS
        )
        self.examples = []
        self.count = 0

    def read(self, given):
        import numpy as np

        ids = np.load(given.ids)
        self.examples, self.count = self.examples_of(ids), ids.size

    def epoch(self, masking, number):
        for first in range(0, len(self.examples), BATCH_SIZE):
            self.collate(self.examples[first : first + BATCH_SIZE])

    def tokens(self, masking, number):
        return self.count
