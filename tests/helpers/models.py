"""A model whose every parameter matters, and a padded batch for it."""

from __future__ import annotations

import torch

from minibert.model.fast.bert import BertForPreTraining

from helpers.samples import SMALL


def model_with_random_biases(config=SMALL, model_class=BertForPreTraining):
    """A model none of whose parameters is at a value that hides a mistake."""
    torch.manual_seed(1)
    model = model_class(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def a_batch(config=SMALL, rows=5, length=33):
    generator = torch.Generator().manual_seed(2)
    input_ids = torch.randint(5, config.vocab_size, (rows, length), generator=generator)
    token_type_ids = (torch.arange(length) >= length // 2).long().expand(rows, length).clone()
    attention_mask = torch.ones(rows, length, dtype=torch.long)
    for row in range(1, rows):
        attention_mask[row, length - 4 * row :] = 0
    return input_ids, token_type_ids, attention_mask
