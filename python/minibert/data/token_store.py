"""Pipeline stage 3: a corpus as token ids, with the boundaries of sentences and documents."""

from __future__ import annotations

from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING

from minibert._core import TokenStore as CoreStore
from minibert.corpus import Corpus, CorpusProgress, CorpusProgressCallback, CorpusSummary
from minibert.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray

    from minibert.tokenizer.wordpiece import WordPieceTokenizer

__all__ = ["DEFAULT_MEMORY", "TokenStore"]

DEFAULT_MEMORY = 512 << 20
"""The default limit of memory for tokenization, in bytes."""


class TokenStore:
    """A tokenized corpus, with two bytes per token if the vocabulary allows it.

    Use `build` or `open`. Ids and boundaries are in a memory-mapped file, so that a store may be
    larger than RAM. Sentences and documents without tokens are left out. The file's format is in
    `docs/reference/token-store.md`.

    A store with a path can be pickled: another process opens the same file.

    Attributes:
        path: the absolute path of the file; None if it is temporary.
    """

    def __init__(self, core: CoreStore, path: Path | None) -> None:
        self._core = core
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path, str], TokenStore], tuple[Path, str]]:
        """Pickle the path of the file and its fingerprint.

        Raises:
            StoreError: the store is in a temporary file.
        """
        if self.path is None:
            raise StoreError(
                "a store in a temporary file cannot be sent to another process; give "
                "TokenStore.build a path, or let the process fork"
            )
        return _reopen, (self.path, self.fingerprint)

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        tokenizer: WordPieceTokenizer,
        path: str | PathLike[str] | None = None,
        *,
        memory: int = DEFAULT_MEMORY,
        source_hash: bytes = bytes(32),
        progress: CorpusProgressCallback | None = None,
    ) -> TokenStore:
        """Tokenize a corpus on all cores; the result depends neither on their number nor on memory.

        Names of special tokens in the text are plain text.

        Args:
            corpus: the corpus.
            tokenizer: the tokenizer.
            path: the file to write; it appears when it is complete, in place of an existing one. By
                default a temporary file, which is removed with the store.
            memory: the approximate limit of additional memory in bytes; 128 MiB or more.
            source_hash: 32 bytes to keep in the store, a hash of its source.
            progress: called about once per megabyte; an exception stops the work and leaves no
                file.

        Raises:
            CorpusError: the corpus cannot be read, or has no text.
            FileError: the store cannot be written.
            OptionError: the memory limit is too low.
        """
        core = CoreStore.build(
            corpus._core,
            tokenizer._core,
            None if path is None else fspath(path),
            memory,
            source_hash,
            progress and (lambda *counts: progress(CorpusProgress(*counts))),
        )
        return cls(core, None if path is None else Path(path).absolute())

    @classmethod
    def open(cls, path: str | PathLike[str]) -> TokenStore:
        """Open a store that `build` has written.

        The whole file is read once, to find damage now rather than during training.

        Raises:
            FileError: the file cannot be read.
            StoreError: the file is not a token store, has another version, or is damaged.
        """
        return cls(CoreStore.open(fspath(path)), Path(path).absolute())

    @property
    def documents(self) -> int:
        """The number of documents."""
        return self._core.documents

    @property
    def sentences(self) -> int:
        """The number of sentences."""
        return self._core.sentences

    @property
    def tokens(self) -> int:
        """The number of tokens."""
        return self._core.tokens

    @property
    def stored_bytes(self) -> int:
        """The size of the file."""
        return self._core.stored_bytes

    @property
    def fingerprint(self) -> str:
        """A hash of tokens, boundaries and tokenizer, as 16 hexadecimal digits."""
        return f"{self._core.fingerprint:016x}"

    @property
    def tokenizer_fingerprint(self) -> int:
        """The fingerprint of the tokenizer."""
        return self._core.tokenizer_fingerprint

    @property
    def source_hash(self) -> bytes:
        """The 32 bytes given to `build`."""
        return self._core.made_from

    @property
    def corpus_summary(self) -> CorpusSummary:
        """The layout and size of the corpus."""
        return CorpusSummary.from_core(self._core.corpus_summary)

    def token_counts(self, documents: Sequence[int] | None = None) -> NDArray[np.int64]:
        """How often each id occurs: (vocabulary size), int64.

        Args:
            documents: the numbers of the documents to count in; all by default.

        Raises:
            IndexError: there is no such document.
        """
        return self._core.token_counts(documents)

    def context_counts(
        self, documents: Sequence[int], contexts: Sequence[int], window: int
    ) -> NDArray[np.float32]:
        """How often some ids occur near each id of the vocabulary, before and after it.

        At a distance of d tokens, an occurrence counts 1 / d, as in GloVe (Pennington et al. 2014,
        section 3.1). Windows cross the ends of sentences, but not of documents.

        Args:
            documents: the numbers of the documents to count in.
            contexts: C different ids.
            window: the largest distance, in tokens.

        Returns:
            (vocabulary size, 2 * C), float32: counts before each id, then after it.

        Raises:
            IndexError: there is no such document, or no such id.
        """
        return self._core.context_counts(documents, contexts, window)

    def unigram_entropy(self) -> float:
        """The unigram entropy of the tokens, in nats: the loss of predicting by frequency alone."""
        return self._core.unigram_entropy

    def document(self, number: int) -> list[list[int]]:
        """The ids of a document, a list per sentence.

        Raises:
            IndexError: there is no such document.
        """
        return self._core.document(number)


def _reopen(path: Path, fingerprint: str) -> TokenStore:
    """Open a store in another process.

    Raises:
        StoreError: the file has been replaced by another store.
    """
    store = TokenStore.open(path)
    if store.fingerprint != fingerprint:
        raise StoreError(
            f"{path} has been replaced by another store since it was sent to this process; open it "
            "again and send it again"
        )
    return store
