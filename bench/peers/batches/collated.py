"""Masking alone, by `DataCollatorForLanguageModeling`: its examples are full and encoded before."""

from __future__ import annotations

from . import BATCH_SIZE, MASKED_LM_PROB, MASKINGS

TAKES = MASKINGS[:1]  # it masks whole words too, but then replaces none of them at random


class Collated:
    """What both forms have in common; a form says `TENSORS`, and what an example is."""

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
