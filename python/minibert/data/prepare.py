"""The whole of `minibert prepare`: a corpus in, a folder with its tokens and their tokenizer out.

A folder is found again by what it was made from: the corpus (files by absolute path, size and time
of the last change; standard input by its hash), how it is read, the tokenizer or how one is
learned, and the version of minibert. What a person sees of it is a `Reporter`'s matter.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from minibert._core import __version__
from minibert.config import VocabOptions
from minibert.corpus import open_corpus
from minibert.data.cache import MOST_BYTES, cache_folder, evict, mark_used
from minibert.data.token_store import DEFAULT_MEMORY, TokenStore
from minibert.errors import FileError, OptionError, StoreError
from minibert.io.units import format_size, parse_size
from minibert.tokenizer.train import check_no_tokenizer, train_corpus_vocabulary
from minibert.tokenizer.wordpiece import WordPieceTokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minibert.config import PrepareOptions
    from minibert.corpus import Corpus, CorpusProgress
    from minibert.io.reporter import Reporter

STORE = "tokens.store"
"""The store's name in a prepared folder."""


@dataclass(frozen=True, slots=True)
class PreparedCorpus:
    """A corpus as tokens, with the tokenizer that made them."""

    path: Path | None
    """The folder; `None` where there is none that can be written, and the store is temporary."""
    tokenizer: WordPieceTokenizer
    store: TokenStore
    reused: bool
    seconds: float


@dataclass(frozen=True)
class TokenSource:
    """What tokens are made from: a corpus, and a tokenizer or how one is learned from it."""

    corpus: Corpus
    pieces: WordPieceTokenizer | VocabOptions

    @cached_property
    def digest(self) -> bytes:
        """A hash, 32 bytes, of all that the tokens depend on, as it was when first asked for."""
        pieces: object
        if isinstance(self.pieces, WordPieceTokenizer):
            pieces = f"{self.pieces.fingerprint:016x}"
        else:
            pieces = [self.pieces.size, self.pieces.cased]
        depends_on = {
            "minibert": __version__,
            "corpus": self.corpus.identity(),
            "layout": self.corpus.layout,
            "errors": self.corpus.errors,
            "pieces": pieces,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).digest()

    def tokenizer(self, reporter: Reporter) -> WordPieceTokenizer:
        """The tokenizer, learned now where none is given."""
        if isinstance(self.pieces, WordPieceTokenizer):
            return self.pieces
        vocabulary = train_corpus_vocabulary(self.corpus, self.pieces, reporter)
        return WordPieceTokenizer.from_vocab(vocabulary.tokens, lowercase=not self.pieces.cased)


def prepare(inputs: Sequence[str], options: PrepareOptions, reporter: Reporter) -> PreparedCorpus:
    """Turn a corpus into tokens in a folder, or find that this was done before.

    Args:
        inputs: files, folders, globs, or `-` for standard input; the default corpus when empty.
        options: the rest.
        reporter: is told what goes on.

    Raises:
        MinibertError: something given cannot be used, or what is in the folder is damaged.
    """
    if options.out is None:
        raise OptionError("`out` is missing; give the folder for the tokens, such as my-tokens")
    folder = Path(options.out)
    pieces: WordPieceTokenizer | VocabOptions
    if options.tokenizer is not None:
        pieces = WordPieceTokenizer.from_pretrained(options.tokenizer)
    else:
        pieces = VocabOptions(size=options.vocab_size, cased=options.cased)
    if not (folder / STORE).exists() and not _is_folder(options.tokenizer, folder):
        check_no_tokenizer(folder)
    source = TokenSource(open_corpus(inputs, options.layout, options.errors), pieces)
    return _prepare_in(folder, source, parse_size(options.memory), reporter)


def open_prepared(folder: Path) -> PreparedCorpus:
    """Open a folder that `prepare` has made.

    Raises:
        FileError: the folder does not hold both, or they cannot be read.
        StoreError: the store is damaged, or not the tokenizer's.
    """
    started = time.perf_counter()
    store = TokenStore.open(folder / STORE)
    tokenizer = WordPieceTokenizer.from_pretrained(folder)
    if store.tokenizer_fingerprint != tokenizer.fingerprint:
        raise StoreError(
            f"{folder}: its tokens were made by another tokenizer than the one beside them; "
            "prepare the corpus again"
        )
    return PreparedCorpus(folder, tokenizer, store, True, time.perf_counter() - started)


