"""The second station: from a text to the ids of WordPiece pieces, and back.

`WordPieceTokenizer` gives what Hugging Face's `BertWordPieceTokenizer` gives, id for id, and reads
and writes its files.
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


class WordPieceTokenizer:
    """BERT's tokenizer: cleans and lowers a text, splits it into words and words into pieces.

    Make one with `from_vocab`, `from_pretrained` or `train`. It never changes (`with_truncation`
    and the like give another, which shares the vocabulary), may be used from several threads,
    pickles, and survives a fork.

    >>> pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "!"]
    >>> tokenizer = WordPieceTokenizer.from_vocab(pieces)
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
        self._core = core.shaped(truncation, padding)
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
    def from_pretrained(cls, path: str | PathLike[str]) -> WordPieceTokenizer:
        """Read the tokenizer of a BERT, minibert's or another's, with its truncation and padding.

        Args:
            path: A folder, of which `tokenizer.json` is read if it is there, else `vocab.txt`; or
                one of these files. What `vocab.txt` leaves open, a `tokenizer_config.json` beside
                it says.

        Raises:
            FileError: The folder has neither file, or one cannot be read.
            VocabularyError: They are not a BERT WordPiece tokenizer's, or ask for something, which
                the message names, that minibert does not do.
        """
        path = Path(path)
        if path.is_dir():
            vocab = path / "vocab.txt"
            path = path / "tokenizer.json"
            if not path.exists() and not vocab.exists():
                raise FileError(
                    f"{path.parent}: there is neither a tokenizer.json nor a vocab.txt in it"
                )
            path = path if path.exists() else vocab
        if path.suffix != ".json":
            options = tokenizer_files.read_tokenizer_config(path.parent / "tokenizer_config.json")
            return cls(_Tokenizer.from_file(path, options), options)
        saved = tokenizer_files.read_tokenizer_json(path)
        try:
            core = _Tokenizer(saved.pieces, saved.options)
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
        """Learn a vocabulary from text files, on all cores and in little memory.

        The result is the same on every machine; `train_vocabulary` says more,
        and also what becomes of the words.

        Args:
            files: A `Corpus`, or what one is made of: files, folders, globs.
            vocab_size: The number of pieces at most, with special tokens and single characters.
            algorithm: `count` or `likelihood`; this and the next four are as in
                `minibert.tokenizer.vocabulary.VocabTrainingOptions`.
            min_frequency: Pieces that occur side by side less often than this are not merged.
            limit_alphabet: The number of different characters that are kept, the commonest.
            initial_alphabet: Characters that are kept before all others.
            special_tokens: The pieces that the vocabulary begins with.
            lowercase: See `from_vocab`.
            strip_accents: See `from_vocab`.
            handle_chinese_chars: See `from_vocab`.
            clean_text: See `from_vocab`.
            progress: Told how far it is; what it raises stops the work.

        Raises:
            CorpusError: The text cannot be read.
            VocabularyError: `vocab_size` has no room for the special tokens and the characters, the
                text has no words, or `special_tokens` lacks one of BERT's.
            OptionError: There is no such algorithm, or a number is below 0.
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
        corpus = files if isinstance(files, Corpus) else Corpus(files)
        trained = train_vocabulary(corpus, options, training, progress)
        return cls(_Tokenizer(trained.pieces, options), options)

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
        """Learn a vocabulary from texts, on all cores; see `train`.

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
            progress: Told how far the merging is; what it raises stops the work.

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
        return cls(_Tokenizer(trained.pieces, options), options)

    def with_truncation(
        self,
        max_length: int,
        *,
        strategy: TruncationStrategy = "longest_first",
        stride: int = 0,
        direction: Direction = "right",
    ) -> WordPieceTokenizer:
        """This tokenizer, of which `encode` and `encode_batch` cut what is too long.

        What is cut off is in the encoding's `overflowing` parts.

        Args:
            max_length: The number of tokens at most, with the added special tokens.
            strategy: Which text of a pair is cut: `"longest_first"` the longer one, down to the
                other's length, and then both; `"only_first"` and `"only_second"` that one alone.
            stride: The number of tokens that an overflowing part repeats of the part before it.
            direction: The end that is cut off, `"left"` or `"right"`.

        Raises:
            OptionError: One of them cannot be, or `stride` leaves nothing of `max_length`.
        """
        truncation = Truncation(max_length, strategy, stride, direction)
        return WordPieceTokenizer(self._core, self._options, truncation, self._padding)

    def without_truncation(self) -> WordPieceTokenizer:
        """This tokenizer, of which `encode` and `encode_batch` cut nothing."""
        return WordPieceTokenizer(self._core, self._options, None, self._padding)

    def with_padding(
        self,
        *,
        length: int | None = None,
        multiple_of: int | None = None,
        direction: Direction = "right",
    ) -> WordPieceTokenizer:
        """This tokenizer, of which `encode` and `encode_batch` fill up with `[PAD]`.

        Args:
            length: The number of tokens; `None`: that of the longest encoding of the batch. A
                longer encoding stays as it is.
            multiple_of: The length is rounded up to a multiple of this.
            direction: The end at which `[PAD]` is put, `"left"` or `"right"`.

        Raises:
            OptionError: One of them cannot be.
        """
        padding = Padding(length, multiple_of, direction)
        return WordPieceTokenizer(self._core, self._options, self._truncation, padding)

    def without_padding(self) -> WordPieceTokenizer:
        """This tokenizer, of which `encode` and `encode_batch` add no `[PAD]`."""
        return WordPieceTokenizer(self._core, self._options, self._truncation, None)

    def with_cache(self, cache_bytes: int) -> WordPieceTokenizer:
        """This tokenizer, of which `encode_ragged` remembers words in less or more memory.

        A smaller cache is slower, never different. Nothing else is remembered.

        Args:
            cache_bytes: The most memory that each thread takes, 16 MiB if nothing is said; half a
                kilobyte is always taken.

        Raises:
            OptionError: It is below 0.
        """
        core = self._core.with_cache(cache_bytes)
        return WordPieceTokenizer(core, self._options, self._truncation, self._padding)

    def encode(
        self, text: str, pair: str | None = None, *, add_special_tokens: bool = True
    ) -> Encoding:
        """Encode a text or a pair, as `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`.

        A special token that is written out in a text, such as `[MASK]`, stands for itself.

        Args:
            text: The text.
            pair: The second text.
            add_special_tokens: Whether `[CLS]` and `[SEP]` are added.

        Raises:
            TextTypeError: A text is not a `str`.
            TextError: A text has a lone surrogate, or cannot be truncated by the strategy.
            OptionError: The truncation leaves no room, or too little for its stride.
        """
        return self._core.encode(text, pair, add_special_tokens=add_special_tokens)

    def encode_batch(
        self,
        texts: Iterable[str | tuple[str, str]],
        *,
        add_special_tokens: bool = True,
        threads: int | None = None,
    ) -> list[Encoding]:
        """Encode texts and pairs, as `encode` does, and pad them together.

        Args:
            texts: Texts, and tuples of a text and its pair.
            add_special_tokens: Whether `[CLS]` and `[SEP]` are added.
            threads: How many threads share the work; `None`: one a core. The result is the same.

        Raises:
            TextTypeError: As `encode`; the message says which text of the batch it is.
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
        """Encode texts into arrays, without one Python object per token or text.

        Truncation and padding do not apply. Each thread remembers words, see `with_cache`, also
        from one call to the next.

        Args:
            texts: The texts; or the path of a UTF-8 file, of which each line is a text. A file is
                read bit by bit: it may be larger than the memory, if its ids are not.
            add_special_tokens: Whether each begins with `[CLS]` and ends with `[SEP]`.
            threads: How many threads share the work; `None`: one a core. The result is the same.

        Returns:
            The ids of all texts end to end, int32; and the boundaries, int64 of length
            `len(texts) + 1`: text `n` is `ids[boundaries[n]:boundaries[n + 1]]`.

        Raises:
            TextTypeError: A text is not a `str`; the message says which.
            TextError: A text has a lone surrogate.
            OptionError: `threads` is below 1.
            FileError: The file cannot be read.
            CorpusError: The file is not UTF-8.
        """
        return self._core.encode_ragged(
            texts, add_special_tokens=add_special_tokens, threads=threads
        )

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """Put pieces together to a text; ids that have no piece are left out."""
        return self._core.decode(ids, skip_special_tokens=skip_special_tokens)

    def save_pretrained(
        self, folder: str | PathLike[str], *, model_max_length: int | None = None
    ) -> None:
        """Write `vocab.txt`, `tokenizer.json` and `tokenizer_config.json` into a folder.

        Truncation and padding are in `tokenizer.json`.

        `tokenizers.Tokenizer.from_file` and `transformers.AutoTokenizer.from_pretrained` read them
        and then give the same ids. (The class `BertTokenizerFast` knows neither `clean_text` nor
        the longest word: it follows only if these have their defaults.)

        Args:
            folder: Where to; it is made if it is not there.
            model_max_length: The number of tokens that the model takes, for `transformers`.

        Raises:
            FileError: A file cannot be written.
        """
        saved = SavedTokenizer(self._core.pieces(), self._options, self._truncation, self._padding)
        tokenizer_files.write_folder(Path(folder), saved, self.vocab, model_max_length)

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
    def truncation(self) -> Truncation | None:
        """How encodings are cut, if they are."""
        return self._truncation

    @property
    def padding(self) -> Padding | None:
        """How encodings are padded, if they are."""
        return self._padding

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
    def special_ids(self) -> tuple[int, int, int, int, int]:
        """The ids of `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`."""
        return self._core.special_ids

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
        return (
            f"WordPieceTokenizer(vocab_size={self.vocab_size}, options={self.options},"
            f" truncation={self.truncation}, padding={self.padding})"
        )

    def __reduce__(self) -> tuple[object, ...]:
        shape = (self._options, self._truncation, self._padding, self._core.cache_bytes)
        return _restored, (self._core.pieces(), *shape)


def _restored(
    pieces: list[str],
    options: TokenizerOptions,
    truncation: Truncation | None,
    padding: Padding | None,
    cache_bytes: int,
) -> WordPieceTokenizer:
    """Make a pickled tokenizer again."""
    core = _Tokenizer(pieces, options).with_cache(cache_bytes)
    return WordPieceTokenizer(core, options, truncation, padding)
