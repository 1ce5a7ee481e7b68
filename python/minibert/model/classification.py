"""BERT with a classification head: one label per text, or one label per token.

Devlin et al. 2019, section 3.2 and appendix A.5: the pooled `[CLS]`, or the hidden state of each
token, goes through dropout and one new linear layer. Modules and parameters have Hugging Face's
names, so a state dict is a `transformers` checkpoint.

Shapes: B examples, S positions, L labels.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from minibert.model.fast.bert import BertModel

if TYPE_CHECKING:
    from minibert.config.model import BertConfig
    from minibert.model.bert import BertForPreTraining


class BertForSequenceClassification(nn.Module):
    """One label, or one number (L = 1), for each text or pair of texts."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.config = config
        self.bert = BertModel(config)
        _init_linear(self.bert.pooler.dense, config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.classifier = _classifier(config, num_labels)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None
    ) -> Tensor:
        """Logits (B, L) of token ids, segments and mask, each (B, S)."""
        first = torch.zeros_like(input_ids[:, :1])
        pooled = self.bert.pooler(self.bert(input_ids, token_type_ids, attention_mask, first))
        out: Tensor = self.classifier(self.dropout(pooled))
        return out


class BertForTokenClassification(nn.Module):
    """One label for each token; the label of a word is that of its first token (section 5.3)."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.config = config
        self.bert = BertModel(config)
        del self.bert.pooler  # it is for labels of whole texts
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.classifier = _classifier(config, num_labels)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None
    ) -> Tensor:
        """Logits (B, S, L) of token ids, segments and mask, each (B, S)."""
        hidden = self.bert(input_ids, token_type_ids, attention_mask)
        out: Tensor = self.classifier(self.dropout(hidden))
        return out


BertClassifier = BertForSequenceClassification | BertForTokenClassification


def add_classification_head(
    pretrained: BertForPreTraining, head: type[BertClassifier], num_labels: int, dropout: float
) -> BertClassifier:
    """Copy a pretrained encoder and put a randomly initialized classification head on it.

    The pooler is randomly initialized, as the head is. The pretrained one is specialized in
    next-sentence prediction and transfers badly (Zhang et al. 2021, 'Revisiting Few-sample BERT
    Fine-tuning', section 5).

    Args:
        pretrained: the model to copy from; it is not changed.
        head: the class of the new model.
        num_labels: L.
        dropout: of hidden states and attention weights; replaces that of pretraining.
    """
    config = dataclasses.replace(
        pretrained.config, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout
    )
    model = head(config, num_labels)
    model.bert.embeddings.load_state_dict(pretrained.bert.embeddings.state_dict())
    model.bert.encoder.load_state_dict(pretrained.bert.encoder.state_dict())
    return model


def _classifier(config: BertConfig, num_labels: int) -> nn.Linear:
    layer = nn.Linear(config.hidden_size, num_labels)
    _init_linear(layer, config)
    return layer


def _init_linear(layer: nn.Linear, config: BertConfig) -> None:
    nn.init.normal_(layer.weight, std=config.initializer_range)
    nn.init.zeros_(layer.bias)


@torch.no_grad()
def rescale_head(model: BertClassifier, mean: float, std: float) -> None:
    """Let a model that was trained on standardized targets predict them in their own unit.

    Args:
        model: its head predicts (target - mean) / std; changed in place.
        mean: of the targets.
        std: their standard deviation.
    """
    model.classifier.weight.mul_(std)
    model.classifier.bias.mul_(std).add_(mean)
