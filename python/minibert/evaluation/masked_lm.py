"""Predicting the masked tokens and the sentence pairs of a text."""

from __future__ import annotations

import dataclasses
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
from minibert.evaluation.token_scores import TokenScores, token_scores
from minibert.model.bert import PreTrainingOutput
from minibert.model.losses import perplexity_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.data.dataset import Batch, PretrainingDataset
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

MaskedModel = Callable[[Tensor, Tensor, Tensor | None, Tensor], PreTrainingOutput]
"""A `BertForPreTraining`, or a function with its arguments and its output."""


@dataclass(frozen=True, slots=True)
class MaskedLMScores(TokenScores):
    """The scores of masked tokens and of sentence pairs.

    Attributes:
        nsp_loss: of the second head, for the next sentence or the sentence order, in nats; None
            without pairs.
        nsp_accuracy: the share of pairs that the second head classifies correctly; None without
            pairs.
        predictions: the number of masked tokens.
        examples: the number of sequences.
        intervals: at 95 %, by the names of the scores; Wilson's for `nsp_accuracy`, clustered by
            sequence for the others (see `confidence.py`). None where there are too few sequences.
    """

    nsp_loss: float | None
    nsp_accuracy: float | None
    predictions: int
    examples: int
    intervals: dict[str, Interval | None]


def evaluate_masked_lm(
    model: MaskedModel,
    dataset: PretrainingDataset,
    tokenizer: WordPieceTokenizer,
    *,
    device: torch.device | str = "cpu",
    advance: Callable[[float], None] = lambda share: None,
) -> MaskedLMScores:
    """Evaluate a model on all batches of a dataset's first epoch, whose masks are always the same.

    Args:
        model: on the device and in evaluation mode.
        dataset: the text, which is masked as the dataset was made to mask.
        tokenizer: that the dataset was tokenized with.
        device: where to compute, in fp32.
        advance: called with the share that is done, from 0 to 1.

    Raises:
        CorpusError: the text has no token to predict.
    """
    chosen, batches = torch.device(device), dataset.batches_per_epoch(0)
    parts = []
    for index in range(batches):
        parts.append(_sums(model, dataset.batch(0, index), chosen))
        advance((index + 1) / batches)
    table = np.concatenate(parts)
    if not table[:, _MASKED].any():
        raise CorpusError(
            "no token of the text can be masked, because all are [UNK]; evaluate on text in a "
            "script that the vocabulary knows"
        )
    return _scores(table, dataset, tokenizer)


# The columns of a table with one row per sequence.
_LOSS, _CORRECT, _CORRECT_AT_5, _MASKED, _PAIR_LOSS, _PAIR_CORRECT = range(6)


@torch.inference_mode()
def _sums(model: MaskedModel, batch: Batch, device: torch.device) -> NDArray[np.float64]:
    """(B, 6), float64, the sums of each sequence; pair columns are 0 without pairs."""
    tensors = batch_to_device(batch, device)
    mask = None if batch.attention_mask.all() else tensors["attention_mask"]
    output = model(
        tensors["input_ids"], tensors["token_type_ids"], mask, tensors["masked_lm_positions"]
    )
    table = np.zeros((len(batch.input_ids), 6))
    rows = batch.masked_lm_positions // batch.input_ids.shape[1]
    losses, above = _losses(output.prediction_logits, tensors["masked_lm_ids"])
    np.add.at(table[:, _LOSS], rows, losses)
    np.add.at(table[:, _CORRECT], rows, above < 1)
    np.add.at(table[:, _CORRECT_AT_5], rows, above < 5)
    np.add.at(table[:, _MASKED], rows, 1)
    labels = tensors["next_sentence_label"]
    if len(labels):
        losses, above = _losses(output.seq_relationship_logits, labels)
        table[:, _PAIR_LOSS], table[:, _PAIR_CORRECT] = losses, above < 1
    return table


def _losses(logits: Tensor, labels: Tensor) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(N,) each: the cross entropies, and the number of classes that score above the label."""
    logits = logits.float()
    losses = F.cross_entropy(logits, labels, reduction="none")
    above = (logits > logits.gather(1, labels[:, None])).sum(dim=1)
    return losses.cpu().double().numpy(), above.cpu().numpy()


def _scores(
    table: NDArray[np.float64], dataset: PretrainingDataset, tokenizer: WordPieceTokenizer
) -> MaskedLMScores:
    length = text_length(dataset.token_counts(), tokenizer)
    masked, examples = table[:, _MASKED], len(table)
    loss, correct, correct_at_5 = table[:, :_MASKED].sum(axis=0) / masked.sum()
    loss_interval = ratio_interval(table[:, _LOSS], masked)
    has_pairs = dataset.objective in PAIR_TASKS
    pairs_correct = int(table[:, _PAIR_CORRECT].sum())
    return MaskedLMScores(
        **dataclasses.asdict(token_scores(loss, correct, correct_at_5, length)),
        nsp_loss=float(table[:, _PAIR_LOSS].mean()) if has_pairs else None,
        nsp_accuracy=pairs_correct / examples if has_pairs else None,
        predictions=int(masked.sum()),
        examples=examples,
        intervals={
            "mlm_loss": loss_interval,
            "mlm_accuracy": _share_interval(table[:, _CORRECT], masked),
            "mlm_accuracy_at_5": _share_interval(table[:, _CORRECT_AT_5], masked),
            "perplexity": loss_interval and perplexity_interval(loss_interval),
            "loss_per_word": loss_interval and _scaled(loss_interval, length.tokens_per_word),
            "loss_per_character": loss_interval
            and _scaled(loss_interval, length.tokens_per_character),
            "nsp_accuracy": wilson_interval(pairs_correct, examples) if has_pairs else None,
        },
    )


def _share_interval(correct: NDArray[np.float64], masked: NDArray[np.float64]) -> Interval | None:
    found = ratio_interval(correct, masked)
    return found and (max(0.0, found[0]), min(1.0, found[1]))


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor
