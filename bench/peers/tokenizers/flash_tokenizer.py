from __future__ import annotations

TITLE = "flash-tokenizer 1.2.0"
REQUIRES = ["flash-tokenizer==1.2.0"]
EXACT = False
NO_LIMIT = 1 << 30


class Peer:
    def __init__(self, files, threads):
        from flash_tokenizer import BertTokenizerFlash

        self.tokenizer = BertTokenizerFlash(
            files.vocab_txt, do_lower_case=files.lowercase, model_max_length=NO_LIMIT
        )
        # Without the masks, which it makes in Python.
        self.options = {
            "padding": "longest",  # to this library: none
            "max_length": NO_LIMIT,
            "return_attention_mask": False,
            "return_token_type_ids": False,
            "do_multiprocess": threads > 1,
        }

    def ragged(self, texts):
        return self.tokenizer(texts, **self.options).input_ids

    def ids(self, result):
        return (ids[1:-1] for ids in result)  # it always adds [CLS] and [SEP]

    def one(self, text):
        return self.tokenizer(text, **self.options).input_ids
