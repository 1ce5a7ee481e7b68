"""Where a training's model starts: drawn anew in the shape of a preset, or from a model folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from minibert.config import BertConfig
from minibert.errors import OptionError
from minibert.files import sha256
from minibert.initial_weights import new_model
from minibert.model_files import read_config, read_model, weight_files
from minibert.options import PAIR_TASKS, PretrainOptions, flag
from minibert.pretrained import tokenizer_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from minibert.batches import PretrainingDataset
    from minibert.encoder import BertForPreTraining
    from minibert.pieces import WordPieceTokenizer
    from minibert.plan import Reporter
    from minibert.runs import Run

# What a model that there is has settled.
_SETTLED = ("preset", "layers", "hidden", "heads", "vocab_size", "cased")


def fitted(options: PretrainOptions, named: Collection[str] | None) -> PretrainOptions:
    """Options beside which a model folder is named to start from: made to fit it, or refused.

    Sequences are no longer than it has positions, where nothing is said of them.

    Raises:
        ModelError: the folder holds no model.
        OptionError: an option contradicts the model.
    """
    assert options.init_from is not None
    folder = Path(options.init_from)
    given = named_options(options, named)
    for name in _SETTLED:
        if name in given:
            raise OptionError(
                f"{flag(name)} is of a new model, and --init-from {folder} names one that has its "
                "own; leave one of them out"
            )
    config = read_config(folder)
    weight_files(folder)
    positions = config.max_position_embeddings
    if options.objective in PAIR_TASKS and config.type_vocab_size < 2:
        raise OptionError(
            f"--objective {options.objective} has two segments, and {folder} knows one; "
            "add --objective full_sentences"
        )
    if options.seq_len <= positions:
        return options
    if "seq_len" in given:
        raise OptionError(
            f"--seq-len is {options.seq_len}, and {folder} has {positions} positions; "
            f"give --seq-len {positions}"
        )
    return dataclasses.replace(options, seq_len=positions)


def named_options(options: PretrainOptions, named: Collection[str] | None) -> Collection[str]:
    """The options that were given by name; those that are not their default where it is unknown."""
    if named is not None:
        return named
    fields = dataclasses.fields(PretrainOptions)
    return {field.name for field in fields if getattr(options, field.name) != field.default}


def first_tokenizer(options: PretrainOptions) -> WordPieceTokenizer | None:
    """The tokenizer of the model to start from; None where one is learned from the corpus.

    Raises:
        MinibertError: it cannot be read, or is not the model's.
    """
    if options.init_from is None:
        return None
    folder = Path(options.init_from)
    return tokenizer_of(folder, read_config(folder))


def first_config(options: PretrainOptions, run: Run | None, vocab_size: int) -> BertConfig:
    """The shape of the model to train, with the recipe's dropout.

    A run that is gone on with has its own, so that the folder it started from may be gone.

    Raises:
        ModelError: the folder holds no model.
    """
    if options.init_from is None:
        return options.config(vocab_size)
    config = read_config(run.path if run else Path(options.init_from))
    dropout = options.training_recipe().dropout
    return dataclasses.replace(
        config, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout
    )


def first_model(
    config: BertConfig,
    options: PretrainOptions,
    run: Run | None,
    dataset: PretrainingDataset,
    reporter: Reporter,
) -> BertForPreTraining:
    """The model to train; that of a run which is gone on with gets its weights later.

    Args:
        config: from `first_config`.
        options: the run's.
        run: the one that is gone on with; None for a new one.
        dataset: what will be learned from, where a new model's words may begin by their contexts.
        reporter: is told what is drawn anew.

    Raises:
        ModelError: the folder to start from holds no model, or a damaged one.
    """
    torch.manual_seed(options.seed)
    if options.init_from is None or run is not None:
        counted_in = dataset if run is None else None
        return new_model(config, options.training_recipe(), counted_in)
    saved = read_model(Path(options.init_from))
    if saved.missing:
        parts = " and no ".join(saved.missing)
        reporter.note(f"{saved.folder} has no {parts}: drawn anew, and learned from nothing")
    return saved.model(config).train()


def origin(options: PretrainOptions) -> dict[str, Any] | None:
    """The folder that a model started from, and its weights' SHA-256 by file."""
    if options.init_from is None:
        return None
    folder = Path(options.init_from).absolute()
    return {
        "folder": str(folder),
        "sha256": {path.name: sha256(path) for path in weight_files(folder)},
    }
