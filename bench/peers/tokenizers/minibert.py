from __future__ import annotations

import itertools
from pathlib import Path

TITLE = "minibert"
REQUIRES: list[str] = []
EXACT = True


class Peer:
    def __init__(self, files, threads):
        from minibert.tokenizer.wordpiece import WordPieceTokenizer

        self.tokenizer = WordPieceTokenizer.from_vocab(files.vocab_txt, lowercase=files.lowercase)
        self.threads = threads

    def ragged(self, texts):
        return self.tokenizer.encode_ragged(texts, threads=self.threads)

    def file(self, path):
        return self.tokenizer.encode_ragged(Path(path), threads=self.threads)

    def ids(self, result):
        ids, boundaries = result
        ids, boundaries = ids.tolist(), boundaries.tolist()
        for start, end in itertools.pairwise(boundaries):
            yield ids[start:end]

    def encodings(self, texts):
        return self.tokenizer.encode_batch(texts, threads=self.threads)

    def one(self, text):
        return self.tokenizer.encode_ragged([text], threads=self.threads)[0]


def train(path, size):
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

    return WordPieceTokenizer.train([path], size).vocab_size
