"""The third station: a corpus as token ids, with its sentence and document boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert import _core
from minibert.text import Corpus, CorpusSummary, Progress, ProgressCallback

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from minibert.pieces import WordPieceTokenizer

__all__ = ["TokenStore"]


class TokenStore:
    """A corpus as token ids, two bytes each where the vocabulary allows. Made by `build`.

    Sentences and documents without a token are left out.
    """

    def __init__(self, core: _core.TokenStore, summary: CorpusSummary) -> None:
        self._core = core
        self.corpus_summary = summary

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        tokenizer: WordPieceTokenizer,
        *,
        progress: ProgressCallback | None = None,
    ) -> TokenStore:
        """Encodes a corpus, on all cores; the result does not depend on their number.

        Special tokens' names in the text are taken as plain text.

        Args:
            corpus: what to encode.
            tokenizer: what to encode it with.
            progress: told how far it is, about once a megabyte; what it raises stops the work.

        Raises:
            CorpusError: the corpus cannot be read, or holds no text.
        """
        core, summary = _core.TokenStore.build(
            corpus._core,
            tokenizer._core,
            progress and (lambda *counts: progress(Progress(*counts))),
        )
        return cls(core, CorpusSummary.from_core(summary))

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
    def fingerprint(self) -> str:
        """A hash, 16 hexadecimal digits, of tokens, boundaries and tokenizer."""
        return f"{self._core.fingerprint:016x}"

    def token_counts(self) -> NDArray[np.int64]:
        """How often each id occurs: (vocabulary size), int64."""
        return self._core.token_counts()

    def unigram_entropy(self) -> float:
        """The loss, in nats, of guessing tokens by their frequency alone."""
        return self._core.unigram_entropy

    def document(self, number: int) -> list[list[int]]:
        """The ids of a document, sentence by sentence.

        Raises:
            IndexError: there is no such document.
        """
        return self._core.document(number)
