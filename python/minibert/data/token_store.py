"""The third station: a corpus as token ids, with its sentence and document boundaries."""

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
"""What a store is made in, in bytes, if nothing else is said."""


class TokenStore:
    """A corpus as token ids, two bytes each where the vocabulary allows. Made by `build` or `open`.

    The ids and boundaries are in a file that is mapped into memory, so that a store may be larger
    than the memory. Sentences and documents without a token are left out. The file's format is in
    `docs/reference/token-store.md`.

    A store that has a file of its own can be pickled: another process opens the same file.

    Attributes:
        path: the file, from the root; None where it is temporary.
    """

    def __init__(self, core: CoreStore, path: Path | None) -> None:
        self._core = core
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path, str], TokenStore], tuple[Path, str]]:
        """The file's name, and what must be in it still.

        Raises:
            StoreError: the store has no file of its own.
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
        made_from: bytes = bytes(32),
        progress: CorpusProgressCallback | None = None,
    ) -> TokenStore:
        """Encodes a corpus, on all cores; the result depends neither on their number nor on memory.

        Special tokens' names in the text are taken as plain text.

        Args:
            corpus: what to encode.
            tokenizer: what to encode it with.
            path: the file to write; it appears when it is whole, in place of any that is there. By
                default a temporary file, which goes away with the store.
            memory: bytes that the work may take beside what the process has already, about;
                128 MiB or more.
            made_from: 32 bytes that are kept in the store; a hash of what it depends on.
            progress: told how far it is, about once a megabyte; what it raises stops the work, and
                leaves no file.

        Raises:
            CorpusError: the corpus cannot be read, or holds no text.
            FileError: the store cannot be written.
            OptionError: the memory is too little.
        """
        core = CoreStore.build(
            corpus._core,
            tokenizer._core,
            None if path is None else fspath(path),
            memory,
            made_from,
            progress and (lambda *counts: progress(CorpusProgress(*counts))),
        )
        return cls(core, None if path is None else Path(path).absolute())

    @classmethod
    def open(cls, path: str | PathLike[str]) -> TokenStore:
        """Opens a store that `build` has written.

        All of the file is read once, so that damage is found here and not in the middle of a run.

        Raises:
            FileError: the file cannot be read.
            StoreError: the file is no token store, of another version, or damaged.
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
        """The length of the file."""
        return self._core.stored_bytes

    @property
    def fingerprint(self) -> str:
        """A hash, 16 hexadecimal digits, of tokens, boundaries and tokenizer."""
        return f"{self._core.fingerprint:016x}"

    @property
    def tokenizer_fingerprint(self) -> int:
        """That of the tokenizer which made the ids."""
        return self._core.tokenizer_fingerprint

    @property
    def made_from(self) -> bytes:
        """The 32 bytes that `build` was given."""
        return self._core.made_from

    @property
    def corpus_summary(self) -> CorpusSummary:
        """What was seen of the corpus."""
        return CorpusSummary.from_core(self._core.corpus_summary)

    def token_counts(self, documents: Sequence[int] | None = None) -> NDArray[np.int64]:
        """How often each id occurs: (vocabulary size), int64.

        Args:
            documents: where to count, by number; in all of them if left out.

        Raises:
            IndexError: there is no such document.
        """
        return self._core.token_counts(documents)

    def context_counts(
        self, documents: Sequence[int], contexts: Sequence[int], window: int
    ) -> NDArray[np.float32]:
        """How often some ids stand near each id of the vocabulary, by the side that they are on.

        One that is d tokens away counts 1 / d, as in GloVe (Pennington et al. 2014, section 3.1).
        Sentences end nothing, and documents do.

        Args:
            documents: where to count, by number.
            contexts: C different ids.
            window: the largest distance, in tokens.

        Returns:
            (vocabulary size, 2 * C), float32: before it, and then behind it.

        Raises:
            IndexError: there is no such document, or no such id.
        """
        return self._core.context_counts(documents, contexts, window)

    def unigram_entropy(self) -> float:
        """The loss, in nats, of guessing tokens by their frequency alone."""
        return self._core.unigram_entropy

    def document(self, number: int) -> list[list[int]]:
        """The ids of a document, sentence by sentence.

        Raises:
            IndexError: there is no such document.
        """
        return self._core.document(number)


def _reopen(path: Path, fingerprint: str) -> TokenStore:
    """Opens a store again in another process.

    Raises:
        StoreError: the file has been made anew from something else.
    """
    store = TokenStore.open(path)
    if store.fingerprint != fingerprint:
        raise StoreError(
            f"{path} is not the store any more that it was when it was sent to this process; "
            "open it again there"
        )
    return store
