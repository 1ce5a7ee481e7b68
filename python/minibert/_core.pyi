from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from minibert.tokenizer_files import TokenizerOptions

__all__ = [
    "Corpus",
    "CorpusSummary",
    "Encoding",
    "PretrainingDataset",
    "TokenStore",
    "Tokenizer",
    "__version__",
    "train_vocabulary",
]

__version__: str

# pieces ------------------------------------------------------------------------------------------

@final
class Encoding:
    """What the tokenizer makes of a text or a pair; all lists have one length.

    `offsets` are in characters of the text, `(0, 0)` for an added special token, for which
    `word_ids` and `sequence_ids` are `None` and `special_tokens_mask` is 1.
    """

    @property
    def ids(self) -> list[int]: ...
    @property
    def type_ids(self) -> list[int]: ...
    @property
    def tokens(self) -> list[str]: ...
    @property
    def offsets(self) -> list[tuple[int, int]]: ...
    @property
    def attention_mask(self) -> list[int]: ...
    @property
    def special_tokens_mask(self) -> list[int]: ...
    @property
    def word_ids(self) -> list[int | None]: ...
    @property
    def sequence_ids(self) -> list[int | None]: ...
    def __len__(self) -> int: ...

@final
class Tokenizer:
    """The core's tokenizer, behind `minibert.pieces.WordPieceTokenizer`."""

    def __new__(cls, pieces: Sequence[str], options: TokenizerOptions) -> Tokenizer: ...
    @staticmethod
    def from_file(path: Path, options: TokenizerOptions) -> Tokenizer: ...
    @staticmethod
    def train_from_texts(
        texts: Iterable[str], options: TokenizerOptions, training: object
    ) -> Tokenizer: ...
    def encode(
        self, text: str, pair: str | None = None, *, add_special_tokens: bool = True
    ) -> Encoding: ...
    def encode_batch(
        self, texts: Sequence[str | tuple[str, str]], *, add_special_tokens: bool = True
    ) -> list[Encoding]: ...
    def encode_ragged(
        self, texts: Sequence[str], *, add_special_tokens: bool = False
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]: ...
    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str: ...
    def pieces(self) -> list[str]: ...
    def vocab(self) -> dict[str, int]: ...
    def token_to_id(self, piece: str) -> int | None: ...
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
    """See `minibert.text.CorpusSummary`."""

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
    training: object,
    progress: Callable[[Literal["reading", "merging"], int, int], object] | None = None,
) -> list[str]:
    """Count the words of a corpus on all cores and learn its pieces, in the order of their ids.

    `training` has what `minibert.pieces.WordPieceTokenizer.train` is told about it; `progress` is
    told the fields of `minibert.pieces.TrainingProgress`.
    """

@final
class TokenStore:
    @staticmethod
    def build(
        corpus: Corpus,
        tokenizer: Tokenizer,
        progress: Callable[[int, int, int, int], object] | None = None,
    ) -> tuple[TokenStore, CorpusSummary]: ...
    @property
    def documents(self) -> int: ...
    @property
    def sentences(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def fingerprint(self) -> int: ...
    @property
    def unigram_entropy(self) -> float: ...
    def token_counts(self) -> NDArray[np.int64]: ...
    def document(self, document: int) -> list[list[int]]: ...

@final
class PretrainingDataset:
    def __new__(
        cls,
        store: TokenStore,
        *,
        seq_len: int,
        batch_size: int,
        seed: int,
        split: str,
        held_out_fraction: float,
        short_seq_prob: float,
        masked_lm_prob: float,
        max_predictions_per_seq: int | None,
        drop_last: bool,
    ) -> PretrainingDataset: ...
    @property
    def documents(self) -> list[int]: ...
    def examples(self, epoch: int) -> int: ...
    def random_next_share(self, epoch: int) -> float: ...
    def batches_per_epoch(self, epoch: int) -> int: ...
    def batch(
        self, epoch: int, index: int
    ) -> tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
    ]:
        """The arrays of `minibert.batches.Batch`, in its order."""
