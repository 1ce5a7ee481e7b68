"""The text that a model is evaluated on: its run's validation documents, or a named text.

Masks are fixed and do not depend on the training: those of the first epoch, 15 % of single tokens,
80 % of them `[MASK]`, 10 % another token, 10 % unchanged. For a named text they come from a fixed
seed, so all models with the same vocabulary, objective and sequence length get the same masks. A
run's validation documents, and their masks, depend on the run's seed.
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
"""The seed of the masks and pairs of a named text."""

MAX_SEQ_LEN = 128
"""Tokens per sequence of a named text; fewer if the model has fewer positions."""


@dataclass(frozen=True, slots=True)
class ValidationText:
    """A text to evaluate on.

    Attributes:
        name: for people.
        dataset: its masked sequences.
        fingerprint: the hash of its tokens.
        seq_len: tokens per sequence.
        seed: of masks and pairs, and of the choice of a run's validation documents.
        training_counts: (V,), int64, how often each token occurs in the model's training text; None
            if that text is not available.
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
    """The text that the options name, or else the validation text of the model's run.

    Raises:
        OptionError: no text is named, and the model is not a run or has no validation documents.
        RunError: the corpus of the run has changed.
        CorpusError: a text cannot be read.
    """
    run = Run.open(model) if has_run(model) else None
    if options.text is not None:
        corpus = Corpus([options.text], layout=options.layout, errors=options.errors)
        return _named_text(options.text, corpus, run, loaded, reporter)
    if run is None:
        raise OptionError(f"{model} is not a run with validation documents; give a text as `text`")
    trained = run.manifest.options
    if trained.validation_corpus is not None:
        corpus = open_corpus([trained.validation_corpus], trained.layout, trained.errors)
        return _named_text(trained.validation_corpus, corpus, run, loaded, reporter)
    return _own_text(run, reporter)


def _own_text(run: Run, reporter: Reporter) -> ValidationText:
    """The validation documents of a run, in the sequences that its training evaluates."""
    trained = run.manifest.options
    try:
        store = tokens_of_run(run, reporter).store
    except (CorpusError, RunError) as error:
        raise type(error)(f"{error}; or give another text as `text`") from None
    if has_no_validation_documents(store, trained):
        raise OptionError(f"{run.path} has no validation documents; give a text as `text`")
    return ValidationText(
        name=f"validation documents of {', '.join(run.manifest.inputs) or 'the default corpus'}",
        dataset=validation_dataset(store, trained),
        fingerprint=store.fingerprint,
        seq_len=trained.seq_len,
        seed=trained.seed,
        training_counts=store.token_counts(),
    )


def _named_text(
    name: str,
    corpus: Corpus,
    run: Run | None,
    loaded: Pretrained,
    reporter: Reporter,
) -> ValidationText:
    store = prepare_in_cache(TokenSource(corpus, loaded.tokenizer), reporter).store
    training = _training_store(run)
    if training and training.fingerprint == store.fingerprint:
        reporter.note(f"{name} is the text that the model was trained on")
    seq_len = min(MAX_SEQ_LEN, loaded.model.config.max_position_embeddings)
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
    """The objective of the model's training, or BERT's, as far as model and text have pairs."""
    missing_head = next((part for part in loaded.missing if part in ("pooler", "NSP head")), None)
    if missing_head is not None:
        reporter.note(
            "evaluating without sentence pairs and NSP accuracy, because the model has no "
            f"{missing_head}"
        )
        return "full_sentences"
    objective = cast("Objective", run.manifest.options.objective) if run else "next_sentence"
    if objective != "next_sentence" or has_pairs(store):
        return objective
    reporter.note(
        "evaluating without sentence pairs and NSP accuracy, because the text is a single document "
        "or its documents are single sentences"
    )
    return "full_sentences"


def _training_store(run: Run | None) -> TokenStore | None:
    """The tokens that the model was trained on, if they are still available."""
    if run is None:
        return None
    try:
        return tokens_of_run(run).store
    except MinibertError:  # the corpus has moved, for example; its counts are optional
        return None
