from __future__ import annotations

TITLE = "tokenizers 0.23.3"
REQUIRES = ["tokenizers==0.23.3"]
EXACT = True


class Peer:
    def __init__(self, files, threads):
        from tokenizers import BertWordPieceTokenizer

        made = BertWordPieceTokenizer(files.vocab_txt, lowercase=files.lowercase)
        # The wrapper's own class adds a Python call; what it wraps does not.
        self.tokenizer = made._tokenizer

    def ragged(self, texts):
        return self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)

    def ids(self, result):
        return (encoding.ids for encoding in result)

    def encodings(self, texts):
        return self.tokenizer.encode_batch(texts)

    def one(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids


def train(path, size):
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer()
    tokenizer.train(path, vocab_size=size, show_progress=False)
    return tokenizer.get_vocab_size()
