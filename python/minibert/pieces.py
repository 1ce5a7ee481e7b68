"""The second station: from a text to the ids of WordPiece pieces, and back.

`WordPieceTokenizer` gives what Hugging Face's `BertWordPieceTokenizer` gives, id for id, and reads
and writes its files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from minibert import tokenizer_files
from minibert._core import Encoding, train_vocabulary
from minibert._core import Tokenizer as _Tokenizer
from minibert.errors import FileError, OptionError
from minibert.options import ALGORITHMS
from minibert.text import Corpus
from minibert.tokenizer_files import SPECIAL_TOKENS, TokenizerOptions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SPECIAL_TOKENS",
    "Encoding",
    "TokenizerOptions",
    "TrainingProgress",
    "WordPieceTokenizer",
]


class TrainingProgress(NamedTuple):
    """How far the training of a vocabulary has come: first it reads, then it merges."""

    phase: Literal["reading", "merging"]
    done: int
    """Bytes of the corpus as stored while reading, pieces of the vocabulary while merging."""
    total: int


class WordPieceTokenizer:
    """BERT's tokenizer: cleans and lowers a text, splits it into words and words into pieces.

    Make one with `from_vocab`, `from_pretrained` or `train`. It never changes, may be
    used from several threads, pickles, and survives a fork.

    >>> pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "!"]
    >>> tokenizer = WordPieceTokenizer.from_vocab(pieces)
    >>> tokenizer.encode("Unaffable!").tokens
    ['[CLS]', 'un', '##aff', '##able', '!', '[SEP]']
    >>> tokenizer.decode([5, 6, 7, 8])
    'unaffable!'
    """

    def __init__(self, core: _Tokenizer, options: TokenizerOptions) -> None:
        self._core = core
        self._options = options

    @classmethod
    def from_vocab(
        cls,
        vocab: str | PathLike[str] | Sequence[str],
        *,
        lowercase: bool = True,
        strip_accents: bool | None = None,
        handle_chinese_chars: bool = True,
        clean_text: bool = True,
    ) -> WordPieceTokenizer:
        """Make a tokenizer from the path of a `vocab.txt` or from the pieces themselves.

        Args:
            vocab: A file with one piece a line, its id the line number from 0; or a list of pieces.
                A piece that is there twice has the later id.
            lowercase: Whether letters are lowered.
            strip_accents: Whether accents are taken off; `None`: as `lowercase`.
            handle_chinese_chars: Whether each Chinese character is a word of its own.
            clean_text: Whether control characters are deleted.

        Raises:
            FileError: The file cannot be read.
            VocabularyError: It is not UTF-8, or lacks one of BERT's special tokens.
        """
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        if isinstance(vocab, (str, PathLike)):
            return cls(_Tokenizer.from_file(Path(vocab), options), options)
        return cls(_Tokenizer(list(vocab), options), options)

    @classmethod
    def from_pretrained(cls, folder: str | PathLike[str]) -> WordPieceTokenizer:
        """Read a tokenizer from the folder of a BERT, minibert's or another's.

        `tokenizer.json` is read if it is there, else `vocab.txt` and `tokenizer_config.json`.

        Raises:
            FileError: The folder has none of them, or one cannot be read.
            VocabularyError: They are not a BERT WordPiece tokenizer's, or ask for something, which
                the message names, that minibert does not do.
        """
        folder = Path(folder)
        if (path := folder / "tokenizer.json").exists():
            pieces, options = tokenizer_files.read_tokenizer_json(path)
            return cls(_Tokenizer(pieces, options), options)
        vocab = folder / "vocab.txt"
        if not vocab.exists():
            raise FileError(f"{folder}: there is neither a tokenizer.json nor a vocab.txt in it")
        options = tokenizer_files.read_tokenizer_config(folder / "tokenizer_config.json")
        return cls(_Tokenizer.from_file(vocab, options), options)

    @classmethod
    def train(
        cls,
        files: Corpus | Sequence[str | PathLike[str]],
        vocab_size: int = 8192,
        *,
        algorithm: str = "count",
        min_frequency: int = 2,
        limit_alphabet: int | None = 1000,
        initial_alphabet: Iterable[str] = (),
        special_tokens: Sequence[str] = SPECIAL_TOKENS,
        lowercase: bool = True,
        strip_accents: bool | None = None,
        handle_chinese_chars: bool = True,
        clean_text: bool = True,
        progress: Callable[[TrainingProgress], object] | None = None,
    ) -> WordPieceTokenizer:
        """Learn a vocabulary from text files, on all cores: merge two pieces, again and again.

        The result is the same on every machine, with any number of cores and in any order of the
        texts. Memory grows with the number of different words, not with the text, which is read a
        little at a time.

        The algorithm `count` merges the pair that occurs most, which is what Hugging Face's
        `tokenizers` calls WordPiece training (and is byte-pair encoding, Sennrich et al. 2016). The
        algorithm `likelihood` merges the pair with the highest count(ab) / (count(a) count(b))
        (Schuster and Nakajima 2012): pieces that are rare but for one another go first, so that
        `min_frequency` matters. Of pairs with the same count or score, the one whose first piece,
        and then whose second, came into the vocabulary earlier is merged first.

        Args:
            files: A `Corpus`, or what one is made of: files, folders, globs.
            vocab_size: The number of pieces at most, with special tokens and single characters.
            algorithm: `count` or `likelihood`.
            min_frequency: A pair that occurs less often is not merged.
            limit_alphabet: The number of different characters that are kept, the commonest;
                `None`: all. A word with another character is `[UNK]` to the tokenizer, and nothing
                is learned from it.
            initial_alphabet: Characters that are kept before all others, whether they occur or not,
                as the tokenizer normalises them; with their `##` forms, if they can continue a word.
            special_tokens: The pieces that the vocabulary begins with.
            lowercase: See `from_vocab`.
            strip_accents: See `from_vocab`.
            handle_chinese_chars: See `from_vocab`.
            clean_text: See `from_vocab`.
            progress: Told how far the reading is, about once a megabyte, and then how far the
                merging; what it raises stops it.

        Raises:
            CorpusError: The text cannot be read.
            VocabularyError: `vocab_size` has no room for the special tokens and the characters, the
                text has no words, or `special_tokens` lacks one of BERT's.
            OptionError: There is no such algorithm, or a number is negative.
        """
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        training = _Training(
            algorithm,
            vocab_size,
            min_frequency,
            limit_alphabet,
            "".join(initial_alphabet),
            special_tokens,
        )
        corpus = files if isinstance(files, Corpus) else Corpus(files)
        pieces = train_vocabulary(
            corpus._core,
            options,
            training,
            progress and (lambda phase, done, total: progress(TrainingProgress(phase, done, total))),
        )
        return cls(_Tokenizer(pieces, options), options)

    @classmethod
    def train_from_iterator(
        cls,
        texts: Iterable[str],
        vocab_size: int = 8192,
        *,
        algorithm: str = "count",
        min_frequency: int = 2,
        limit_alphabet: int | None = 1000,
        initial_alphabet: Iterable[str] = (),
        special_tokens: Sequence[str] = SPECIAL_TOKENS,
        lowercase: bool = True,
        strip_accents: bool | None = None,
        handle_chinese_chars: bool = True,
        clean_text: bool = True,
    ) -> WordPieceTokenizer:
        """Learn a vocabulary from texts in memory, on all cores; see `train`.

        Args:
            texts: Any iterable of texts; it is read once. No word goes on from one to the next.
            vocab_size: See `train`, as for the other options.
            algorithm: See `train`.
            min_frequency: See `train`.
            limit_alphabet: See `train`.
            initial_alphabet: See `train`.
            special_tokens: See `train`.
            lowercase: See `from_vocab`.
            strip_accents: See `from_vocab`.
            handle_chinese_chars: See `from_vocab`.
            clean_text: See `from_vocab`.

        Raises:
            VocabularyError: As `train`.
            OptionError: As `train`.
        """
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        training = _Training(
            algorithm,
            vocab_size,
            min_frequency,
            limit_alphabet,
            "".join(initial_alphabet),
            special_tokens,
        )
        return cls(_Tokenizer.train_from_texts(texts, options, training), options)

    def encode(
        self, text: str, pair: str | None = None, *, add_special_tokens: bool = True
    ) -> Encoding:
        """Encode a text or a pair, as `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`.

        A special token that is written out in a text, such as `[MASK]`, stands for itself.

        Args:
            text: The text.
            pair: The second text.
            add_special_tokens: Whether `[CLS]` and `[SEP]` are added.
        """
        return self._core.encode(text, pair, add_special_tokens=add_special_tokens)

    def encode_batch(
        self, texts: Sequence[str | tuple[str, str]], *, add_special_tokens: bool = True
    ) -> list[Encoding]:
        """Encode texts and pairs, as `encode` does, on all cores."""
        return self._core.encode_batch(texts, add_special_tokens=add_special_tokens)

    def encode_ragged(
        self, texts: Sequence[str], *, add_special_tokens: bool = False
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Encode texts, on all cores, into arrays without one Python object per token or text.

        Args:
            texts: The texts.
            add_special_tokens: Whether each begins with `[CLS]` and ends with `[SEP]`.

        Returns:
            The ids of all texts end to end, int32; and the boundaries, int64 of length
            `len(texts) + 1`: text `n` is `ids[boundaries[n]:boundaries[n + 1]]`.
        """
        return self._core.encode_ragged(texts, add_special_tokens=add_special_tokens)

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """Put pieces together to a text; ids that have no piece are left out."""
        return self._core.decode(ids, skip_special_tokens=skip_special_tokens)

    def save_pretrained(
        self, folder: str | PathLike[str], *, model_max_length: int | None = None
    ) -> None:
        """Write `vocab.txt`, `tokenizer.json` and `tokenizer_config.json` into a folder.

        `tokenizers.Tokenizer.from_file` and `transformers.AutoTokenizer.from_pretrained` read them
        and then give the same ids. (The class `BertTokenizerFast` knows neither `clean_text` nor
        the longest word: it follows only if these have their defaults.)

        Args:
            folder: Where to; it is made if it is not there.
            model_max_length: The number of tokens that the model takes, for `transformers`.

        Raises:
            FileError: A file cannot be written.
        """
        tokenizer_files.write_folder(
            Path(folder), self._core.pieces(), self._core.vocab(), self._options, model_max_length
        )

    def token_to_id(self, token: str) -> int | None:
        """The id of a piece, or `None` if there is no such piece."""
        return self._core.token_to_id(token)

    def id_to_token(self, id: int) -> str | None:
        """The piece of an id, or `None` if the id has none."""
        return self._core.id_to_token(id)

    @property
    def options(self) -> TokenizerOptions:
        """How text is normalised."""
        return self._options

    @property
    def vocab(self) -> dict[str, int]:
        """The ids of the pieces, in the order of the ids."""
        return self._core.vocab()

    @property
    def vocab_size(self) -> int:
        """The number of ids: one more than the largest."""
        return self._core.vocab_size

    @property
    def fingerprint(self) -> int:
        """A hash of the pieces and options, the same on every machine; below 2**64."""
        return self._core.fingerprint

    @property
    def pad_token_id(self) -> int:
        """The id of `[PAD]`."""
        return self._core.special_ids[0]

    @property
    def unk_token_id(self) -> int:
        """The id of `[UNK]`."""
        return self._core.special_ids[1]

    @property
    def cls_token_id(self) -> int:
        """The id of `[CLS]`."""
        return self._core.special_ids[2]

    @property
    def sep_token_id(self) -> int:
        """The id of `[SEP]`."""
        return self._core.special_ids[3]

    @property
    def mask_token_id(self) -> int:
        """The id of `[MASK]`."""
        return self._core.special_ids[4]

    def __len__(self) -> int:
        return self.vocab_size

    def __repr__(self) -> str:
        return f"WordPieceTokenizer(vocab_size={self.vocab_size}, options={self.options})"

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._core.pieces(), self._options)


@dataclass(frozen=True)
class _Training:
    """What the core is told about the training of a vocabulary."""

    algorithm: str
    vocab_size: int
    min_frequency: int
    limit_alphabet: int | None
    initial_alphabet: str
    special_tokens: Sequence[str]

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise OptionError(
                f"algorithm is {self.algorithm!r}; it is one of {', '.join(ALGORITHMS)}"
            )
        for name in ("vocab_size", "min_frequency", "limit_alphabet"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 2**63:
                raise OptionError(f"{name} is {value}; it must be 0 or more, and below 2**63")


def _restored(pieces: list[str], options: TokenizerOptions) -> WordPieceTokenizer:
    """Make a pickled tokenizer again."""
    return WordPieceTokenizer(_Tokenizer(pieces, options), options)
