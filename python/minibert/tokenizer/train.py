"""The work of `minibert vocab`: trains a tokenizer on a corpus and writes its folder."""

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
    """The result of `train_tokenizer`."""

    path: Path
    vocabulary: TrainedVocabulary
    max_size: int
    seconds: float


def train_tokenizer(
    inputs: Sequence[str], options: VocabOptions, reporter: Reporter
) -> TrainedTokenizer:
    """Train a vocabulary and write its tokenizer.

    Args:
        inputs: files, folders, globs, or `-` for standard input; the default corpus when empty.
        options: of `minibert vocab`.
        reporter: receives the progress.

    Raises:
        MinibertError: an input cannot be used; nothing has been written then.
    """
    started = time.perf_counter()
    if options.out is None:
        raise OptionError(
            "`out` is missing; give the folder for the tokenizer, such as my-tokenizer"
        )
    path = Path(options.out)
    check_no_tokenizer(path)
    vocabulary = train_corpus_vocabulary(
        open_corpus(inputs, options.layout, options.errors), options, reporter
    )
    tokenizer = WordPieceTokenizer.from_vocab(vocabulary.tokens, lowercase=not options.cased)
    tokenizer.save_pretrained(path)
    return TrainedTokenizer(path, vocabulary, options.size, time.perf_counter() - started)


def check_no_tokenizer(path: Path) -> None:
    """Check that a new tokenizer can be written to a folder.

    Raises:
        FileError: the folder already has a tokenizer, or is a file.
    """
    for name in TOKENIZER_FILES:
        if (path / name).exists():
            raise FileError(
                f"{path} already has a tokenizer ({name})",
                advice="choose another folder, or remove it",
                cause="tokenizer_exists",
            )
    if path.exists() and not path.is_dir():
        raise FileError(
            f"{path} is a file, not a folder",
            advice="choose another folder",
            cause="out_is_a_file",
        )


def train_corpus_vocabulary(
    corpus: Corpus, options: VocabOptions, reporter: Reporter
) -> TrainedVocabulary:
    """Train the vocabulary of a corpus, for `minibert vocab`, `prepare` and `pretrain`."""
    reporter.stage("counting words")
    merging = False

    def advance(progress: VocabTrainingProgress) -> None:
        nonlocal merging
        if progress.phase == "merging" and not merging:
            merging = True
            reporter.stage(f"training a vocabulary of {options.size:,} tokens")
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
