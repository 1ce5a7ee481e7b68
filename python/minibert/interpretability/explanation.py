"""The result of `explain`, for the terminal, the page, the pictures and JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from minibert.interpretability.attention_patterns import KINDS
from minibert.interpretability.html import html_frame, html_page
from minibert.interpretability.svg import attention_svg, svg_to_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert._core import Encoding
    from minibert.config.model import BertConfig
    from minibert.interpretability.activations import Activations
    from minibert.interpretability.attention_patterns import AttentionPatterns
    from minibert.interpretability.head_ablation import HeadAblation
    from minibert.interpretability.logit_lens import LogitLens
    from minibert.interpretability.nearest_tokens import NearestTokens
    from minibert.interpretability.surprisal import Surprisals
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class Explanation:
    """The activations and predictions of a model for one text; a notebook shows it as a page.

    Layers and heads are counted from 0.

    Attributes:
        text: the text, as given.
        pair: the second text, or None.
        model: the name of the model's folder.
        config: the configuration of the model.
        encoding: the tokens, their ids, segments and words.
        activations: embeddings, hidden states and attention weights.
        near_words: for each token, the other tokens nearest to its token embedding.
        near_sums: for each token, the tokens nearest to the sum of its three embeddings.
        patterns: the attention patterns of each head.
        measured_on: the texts on which the patterns were measured, in words.
        lenses: for each `[MASK]`, the predictions after each layer.
        ablations: for each `[MASK]`, the predictions without each head.
        surprisals: of each token of the text; None if there is a `[MASK]`.
    """

    text: str
    pair: str | None
    model: str
    config: BertConfig
    encoding: Encoding
    activations: Activations
    near_words: NearestTokens
    near_sums: NearestTokens
    patterns: AttentionPatterns
    measured_on: str
    lenses: list[LogitLens]
    ablations: list[HeadAblation]
    surprisals: Surprisals | None
    tokenizer: WordPieceTokenizer = field(repr=False)

    def token(self, id: int) -> str:
        """The token of an id."""
        return self.tokenizer.id_to_token(int(id)) or "[UNK]"

    def to_dict(self) -> dict[str, Any]:
        """Everything but the hidden states; `docs/reference/json.md` describes the keys."""
        return _to_dict(self)

    def to_html(self) -> str:
        """One HTML page that needs no network and no other file.

        Raises:
            TextError: the page would have too many attention weights for a browser.
        """
        return html_page(self.to_dict())

    def to_svg(self, layer: int, head: int) -> str:
        """The attention map of one head as SVG."""
        weights = self.activations.attentions[layer, head]
        kind = self.patterns.names[layer][head]
        title = f"Attention of layer {layer + 1}, head {head + 1}: {kind}"
        return attention_svg(self.encoding.tokens, weights, title)

    def to_png(self, layer: int, head: int) -> bytes:
        """The attention map of one head as PNG.

        Raises:
            OptionError: the extra `png` is not installed.
        """
        return svg_to_png(self.to_svg(layer, head))

    def _repr_html_(self) -> str:
        return html_frame(self.to_html())


def _to_dict(explanation: Explanation) -> dict[str, Any]:
    """Everything but the hidden states; `docs/reference/json.md` describes the keys."""
    config = explanation.config
    return {
        "text": explanation.text,
        "pair": explanation.pair,
        "model": {
            "name": explanation.model,
            "layers": config.num_hidden_layers,
            "heads": config.num_attention_heads,
            "hidden_size": config.hidden_size,
            "vocab_size": config.vocab_size,
        },
        "tokens": _tokens(explanation),
        "embeddings": _embeddings(explanation),
        "attentions": _numbers(explanation.activations.attentions),
        "heads": _heads(explanation),
        "masks": [
            {
                "position": lens.position,
                "answer": explanation.token(lens.answer),
                "layers": _lens(explanation, lens),
                "without_head": _ablation(explanation, ablation),
            }
            for lens, ablation in zip(explanation.lenses, explanation.ablations, strict=True)
        ],
        "surprisals": None
        if explanation.surprisals is None
        else _surprisals(explanation, explanation.surprisals),
    }


def _tokens(explanation: Explanation) -> list[dict[str, Any]]:
    encoding = explanation.encoding
    return [
        {"token": token, "id": id, "segment": segment, "added": bool(added)}
        for token, id, segment, added in zip(
            encoding.tokens,
            encoding.ids,
            encoding.type_ids,
            encoding.special_tokens_mask,
            strict=True,
        )
    ]


def _embeddings(explanation: Explanation) -> list[dict[str, Any]]:
    """For each token: the norms of its vectors, and the nearest tokens."""
    activations = explanation.activations
    norms = {
        name: np.linalg.norm(vectors, axis=1)
        for name, vectors in (
            ("word", activations.word_embeddings),
            ("segment", activations.token_type_embeddings),
            ("position", activations.position_embeddings),
            ("sum", activations.embeddings),
        )
    }
    return [
        {
            "norms": {name: _number(values[n]) for name, values in norms.items()},
            "near_word": _near(explanation, explanation.near_words, n),
            "near_sum": _near(explanation, explanation.near_sums, n),
        }
        for n in range(len(explanation.encoding))
    ]


def _near(explanation: Explanation, near: NearestTokens, n: int) -> list[dict[str, Any]]:
    return [
        {"token": explanation.token(id), "cosine": _number(cosine)}
        for id, cosine in zip(near.ids[n], near.cosines[n], strict=True)
    ]


def _heads(explanation: Explanation) -> dict[str, Any]:
    patterns = explanation.patterns
    return {
        "measured_on": explanation.measured_on,
        "kinds": patterns.names,
        "shares": dict(zip(KINDS, map(_numbers, patterns.shares), strict=True)),
        "entropies": _numbers(patterns.entropies),
        "evenness": _numbers(patterns.evenness),
    }


def _lens(explanation: Explanation, lens: LogitLens) -> list[dict[str, Any]]:
    """The embeddings, then each layer."""
    return [
        {
            "layer": layer,
            "top": [
                {"token": explanation.token(id), "probability": _number(probability)}
                for id, probability in zip(
                    lens.top_ids[layer], lens.top_probabilities[layer], strict=True
                )
            ],
            "probability": _number(lens.answer_probabilities[layer]),
            "rank": int(lens.answer_ranks[layer]),
        }
        for layer in range(len(lens.answer_ranks))
    ]


def _ablation(explanation: Explanation, ablation: HeadAblation) -> dict[str, Any]:
    return {
        "probabilities": _numbers(ablation.probabilities),
        "divergences": _numbers(ablation.divergences),
        "answers": [[explanation.token(id) for id in layer] for layer in ablation.answers],
    }


def _surprisals(explanation: Explanation, surprisals: Surprisals) -> list[dict[str, Any]]:
    return [
        {
            "position": int(position),
            "nats": _number(nats),
            "expected": explanation.token(expected),
            "probability": _number(probability),
        }
        for position, nats, expected, probability in zip(
            surprisals.positions,
            surprisals.nats,
            surprisals.expected_ids,
            surprisals.expected_probabilities,
            strict=True,
        )
    ]


def _numbers(values: NDArray[np.float32]) -> Any:
    """Nested lists of an array's numbers."""
    return [_numbers(row) for row in values] if values.ndim else _number(values)


def _number(value: Any) -> float | None:
    """A number rounded to five significant digits; None for NaN."""
    return None if math.isnan(value) else float(f"{float(value):.5g}")
