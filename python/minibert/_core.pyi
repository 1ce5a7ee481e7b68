from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from minibert.tokenizer.options import Padding, TokenizerOptions, Truncation
from minibert.tokenizer.vocabulary import VocabTrainingOptions

__all__ = [
    "BatchPool",
    "Corpus",
    "CorpusSummary",
    "Encoding",
    "PretrainingDataset",
    "TokenStore",
    "Tokenizer",
    "__version__",
    "read_metrics",
    "train_vocabulary",
    "train_vocabulary_from_texts",
]

__version__: str

# tokens ------------------------------------------------------------------------------------------

@final
class Encoding:
    """What the tokenizer makes of a text or a pair; all lists have one length, `len(encoding)`.

    It never changes, compares by value, and pickles to the same bytes each time. Tokens, words and
    characters are counted from 0; what is not there is `None`. A `sequence_index` is 0 for the
    first text and 1 for the second; for any other, the whole encoding is searched.
    """

    @property
    def ids(self) -> list[int]:
        """The id of each token."""
    @property
    def type_ids(self) -> list[int]:
        """1 for the second text and its `[SEP]`, else 0."""
    @property
    def tokens(self) -> list[str]:
        """The token of each id."""
    @property
    def offsets(self) -> list[tuple[int, int]]:
        """The characters that each token comes from, `(start, end)` with `end` after the last.

        `(0, 0)` for padding and added special tokens.
        """
    @property
    def attention_mask(self) -> list[int]:
        """0 for padding, else 1."""
    @property
    def special_tokens_mask(self) -> list[int]:
        """1 for padding and added special tokens, 0 also for one that is in the text."""
    @property
    def word_ids(self) -> list[int | None]:
        """The word that each token is part of; `None` for padding and added special tokens."""
    @property
    def words(self) -> list[int | None]:
        """The same as `word_ids`."""
    @property
    def sequence_ids(self) -> list[int | None]:
        """0 for the first text, 1 for the second, `None` for padding and added special tokens."""
    @property
    def n_sequences(self) -> int:
        """1 for a text, 2 for a pair."""
    @property
    def overflowing(self) -> list[Encoding]:
        """The parts that were cut off; those of a pair, each with each."""
    def token_to_sequence(self, token_index: int) -> int | None:
        """The text that a token is of."""
    def token_to_chars(self, token_index: int) -> tuple[int, int] | None:
        """The characters that a token comes from."""
    def token_to_word(self, token_index: int) -> int | None:
        """The word that a token is part of."""
    def char_to_token(self, char_pos: int, sequence_index: int = 0) -> int | None:
        """The first token that comes from a character."""
    def char_to_word(self, char_pos: int, sequence_index: int = 0) -> int | None:
        """The word that a character is part of."""
    def word_to_tokens(self, word_index: int, sequence_index: int = 0) -> tuple[int, int] | None:
        """The tokens of a word: the first, and the one after the last."""
    def word_to_chars(self, word_index: int, sequence_index: int = 0) -> tuple[int, int] | None:
        """The characters of a word."""
    def __len__(self) -> int: ...
    @staticmethod
    def _restore(tokens: Sequence[tuple[int, str]], state: bytes) -> Encoding: ...

@final
class Tokenizer:
    """The core's tokenizer, behind `minibert.tokenizer.wordpiece.WordPieceTokenizer`."""

    def __new__(cls, tokens: Sequence[str], options: TokenizerOptions) -> Tokenizer: ...
    @staticmethod
    def from_file(path: Path, options: TokenizerOptions) -> Tokenizer: ...
    def shaped(self, truncation: Truncation | None, padding: Padding | None) -> Tokenizer: ...
    def encode(
        self, text: str, pair: str | None = None, *, add_special_tokens: bool = True
    ) -> Encoding: ...
    def encode_batch(
        self,
        texts: Iterable[str | tuple[str, str]],
        *,
        add_special_tokens: bool = True,
        threads: int | None = None,
    ) -> list[Encoding]: ...
    def with_cache(self, cache_bytes: int) -> Tokenizer: ...
    @property
    def cache_bytes(self) -> int: ...
    def encode_ragged(
        self,
        texts: Iterable[str] | PathLike[str],
        *,
        add_special_tokens: bool = False,
        threads: int | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]: ...
    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str: ...
    def tokens(self) -> list[str]: ...
    def vocab(self) -> dict[str, int]: ...
    def token_to_id(self, token: str) -> int | None: ...
    def id_to_token(self, id: int) -> str | None: ...
    @property
    def vocab_size(self) -> int: ...
    @property
    def fingerprint(self) -> int: ...
    @property
    def special_ids(self) -> tuple[int, int, int, int, int]: ...

# corpus, store, batches --------------------------------------------------------------------------

