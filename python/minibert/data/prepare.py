"""`minibert prepare`: from a corpus to a folder with its tokens and its tokenizer.

A folder is reused if it was made from the same source: the corpus (files by absolute path, size and
modification time; standard input by its hash), the options of reading it, the tokenizer or the
options of training one, and the version of minibert.
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
from minibert.data.cache import MAX_BYTES, cache_folder, evict, mark_used
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
"""The name of the token store in a prepared folder."""


@dataclass(frozen=True, slots=True)
class PreparedCorpus:
    """A tokenized corpus, with its tokenizer."""

    path: Path | None
    """The folder; None if no folder can be written and the store is temporary."""
    tokenizer: WordPieceTokenizer
    store: TokenStore
    reused: bool
    seconds: float


@dataclass(frozen=True)
class TokenSource:
    """A corpus, and its tokenizer or the options of training one on it."""

    corpus: Corpus
    tokenizer_source: WordPieceTokenizer | VocabOptions

    @cached_property
    def digest(self) -> bytes:
        """A hash, 32 bytes, of everything that the tokens depend on, at the time of first use."""
        tokenizer: object
        if isinstance(self.tokenizer_source, WordPieceTokenizer):
            tokenizer = f"{self.tokenizer_source.fingerprint:016x}"
        else:
            tokenizer = [self.tokenizer_source.size, self.tokenizer_source.cased]
        depends_on = {
            "minibert": __version__,
            "corpus": self.corpus.identity(),
            "layout": self.corpus.layout,
            "errors": self.corpus.errors,
            "tokenizer": tokenizer,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).digest()

    def tokenizer(self, reporter: Reporter) -> WordPieceTokenizer:
        """The tokenizer, trained now if none is given."""
        if isinstance(self.tokenizer_source, WordPieceTokenizer):
            return self.tokenizer_source
        options = self.tokenizer_source
        vocabulary = train_corpus_vocabulary(self.corpus, options, reporter)
        return WordPieceTokenizer.from_vocab(vocabulary.tokens, lowercase=not options.cased)


def prepare(inputs: Sequence[str], options: PrepareOptions, reporter: Reporter) -> PreparedCorpus:
    """Tokenize a corpus into a folder, or reuse the folder if it was made from the same source.

    Args:
        inputs: files, folders, globs, or `-` for standard input; the default corpus if empty.
        options: the options.
        reporter: receives stages, progress and notes.

    Raises:
        MinibertError: an input cannot be used, or the folder's content is damaged.
    """
    if options.out is None:
        raise OptionError("`out` is missing; give the folder for the tokens, such as my-tokens")
    folder = Path(options.out)
    tokenizer: WordPieceTokenizer | VocabOptions
    if options.tokenizer is not None:
        tokenizer = WordPieceTokenizer.from_pretrained(options.tokenizer)
    else:
        tokenizer = VocabOptions(size=options.vocab_size, cased=options.cased)
    if not (folder / STORE).exists() and not _is_folder(options.tokenizer, folder):
        check_no_tokenizer(folder)
    source = TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer)
    return _prepare_in(folder, source, parse_size(options.memory), reporter)


def open_prepared(folder: Path) -> PreparedCorpus:
    """Open a folder of `prepare`.

    Raises:
        FileError: the store or the tokenizer is missing, or cannot be read.
        StoreError: the store is damaged, or was made by another tokenizer.
    """
    started = time.perf_counter()
    store = TokenStore.open(folder / STORE)
    tokenizer = WordPieceTokenizer.from_pretrained(folder)
    if store.tokenizer_fingerprint != tokenizer.fingerprint:
        raise StoreError(
            f"{folder}: its tokens were made by another tokenizer than the one in the folder; "
            "prepare the corpus again"
        )
    return PreparedCorpus(folder, tokenizer, store, True, time.perf_counter() - started)


def is_prepared(path: str) -> bool:
    """Whether a path is a folder of `prepare`."""
    return (Path(path) / STORE).is_file()


def prepare_in_cache(source: TokenSource, reporter: Reporter) -> PreparedCorpus:
    """Tokenize a corpus into the user's cache, or reuse the cached tokens.

    Least recently used folders are evicted if the cache exceeds its limit. If the cache cannot be
    written, the store is temporary.

    Raises:
        MinibertError: the corpus cannot be used, or the cached files are damaged.
    """
    folder = cache_folder(source.digest)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reporter.note(f"the tokens are not cached: {folder} cannot be created ({error.strerror})")
        started = time.perf_counter()
        tokenizer = source.tokenizer(reporter)
        store = _build(None, source, tokenizer, DEFAULT_MEMORY, reporter)
        return PreparedCorpus(None, tokenizer, store, False, time.perf_counter() - started)
    prepared = _prepare_in(folder, source, DEFAULT_MEMORY, reporter)
    mark_used(folder)
    evicted = len(evict())
    if evicted:
        reporter.note(
            f"evicted the tokens of {evicted} {'text' if evicted == 1 else 'texts'}, the least "
            f"recently used, from the cache, whose limit is {format_size(MAX_BYTES)}"
        )
    return prepared


def _prepare_in(
    folder: Path, source: TokenSource, memory: int, reporter: Reporter
) -> PreparedCorpus:
    found = find_prepared(folder, source)
    if found:
        reporter.note(f"using the tokens of this text in {folder}")
        return found
    started = time.perf_counter()
    with _folder(folder):
        tokenizer = source.tokenizer(reporter)
        # The store first: it names its tokenizer, so that a missing one is noticed.
        store = _build(folder / STORE, source, tokenizer, memory, reporter)
        if not _is_folder_of(folder, tokenizer):
            tokenizer.save_pretrained(folder)
    return PreparedCorpus(folder, tokenizer, store, False, time.perf_counter() - started)


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make a folder; if an error leaves it empty, it is removed."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be created: {error.strerror}") from None
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.rmdir()
        raise


def find_prepared(folder: Path, source: TokenSource) -> PreparedCorpus | None:
    """Open a folder if it was made from the same source; None if not.

    Raises:
        MinibertError: the folder's content is damaged, or cannot be read.
    """
    path = folder / STORE
    if not path.exists():
        return None
    started = time.perf_counter()
    store = TokenStore.open(path)
    if store.source_hash != source.digest:
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

    reporter.stage("tokenizing the text")
    return TokenStore.build(
        source.corpus,
        tokenizer,
        path,
        memory=memory,
        source_hash=source.digest,
        progress=advance,
    )


def _is_folder(tokenizer: str | None, folder: Path) -> bool:
    return tokenizer is not None and Path(tokenizer).resolve() == folder.resolve()


def _is_folder_of(folder: Path, tokenizer: WordPieceTokenizer) -> bool:
    """Whether a folder has this tokenizer already."""
    try:
        return WordPieceTokenizer.from_pretrained(folder).fingerprint == tokenizer.fingerprint
    except FileError:
        return False
