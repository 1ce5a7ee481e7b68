"""Tokenizers to measure, each in a module and a virtual environment of its own.

A module of this package that is named below has

- `TITLE`: its name in tables;
- `REQUIRES`: the packages of its environment (empty: the environment that runs the benchmark);
- `EXACT`: whether it claims to have the ids of the reference;
- `Peer(files, threads)`: loads a vocabulary. It has a method for each measure that it supports:
  `ragged(texts)`, `file(path)`, `encodings(texts)`, `one(text)`; and `ids(result)`, the ids of each
  text in a result of `ragged` or `file`, without special tokens;
- `train(path, size)`, optional: trains a vocabulary and returns its size.

The peer's package is imported only where it is used, so that names can be read without it.
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
