"""What the Attention screen asks of a model; computed in the models' thread."""

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
    """How a model reads a text.

    Shapes: S pieces, L layers, A heads.

    Attributes:
        tokens: the pieces.
        added: (S,), bool, the `[CLS]` and `[SEP]` that were added.
        attentions: (L, A, S, S), float32.
        names: what each head does: (L of A).
    """

    tokens: tuple[str, ...]
    added: NDArray[np.bool_]
    attentions: NDArray[np.float32]
    names: tuple[tuple[str, ...], ...]

    def of_pieces(self, shown: NDArray[np.int64]) -> AttentionReading:
        """The same, of some of the pieces alone."""
        return AttentionReading(
            tuple(self.tokens[place] for place in shown),
            self.added[shown],
            self.attentions[:, :, shown[:, None], shown],
            self.names,
        )


class AttentionReader:
    """Looks into models; what the heads of a model do is measured once."""

    def __init__(self) -> None:
        self._names: WeakKeyDictionary[BertForPreTraining, tuple[tuple[str, ...], ...]] = (
            WeakKeyDictionary()
        )

    def __call__(self, loaded: Pretrained, text: str) -> AttentionReading:
        """Read a text, or a pair with ` | ` between.

        Raises:
            TextError: it has no word, or more pieces than the model has positions.
        """
        from minibert.interpretability.activations import collect_activations

        encoding = encode(loaded, *split_pair(text))
        inside = collect_activations(loaded.model, encoding.ids, encoding.type_ids)
        return AttentionReading(
            tuple(encoding.tokens),
            np.array(encoding.special_tokens_mask, dtype=bool),
            inside.attentions,
            self._names_of(loaded),
        )

    def _names_of(self, loaded: Pretrained) -> tuple[tuple[str, ...], ...]:
        from minibert.interpretability.activations import collect_activations
        from minibert.interpretability.attention_patterns import (
            SENTENCES,
            measure_attention_patterns,
        )

        model, tokenizer = loaded.model, loaded.tokenizer.without_padding()
        if model not in self._names:
            cut = tokenizer.with_truncation(model.config.max_position_embeddings)
            self._names[model] = measure_attention_patterns(
                (read, collect_activations(model, read.ids, read.type_ids).attentions)
                for read in cut.encode_batch(SENTENCES)
            ).names
        return self._names[model]
