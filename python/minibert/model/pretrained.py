"""A trained model with the tokenizer it was trained on, from one folder."""

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
    """What is in a model folder, ready to be used.

    Attributes:
        model: on the device, in evaluation mode.
        tokenizer: what its ids mean; it neither cuts nor pads.
        device: where it computes.
        missing: the parts that the folder has not, so that the model's are random.
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
            folder: the folder. Of a run's `checkpoints/step-N` the weights are loaded as they were
                after that step.
            device: where the model is to compute.
            needs: the parts that are of no use at random; the encoder alone where empty.

        Raises:
            ModelError: the folder holds no model, a damaged one, or one without what is needed.
            FileError: it has no vocabulary.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not to be had.
        """
        path = Path(folder)
        chosen = choose_device(device)
        saved = read_model(path)
        saved.require(needs)
        tokenizer = load_tokenizer(path, saved.config)
        return cls(saved.model().to(chosen), tokenizer, chosen, saved.missing)


def load_tokenizer(folder: Path, config: BertConfig) -> WordPieceTokenizer:
    """The tokenizer of a model folder, which is to give whole texts.

    What its file says of cutting and padding is another program's wish, that `transformers` does
    not follow either.

    Raises:
        ModelError: it has pieces that the model does not know.
        FileError: it is not there.
        VocabularyError: it cannot be read.
    """
    tokenizer = WordPieceTokenizer.from_pretrained(model_folder(folder))
    if tokenizer.vocab_size > config.vocab_size:
        raise ModelError(
            f"{folder} has {tokenizer.vocab_size:,} pieces in its vocabulary, "
            f"but its model knows {config.vocab_size:,}"
        )
    return tokenizer.without_truncation().without_padding()
