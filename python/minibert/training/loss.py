"""The pretraining loss as a module: a batch in, its loss out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from minibert.data.dataloader import batch_to_device
from minibert.model.losses import pretraining_loss

if TYPE_CHECKING:
    from minibert.data.dataset import Batch
    from minibert.model.bert import BertForPreTraining, PreTrainingOutput


class PretrainingLoss(nn.Module):
    """A model and its pretraining loss; with several processes, DistributedDataParallel wraps it.

    Args:
        model: the model, on `device`.
        device: the device that batches are copied to.
        dtype: the type of matrix products; with a type other than float32 the model runs under
            autocast.
    """

    def __init__(self, model: BertForPreTraining, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.model = model
        self.device = device
        self.dtype = dtype

    def forward(
        self, batch: Batch, masked: int | None = None, pairs: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """The loss on a batch.

        Args:
            batch: B examples.
            masked: the number of predictions that the MLM loss is divided by; those of `batch` by
                default.
            pairs: the number of pairs that the NSP loss is divided by; those of `batch` by default.

        Returns:
            The loss, and the sums (6,) for metrics, as `pretraining_loss` returns them.
        """
        tensors = batch_to_device(batch, self.device)
        if batch.attention_mask.all():
            del tensors["attention_mask"]  # without padding, attention needs no mask
        return pretraining_loss(self._model_output(tensors), tensors, masked, pairs)

    def _model_output(self, tensors: dict[str, Tensor]) -> PreTrainingOutput:
        reduced = self.dtype != torch.float32
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=reduced):
            output: PreTrainingOutput = self.model(
                tensors["input_ids"],
                tensors["token_type_ids"],
                tensors.get("attention_mask"),
                tensors["masked_lm_positions"],
            )
        return output