def is_prepared(path: str) -> bool:
    """Whether this is a folder that `prepare` has made."""
    return (Path(path) / STORE).is_file()


def prepare_in_cache(source: TokenSource, reporter: Reporter) -> PreparedCorpus:
    """As `prepare`, in a folder of the user's cache that is the source's own.

    The least recently used tokens leave the cache when it holds more than its bound. Where it
    cannot be written, the store is temporary.

    Raises:
        MinibertError: the corpus cannot be used, or what is in the cache is damaged.
    """
    folder = cache_folder(source.digest)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reporter.note(f"the tokens are not kept: {folder} cannot be made ({error.strerror})")
        started = time.perf_counter()
        tokenizer = source.tokenizer(reporter)
        store = _build(None, source, tokenizer, DEFAULT_MEMORY, reporter)
        return PreparedCorpus(None, tokenizer, store, False, time.perf_counter() - started)
    prepared = _prepare_in(folder, source, DEFAULT_MEMORY, reporter)
    mark_used(folder)
    gone = len(evict())
    if gone:
        reporter.note(
            f"the tokens of {gone} {'text' if gone == 1 else 'texts'} left the cache, unused for "
            f"longest: it holds {format_size(MOST_BYTES)} at most"
        )
    return prepared


def _prepare_in(
    folder: Path, source: TokenSource, memory: int, reporter: Reporter
) -> PreparedCorpus:
    found = find_prepared(folder, source)
    if found:
        reporter.note(f"the tokens of this text are in {folder} already")
        return found
    started = time.perf_counter()
    with _folder(folder):
        tokenizer = source.tokenizer(reporter)
        # The store first: it says what its tokenizer is, so that it is noticed if that is missing.
        store = _build(folder / STORE, source, tokenizer, memory, reporter)
        if not _is_folder_of(folder, tokenizer):
            tokenizer.save_pretrained(folder)
    return PreparedCorpus(folder, tokenizer, store, False, time.perf_counter() - started)


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make a folder, which goes again if nothing is put into it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be made: {error.strerror}") from None
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.rmdir()
        raise


def find_prepared(folder: Path, source: TokenSource) -> PreparedCorpus | None:
    """Open what is in a folder, if it was made from the same.

    Raises:
        MinibertError: what is in the folder is damaged, or cannot be read.
    """
    path = folder / STORE
    if not path.exists():
        return None
    started = time.perf_counter()
    store = TokenStore.open(path)
    if store.made_from != source.digest:
        return None
    try:
        tokenizer = WordPieceTokenizer.from_pretrained(folder)
    except FileError:
        return None
    if store.tokenizer_fingerprint != tokenizer.fingerprint:
        return None
    return PreparedCorpus(folder, tokenizer, store, True, time.perf_counter() - started)


def _build(
    path: Path | None,
    source: TokenSource,
    tokenizer: WordPieceTokenizer,
    memory: int,
    reporter: Reporter,
) -> TokenStore:
    def advance(progress: CorpusProgress) -> None:
        reporter.advance(progress.bytes / max(1, progress.total_bytes))

    reporter.stage("cutting the text into pieces")
    return TokenStore.build(
        source.corpus,
        tokenizer,
        path,
        memory=memory,
        made_from=source.digest,
        progress=advance,
    )


def _is_folder(tokenizer: str | None, folder: Path) -> bool:
    return tokenizer is not None and Path(tokenizer).resolve() == folder.resolve()


def _is_folder_of(folder: Path, tokenizer: WordPieceTokenizer) -> bool:
    """Whether a folder holds this tokenizer already, which is not written again then."""
    try:
        return WordPieceTokenizer.from_pretrained(folder).fingerprint == tokenizer.fingerprint
    except FileError:
        return False
