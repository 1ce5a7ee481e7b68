"""BERT as published, in one file that reads top to bottom.

Devlin et al. 2019, 'BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding' (https://arxiv.org/abs/1810.04805). Points to notice:

- Token, segment and position embeddings are added, then normalized (section 3, figure 2).
- The encoder is post-norm: each sublayer computes LayerNorm(x + dropout(sublayer(x))), as in
  Vaswani et al. 2017, 'Attention Is All You Need' (https://arxiv.org/abs/1706.03762).
- Attention is bidirectional: the mask hides the padding and nothing else.
- The masked-language-model (MLM) head shares its output matrix with the token embeddings. In
  training it is applied to the masked positions only, as in Google's `gather_indexes`.
- The next-sentence-prediction (NSP) head reads the pooled first position. Label 0: the second
  segment follows the first; label 1: it is a random one.

Modules and parameters have Hugging Face's names, so a state dict is a `transformers` checkpoint.
`fast/bert.py` computes the same numbers without the padding. Training and inference run that class;
`minibert explain` runs the layers of this file, which return their attention weights.

Shapes: B examples, S positions, H hidden size, I intermediate size, A attention heads, D = H / A
numbers per head, V tokens of the vocabulary, N masked positions of the batch.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minibert.config.model import GELUS

if TYPE_CHECKING:
    from minibert.config.model import BertConfig


class BertEmbeddings(nn.Module):
    """Token, segment and position embeddings, added (section 3, 'Input/Output Representations').

    Maps token ids (B, S), segments (B, S) and positions (S,) to (B, S, H).
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        h = config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, h, padding_idx=config.pad_token_id)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, h)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, h)
        self.LayerNorm = nn.LayerNorm(h, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, position_ids: Tensor) -> Tensor:
        words = self.word_embeddings(input_ids)
        segments = self.token_type_embeddings(token_type_ids)
        positions = self.position_embeddings(position_ids)
        # Hugging Face adds in this order too: the sums round alike.
        out: Tensor = self.dropout(self.LayerNorm(words + segments + positions))
        return out


class BertSelfAttention(nn.Module):
    """Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2, equation 1).

    Maps x (B, S, H) to the output of the heads, concatenated (B, S, H), and to the attention
    weights (B, A, S, S): row i holds the weights that position i gives to all positions.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout = nn.Dropout(config.attention_probs_dropout_prob)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, head_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        q, k, v = (
            project(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, A, S, D)
            for project in (self.query, self.key, self.value)
        )
        scores = q @ k.mT / math.sqrt(q.shape[-1])  # (B, A, S, S)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None] == 0, -math.inf)
        weights = scores.softmax(-1)
        heads = self.dropout(weights) @ v  # (B, A, S, D)
        if head_mask is not None:
            heads = heads * head_mask[:, :, None, None]
        return heads.transpose(1, 2).flatten(2), weights


class BertSelfOutput(nn.Module):
    """The end of both sublayers: LayerNorm(dropout(projection of x) + residual), (B, S, H).

    `input_size` is H after attention, and I after the feed-forward layer.
    """

    def __init__(self, config: BertConfig, input_size: int) -> None:
        super().__init__()
        self.dense = nn.Linear(input_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        out: Tensor = self.LayerNorm(self.dropout(self.dense(x)) + residual)
        return out


class BertAttention(nn.Module):
    """The first sublayer of a block: self-attention and its output projection."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.self = BertSelfAttention(config)
        self.output = BertSelfOutput(config, config.hidden_size)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, head_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        heads, weights = self.self(x, mask, head_mask)
        return self.output(heads, x), weights


