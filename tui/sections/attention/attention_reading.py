"""The attention weights of a text, computed in the thread of `ModelWorker`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from minibert.tui.models.encoding import encode, split_pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining
    from minibert.model.pretrained import Pretrained


@dataclass(frozen=True, eq=False)
class AttentionReading:
    """The attention of a model for a text of S tokens, with L layers and A heads.

    Attributes:
        tokens: S tokens.
        special: (S,), bool, whether a token is `[CLS]` or `[SEP]`.
        attentions: (L, A, S, S), float32; query, then key.
        patterns: the attention pattern of each head, by layer and head.
    """

    tokens: tuple[str, ...]
    special: NDArray[np.bool_]
    attentions: NDArray[np.float32]
    patterns: tuple[tuple[str, ...], ...]

    def select_tokens(self, positions: NDArray[np.int64]) -> AttentionReading:
        """The attention between the tokens at some positions."""
        return AttentionReading(
            tuple(self.tokens[position] for position in positions),
            self.special[positions],
            self.attentions[:, :, positions[:, None], positions],
            self.patterns,
        )


class AttentionReader:
    """Computes attention weights; the patterns of the heads are measured once for each model."""

    def __init__(self) -> None:
        self._patterns: WeakKeyDictionary[BertForPreTraining, tuple[tuple[str, ...], ...]] = (
            WeakKeyDictionary()
        )

    def __call__(self, loaded: Pretrained, text: str) -> AttentionReading:
        """Compute the attention for a text, or for a pair with ` | ` between the two texts.

        Raises:
            TextError: the text has no word, or more tokens than the model has positions.
        """
        from minibert.interpretability.activations import collect_activations

        encoding = encode(loaded, *split_pair(text))
        activations = collect_activations(loaded.model, encoding.ids, encoding.type_ids)
        return AttentionReading(
            tuple(encoding.tokens),
            np.array(encoding.special_tokens_mask, dtype=bool),
            activations.attentions,
            self._measure_patterns(loaded),
        )

    def _measure_patterns(self, loaded: Pretrained) -> tuple[tuple[str, ...], ...]:
        from minibert.interpretability.activations import collect_activations
        from minibert.interpretability.attention_patterns import (
            SENTENCES,
            measure_attention_patterns,
        )

        model, tokenizer = loaded.model, loaded.tokenizer.without_padding()
        if model not in self._patterns:
            truncating = tokenizer.with_truncation(model.config.max_position_embeddings)
            self._patterns[model] = measure_attention_patterns(
                (encoding, collect_activations(model, encoding.ids, encoding.type_ids).attentions)
                for encoding in truncating.encode_batch(SENTENCES)
            ).names
        return self._patterns[model]
