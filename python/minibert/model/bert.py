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

from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minibert.config.model import GELUS
from minibert.model.fast.attention import (
    FEW_SHAPES,
    Places,
    Routes,
    Spans,
    attend,
    routes_of_all,
    routes_of_some,
    takes_spans,
)

if TYPE_CHECKING:
    from minibert.config.model import BertConfig


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

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, places: Places) -> Tensor:
        words = self.word_embeddings(places.take(input_ids))
        segments = self.token_type_embeddings(places.take(token_type_ids))
        positions = self.position_embeddings(places.positions())
        # Added in Hugging Face's order: sums round alike, and logits are equal to the last bit.
        out: Tensor = self.dropout(self.LayerNorm(words + segments + positions))
        return out  # (T, H)


class BertSelfAttention(nn.Module):
    """Scaled dot-product attention of several heads (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout_prob = config.attention_probs_dropout_prob

    def forward(self, x: Tensor, routes: Routes | Spans, asked: Tensor | None = None) -> Tensor:
        if asked is None:
            rows = self._heads(x, self.query, self.key, self.value)
        else:
            keys_and_values = self._heads(x, self.key, self.value)
            rows = torch.cat((self._heads(asked, self.query), keys_and_values))
        return attend(rows, routes, self.dropout_prob if self.training else 0.0)

    def _heads(self, x: Tensor, *layers: nn.Linear) -> Tensor:
        """Several projections: separate parameters, as in every checkpoint, and one product."""
        weight = torch.cat([layer.weight for layer in layers])
        bias = torch.cat([layer.bias for layer in layers])
        return F.linear(x, weight, bias).view(-1, weight.shape[1] // self.heads)


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

    def forward(self, x: Tensor, routes: Routes | Spans, asked: Tensor | None = None) -> Tensor:
        out: Tensor = self.output(self.self(x, routes, asked), x if asked is None else asked)
        return out


class BertIntermediate(nn.Module):
    """The widening half of the feed-forward layer, with the exact (erf) GELU where not said."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.intermediate_size)
        self.approximate = GELUS[config.hidden_act]

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.dense(x), approximate=self.approximate)


class BertLayer(nn.Module):
    """One block: attention, then the feed-forward layer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = BertAttention(config)
        self.intermediate = BertIntermediate(config)
        self.output = BertSelfOutput(config, config.intermediate_size)

    def forward(self, x: Tensor, routes: Routes | Spans, asked: Tensor | None = None) -> Tensor:
        """What becomes of x (T, H), or of the tokens asked about alone (B * Q, H)."""
        x = self.attention(x, routes, asked)
        out: Tensor = self.output(self.intermediate(x), x)
        return out


class BertEncoder(nn.Module):
    """The blocks, one after the other."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.layer = nn.ModuleList(BertLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, x: Tensor, places: Places, asked: Tensor | None = None) -> Tensor:
        """What becomes of the tokens x (T, H).

        Given the places asked about in each sequence (B, Q), the last layer computes those alone,
        (B * Q, H): the same numbers for a fraction of the work.
        """
        *lower, last = self.layer
        routes = routes_of_all(places, self.heads)
        for layer in lower:
            x = layer(x, routes)
        if asked is None:
            out: Tensor = last(x, routes)
            return out
        routes = routes_of_some(places, asked.shape[1], self.heads)
        tokens = places.tokens.gather(1, asked).flatten()
        out = last(x, routes, x.index_select(0, tokens))
        return out


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
        self.width = config.hidden_size // config.num_attention_heads
        self.dropout_prob = config.attention_probs_dropout_prob
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertEncoder(config)
        self.pooler = BertPooler(config)

    def forward(
        self,
        input_ids: Tensor,
        token_type_ids: Tensor,
        attention_mask: Tensor | None,
        asked: Tensor | None = None,
    ) -> Tensor:
        ragged = takes_spans(input_ids.device, self.width, self.dropout_prob * self.training)
        places = Places.of_mask(input_ids, attention_mask, ragged=ragged)
        x = self.embeddings(input_ids, token_type_ids, places)
        if asked is None:
            return places.put(self.encoder(x, places))  # (B, S, H)
        out: Tensor = self.encoder(x, places, asked)
        return out.view(*asked.shape, -1)  # (B, Q, H)


class BertPredictionHeadTransform(nn.Module):
    """Dense, GELU and LayerNorm before the pieces are scored."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.approximate = GELUS[config.hidden_act]

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.LayerNorm(F.gelu(self.dense(x), approximate=self.approximate))
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
        asked = numbers = None
        if masked_lm_positions is not None:
            asked, numbers = first_and_masked(masked_lm_positions, input_ids.shape)
        hidden = self.bert(input_ids, token_type_ids, attention_mask, asked)
        pooled = self.bert.pooler(hidden)  # (B, H)
        if numbers is not None:
            some_more = F.pad(numbers, (0, _more_for_few_shapes(len(numbers), numbers.device)))
            hidden = hidden.flatten(0, 1).index_select(0, some_more)
        scores = self.cls.predictions(hidden, self.bert.embeddings.word_embeddings.weight)
        if numbers is not None and len(scores) > len(numbers):
            scores = scores[: len(numbers)]  # (N, V)
        return PreTrainingOutput(scores, self.cls.seq_relationship(pooled))


def first_and_masked(masked_lm_positions: Tensor, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """The places that the heads read, since nothing else of the last layer is ever looked at.

    Args:
        masked_lm_positions: (N,) indices into the B * S positions, ascending.
        shape: B and S.

    Returns:
        For each example position 0, its masked positions, and 0 again up to the most that an
        example has: (B, Q). And where among the B * Q the masked ones are: (N,).
    """
    b, s = shape
    rows = masked_lm_positions // s
    counts = torch.bincount(rows, minlength=b)
    width = 1 + int(counts.max())
    number_in_row = torch.arange(len(rows), device=rows.device) - (counts.cumsum(0) - counts)[rows]
    numbers = rows * width + 1 + number_in_row
    asked = torch.zeros(b * width, dtype=torch.long, device=rows.device)
    asked[numbers] = masked_lm_positions % s
    return asked.view(b, width), numbers


def _more_for_few_shapes(masked: int, device: torch.device) -> int:
    """How many more words are scored than are masked, where they are many.

    In fp32 none are: its products need no program for each shape, and to cut off what is scored
    beyond costs two passes over all scores in the backward pass.
    """
    many = masked > FEW_SHAPES and torch.is_autocast_enabled(device.type)
    return -masked % (FEW_SHAPES // 4) if many else 0
