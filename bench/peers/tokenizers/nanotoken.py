from __future__ import annotations

TITLE = "nanotoken 0.1.0"
REQUIRES = ["nanotoken==0.1.0"]
EXACT = True


class Peer:
    def __init__(self, files, threads):
        import nanotoken

        self.nanotoken = nanotoken
        self.tokenizer = nanotoken.Tokenizer(files.tokenizer_json)
        self.options = {"add_special_tokens": False, "parallel": threads > 1}

    def ragged(self, texts):
        return self.tokenizer.encode_batch(texts, **self.options)

    def file(self, path):
        source = self.nanotoken.TextFileSource(path, separator="\n")
        return self.tokenizer.encode_files(source, **self.options)

    def ids(self, result):
        return iter(result.to_list())

    def one(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)
