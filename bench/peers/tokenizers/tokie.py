from __future__ import annotations

import itertools

TITLE = "tokie 0.1.4"
REQUIRES = ["tokie==0.1.4", "numpy"]
EXACT = True


class Peer:
    def __init__(self, files, threads):
        import tokie

        self.tokenizer = tokie.Tokenizer.from_json(files.tokenizer_json)

    def ragged(self, texts):
        return self.tokenizer.encode_batch(texts, add_special_tokens=False)

    def file(self, path):
        return self.tokenizer.encode_files([path], separator=b"\n", add_special_tokens=False)

    def ids(self, result):
        if not isinstance(result, tuple):
            yield from (encoding.ids for encoding in result)
            return
        ids, boundaries = (array.tolist() for array in result)
        for start, end in itertools.pairwise(boundaries):
            yield ids[start:end]

    def one(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids
