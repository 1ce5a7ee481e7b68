"""A trained model and its tokenizer, loaded from one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import ModelError
from minibert.model.device import choose_device
from minibert.model.files import Part, read_model
from minibert.model.folder import model_folder
from minibert.tokenizer.wordpiece import WordPieceTokenizer

if TYPE_CHECKING:
    import os

    import torch

    from minibert.config.model import BertConfig
    from minibert.model.fast.bert import BertForPreTraining


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A loaded model folder.

    Attributes:
        model: the model, on the device, in evaluation mode.
        tokenizer: the tokenizer, without truncation and padding.
        device: the device of the model.
        missing: the parts that the folder lacks; the model's are randomly initialized.
    """

    model: BertForPreTraining
    tokenizer: WordPieceTokenizer
    device: torch.device
    missing: tuple[Part, ...] = ()

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str],
        *,
        device: str = "cpu",
        needs: tuple[Part, ...] = ("MLM head",),
    ) -> Pretrained:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Args:
            folder: the folder; a run's `checkpoints/step-N` for the weights after that step.
            device: the device of the model.
            needs: the parts that the folder must have besides the encoder.

        Raises:
            ModelError: the folder has no model, a damaged one, or one that lacks a needed part.
            FileError: the folder has no vocabulary.
            VocabularyError: the vocabulary cannot be read.
            OptionError: the device is not available.
        """
        path = Path(folder)
        chosen = choose_device(device)
        saved = read_model(path)
        saved.require(needs)
        tokenizer = load_tokenizer(path, saved.config)
        return cls(saved.model().to(chosen), tokenizer, chosen, saved.missing)


def load_tokenizer(folder: Path, config: BertConfig) -> WordPieceTokenizer:
    """The tokenizer of a model folder, without truncation and padding.

    A `tokenizer.json` may configure both. `transformers` ignores these settings too.

    Raises:
        ModelError: the vocabulary is larger than the model's.
        FileError: there is no vocabulary.
        VocabularyError: the vocabulary cannot be read.
    """
    tokenizer = WordPieceTokenizer.from_pretrained(model_folder(folder))
    if tokenizer.vocab_size > config.vocab_size:
        raise ModelError(
            f"{folder} has {tokenizer.vocab_size:,} tokens in its vocabulary, "
            f"but its model has embeddings for {config.vocab_size:,}"
        )
    return tokenizer.without_truncation().without_padding()
