"""What a run trains and evaluates on: from a text and the options to datasets of masked examples.

It needs no PyTorch, so that a viewer can show the very batches that a training gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from minibert.config import PretrainOptions, VocabOptions, flag
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
    """A text as a training takes it."""

    tokenizer: WordPieceTokenizer
    store: TokenStore
    dataset: PretrainingDataset
    validation: PretrainingDataset | None
    """None where the corpus has too few documents to hold any out."""


def prepare_training_data(
    inputs: Sequence[str],
    options: PretrainOptions,
    run: Run | None,
    reporter: Reporter,
    ranks: Ranks,
    given: WordPieceTokenizer | None = None,
) -> TrainingData:
    """Make or find the tokens of a text, and the datasets to train and evaluate on.

    Args:
        inputs: files, folders, globs, or `-` for standard input; or one folder that `prepare` has
            made; the default corpus when empty.
        options: the rest.
        run: what is gone on with, whose tokenizer and text these must be.
        reporter: is told what goes on.
        ranks: of the processes that share the examples.
        given: the tokenizer of the model that a new run starts from; by default one is learned.

    Raises:
        MinibertError: something given cannot be used.
    """
    prepared = _tokens(inputs, options, run, reporter, given)
    tokenizer, store = prepared.tokenizer, prepared.store
    reporter.note(f"the text is laid out as {store.corpus_summary.describe_layout()}")
    unknown = store.token_counts()[tokenizer.unk_token_id] / store.tokens
    if unknown > 0.01:
        reporter.note(
            f"{unknown:.0%} of the pieces are [UNK]: words with characters too rare for the "
            "vocabulary; a larger --vocab-size keeps more of them"
        )
    if run:
        _refuse_other_text(run, store)
    _refuse_without_pairs(store, options.objective, "this text")
    dataset = _training_set(store, options, ranks)
    validation = None
    if has_no_validation_documents(store, options):
        reporter.note(
            f"nothing is held out to evaluate on, since the text has fewer than {_FEWEST_TO_SPLIT} "
            "documents; --validation-corpus names another text for that"
        )
    elif options.validation_corpus is not None:
        validation = _validation_corpus(tokenizer, options, reporter)
    else:
        validation = validation_dataset(store, options)
    return TrainingData(tokenizer, store, dataset, validation)


def dataset_of_run(
    run: Run, reporter: Reporter | None = None
) -> tuple[WordPieceTokenizer, PretrainingDataset]:
    """The very examples that a run trains on, all processes' together, and what their ids mean.

    Args:
        run: finished or not; its text must be as it was.
        reporter: is told how far it is, where the text is cut into pieces again; without one, only
            tokens that are kept from before are taken.

    Raises:
        MinibertError: the text or its tokens are not to be had any more; the sentence says why.
    """
    found = tokens_of_run(run, reporter)
    return found.tokenizer, _training_set(found.store, run.manifest.options, Ranks())


# ---- tokens -------------------------------------------------------------------------------------


def tokens_of_run(run: Run, reporter: Reporter | None = None) -> PreparedCorpus:
    """The tokens that a run was trained on, and what their ids mean.

    Args:
        run: finished or not; its text must be as it was.
        reporter: is told how far it is, where the text is cut into pieces again; without one, only
            tokens that are kept from before are taken.

    Raises:
        MinibertError: the text or its tokens are not to be had any more; the sentence says why.
    """
    inputs, options = run.manifest.inputs, run.manifest.options
    if "-" in inputs:
        raise RunError(
            f"{run.path} was trained on standard input, which cannot be read again; a text that "
            "minibert prepare keeps in a folder can"
        )
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    found = _find_tokens(inputs, options, tokenizer)
    if found is None and reporter is not None:
        found = prepare_in_cache(
            TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer), reporter
        )
    if found is None:
        raise RunError(
            f"the tokens of the text that {run.path} was trained on are not kept any more: the "
            "text has been changed since, or they have left the cache; cut it into pieces again"
        )
    _refuse_other_text(run, found.store)
    return found


def _tokens(
    inputs: Sequence[str],
    options: PretrainOptions,
    run: Run | None,
    reporter: Reporter,
    given: WordPieceTokenizer | None,
) -> PreparedCorpus:
    """The tokens of a prepared folder, or else of a corpus, which are kept for the next time."""
    if _is_prepared_folder(inputs):
        for name in ("layout", "errors", "cased", "vocab_size"):
            if getattr(options, name) != PretrainOptions.__dataclass_fields__[name].default:
                raise OptionError(
                    f"{flag(name)} is for text, and {inputs[0]} holds tokens already; leave it out"
                )
        prepared = open_prepared(Path(inputs[0]))
        if given is not None and given.fingerprint != prepared.tokenizer.fingerprint:
            raise OptionError(
                f"the tokens in {inputs[0]} were made by another tokenizer than that of "
                f"{options.init_from}; give the text, or prepare it with --tokenizer "
                f"{options.init_from}"
            )
        return prepared
    if given is not None:
        return prepare_in_cache(
            TokenSource(open_corpus(inputs, options.layout, options.errors), given), reporter
        )
    if not run:
        return prepare_in_cache(_learning(inputs, options), reporter)
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    found = _find_tokens(inputs, options, tokenizer)
    return found or prepare_in_cache(
        TokenSource(open_corpus(inputs, options.layout, options.errors), tokenizer), reporter
    )


def _find_tokens(
    inputs: Sequence[str], options: PretrainOptions, tokenizer: WordPieceTokenizer
) -> PreparedCorpus | None:
    """The tokens that a tokenizer has made of a text before, if they are kept still."""
    if _is_prepared_folder(inputs):
        return open_prepared(Path(inputs[0]))
    learning = _learning(inputs, options)
    for source in (learning, TokenSource(learning.corpus, tokenizer)):
        folder = cache_folder(source.digest)
        found = find_prepared(folder, source)
        if found and found.tokenizer.fingerprint == tokenizer.fingerprint:
            mark_used(folder)
            return found
    return None


def _learning(inputs: Sequence[str], options: PretrainOptions) -> TokenSource:
    """A corpus with a tokenizer that is learned from it."""
    pieces = VocabOptions(size=options.vocab_size, cased=options.cased)
    return TokenSource(open_corpus(inputs, options.layout, options.errors), pieces)


def _is_prepared_folder(inputs: Sequence[str]) -> bool:
    return len(inputs) == 1 and is_prepared(inputs[0])


# ---- datasets -----------------------------------------------------------------------------------

# Two to hold out and two to train on: what a pair with a random document needs.
_FEWEST_TO_SPLIT = 4


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
            batch_size=options.batch_size // ranks.world,
            rank=ranks.rank,
            world_size=ranks.world,
            **_examples(options),
        )

    made = dataset()
    if options.final_masked_lm_prob is None:
        return made
    # How many epochs the run has is known once one is planned; masks do not change the plan.
    steps_per_epoch = made.batches_per_epoch(0)
    steps = options.budget(steps_per_epoch).steps
    assert steps is not None  # `PretrainOptions` refuses a schedule on the clock
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
    _refuse_without_pairs(store, options.objective, "the text of --validation-corpus")
    return validation_dataset(store, options, "all")


def _examples(options: PretrainOptions) -> dict[str, Any]:
    return {
        "objective": options.objective,
        "seq_len": options.seq_len,
        "seed": options.seed,
    }


def has_no_validation_documents(store: TokenStore, options: PretrainOptions) -> bool:
    """Whether a text has too few documents to hold any out, and no other is evaluated on."""
    return options.validation_corpus is None and store.documents < _FEWEST_TO_SPLIT


# ---- texts that cannot be used ------------------------------------------------------------------


def _refuse_other_text(run: Run, store: TokenStore) -> None:
    """Raises if a text is not the one that a run was trained on.

    Raises:
        RunError: it is another.
    """
    if store.fingerprint != run.manifest.corpus.fingerprint:
        raise RunError(
            f"the corpus is not the one that {run.path} was trained on; "
            "bring back the old text, or train anew"
        )


def has_pairs(store: TokenStore) -> bool:
    """Whether next-sentence pairs can be made of a text."""
    return store.documents >= 2 and store.sentences > store.documents


def _refuse_without_pairs(store: TokenStore, objective: str, name: str) -> None:
    """Raises if no next-sentence pairs can be made of a text, and says what can be learned of it.

    Raises:
        CorpusError: the text has one document, or nothing but documents of one sentence.
    """
    if objective != "next_sentence" or has_pairs(store):
        return
    if store.documents < 2:
        raise CorpusError(
            "to tell the next sentence from a random one takes two documents or more, and "
            f"{name} is a single one; add --objective sentence_order, which learns from one, or "
            "give more files or another --layout"
        )
    raise CorpusError(
        f"every document of {name} is a single sentence, so that none has a next one; add "
        "--objective sentence_order or full_sentences, or take out the blank lines between "
        "the sentences"
    )
