"""Learning the pieces of a WordPiece vocabulary from text."""

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
    """How far a training has come: first it reads the text, then it merges pieces."""

    phase: Literal["reading", "merging"]
    done: int
    """Bytes of the corpus as stored, then pieces of the vocabulary."""
    total: int


VocabTrainingProgressCallback = Callable[[VocabTrainingProgress], object]


@dataclass(frozen=True, slots=True)
class VocabTrainingOptions:
    """How a vocabulary is learned.

    Attributes:
        vocab_size: The number of pieces at most, with special tokens and single characters.
        algorithm: `count` merges the two pieces that occur side by side most: what Hugging Face's
            `tokenizers` calls WordPiece training, which is byte-pair encoding (Sennrich et al.
            2016). `likelihood` merges those with the highest count(ab) / (count(a) count(b))
            (Schuster and Nakajima 2012): two that are rare but for one another go first.
        min_frequency: Pieces that occur side by side less often than this are not merged.
        limit_alphabet: The number of different characters that are kept, the commonest; `None`:
            all. A word with another character is `[UNK]` to the tokenizer, and nothing is learned
            from it.
        initial_alphabet: Characters that are kept before all others, whether they occur or not, as
            the tokenizer normalises them; with their `##` forms, if they can continue a word.
        special_tokens: The pieces that the vocabulary begins with.

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
                f"the algorithm is {self.algorithm!r}; it is one of {', '.join(ALGORITHMS)}"
            )
        for name in ("vocab_size", "min_frequency", "limit_alphabet"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 2**63:
                raise OptionError(f"{name} is {value}; it must be 0 or more, and below 2**63")


@dataclass(frozen=True, slots=True)
class TrainedVocabulary:
    """The pieces in the order of their ids, and what they make of the words they come from."""

    pieces: list[str]
    words: int
    different_words: int
    whole_words: int
    """Words that are one piece."""
    unknown_words: int
    """Words that are `[UNK]`: too long, or with a character that was not kept."""


def train_vocabulary(
    texts: Corpus | Iterable[str],
    tokenizer: TokenizerOptions,
    options: VocabTrainingOptions,
    progress: VocabTrainingProgressCallback | None = None,
) -> TrainedVocabulary:
    """Learn the pieces of a vocabulary, on all cores.

    The result is the same on every machine, with any number of cores and in any order of the texts:
    of pairs with the same count or score, the one whose first piece, and then whose second, came
    into the vocabulary earlier is merged first. Memory grows with the number of different words,
    not with the text, which is read a little at a time.

    Args:
        texts: A corpus, or any iterable of texts, which is read once; no word goes on from one text
            to the next.
        tokenizer: How text is normalised.
        options: The rest.
        progress: Told how far the reading of a corpus is, about once a megabyte, and then how far
            the merging; what it raises stops the work.

    Raises:
        CorpusError: The corpus cannot be read, or holds no text.
        VocabularyError: The size has no room for the special tokens and the characters, the texts
            have no words, or one of BERT's special tokens is missing.
    """
    tell: Callable[[Literal["reading", "merging"], int, int], object] | None = None
    if progress is not None:

        def tell(phase: Literal["reading", "merging"], done: int, total: int) -> object:
            return progress(VocabTrainingProgress(phase, done, total))

    if isinstance(texts, Corpus):
        pieces, words = core_train_vocabulary(texts._core, tokenizer, options, tell)
    else:
        pieces, words = train_vocabulary_from_texts(texts, tokenizer, options, tell)
    return TrainedVocabulary(pieces, *words)
