"""BERT as published, in one file that reads top to bottom.

Devlin et al. 2019, 'BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding' (https://arxiv.org/abs/1810.04805). What to notice:

- token + position + segment embeddings are added, then normalised (section 3, figure 2);
- a post-norm encoder: each sub-layer is LayerNorm(x + dropout(sublayer(x))), as in Vaswani 2017;
- attention sees both sides: nothing is masked but the padding;
- the MLM head shares its matrix with the token embeddings, and in training is applied to the
  masked positions only (Google's `gather_indexes`): the same result for a third of the work;
- the NSP head reads the pooled first position; label 0 = the segment follows, 1 = it is random.

Modules and parameters bear Hugging Face's names, so a state dict is its checkpoint.

Shapes: B examples, S positions, H width, A heads, V pieces, N masked positions in the batch.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from minibert.config import BertConfig


class PreTrainingOutput(NamedTuple):
    """What the two heads say."""

    prediction_logits: Tensor  # (N, V), or (B, S, V) when no positions were named
    seq_relationship_logits: Tensor  # (B, 2)


class BertEmbeddings(nn.Module):
    """Token, position and segment embeddings, added (section 3, 'Input/Output Representations')."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        h = config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, h, padding_idx=config.pad_token_id)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, h)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, h)
        self.LayerNorm = nn.LayerNorm(h, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        positions = self.position_embeddings.weight[: input_ids.shape[1]]  # (S, H)
        # Added in Hugging Face's order: sums round alike, and logits are equal to the last bit.
        x = self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids) + positions
        out: Tensor = self.dropout(self.LayerNorm(x))
        return out  # (B, S, H)


class BertSelfAttention(nn.Module):
    """Scaled dot-product attention of several heads (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout_prob = config.attention_probs_dropout_prob

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        b, s, h = x.shape
        # The three are separate parameters, as in every published checkpoint, and one product.
        weight = torch.cat((self.query.weight, self.key.weight, self.value.weight))
        bias = torch.cat((self.query.bias, self.key.bias, self.value.bias))
        qkv = F.linear(x, weight, bias).view(b, s, 3, self.heads, h // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, A, S, H / A)
        dropout = self.dropout_prob if self.training else 0.0
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        return out.transpose(1, 2).reshape(b, s, h)


class BertSelfOutput(nn.Module):
    """The projection after attention, added to what went in and normalised."""

    def __init__(self, config: BertConfig, width_in: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width_in, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        out: Tensor = self.LayerNorm(self.dropout(self.dense(x)) + residual)
        return out


class BertAttention(nn.Module):
    """Self-attention and its output."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.self = BertSelfAttention(config)
        self.output = BertSelfOutput(config, config.hidden_size)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        out: Tensor = self.output(self.self(x, mask), x)
        return out


class BertIntermediate(nn.Module):
    """The widening half of the feed-forward layer, with the exact (erf) GELU."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.intermediate_size)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.dense(x))


class BertLayer(nn.Module):
    """One block: attention, then the feed-forward layer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = BertAttention(config)
        self.intermediate = BertIntermediate(config)
        self.output = BertSelfOutput(config, config.intermediate_size)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        x = self.attention(x, mask)
        out: Tensor = self.output(self.intermediate(x), x)
        return out


class BertEncoder(nn.Module):
    """The blocks, one after the other."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(BertLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.layer:
            x = layer(x, mask)
        return x


class BertPooler(nn.Module):
    """The first position through a dense layer and tanh: the sentence vector that NSP reads."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.dense(x[:, 0]))


class BertModel(nn.Module):
    """Embeddings, encoder and pooler."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertEncoder(config)
        self.pooler = BertPooler(config)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None
    ) -> Tensor:
        mask = None if attention_mask is None else attention_mask.bool()[:, None, None, :]
        out: Tensor = self.encoder(self.embeddings(input_ids, token_type_ids), mask)
        return out  # (B, S, H)


class BertPredictionHeadTransform(nn.Module):
    """Dense, GELU and LayerNorm before the pieces are scored."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.LayerNorm(F.gelu(self.dense(x)))
        return out


class BertLMPredictionHead(nn.Module):
    """Scores every piece; its matrix is the token embeddings', its bias is its own."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.transform = BertPredictionHeadTransform(config)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, x: Tensor, word_embeddings: Tensor) -> Tensor:
        return F.linear(self.transform(x), word_embeddings, self.bias)


class BertPreTrainingHeads(nn.Module):
    """The masked-word head and the next-sentence head."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.predictions = BertLMPredictionHead(config)
        self.seq_relationship = nn.Linear(config.hidden_size, 2)


class BertForPreTraining(nn.Module):
    """BERT with both pretraining heads (section 3.1).

    Weights start as published: normal with `config.initializer_range`, biases at zero.

    Example:
        >>> from minibert import BertConfig, BertForPreTraining
        >>> model = BertForPreTraining(BertConfig(vocab_size=100))
        >>> import torch
        >>> model(torch.tensor([[2, 4, 3]])).prediction_logits.shape
        torch.Size([1, 3, 100])
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = BertModel(config)
        self.cls = BertPreTrainingHeads(config)
        self.apply(self._initialise)

    def _initialise(self, module: nn.Module) -> None:
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
        """Score the pieces and the pair.

        Args:
            input_ids: (B, S) piece ids.
            token_type_ids: (B, S) segments, 0 or 1; all 0 when left out.
            attention_mask: (B, S), 1 for pieces and 0 for padding; left out when nothing is padded.
            masked_lm_positions: (N,) indices into the B * S positions, row by row; when given,
                only those are scored.
        """
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        hidden = self.bert(input_ids, token_type_ids, attention_mask)  # (B, S, H)
        pooled = self.bert.pooler(hidden)  # (B, H)
        if masked_lm_positions is not None:
            hidden = hidden.flatten(0, 1).index_select(0, masked_lm_positions)  # (N, H)
        return PreTrainingOutput(
            self.cls.predictions(hidden, self.bert.embeddings.word_embeddings.weight),
            self.cls.seq_relationship(pooled),
        )


def start_positions_as_sinusoids(
    model: BertForPreTraining, amplitude: float, base: float = 1000.0
) -> None:
    """Let the learned position embeddings begin as sinusoids: sines in one half, then cosines.

    With them a head can find a token's neighbours from the first step, which random positions take
    thousands of steps to allow; until then a small model learns word frequencies only. The form is
    that of Vaswani et al. 2017, section 3.5; the published architecture is unchanged.
    """
    weight = model.bert.embeddings.position_embeddings.weight
    length, width = weight.shape
    half = (width + 1) // 2
    rates = torch.exp(-math.log(base) * torch.arange(half) / half)
    angles = torch.arange(length)[:, None] * rates  # (S, H / 2)
    waves = torch.cat((angles.sin(), angles.cos()), dim=1)[:, :width]
    with torch.no_grad():
        weight.copy_(amplitude * waves)
