"""The training and validation datasets of a run, from its corpus and options.

Needs no PyTorch, so that the application can show the batches of a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from minibert.config import PretrainOptions, VocabOptions
from minibert.config.recipe import VALIDATION_MASKED_LM_PROB
from minibert.corpus import open_corpus
from minibert.data.cache import cache_folder, mark_used
from minibert.data.dataset import PretrainingDataset
from minibert.data.prepare import (
    PreparedCorpus,
    TokenSource,
    find_prepared,
    is_prepared,
    open_prepared,
    prepare_in_cache,
)
from minibert.errors import CorpusError, OptionError, RunError
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minibert.config import MaskUnit
    from minibert.data.token_store import TokenStore
    from minibert.io.reporter import Reporter
    from minibert.runs.run import Run


@dataclass(frozen=True, slots=True)
class TrainingData:
    """A corpus, prepared for training."""

    tokenizer: WordPieceTokenizer
    store: TokenStore
    dataset: PretrainingDataset
    validation: PretrainingDataset | None
    """None if the corpus has too few documents for a validation split."""


def prepare_training_data(
    inputs: Sequence[str],
    options: PretrainOptions,
    run: Run | None,
    reporter: Reporter,
    ranks: Ranks,
    given: WordPieceTokenizer | None = None,
) -> TrainingData:
    """Make or find the tokens of a corpus, and make the training and validation datasets.

    Args:
        inputs: files, folders, globs, or `-` for standard input; or one folder of `minibert
            prepare`; the default corpus if empty.
        options: the options of the run.
        run: the run to resume, which needs the same tokenizer and corpus; None for a new run.
        reporter: receives stages, progress and notes.
        ranks: of the processes that share the examples.
        given: the tokenizer of the model that a new run starts from; None to train one.

    Raises:
        MinibertError: an input cannot be used.
    """
    prepared = _tokens(inputs, options, run, reporter, given)
    tokenizer, store = prepared.tokenizer, prepared.store
    reporter.note(f"the text is laid out as {store.corpus_summary.describe_layout()}")
    unknown = store.token_counts()[tokenizer.unk_token_id] / store.tokens
    if unknown > 0.01:
        reporter.note(
            f"{unknown:.0%} of the tokens are [UNK]: words with characters too rare for the "
            "vocabulary; a larger `vocab_size` keeps more of them"
        )
    if run:
        _check_same_text(run, store)
    _check_pairs(store, options.objective, "this text")
    dataset = _training_set(store, options, ranks)
    validation = None
    if has_no_validation_documents(store, options):
        reporter.note(
            f"nothing is held out for validation, since the text has fewer than {MIN_DOCUMENTS} "
            "documents; name another text by `validation_corpus`"
        )
    elif options.validation_corpus is not None:
        validation = _validation_corpus(tokenizer, options, reporter)
    else:
        validation = validation_dataset(store, options)
    return TrainingData(tokenizer, store, dataset, validation)


def dataset_of_run(
    run: Run, reporter: Reporter | None = None
) -> tuple[WordPieceTokenizer, PretrainingDataset]:
    """The tokenizer and the training dataset of a run, with the examples of all its processes.

    Args and errors are those of `tokens_of_run`.
    """
    found = tokens_of_run(run, reporter)
    return found.tokenizer, _training_set(found.store, run.manifest.options, Ranks())


# ---- tokens -------------------------------------------------------------------------------------


def tokens_of_run(run: Run, reporter: Reporter | None = None) -> PreparedCorpus:
    """The tokens that a run was trained on, and its tokenizer.

    Args:
        run: a run, finished or not; its corpus must be unchanged.
        reporter: receives progress if the corpus must be tokenized again; without one, only cached
            tokens are used.

    Raises:
        MinibertError: the corpus or its tokens are not available any more.
    """
    inputs, options = run.manifest.inputs, run.manifest.options
    if "-" in inputs:
        raise RunError(
            f"{run.path} was trained on standard input, which cannot be read again; train on a "
            "folder of minibert prepare instead"
        )
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    found = _find_tokens(inputs, options, tokenizer)
    if found is None and reporter is not None:
        found = prepare_in_cache(
            TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer), reporter
        )
    if found is None:
        raise RunError(
            f"the tokens of the text that {run.path} was trained on are not cached any more: the "
            "text has changed since, or they were evicted; tokenize it again"
        )
    _check_same_text(run, found.store)
    return found


def _tokens(
    inputs: Sequence[str],
    options: PretrainOptions,
    run: Run | None,
    reporter: Reporter,
    given: WordPieceTokenizer | None,
) -> PreparedCorpus:
    """The tokens of a prepared folder, or those of a corpus, which are cached."""
    if _is_prepared_folder(inputs):
        for name in ("layout", "errors", "cased", "vocab_size"):
            if getattr(options, name) != PretrainOptions.__dataclass_fields__[name].default:
                raise OptionError(
                    f"`{name}` is for text, and {inputs[0]} has tokens already; leave it out"
                )
        prepared = open_prepared(Path(inputs[0]))
        if given is not None and given.fingerprint != prepared.tokenizer.fingerprint:
            raise OptionError(
                f"the tokens in {inputs[0]} were made by another tokenizer than that of "
                f"{options.init_from}; give the text, or prepare it with that `tokenizer`"
            )
        return prepared
    if given is not None:
        return prepare_in_cache(
            TokenSource(open_corpus(inputs, options.layout, options.errors), given), reporter
        )
    if not run:
        return prepare_in_cache(_trained_source(inputs, options), reporter)
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    found = _find_tokens(inputs, options, tokenizer)
    return found or prepare_in_cache(
        TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer), reporter
    )


def _find_tokens(
    inputs: Sequence[str], options: PretrainOptions, tokenizer: WordPieceTokenizer
) -> PreparedCorpus | None:
    """The tokens of a corpus by a tokenizer, if they are cached."""
    if _is_prepared_folder(inputs):
        return open_prepared(Path(inputs[0]))
    trained = _trained_source(inputs, options)
    for source in (trained, TokenSource(trained.corpus, tokenizer)):
        folder = cache_folder(source.digest)
        found = find_prepared(folder, source)
        if found and found.tokenizer.fingerprint == tokenizer.fingerprint:
            mark_used(folder)
            return found
    return None


def _trained_source(inputs: Sequence[str], options: PretrainOptions) -> TokenSource:
    """A corpus with the options of a tokenizer that is trained on it."""
    tokenizer = VocabOptions(size=options.vocab_size, cased=options.cased)
    return TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer)


def _is_prepared_folder(inputs: Sequence[str]) -> bool:
    return len(inputs) == 1 and is_prepared(inputs[0])


# ---- datasets -----------------------------------------------------------------------------------

MIN_DOCUMENTS = 4
"""The fewest documents that are split: next-sentence pairs need two for training and two for
validation."""


def _training_set(store: TokenStore, options: PretrainOptions, ranks: Ranks) -> PretrainingDataset:
    whole = has_no_validation_documents(store, options) or options.validation_corpus is not None
    split: Literal["all", "train"] = "all" if whole else "train"

    def dataset(epochs: float = 1.0) -> PretrainingDataset:
        return PretrainingDataset(
            store,
            split=split,
            mask_unit=cast("MaskUnit", options.mask_unit),
            masked_lm_prob=options.training_recipe().masked_lm_prob,
            final_masked_lm_prob=options.final_masked_lm_prob,
            masked_lm_prob_epochs=epochs,
            max_predictions_per_seq=options.max_predictions_per_seq,
            batch_size=options.batch_size // ranks.world_size,
            rank=ranks.rank,
            world_size=ranks.world_size,
            **_examples(options),
        )

    constant = dataset()
    if options.final_masked_lm_prob is None:
        return constant
    # The number of epochs follows from the batches of one epoch, which do not depend on the masks.
    steps_per_epoch = constant.batches_per_epoch(0)
    steps = options.budget(steps_per_epoch).steps
    assert steps is not None  # `PretrainOptions` refuses a schedule of masks by time
    return dataset(epochs=steps / steps_per_epoch)


def validation_dataset(
    store: TokenStore, options: PretrainOptions, split: Literal["validation", "all"] = "validation"
) -> PretrainingDataset:
    """The dataset to evaluate on: always 15 % of single tokens, so that runs can be compared."""
    return PretrainingDataset(
        store,
        split=split,
        masked_lm_prob=VALIDATION_MASKED_LM_PROB,
        batch_size=options.batch_size,
        drop_last=False,
        **_examples(options),
    )


def _validation_corpus(
    tokenizer: WordPieceTokenizer, options: PretrainOptions, reporter: Reporter
) -> PretrainingDataset:
    assert options.validation_corpus is not None
    source = TokenSource(
        open_corpus([options.validation_corpus], options.layout, options.errors), tokenizer
    )
    store = prepare_in_cache(source, reporter).store
    _check_pairs(store, options.objective, "the text of `validation_corpus`")
    return validation_dataset(store, options, "all")


def _examples(options: PretrainOptions) -> dict[str, Any]:
    return {
        "objective": options.objective,
        "seq_len": options.seq_len,
        "seed": options.seed,
    }


def has_no_validation_documents(store: TokenStore, options: PretrainOptions) -> bool:
    """Whether a corpus has too few documents for a validation split, and no other text is given."""
    return options.validation_corpus is None and store.documents < MIN_DOCUMENTS


# ---- texts that cannot be used ------------------------------------------------------------------


def _check_same_text(run: Run, store: TokenStore) -> None:
    """Raise if a corpus is not the one that a run was trained on.

    Raises:
        RunError: its fingerprint differs.
    """
    if store.fingerprint != run.manifest.corpus.fingerprint:
        raise RunError(
            f"the corpus is not the one that {run.path} was trained on; "
            "restore the old text, or start a new run"
        )


def has_pairs(store: TokenStore) -> bool:
    """Whether next-sentence pairs can be made from a corpus."""
    return store.documents >= 2 and store.sentences > store.documents


def _check_pairs(store: TokenStore, objective: str, name: str) -> None:
    """Raise if the objective needs next-sentence pairs that cannot be made from a corpus.

    Raises:
        CorpusError: the text has one document, or nothing but documents of one sentence.
    """
    if objective != "next_sentence" or has_pairs(store):
        return
    if store.documents < 2:
        raise CorpusError(
            f"next-sentence pairs need at least two documents, and {name} is a single one; set "
            "`objective` to sentence_order, which needs only one, or give more files or another "
            "`layout`"
        )
    raise CorpusError(
        f"every document of {name} is a single sentence, so that none has a next one; set "
        "`objective` to sentence_order or full_sentences, or remove the blank lines between "
        "the sentences"
    )
