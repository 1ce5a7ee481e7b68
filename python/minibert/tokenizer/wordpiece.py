"""Encodes text into the ids of WordPiece tokens, and decodes ids.

`WordPieceTokenizer` gives the same ids as Hugging Face's `BertWordPieceTokenizer`, and reads and
writes its files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from minibert._core import Encoding
from minibert._core import Tokenizer as _Tokenizer
from minibert.corpus import Corpus
from minibert.errors import FileError, OptionError, VocabularyError
from minibert.tokenizer import files as tokenizer_files
from minibert.tokenizer.files import SavedTokenizer
from minibert.tokenizer.options import (
    SPECIAL_TOKENS,
    Direction,
    Padding,
    TokenizerOptions,
    Truncation,
    TruncationStrategy,
)
from minibert.tokenizer.token_ids import TokenIds
from minibert.tokenizer.vocabulary import VocabTrainingOptions, train_vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from minibert.tokenizer.vocabulary import VocabTrainingProgressCallback

__all__ = [
    "SPECIAL_TOKENS",
    "Encoding",
    "Padding",
    "TokenizerOptions",
    "Truncation",
    "WordPieceTokenizer",
]


class WordPieceTokenizer(TokenIds):
    """BERT's tokenizer: normalizes a text, splits it into words, and words into tokens.

    Make one with `from_vocab`, `from_pretrained` or `train`. A tokenizer is immutable
    (`with_truncation` and similar methods return another one that shares the vocabulary), thread
    safe, picklable and safe to fork.

    >>> tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "!"]
    >>> tokenizer = WordPieceTokenizer.from_vocab(tokens)
    >>> tokenizer.encode("Unaffable!").tokens
    ['[CLS]', 'un', '##aff', '##able', '!', '[SEP]']
    >>> tokenizer.decode([5, 6, 7, 8])
    'unaffable!'
    """

    def __init__(
        self,
        core: _Tokenizer,
        options: TokenizerOptions,
        truncation: Truncation | None = None,
        padding: Padding | None = None,
    ) -> None:
        super().__init__(core.shaped(truncation, padding))
        self._options = options
        self._truncation = truncation
        self._padding = padding

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
        """Make a tokenizer from a `vocab.txt` or from a list of tokens.

        Args:
            vocab: A file with one token per line, whose id is the number of the line, counted from
                0; or a list of tokens. A token that occurs twice has the later id.
            lowercase: Whether to lowercase.
            strip_accents: Whether to remove accents; `None`: as `lowercase`.
            handle_chinese_chars: Whether each Chinese character is a word.
            clean_text: Whether to remove control characters.

        Raises:
            FileError: The file cannot be read.
            VocabularyError: It is not UTF-8, or lacks one of BERT's special tokens.
        """
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        if isinstance(vocab, (str, PathLike)):
            return cls(_Tokenizer.from_file(Path(vocab), options), options)
        return cls(_Tokenizer(list(vocab), options), options)

    @classmethod
    def from_pretrained(cls, path: str | PathLike[str]) -> WordPieceTokenizer:
        """Read the tokenizer of any BERT, with its truncation and padding.

        Args:
            path: A folder with `tokenizer.json` or `vocab.txt`, of which the first is preferred; or
                one of these files. The options for a `vocab.txt` come from the
                `tokenizer_config.json` beside it.

        Raises:
            FileError: The folder has neither file, or a file cannot be read.
            VocabularyError: It is not a BERT WordPiece tokenizer, or has a setting that minibert
                does not support.
        """
        path = Path(path)
        if path.is_dir():
            vocab = path / "vocab.txt"
            path = path / "tokenizer.json"
            if not path.exists() and not vocab.exists():
                raise FileError(f"{path.parent} has neither a tokenizer.json nor a vocab.txt")
            path = path if path.exists() else vocab
        if path.suffix != ".json":
            options = tokenizer_files.read_tokenizer_config(path.parent / "tokenizer_config.json")
            return cls(_Tokenizer.from_file(path, options), options)
        saved = tokenizer_files.read_tokenizer_json(path)
        try:
            core = _Tokenizer(saved.tokens, saved.options)
            return cls(core, saved.options, saved.truncation, saved.padding)
        except (OptionError, VocabularyError) as error:
            raise VocabularyError(f"{path}: {error}") from error

    @classmethod
    def train(
        cls,
        files: Corpus | Sequence[str | PathLike[str]],
        vocab_size: int = 8192,
        *,
        algorithm: str = "count",
        min_frequency: int = 2,
        limit_alphabet: int | None = 1000,
        initial_alphabet: Iterable[str] = "",
        special_tokens: Sequence[str] = SPECIAL_TOKENS,
        lowercase: bool = True,
        strip_accents: bool | None = None,
        handle_chinese_chars: bool = True,
        clean_text: bool = True,
        progress: VocabTrainingProgressCallback | None = None,
    ) -> WordPieceTokenizer:
        """Train a vocabulary on text files; see `minibert.tokenizer.vocabulary.train_vocabulary`.

        Args:
            files: A `Corpus`, or its files, folders and globs.
            vocab_size: See `minibert.tokenizer.vocabulary.VocabTrainingOptions`, also for the next
                five arguments.
            algorithm: `count` or `likelihood`.
            min_frequency: Minimum count of a pair of tokens to be merged.
            limit_alphabet: Maximum number of different characters.
            initial_alphabet: Characters to keep before all others.
            special_tokens: The first tokens of the vocabulary.
            lowercase: See `from_vocab`.
            strip_accents: See `from_vocab`.
            handle_chinese_chars: See `from_vocab`.
            clean_text: See `from_vocab`.
            progress: Called with the progress; an exception that it raises stops the training.

        Raises:
            CorpusError: The text cannot be read.
            VocabularyError: `vocab_size` is too small for the special tokens and the characters,
                the text has no words, or `special_tokens` lacks one of BERT's.
            OptionError: There is no such algorithm, or a number is below 0.
        """
        corpus = files if isinstance(files, Corpus) else Corpus(files)
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        training = VocabTrainingOptions(
            vocab_size,
            algorithm,
            min_frequency,
            limit_alphabet,
            "".join(initial_alphabet),
            special_tokens,
        )
        trained = train_vocabulary(corpus, options, training, progress)
        return cls(_Tokenizer(trained.tokens, options), options)

    @classmethod
    def train_from_iterator(
        cls,
        texts: Iterable[str],
        vocab_size: int = 8192,
        *,
        algorithm: str = "count",
        min_frequency: int = 2,
        limit_alphabet: int | None = 1000,
        initial_alphabet: Iterable[str] = "",
        special_tokens: Sequence[str] = SPECIAL_TOKENS,
        lowercase: bool = True,
        strip_accents: bool | None = None,
        handle_chinese_chars: bool = True,
        clean_text: bool = True,
        progress: VocabTrainingProgressCallback | None = None,
    ) -> WordPieceTokenizer:
        """Train a vocabulary on texts; see `train`.

        Args:
            texts: An iterable of texts, which is read once. Words do not continue from one text to
                the next.
            vocab_size: See `train`.
            algorithm: See `train`.
            min_frequency: See `train`.
            limit_alphabet: See `train`.
            initial_alphabet: See `train`.
            special_tokens: See `train`.
            lowercase: See `from_vocab`.
            strip_accents: See `from_vocab`.
            handle_chinese_chars: See `from_vocab`.
            clean_text: See `from_vocab`.
            progress: See `train`.

        Raises:
            VocabularyError: As `train`.
            OptionError: As `train`.
        """
        options = TokenizerOptions(lowercase, strip_accents, handle_chinese_chars, clean_text)
        training = VocabTrainingOptions(
            vocab_size,
            algorithm,
            min_frequency,
            limit_alphabet,
            "".join(initial_alphabet),
            special_tokens,
        )
        trained = train_vocabulary(texts, options, training, progress)
        return cls(_Tokenizer(trained.tokens, options), options)

    def with_truncation(
        self,
        max_length: int,
        *,
        strategy: TruncationStrategy = "longest_first",
        stride: int = 0,
        direction: Direction = "right",
    ) -> WordPieceTokenizer:
        """A tokenizer whose `encode` and `encode_batch` truncate.

        The removed tokens are in the `overflowing` parts of an encoding.

        Args:
            max_length: The maximum number of tokens, with the added special tokens.
            strategy: The text of a pair to truncate. `"longest_first"`: the longer one, down to the
                length of the other, and then both. `"only_first"`, `"only_second"`: that text.
            stride: The number of tokens that an overflowing part repeats from the part before it.
            direction: The end to truncate, `"left"` or `"right"`.

        Raises:
            OptionError: A value is not allowed, or `stride` is too large for `max_length`.
        """
        truncation = Truncation(max_length, strategy, stride, direction)
        return WordPieceTokenizer(self._core, self._options, truncation, self._padding)

    def without_truncation(self) -> WordPieceTokenizer:
        """A tokenizer whose `encode` and `encode_batch` do not truncate."""
        return WordPieceTokenizer(self._core, self._options, None, self._padding)

    def with_padding(
        self,
        *,
        length: int | None = None,
        multiple_of: int | None = None,
        direction: Direction = "right",
    ) -> WordPieceTokenizer:
        """A tokenizer whose `encode` and `encode_batch` pad with `[PAD]`.

        Args:
            length: The number of tokens; `None`: the length of the longest encoding of the batch.
                Longer encodings stay unchanged.
            multiple_of: Round the length up to a multiple of this.
            direction: The end to pad, `"left"` or `"right"`.

        Raises:
            OptionError: A value is not allowed.
        """
        padding = Padding(length, multiple_of, direction)
        return WordPieceTokenizer(self._core, self._options, self._truncation, padding)

    def without_padding(self) -> WordPieceTokenizer:
        """A tokenizer whose `encode` and `encode_batch` do not pad."""
        return WordPieceTokenizer(self._core, self._options, self._truncation, None)

    def with_cache(self, cache_bytes: int) -> WordPieceTokenizer:
        """A tokenizer with another size of the word cache of `encode_ragged`.

        A smaller cache makes encoding slower and does not change the ids.

        Args:
            cache_bytes: The maximum memory per thread, at least 512 bytes; the default is 16 MiB.

        Raises:
            OptionError: It is below 0.
        """
        core = self._core.with_cache(cache_bytes)
        return WordPieceTokenizer(core, self._options, self._truncation, self._padding)

    def encode(
        self, text: str, pair: str | None = None, *, add_special_tokens: bool = True
    ) -> Encoding:
        """Encode a text or a pair, as `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`.

        A special token in a text, such as `[MASK]`, is encoded as that token.

        Args:
            text: The text.
            pair: The second text.
            add_special_tokens: Whether to add `[CLS]` and `[SEP]`.

        Raises:
            TextTypeError: A text is not a `str`.
            TextError: A text has a lone surrogate, or cannot be truncated by the strategy.
            OptionError: The truncation leaves no tokens, or too few for its stride.
        """
        return self._core.encode(text, pair, add_special_tokens=add_special_tokens)

    def encode_batch(
        self,
        texts: Iterable[str | tuple[str, str]],
        *,
        add_special_tokens: bool = True,
        threads: int | None = None,
    ) -> list[Encoding]:
        """Encode texts and pairs as `encode` does, and pad them together.

        Args:
            texts: Texts, and tuples of a text and its pair.
            add_special_tokens: Whether to add `[CLS]` and `[SEP]`.
            threads: The number of threads; `None`: one per core. It does not change the result.

        Raises:
            TextTypeError: As `encode`; the message names the text of the batch.
            TextError: As `encode`.
            OptionError: As `encode`, or `threads` is below 1.
        """
        return self._core.encode_batch(
            texts, add_special_tokens=add_special_tokens, threads=threads
        )

    def encode_ragged(
        self,
        texts: Iterable[str] | PathLike[str],
        *,
        add_special_tokens: bool = False,
        threads: int | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Encode texts into arrays, without a Python object per token or text.

        Truncation and padding do not apply. Each thread has a cache of words, which is kept from
        call to call; see `with_cache`.

        Args:
            texts: The texts; or the path of a UTF-8 file with one text per line. A file is read in
                chunks and may be larger than RAM, if its ids are not.
            add_special_tokens: Whether each text begins with `[CLS]` and ends with `[SEP]`.
            threads: The number of threads; `None`: one per core. It does not change the result.

        Returns:
            The concatenated ids of all texts, int32; and the boundaries, int64 of shape
            (texts + 1,): text `n` is `ids[boundaries[n]:boundaries[n + 1]]`.

        Raises:
            TextTypeError: A text is not a `str`; the message names the text.
            TextError: A text has a lone surrogate.
            OptionError: `threads` is below 1.
            FileError: The file cannot be read.
            CorpusError: The file is not UTF-8.
        """
        return self._core.encode_ragged(
            texts, add_special_tokens=add_special_tokens, threads=threads
        )

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """Decode ids into a text; ids without a token are skipped."""
        return self._core.decode(ids, skip_special_tokens=skip_special_tokens)

    def save_pretrained(
        self, folder: str | PathLike[str], *, model_max_length: int | None = None
    ) -> None:
        """Write `vocab.txt`, `tokenizer.json` and `tokenizer_config.json` into a folder.

        `tokenizer.json` includes truncation and padding. `tokenizers.Tokenizer.from_file` and
        `transformers.AutoTokenizer.from_pretrained` read the files and give the same ids. (The
        class `BertTokenizerFast` supports only the defaults of `clean_text` and
        `max_input_chars_per_word`.)

        Args:
            folder: It is created if it does not exist.
            model_max_length: The maximum number of tokens of the model, for `transformers`.

        Raises:
            FileError: A file cannot be written.
        """
        saved = SavedTokenizer(self._core.tokens(), self._options, self._truncation, self._padding)
        tokenizer_files.write_folder(Path(folder), saved, self.vocab, model_max_length)

    @property
    def options(self) -> TokenizerOptions:
        """The normalization of text."""
        return self._options

    @property
    def truncation(self) -> Truncation | None:
        """The truncation of encodings, if any."""
        return self._truncation

    @property
    def padding(self) -> Padding | None:
        """The padding of encodings, if any."""
        return self._padding

    def __repr__(self) -> str:
        return (
            f"WordPieceTokenizer(vocab_size={self.vocab_size}, options={self.options},"
            f" truncation={self.truncation}, padding={self.padding})"
        )

    def __reduce__(self) -> tuple[object, ...]:
        shape = (self._options, self._truncation, self._padding, self._core.cache_bytes)
        return _restored, (self._core.tokens(), *shape)


def _restored(
    tokens: list[str],
    options: TokenizerOptions,
    truncation: Truncation | None,
    padding: Padding | None,
    cache_bytes: int,
) -> WordPieceTokenizer:
    """Rebuild a pickled tokenizer."""
    core = _Tokenizer(tokens, options).with_cache(cache_bytes)
    return WordPieceTokenizer(core, options, truncation, padding)
