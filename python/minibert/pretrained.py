"""A trained model with the tokenizer it was trained on, from one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.checkpoint import load_model
from minibert.device import choose_device
from minibert.errors import ModelError
from minibert.pieces import WordPieceTokenizer
from minibert.runs import model_folder

if TYPE_CHECKING:
    import os

    import torch

    from minibert.encoder import BertForPreTraining


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What is in a model folder, ready to be used.

    Attributes:
        model: on the device, in evaluation mode.
        tokenizer: what its ids mean.
        device: where it computes.
    """

    model: BertForPreTraining
    tokenizer: WordPieceTokenizer
    device: torch.device

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, device: str = "cpu") -> Pretrained:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Of a run's `checkpoints/step-N` the weights are loaded as they were after that step.

        Raises:
            ModelError: the folder holds no model, or a damaged one.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not to be had.
        """
        path = Path(folder)
        chosen = choose_device(device)
        model = load_model(path)
        tokenizer = WordPieceTokenizer.from_pretrained(model_folder(path))
        if tokenizer.vocab_size > model.config.vocab_size:
            raise ModelError(
                f"{path} has {tokenizer.vocab_size:,} pieces in its vocabulary, "
                f"but its model knows {model.config.vocab_size:,}"
            )
        return cls(model.to(chosen).eval(), tokenizer, chosen)
