"""The whole of `minibert vocab`: a corpus in, a tokenizer's folder out.

What a person sees of it is a `Reporter`'s matter.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.corpus import open_corpus
from minibert.errors import FileError, OptionError
from minibert.tokenizer.options import TokenizerOptions
from minibert.tokenizer.vocabulary import VocabTrainingOptions, train_vocabulary
from minibert.tokenizer.wordpiece import WordPieceTokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minibert.config import VocabOptions
    from minibert.corpus import Corpus
    from minibert.io.reporter import Reporter
    from minibert.tokenizer.vocabulary import TrainedVocabulary, VocabTrainingProgress

TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "tokenizer_config.json")


@dataclass(frozen=True, slots=True)
class TrainedTokenizer:
    """A tokenizer that has been written to a folder."""

    path: Path
    vocabulary: TrainedVocabulary
    asked_for: int
    seconds: float


def train_tokenizer(
    inputs: Sequence[str], options: VocabOptions, reporter: Reporter
) -> TrainedTokenizer:
    """Learn a vocabulary and write its tokenizer.

    Args:
        inputs: files, folders, globs, or `-` for standard input; the default corpus when empty.
        options: the rest.
        reporter: is told what goes on.

    Raises:
        MinibertError: something given cannot be used; nothing has been written then.
    """
    started = time.perf_counter()
    if options.out is None:
        raise OptionError("say which folder the tokenizer goes into, such as: --out my-tokenizer")
    path = Path(options.out)
    check_no_tokenizer(path)
    vocabulary = train_corpus_vocabulary(
        open_corpus(inputs, options.layout, options.errors), options, reporter
    )
    tokenizer = WordPieceTokenizer.from_vocab(vocabulary.pieces, lowercase=not options.cased)
    tokenizer.save_pretrained(path)
    return TrainedTokenizer(path, vocabulary, options.size, time.perf_counter() - started)


def check_no_tokenizer(path: Path) -> None:
    """Raise if a new tokenizer cannot be put into a folder, or would take another's place.

    Raises:
        FileError: the folder holds a tokenizer already, or is a file.
    """
    for name in TOKENIZER_FILES:
        if (path / name).exists():
            raise FileError(
                f"{path} holds a tokenizer already ({name}); choose another --out, or remove it"
            )
    if path.exists() and not path.is_dir():
        raise FileError(f"{path} is a file, and no folder can be made of it; choose another --out")


def train_corpus_vocabulary(
    corpus: Corpus, options: VocabOptions, reporter: Reporter
) -> TrainedVocabulary:
    """Learn the pieces of a corpus, as `minibert vocab` and `minibert pretrain` do."""
    reporter.stage("reading the words")
    merging = False

    def advance(progress: VocabTrainingProgress) -> None:
        nonlocal merging
        if progress.phase == "merging" and not merging:
            merging = True
            reporter.stage(f"learning a vocabulary of {options.size:,} pieces")
        reporter.advance(progress.done / max(1, progress.total))

    training = VocabTrainingOptions(
        vocab_size=options.size,
        algorithm=options.algorithm,
        min_frequency=options.min_frequency,
        limit_alphabet=options.alphabet,
    )
    return train_vocabulary(
        corpus, TokenizerOptions(lowercase=not options.cased), training, advance
    )
