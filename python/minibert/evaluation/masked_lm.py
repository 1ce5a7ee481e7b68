"""How well masked words and pairs of a text are predicted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from minibert.config import PAIR_TASKS
from minibert.data.dataloader import batch_to_device
from minibert.errors import CorpusError
from minibert.evaluation.confidence import Interval, ratio_interval, wilson_interval
from minibert.evaluation.text_length import text_length
from minibert.model.bert import PreTrainingOutput
from minibert.model.losses import perplexity, perplexity_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.data.dataset import Batch, PretrainingDataset
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

Answer = Callable[[Tensor, Tensor, Tensor | None, Tensor], PreTrainingOutput]
"""A `BertForPreTraining`, or whatever answers its arguments in their order as it does."""


@dataclass(frozen=True, slots=True)
class MaskedWords:
    """How well a text was predicted; losses are in nats, means over predictions or over pairs.

    Attributes:
        mlm_loss: of a masked piece.
        mlm_accuracy: how many masked pieces get the highest score.
        mlm_accuracy_at_5: how many get one of the five highest.
        perplexity: exp(`mlm_loss`); None where no number holds it.
        loss_per_word: `mlm_loss`, times the pieces of the text, over its words (see `Extent`).
        loss_per_character: the same over its characters.
        nsp_loss: of the second head, whether that tells next sentences or the order of two; None
            where there are no pairs.
        nsp_accuracy: how many pairs it tells rightly.
        predictions: masked pieces.
        examples: what they are in.
        intervals: at 95 %, of these figures by name; of `nsp_accuracy` for independent trials, of
            the others for predictions in clusters, the examples (see `confidence.py`). None
            where there is too little to tell.
    """

    mlm_loss: float
    mlm_accuracy: float
    mlm_accuracy_at_5: float
    perplexity: float | None
    loss_per_word: float
    loss_per_character: float
    nsp_loss: float | None
    nsp_accuracy: float | None
    predictions: int
    examples: int
    intervals: dict[str, Interval | None]


def evaluate_masked_words(
    answer: Answer,
    dataset: PretrainingDataset,
    tokenizer: WordPieceTokenizer,
    *,
    device: torch.device | str = "cpu",
    advance: Callable[[float], None] = lambda share: None,
) -> MaskedWords:
    """Measure a model on all batches of a dataset's first epoch, the same masks each time.

    Args:
        answer: the model, on the device and in evaluation mode.
        dataset: what it is measured on; its masks are what it was made with, by default 15 %.
        tokenizer: what made the pieces.
        device: where to compute, in fp32.
        advance: told the share that is done.

    Raises:
        CorpusError: the text has nothing to predict.
    """
    chosen, batches = torch.device(device), dataset.batches_per_epoch(0)
    parts = []
    for index in range(batches):
        parts.append(_sums(answer, dataset.batch(0, index), chosen))
        advance((index + 1) / batches)
    table = np.concatenate(parts)
    if not table[:, _MASKED].any():
        raise CorpusError(
            "there is nothing to mask in the text, since every piece is [UNK]; evaluate on text "
            "in the writing that the vocabulary knows"
        )
    return _figures(table, dataset, tokenizer)


# The columns of a table with a row for each example.
_LOSS, _RIGHT, _RIGHT_AT_5, _MASKED, _PAIR_LOSS, _PAIR_RIGHT = range(6)


@torch.inference_mode()
def _sums(answer: Answer, batch: Batch, device: torch.device) -> NDArray[np.float64]:
    """(B, 6), the sums of each example; those of pairs are 0 where there are none."""
    tensors = batch_to_device(batch, device)
    mask = None if batch.attention_mask.all() else tensors["attention_mask"]
    output = answer(
        tensors["input_ids"], tensors["token_type_ids"], mask, tensors["masked_lm_positions"]
    )
    table = np.zeros((len(batch.input_ids), 6))
    rows = batch.masked_lm_positions // batch.input_ids.shape[1]
    losses, above = _losses(output.prediction_logits, tensors["masked_lm_ids"])
    np.add.at(table[:, _LOSS], rows, losses)
    np.add.at(table[:, _RIGHT], rows, above < 1)
    np.add.at(table[:, _RIGHT_AT_5], rows, above < 5)
    np.add.at(table[:, _MASKED], rows, 1)
    labels = tensors["next_sentence_label"]
    if len(labels):
        losses, above = _losses(output.seq_relationship_logits, labels)
        table[:, _PAIR_LOSS], table[:, _PAIR_RIGHT] = losses, above < 1
    return table


def _losses(logits: Tensor, labels: Tensor) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(N,) each: the cross entropies, and how many classes score higher than the label."""
    logits = logits.float()
    losses = F.cross_entropy(logits, labels, reduction="none")
    above = (logits > logits.gather(1, labels[:, None])).sum(dim=1)
    return losses.cpu().double().numpy(), above.cpu().numpy()


def _figures(
    table: NDArray[np.float64], dataset: PretrainingDataset, tokenizer: WordPieceTokenizer
) -> MaskedWords:
    extent = text_length(dataset.token_counts(), tokenizer)
    masked, examples = table[:, _MASKED], len(table)
    loss, right, right_at_5 = table[:, :_MASKED].sum(axis=0) / masked.sum()
    of_loss = ratio_interval(table[:, _LOSS], masked)
    pairs = dataset.objective in PAIR_TASKS
    pairs_right = int(table[:, _PAIR_RIGHT].sum())
    return MaskedWords(
        mlm_loss=float(loss),
        mlm_accuracy=float(right),
        mlm_accuracy_at_5=float(right_at_5),
        perplexity=perplexity(loss),
        loss_per_word=float(loss * extent.pieces_per_word),
        loss_per_character=float(loss * extent.pieces_per_character),
        nsp_loss=float(table[:, _PAIR_LOSS].mean()) if pairs else None,
        nsp_accuracy=pairs_right / examples if pairs else None,
        predictions=int(masked.sum()),
        examples=examples,
        intervals={
            "mlm_loss": of_loss,
            "mlm_accuracy": _of_accuracy(table[:, _RIGHT], masked),
            "mlm_accuracy_at_5": _of_accuracy(table[:, _RIGHT_AT_5], masked),
            "perplexity": of_loss and perplexity_interval(of_loss),
            "loss_per_word": of_loss and _scaled(of_loss, extent.pieces_per_word),
            "loss_per_character": of_loss and _scaled(of_loss, extent.pieces_per_character),
            "nsp_accuracy": wilson_interval(pairs_right, examples) if pairs else None,
        },
    )


def _of_accuracy(right: NDArray[np.float64], masked: NDArray[np.float64]) -> Interval | None:
    found = ratio_interval(right, masked)
    return found and (max(0.0, found[0]), min(1.0, found[1]))


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor
