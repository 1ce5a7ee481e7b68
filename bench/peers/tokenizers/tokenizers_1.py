from __future__ import annotations

TITLE = "tokenizers 1.0.0rc3"
REQUIRES = ["tokenizers==1.0.0rc3"]
EXACT = True


class Peer:
    def __init__(self, files, threads):
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(files.tokenizer_json)

    def ragged(self, texts):
        return self.tokenizer.encode_batch(texts, add_special_tokens=False)

    def ids(self, result):
        return (encoding.ids for encoding in result)

    def one(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids_array
