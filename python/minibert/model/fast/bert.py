"""BERT for speed: the numbers of `model/bert.py`, without the computations that nothing reads.

Both classes have the parameters and names of their plain parents, and no others. They differ in
three ways:

- The tokens of a batch lie end to end; nothing is computed for the padding between them.
- Query, key and value are one matrix product.
- The last layer computes only the positions that the heads read: `[CLS]` and the masked ones.

Shapes: B examples, S positions, T tokens, H hidden size, A heads, D = H / A, N masked positions,
Q query positions of each example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minibert.model import bert
from minibert.model.bert import PreTrainingOutput
from minibert.model.fast.attention import (
    attend,
    query_attention_layout,
    self_attention_layout,
    supports_varlen,
)
from minibert.model.fast.unpadding import SHAPE_STEP, Unpadding

if TYPE_CHECKING:
    from collections.abc import Callable

    from minibert.config.model import BertConfig
    from minibert.model.bert import BertLayer
    from minibert.model.fast.attention import HeadLayout, VarlenLayout


class BertModel(bert.BertModel):
    """Embeddings, encoder and pooler, without computation on padding."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.config = config
        self.layer_step: Callable[..., Tensor] = layer_step

    def forward(
        self,
        input_ids: Tensor,
        token_type_ids: Tensor,
        attention_mask: Tensor | None = None,
        query_positions: Tensor | None = None,
    ) -> Tensor:
        """The hidden states of the last layer.

        Args:
            input_ids: (B, S), int64 token ids.
            token_type_ids: (B, S), int64 segments.
            attention_mask: (B, S), 1 for tokens and 0 for padding; None: nothing is padded.
            query_positions: (B, Q), int64 positions of each example, no padding among them; the
                last layer computes these only.

        Returns:
            (B, S, H), 0 for most of the padding; or (B, Q, H), given query positions.
        """
        heads = self.config.num_attention_heads
        head_size = self.config.hidden_size // heads
        dropout = self.config.attention_probs_dropout_prob * self.training
        varlen = supports_varlen(input_ids.device, head_size, dropout)
        unpadding = Unpadding.from_mask(input_ids, attention_mask, varlen=varlen)
        x = self.embeddings(
            unpadding.unpad(input_ids), unpadding.unpad(token_type_ids), unpadding.position_ids()
        )  # (T, H)
        *lower, last = self.encoder.layer
        layout = self_attention_layout(unpadding, heads)
        for layer in lower:
            x = self.layer_step(layer, x, layout, dropout)
        if query_positions is None:
            return unpadding.pad(self.layer_step(last, x, layout, dropout))
        layout = query_attention_layout(unpadding, query_positions.shape[1], heads)
        tokens = unpadding.token_numbers.gather(1, query_positions).flatten()
        out = self.layer_step(last, x, layout, dropout, x.index_select(0, tokens))
        return out.view(*query_positions.shape, -1)


def layer_step(
    layer: BertLayer,
    x: Tensor,
    layout: HeadLayout | VarlenLayout,
    dropout: float,
    queries: Tensor | None = None,
) -> Tensor:
    """One Transformer block, by the parameters of a plain one.

    Args:
        layer: the block.
        x: (T, H), the hidden states of all tokens: keys and values, and queries if those are None.
        layout: which tokens attend to which.
        dropout: the share of attention weights that are dropped.
        queries: (B * Q, H), the hidden states of the tokens to compute.

    Returns:
        The new hidden states, (T, H) or (B * Q, H).
    """
    attention = layer.attention.self
    if queries is None:
        rows = _project(x, attention.heads, attention.query, attention.key, attention.value)
        queries = x
    else:
        query_rows = _project(queries, attention.heads, attention.query)
        key_rows = _project(x, attention.heads, attention.key, attention.value)
        rows = torch.cat((query_rows, key_rows))
    x = layer.attention.output(attend(rows, layout, dropout), queries)
    out: Tensor = layer.output(layer.intermediate(x), x)
    return out


def _project(x: Tensor, heads: int, *projections: nn.Linear) -> Tensor:
    """Several linear layers as one matrix product: rows (T * projections * A, D)."""
    weight = torch.cat([layer.weight for layer in projections])
    bias = torch.cat([layer.bias for layer in projections])
    return F.linear(x, weight, bias).view(-1, weight.shape[1] // heads)


class BertForPreTraining(bert.BertForPreTraining):
    """BERT with both pretraining heads; the class that trains and is loaded.

    Weights are initialized by the plain parent.

    Example:
        >>> import torch
        >>> from minibert import BertConfig, BertForPreTraining
        >>> model = BertForPreTraining(BertConfig(vocab_size=100))
        >>> model(torch.tensor([[2, 4, 3]])).prediction_logits.shape
        torch.Size([1, 3, 100])
    """

    model_class = BertModel

    def forward(
        self,
        input_ids: Tensor,
        token_type_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        masked_lm_positions: Tensor | None = None,
    ) -> PreTrainingOutput:
        """Compute the logits of both heads; arguments as for the plain class."""
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        query_positions = rows = None
        if masked_lm_positions is not None:
            query_positions, rows = cls_and_masked_positions(masked_lm_positions, input_ids.shape)
        hidden = self.bert(input_ids, token_type_ids, attention_mask, query_positions)
        pooled = self.bert.pooler(hidden)  # (B, H)
        if rows is not None:
            padded_rows = F.pad(rows, (0, _rows_to_add(len(rows), rows.device)))
            hidden = hidden.flatten(0, 1).index_select(0, padded_rows)
        logits = self.cls.predictions(hidden, self.bert.embeddings.word_embeddings.weight)
        if rows is not None and len(logits) > len(rows):
            logits = logits[: len(rows)]  # (N, V)
        return PreTrainingOutput(logits, self.cls.seq_relationship(pooled))


def cls_and_masked_positions(
    masked_lm_positions: Tensor, shape: torch.Size
) -> tuple[Tensor, Tensor]:
    """The positions that the heads read.

    Args:
        masked_lm_positions: (N,), int64 indices into the B * S positions, in ascending order.
        shape: (B, S).

    Returns:
        For each example position 0, its masked positions, and 0 again up to the largest number of
        them: (B, Q), int64. And where the masked positions are among these B * Q: (N,), int64.
    """
    b, s = shape
    examples = masked_lm_positions // s
    counts = torch.bincount(examples, minlength=b)
    width = 1 + int(counts.max())
    offsets = counts.cumsum(0) - counts
    number_in_example = torch.arange(len(examples), device=examples.device) - offsets[examples]
    rows = examples * width + 1 + number_in_example
    positions = torch.zeros(b * width, dtype=torch.long, device=rows.device)
    positions[rows] = masked_lm_positions % s
    return positions.view(b, width), rows


def _rows_to_add(masked: int, device: torch.device) -> int:
    """How many more rows the MLM head computes than are masked, for few different shapes.

    None in float32: its matrix products need no program for each shape, and cutting off the
    additional logits costs two passes over all logits in the backward pass.
    """
    needed = masked > SHAPE_STEP and torch.is_autocast_enabled(device.type)
    return -masked % (SHAPE_STEP // 4) if needed else 0


def compile_layers(model: bert.BertForPreTraining) -> None:
    """Run each layer by kernels that `torch.compile` makes, when the first batches reach it.

    Batches have different numbers of tokens; with dynamic shapes one graph serves all of them.
    Checkpoints stay the same. Numbers differ in their last digits.
    """
    fast = cast("BertModel", model.bert)
    fast.layer_step = torch.compile(layer_step, dynamic=True, fullgraph=True)