@final
class Corpus:
    def __new__(
        cls,
        sources: Sequence[str | PathLike[str] | tuple[str, bytes]],
        *,
        layout: str | None,
        replace_errors: bool,
    ) -> Corpus: ...
    @property
    def names(self) -> list[str]: ...
    @property
    def stored_bytes(self) -> int: ...
    def for_each_batch(self, each: Callable[[list[list[str]]], object]) -> CorpusSummary: ...
    def summary(
        self, progress: Callable[[int, int, int, int], object] | None = None
    ) -> CorpusSummary: ...

@final
class CorpusSummary:
    """See `minibert.corpus.CorpusSummary`."""

    @property
    def files(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def documents(self) -> int: ...
    @property
    def sentences(self) -> int: ...
    @property
    def characters(self) -> int: ...
    @property
    def lines(self) -> int: ...
    @property
    def joined_lines(self) -> int: ...
    @property
    def wrap_width(self) -> int | None: ...
    @property
    def layouts(self) -> dict[str, int]: ...

def train_vocabulary(
    corpus: Corpus,
    options: TokenizerOptions,
    training: VocabTrainingOptions,
    progress: Callable[[Literal["reading", "merging"], int, int], object] | None = None,
) -> tuple[list[str], tuple[int, int, int, int]]:
    """The fields of `minibert.tokenizer.vocabulary.TrainedVocabulary`, of a corpus.

    `progress` receives the fields of `minibert.tokenizer.vocabulary.VocabTrainingProgress`.
    """

def train_vocabulary_from_texts(
    texts: Iterable[str],
    options: TokenizerOptions,
    training: VocabTrainingOptions,
    progress: Callable[[Literal["reading", "merging"], int, int], object] | None = None,
) -> tuple[list[str], tuple[int, int, int, int]]:
    """As `train_vocabulary`, of texts in memory."""

@final
class TokenStore:
    @staticmethod
    def build(
        corpus: Corpus,
        tokenizer: Tokenizer,
        path: str | PathLike[str] | None,
        memory: int,
        made_from: bytes,
        progress: Callable[[int, int, int, int], object] | None = None,
    ) -> TokenStore: ...
    @staticmethod
    def open(path: str | PathLike[str]) -> TokenStore: ...
    @property
    def documents(self) -> int: ...
    @property
    def sentences(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def stored_bytes(self) -> int: ...
    @property
    def fingerprint(self) -> int: ...
    @property
    def tokenizer_fingerprint(self) -> int: ...
    @property
    def made_from(self) -> bytes: ...
    @property
    def corpus_summary(self) -> CorpusSummary: ...
    @property
    def unigram_entropy(self) -> float: ...
    def token_counts(self, documents: Sequence[int] | None = None) -> NDArray[np.int64]: ...
    def context_counts(
        self, documents: Sequence[int], contexts: Sequence[int], window: int
    ) -> NDArray[np.float32]: ...
    def document(self, document: int) -> list[list[int]]: ...

_BatchArrays: TypeAlias = tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]
"""The arrays of `minibert.data.dataset.Batch`, in its order."""

@final
class PretrainingDataset:
    def __new__(
        cls,
        store: TokenStore,
        *,
        objective: str,
        seq_len: int,
        batch_size: int,
        seed: int,
        split: str,
        validation_fraction: float,
        short_seq_prob: float,
        hard_negative_prob: float,
        balanced_labels: bool,
        mask_unit: str,
        masked_lm_prob: float,
        final_masked_lm_prob: float | None,
        masked_lm_prob_epochs: float,
        max_predictions_per_seq: int | None,
        mask_replace_prob: float,
        random_replace_prob: float,
        drop_last: bool,
        rank: int,
        world_size: int,
    ) -> PretrainingDataset: ...
    @property
    def documents(self) -> list[int]: ...
    def examples(self, epoch: int) -> int: ...
    def random_next_share(self, epoch: int) -> float: ...
    def batches_per_epoch(self, epoch: int) -> int: ...
    def batch(self, epoch: int, index: int) -> _BatchArrays: ...
    def unpadded_batch(
        self, epoch: int, index: int
    ) -> tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int32],
        int,
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
    ]:
        """What `minibert.data.dataset.UnpaddedBatch` holds, in its order."""

@final
class BatchPool:
    """See `minibert.data.dataloader.BatchStream`."""

    def __new__(
        cls, dataset: PretrainingDataset, *, epoch: int, index: int, threads: int, ahead: int
    ) -> BatchPool: ...
    def take(self) -> tuple[int, int, _BatchArrays] | None:
        """Epoch, index and arrays of the next batch; None once the pool has ended."""
    def stop(self) -> None: ...
    def join(self) -> None: ...

# runs --------------------------------------------------------------------------------------------

def read_metrics(
    data: bytes, columns: Sequence[str], *, required: Sequence[str], format: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """See `minibert.runs.metrics.parse_columns`."""
