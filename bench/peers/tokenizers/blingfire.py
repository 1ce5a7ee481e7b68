from __future__ import annotations

from pathlib import Path

TITLE = "blingfire 0.1.8"
REQUIRES = ["blingfire==0.1.8", "numpy"]
EXACT = False
UNKNOWN = 100  # [UNK] of the published vocabularies


class Peer:
    """Its models are compiled: it has those of the published vocabularies and no others."""

    def __init__(self, files, threads):
        import blingfire

        if not files.published:
            raise SystemExit("its only vocabularies are those that BERT was published with")
        if threads > 1:
            raise SystemExit("it has no threads")
        name = "bert_base_tok.bin" if files.lowercase else "bert_base_cased_tok.bin"
        self.model = blingfire.load_model(str(Path(blingfire.__file__).parent / name))
        self.text_to_ids = blingfire.text_to_ids

    def one(self, text):
        # As many ids as characters at most. Of few different sizes: each is a class to ctypes.
        room = 1 << len(text).bit_length()
        return self.text_to_ids(self.model, text, room, UNKNOWN, True)

    def ragged(self, texts):
        return [self.one(text) for text in texts]

    def ids(self, result):
        return (ids.tolist() for ids in result)
