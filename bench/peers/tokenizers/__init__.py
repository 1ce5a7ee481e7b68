"""The tokenizers that are measured, each in a module of its own and an environment of its own.

A module of this package that is named below has

- `TITLE`: what the tables call it;
- `REQUIRES`: what its environment is made of (nothing: the environment that runs the benchmark);
- `EXACT`: whether it says that its ids are the reference's;
- `Peer(files, threads)`: loads a vocabulary. Its methods are the measurements that it takes part
  in: `ragged(texts)`, `file(path)`, `encodings(texts)`, `one(text)`; and `ids(result)`, the ids
  of each text of what `ragged` or `file` returned, without special tokens;
- `train(path, size)`, where it can: learns a vocabulary and returns its size.

The package itself is imported where it is used, so that the names can be read without it.
"""

from __future__ import annotations

from typing import NamedTuple

NAMES = (
    "minibert",
    "tokenizers_0",
    "tokenizers_1",
    "nanotoken",
    "flash_tokenizer",
    "blingfire",
    "tokie",
)
OURS, REFERENCE = NAMES[:2]


class Files(NamedTuple):
    """One vocabulary in the forms that the peers read."""

    vocab_txt: str
    tokenizer_json: str
    lowercase: bool
    published: bool  # whether it is the vocabulary of bert-base-uncased or -cased
