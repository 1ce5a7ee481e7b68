from __future__ import annotations

import inspect
import itertools

TITLE = "minibert"
REQUIRES: list[str] = []
EXACT = True


class Peer:
    def __init__(self, files, threads):
        from minibert.pieces import WordPieceTokenizer

        self.tokenizer = WordPieceTokenizer.from_vocab(files.vocab_txt, lowercase=files.lowercase)
        self.threads = {"threads": threads}
        if "threads" not in inspect.signature(self.tokenizer.encode_ragged).parameters:
            self.threads = {}

    def ragged(self, texts):
        return self.tokenizer.encode_ragged(texts, **self.threads)

    def ids(self, result):
        ids, boundaries = result
        ids, boundaries = ids.tolist(), boundaries.tolist()
        for start, end in itertools.pairwise(boundaries):
            yield ids[start:end]

    def encodings(self, texts):
        return self.tokenizer.encode_batch(texts, **self.threads)

    def one(self, text):
        return self.tokenizer.encode_ragged([text], **self.threads)[0]


def train(path, size):
    from minibert.pieces import WordPieceTokenizer

    return WordPieceTokenizer.train([path], size).vocab_size