class BertIntermediate(nn.Module):
    """The first half of the feed-forward sublayer: (B, S, H) to (B, S, I), with GELU.

    GELU is the exact one (erf), unless the configuration names its tanh approximation.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.intermediate_size)
        self.approximate = GELUS[config.hidden_act]

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.dense(x), approximate=self.approximate)


class BertLayer(nn.Module):
    """One Transformer block: self-attention, then the feed-forward sublayer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = BertAttention(config)
        self.intermediate = BertIntermediate(config)
        self.output = BertSelfOutput(config, config.intermediate_size)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, head_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Compute one block.

        Args:
            x: (B, S, H).
            mask: (B, S), 1 for tokens and 0 for padding; None when nothing is padded.
            head_mask: (B, A), a factor on the output of each head: 0 ablates the head.

        Returns:
            The new hidden states (B, S, H), and the attention weights (B, A, S, S).
        """
        x, weights = self.attention(x, mask, head_mask)
        return self.output(self.intermediate(x), x), weights


class BertEncoder(nn.Module):
    """The blocks, one after the other: (B, S, H) to (B, S, H)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(BertLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        for layer in self.layer:
            x, _ = layer(x, mask)
        return x


class BertPooler(nn.Module):
    """The hidden state of the first position, `[CLS]`, through a dense layer and tanh: (B, H)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.dense(x[:, 0]))


class BertModel(nn.Module):
    """Embeddings, encoder and pooler; `BertForPreTraining.forward` applies the pooler."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertEncoder(config)
        self.pooler = BertPooler(config)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None = None
    ) -> Tensor:
        """The hidden states of the last layer (B, S, H), of ids, segments and mask (B, S)."""
        position_ids = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.embeddings(input_ids, token_type_ids, position_ids)
        out: Tensor = self.encoder(x, attention_mask)
        return out


class BertPredictionHeadTransform(nn.Module):
    """The dense layer, GELU and LayerNorm of the MLM head: (N, H) to (N, H)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.approximate = GELUS[config.hidden_act]

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.LayerNorm(F.gelu(self.dense(x), approximate=self.approximate))
        return out


class BertLMPredictionHead(nn.Module):
    """The MLM head: logits (N, V) by the token embeddings (V, H) and a bias of its own (V,)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.transform = BertPredictionHeadTransform(config)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, x: Tensor, word_embeddings: Tensor) -> Tensor:
        return F.linear(self.transform(x), word_embeddings, self.bias)


class BertPreTrainingHeads(nn.Module):
    """The MLM head and the NSP head (section 3.1, tasks 1 and 2); a container without forward."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.predictions = BertLMPredictionHead(config)
        self.seq_relationship = nn.Linear(config.hidden_size, 2)


class PreTrainingOutput(NamedTuple):
    """The logits of both heads."""

    prediction_logits: Tensor  # (N, V), or (B, S, V) without masked_lm_positions
    seq_relationship_logits: Tensor  # (B, 2)


class BertForPreTraining(nn.Module):
    """BERT with both pretraining heads (section 3.1).

    Weights are drawn from a normal distribution of standard deviation `initializer_range`, as in
    `transformers` (Google's code cuts it at two standard deviations); biases and the row of the
    padding token are 0. `model/initialization.py` changes them by the recipe. The losses of both
    heads are in `model/losses.py`.

    Example:
        >>> model = BertForPreTraining(BertConfig(vocab_size=100))
        >>> model(torch.tensor([[2, 4, 3]])).prediction_logits.shape
        torch.Size([1, 3, 100])
    """

    model_class: type[BertModel] = BertModel

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = self.model_class(config)
        self.cls = BertPreTrainingHeads(config)
        self.apply(self._init_weights)

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=self.config.initializer_range)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            with torch.no_grad():
                module.weight[module.padding_idx].zero_()

    def forward(
        self,
        input_ids: Tensor,
        token_type_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        masked_lm_positions: Tensor | None = None,
    ) -> PreTrainingOutput:
        """Compute the logits of both heads.

        Args:
            input_ids: (B, S), int64 token ids.
            token_type_ids: (B, S), int64 segments, 0 or 1; None: all 0.
            attention_mask: (B, S), 1 for tokens and 0 for padding; None: nothing is padded.
            masked_lm_positions: (N,), int64 indices into the B * S positions, in ascending order;
                the MLM head is applied to these only. None: to all positions.
        """
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        hidden = self.bert(input_ids, token_type_ids, attention_mask)  # (B, S, H)
        pooled = self.bert.pooler(hidden)  # (B, H)
        if masked_lm_positions is not None:
            hidden = hidden.flatten(0, 1)[masked_lm_positions]  # (N, H)
        logits = self.cls.predictions(hidden, self.bert.embeddings.word_embeddings.weight)
        return PreTrainingOutput(logits, self.cls.seq_relationship(pooled))
