"""Which text a model is evaluated on: what its run held out, or one that is named.

Masks are frozen: the first epoch's, of 15 % of single pieces, 80 % of them `[MASK]`, 10 % another
piece and 10 % as they were, whatever training used. Those of a named text are drawn by a seed of
their own, so that all models with the same vocabulary, objective and length of examples get the
same ones. What a run has held out depends on its own seed, and its masks do with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from minibert.config.recipe import VALIDATION_MASKED_LM_PROB
from minibert.corpus import Corpus, open_corpus
from minibert.data.dataset import PretrainingDataset
from minibert.data.prepare import TokenSource, prepare_in_cache
from minibert.errors import CorpusError, MinibertError, OptionError, RunError
from minibert.runs.run import Run, has_run
from minibert.training.datasets import (
    has_no_validation_documents,
    has_pairs,
    tokens_of_run,
    validation_dataset,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from minibert.config import EvaluateOptions, Objective
    from minibert.data.token_store import TokenStore
    from minibert.io.reporter import Reporter
    from minibert.model.pretrained import Pretrained

MASKS_SEED = 0
"""Of the masks and pairs of a named text."""

LONGEST = 128
"""Pieces in an example of a named text, at most; fewer where a model has fewer positions."""


@dataclass(frozen=True, slots=True)
class ValidationText:
    """A text to evaluate on.

    Attributes:
        name: what a person calls it.
        dataset: its masked examples.
        fingerprint: of the tokens that the dataset is made from.
        seq_len: pieces in an example.
        seed: of masks, pairs and, of a run's own held-out documents, which these are.
        training_counts: (V,), how often each piece is in the text that the model was trained on;
            None where that is not to be had.
    """

    name: str
    dataset: PretrainingDataset
    fingerprint: str
    seq_len: int
    seed: int
    training_counts: NDArray[np.int64] | None


def find_validation_text(
    model: Path, loaded: Pretrained, options: EvaluateOptions, reporter: Reporter
) -> ValidationText:
    """The text that the options name, or else what the model's run has held out.

    Raises:
        OptionError: no text is named, and the model is no run, or its run held nothing out.
        RunError: the text that the run was trained on is not the same any more.
        CorpusError: a text cannot be read.
    """
    run = Run.open(model) if has_run(model) else None
    if options.text is not None:
        corpus = Corpus([options.text], layout=options.layout, errors=options.errors)
        return _named(options.text, corpus, run, loaded, reporter)
    if run is None:
        raise OptionError(f"{model} is not a run with validation documents; give a text as `text`")
    trained = run.manifest.options
    if trained.validation_corpus is not None:
        corpus = open_corpus([trained.validation_corpus], trained.layout, trained.errors)
        return _named(trained.validation_corpus, corpus, run, loaded, reporter)
    return _own(run, reporter)


def _own(run: Run, reporter: Reporter) -> ValidationText:
    """The documents that the run has held out, as its training evaluated on them."""
    trained = run.manifest.options
    try:
        store = tokens_of_run(run, reporter).store
    except (CorpusError, RunError) as error:
        raise type(error)(f"{error}; or give another text as `text`") from None
    if has_no_validation_documents(store, trained):
        raise OptionError(f"{run.path} has no validation documents; give a text as `text`")
    return ValidationText(
        name=f"held out of {', '.join(run.manifest.inputs) or 'the default corpus'}",
        dataset=validation_dataset(store, trained),
        fingerprint=store.fingerprint,
        seq_len=trained.seq_len,
        seed=trained.seed,
        training_counts=store.token_counts(),
    )


def _named(
    name: str,
    corpus: Corpus,
    run: Run | None,
    loaded: Pretrained,
    reporter: Reporter,
) -> ValidationText:
    store = prepare_in_cache(TokenSource(corpus, loaded.tokenizer), reporter).store
    training = _training_store(run)
    if training and training.fingerprint == store.fingerprint:
        reporter.note(f"{name} is the very text that the model was trained on")
    seq_len = min(LONGEST, loaded.model.config.max_position_embeddings)
    return ValidationText(
        name=name,
        dataset=PretrainingDataset(
            store,
            objective=_objective(store, run, loaded, reporter),
            seq_len=seq_len,
            seed=MASKS_SEED,
            split="all",
            masked_lm_prob=VALIDATION_MASKED_LM_PROB,
            drop_last=False,
        ),
        fingerprint=store.fingerprint,
        seq_len=seq_len,
        seed=MASKS_SEED,
        training_counts=training.token_counts() if training else None,
    )


def _objective(
    store: TokenStore, run: Run | None, loaded: Pretrained, reporter: Reporter
) -> Objective:
    """What the model was trained on, BERT's own if that is not known, as far as both have it."""
    without = next((part for part in loaded.missing if part in ("pooler", "NSP head")), None)
    if without is not None:
        reporter.note(
            f"pairs are left out, and the NSP accuracy with them, since the model has no {without}"
        )
        return "full_sentences"
    objective = cast("Objective", run.manifest.options.objective) if run else "next_sentence"
    if objective != "next_sentence" or has_pairs(store):
        return objective
    reporter.note(
        "pairs are left out, and the NSP accuracy with them, since the text is a single document "
        "or has documents of one sentence alone"
    )
    return "full_sentences"


def _training_store(run: Run | None) -> TokenStore | None:
    """The tokens that the model was trained on, if they are kept still."""
    if run is None:
        return None
    try:
        return tokens_of_run(run).store
    except MinibertError:  # the text has moved, say; its counts are of use, but not needed
        return None
