"""An explanation as what JSON has: for machines, and for the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minibert.head_kinds import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.explanation import Explanation
    from minibert.head_removal import HeadEffects
    from minibert.logit_lens import LogitLens
    from minibert.nearest_pieces import NearestPieces
    from minibert.surprise import Surprises


def as_dict(explanation: Explanation) -> dict[str, Any]:
    """Everything but the hidden states; `docs/guides/explain.md` says what each key holds."""
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
        "pieces": _pieces(explanation),
        "embeddings": _embeddings(explanation),
        "attentions": _numbers(explanation.activations.attentions),
        "heads": _heads(explanation),
        "masks": [
            {
                "position": lens.position,
                "answer": explanation.piece(lens.answer),
                "layers": _lens(explanation, lens),
                "without_head": _effects(explanation, effects),
            }
            for lens, effects in zip(explanation.lenses, explanation.effects, strict=True)
        ],
        "surprises": None
        if explanation.surprises is None
        else _surprises(explanation, explanation.surprises),
    }


def _pieces(explanation: Explanation) -> list[dict[str, Any]]:
    encoding = explanation.encoding
    return [
        {"piece": piece, "id": id, "segment": segment, "added": bool(added)}
        for piece, id, segment, added in zip(
            encoding.tokens,
            encoding.ids,
            encoding.type_ids,
            encoding.special_tokens_mask,
            strict=True,
        )
    ]


def _embeddings(explanation: Explanation) -> list[dict[str, Any]]:
    """Lengths of the vectors of each piece, and what lies near."""
    inside = explanation.activations
    norms = {
        name: np.linalg.norm(vectors, axis=1)
        for name, vectors in (
            ("word", inside.word_embeddings),
            ("segment", inside.token_type_embeddings),
            ("position", inside.position_embeddings),
            ("sum", inside.embeddings),
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


def _near(explanation: Explanation, near: NearestPieces, n: int) -> list[dict[str, Any]]:
    return [
        {"piece": explanation.piece(id), "cosine": _number(cosine)}
        for id, cosine in zip(near.ids[n], near.cosines[n], strict=True)
    ]


def _heads(explanation: Explanation) -> dict[str, Any]:
    kinds = explanation.kinds
    return {
        "measured_on": explanation.measured_on,
        "kinds": kinds.names,
        "shares": dict(zip(KINDS, map(_numbers, kinds.shares), strict=True)),
        "entropies": _numbers(kinds.entropies),
        "evenness": _numbers(kinds.evenness),
    }


def _lens(explanation: Explanation, lens: LogitLens) -> list[dict[str, Any]]:
    """The embeddings, then each layer."""
    return [
        {
            "layer": layer,
            "top": [
                {"piece": explanation.piece(id), "probability": _number(probability)}
                for id, probability in zip(
                    lens.top_ids[layer], lens.top_probabilities[layer], strict=True
                )
            ],
            "probability": _number(lens.answer_probabilities[layer]),
            "rank": int(lens.answer_ranks[layer]),
        }
        for layer in range(len(lens.answer_ranks))
    ]


def _effects(explanation: Explanation, effects: HeadEffects) -> dict[str, Any]:
    return {
        "probabilities": _numbers(effects.probabilities),
        "divergences": _numbers(effects.divergences),
        "answers": [[explanation.piece(id) for id in layer] for layer in effects.answers],
    }


def _surprises(explanation: Explanation, surprises: Surprises) -> list[dict[str, Any]]:
    return [
        {
            "position": int(position),
            "nats": _number(nats),
            "expected": explanation.piece(expected),
            "probability": _number(probability),
        }
        for position, nats, expected, probability in zip(
            surprises.positions,
            surprises.nats,
            surprises.expected_ids,
            surprises.expected_probabilities,
            strict=True,
        )
    ]


def _numbers(values: NDArray[np.float32]) -> Any:
    """Nested lists of an array's numbers."""
    return [_numbers(row) for row in values] if values.ndim else _number(values)


def _number(value: Any) -> float | None:
    """Five digits of a number, which are all that anybody reads; None for one that is not there."""
    return None if math.isnan(value) else float(f"{float(value):.5g}")
