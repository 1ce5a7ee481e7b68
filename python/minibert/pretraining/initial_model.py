"""The initial model of a run: randomly initialized, or loaded from a model folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from minibert.config import PretrainOptions
from minibert.config.model import BertConfig
from minibert.io.files import sha256
from minibert.model.files import read_model
from minibert.model.folder import read_config, weight_files
from minibert.model.initialization import new_model
from minibert.model.pretrained import load_tokenizer
from minibert.runs.manifest import InitFrom

if TYPE_CHECKING:
    from minibert.data.dataset import PretrainingDataset
    from minibert.model.bert import BertForPreTraining
    from minibert.pretraining.plan import TrainingReporter
    from minibert.runs.run import Run
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


def initial_tokenizer(options: PretrainOptions) -> WordPieceTokenizer | None:
    """The tokenizer of the model to start from; None if one is to be trained on the corpus.

    Raises:
        MinibertError: it cannot be read, or does not fit the model.
    """
    if options.init_from is None:
        return None
    folder = Path(options.init_from)
    return load_tokenizer(folder, read_config(folder))


def initial_config(options: PretrainOptions, run: Run | None, vocab_size: int) -> BertConfig:
    """The shape of the model to train, with the recipe's dropout.

    A resumed run has its own configuration: the folder that it started from may be gone.

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


def initial_model(
    config: BertConfig,
    options: PretrainOptions,
    run: Run | None,
    dataset: PretrainingDataset,
    reporter: TrainingReporter,
) -> BertForPreTraining:
    """The model to train; for a resumed run, the weights of the checkpoint are loaded later.

    Args:
        config: from `initial_config`.
        options: of the run.
        run: the run to resume; None for a new one.
        dataset: to train on; the recipe may initialize token embeddings from its contexts.
        reporter: receives a note about randomly initialized parts.

    Raises:
        ModelError: the folder to start from holds no model, or a damaged one.
    """
    torch.manual_seed(options.seed)
    if options.init_from is None or run is not None:
        contexts = dataset if run is None else None
        return new_model(config, options.training_recipe(), contexts)
    saved = read_model(Path(options.init_from))
    if saved.missing:
        parts = " and no ".join(saved.missing)
        reporter.note(f"{saved.folder} has no {parts}; randomly initialized")
    return saved.model(config).train()


def init_from_record(options: PretrainOptions) -> InitFrom | None:
    """For the manifest: the folder that a model started from, and the SHA-256 of its weights."""
    if options.init_from is None:
        return None
    folder = Path(options.init_from).absolute()
    return InitFrom(
        folder=str(folder), sha256={path.name: sha256(path) for path in weight_files(folder)}
    )
