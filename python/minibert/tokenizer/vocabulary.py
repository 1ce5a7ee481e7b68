"""Training of a WordPiece vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from minibert._core import train_vocabulary as core_train_vocabulary
from minibert._core import train_vocabulary_from_texts
from minibert.config import ALGORITHMS
from minibert.corpus import Corpus
from minibert.errors import OptionError
from minibert.tokenizer.options import SPECIAL_TOKENS

if TYPE_CHECKING:
    from minibert.tokenizer.options import TokenizerOptions

__all__ = [
    "TrainedVocabulary",
    "VocabTrainingOptions",
    "VocabTrainingProgress",
    "VocabTrainingProgressCallback",
    "train_vocabulary",
]


class VocabTrainingProgress(NamedTuple):
    """The progress of a training, which first reads the text and then merges tokens."""

    phase: Literal["reading", "merging"]
    done: int
    """While reading, bytes of the corpus as stored; while merging, tokens of the vocabulary."""
    total: int


VocabTrainingProgressCallback = Callable[[VocabTrainingProgress], object]


@dataclass(frozen=True, slots=True)
class VocabTrainingOptions:
    """The options of the training of a vocabulary.

    Attributes:
        vocab_size: The maximum number of tokens, with special tokens and single characters.
        algorithm: `count` merges the most frequent pair of adjacent tokens, as the WordPiece
            trainer of Hugging Face's `tokenizers` does; this is byte-pair encoding (Sennrich et al.
            2016). `likelihood` merges the pair with the highest count(ab) / (count(a) count(b))
            (Schuster and Nakajima 2012), which prefers tokens that rarely occur apart.
        min_frequency: Pairs with a lower count are not merged.
        limit_alphabet: The maximum number of different characters, the most frequent ones; `None`:
            all. A word with another character becomes `[UNK]` and is not counted.
        initial_alphabet: Characters to keep before all others, even if they do not occur, as the
            tokenizer normalizes them; with their `##` forms, if they can continue a word.
        special_tokens: The first tokens of the vocabulary.

    Raises:
        OptionError: There is no such algorithm, or a number is below 0.
    """

    vocab_size: int = 8192
    algorithm: str = "count"
    min_frequency: int = 2
    limit_alphabet: int | None = 1000
    initial_alphabet: str = ""
    special_tokens: Sequence[str] = SPECIAL_TOKENS

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise OptionError(
                f"`algorithm` is {self.algorithm!r}; it must be one of {', '.join(ALGORITHMS)}"
            )
        for name in ("vocab_size", "min_frequency", "limit_alphabet"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 2**63:
                raise OptionError(f"`{name}` is {value}; it must be 0 or more, and below 2**63")


@dataclass(frozen=True, slots=True)
class TrainedVocabulary:
    """The tokens in the order of their ids, and their coverage of the words of the corpus."""

    tokens: list[str]
    words: int
    different_words: int
    whole_words: int
    """Words that are one token."""
    unknown_words: int
    """Words that become `[UNK]`: too long, or with a character that is not in the alphabet."""


def train_vocabulary(
    texts: Corpus | Iterable[str],
    tokenizer: TokenizerOptions,
    options: VocabTrainingOptions,
    progress: VocabTrainingProgressCallback | None = None,
) -> TrainedVocabulary:
    """Train a vocabulary on all cores.

    The result does not depend on the machine, the number of cores or the order of the texts: among
    pairs with the same count or score, the pair whose first token, and then whose second token, is
    older in the vocabulary is merged first. Memory grows with the number of different words, not
    with the size of the text, which is read in chunks.

    Args:
        texts: A corpus, or an iterable of texts, which is read once. Words do not continue from one
            text to the next.
        tokenizer: The normalization of text.
        options: Of the training.
        progress: Called about once per megabyte while a corpus is read, and then while tokens are
            merged; an exception that it raises stops the training.

    Raises:
        CorpusError: The corpus cannot be read, or has no text.
        VocabularyError: The size is too small for the special tokens and the characters, the texts
            have no words, or one of BERT's special tokens is missing.
    """
    tell: Callable[[Literal["reading", "merging"], int, int], object] | None = None
    if progress is not None:

        def tell(phase: Literal["reading", "merging"], done: int, total: int) -> object:
            return progress(VocabTrainingProgress(phase, done, total))

    if isinstance(texts, Corpus):
        tokens, words = core_train_vocabulary(texts._core, tokenizer, options, tell)
    else:
        tokens, words = train_vocabulary_from_texts(texts, tokenizer, options, tell)
    return TrainedVocabulary(tokens, *words)
