"""BERT with a head for labels: of whole texts, or of each of their words.

Devlin et al. 2019, section 3.2 and appendix A.5: what the pooler makes of `[CLS]` goes through
dropout and one new layer; for words, the hidden state of each does. Modules and parameters bear
Hugging Face's names, so a state dict is its checkpoint.

Shapes: B examples, S positions, H width, L labels.
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
    """A text or a pair has one label, or one number (L = 1)."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.config = config
        self.bert = BertModel(config)
        _draw(self.bert.pooler.dense, config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.classifier = _classifier(config, num_labels)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None
    ) -> Tensor:
        """Logits (B, L) of pieces, segments and mask, each (B, S)."""
        first = torch.zeros_like(input_ids[:, :1])
        pooled = self.bert.pooler(self.bert(input_ids, token_type_ids, attention_mask, first))
        out: Tensor = self.classifier(self.dropout(pooled))
        return out


class BertForTokenClassification(nn.Module):
    """Each piece has a label; that of a word is its first piece's (section 5.3)."""

    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.config = config
        self.bert = BertModel(config)
        del self.bert.pooler  # no label is of the whole text
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.classifier = _classifier(config, num_labels)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None
    ) -> Tensor:
        """Logits (B, S, L) of pieces, segments and mask, each (B, S)."""
        hidden = self.bert(input_ids, token_type_ids, attention_mask)
        out: Tensor = self.classifier(self.dropout(hidden))
        return out


BertClassifier = BertForSequenceClassification | BertForTokenClassification


def add_classification_head(
    pretrained: BertForPreTraining, head: type[BertClassifier], num_labels: int, dropout: float
) -> BertClassifier:
    """A new head, drawn at random, on a copy of what a pretrained model has below its own.

    The pooler belongs to the head: it has learned what tells the next sentence, which is saturated
    and of little use for other labels (Zhang et al. 2021, 'Revisiting Few-sample BERT Fine-tuning',
    section 5).

    Args:
        pretrained: stays as it is.
        head: what kind of labels there are.
        num_labels: L.
        dropout: of hidden states and attention, in place of that of pretraining.
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
    _draw(layer, config)
    return layer


def _draw(layer: nn.Linear, config: BertConfig) -> None:
    nn.init.normal_(layer.weight, std=config.initializer_range)
    nn.init.zeros_(layer.bias)


@torch.no_grad()
def rescale_head(model: BertClassifier, mean: float, deviation: float) -> None:
    """Let a model of values whose mean is 0 and deviation 1 say them in their own units."""
    model.classifier.weight.mul_(deviation)
    model.classifier.bias.mul_(deviation).add_(mean)
