"""Attention patterns: the share of a head's attention that goes to the next token, to [SEP], ...

Clark et al. 2019, 'What Does BERT Look At?' (https://arxiv.org/abs/1906.04341), section 3: the
average attention from a token to targets of several kinds, and the entropy of the attention.

Shapes: S tokens, L layers, A heads, K kinds of targets.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from minibert._core import Encoding

KINDS = (
    "next",
    "previous",
    "two ahead",
    "two back",
    "self",
    "[CLS]",
    "[SEP]",
    "same word",
    "punctuation",
)
"""The kinds of targets. The first four are tokens of the text at a distance. `same word`: another
token of the same word, or the same token elsewhere in the text. `punctuation`: other tokens that
are only punctuation."""

BROAD, MIXED = "broad", "mixed"

MIN_SHARE = 1 / 3
"""A head is named after the kind with the largest share, if that is at least this share."""

MIN_EVENNESS = 0.8
"""Otherwise it is broad if its evenness is at least this, else mixed."""

SENTENCES = (
    ("The old man sat by the fire, and the dog slept.", "It was cold, but the fire was warm."),
    ("She opened the door and saw a man.", "The man had a letter for her."),
    ("We went to the sea last night.", "The sea was dark, and the wind was strong."),
    ("He said that he knew the house well.", "His father had lived in the house, he said."),
    ("The children ran to the garden.", "In the garden there was a tall tree; they liked it."),
    ("Is the cat in the kitchen?", "No, the cat is on the chair."),
    ("The horse was tired, so they stopped.", "After an hour the horse could go on."),
    ("I do not know what you mean.", "Tell me what you want, and I will do it."),
)
"""Pairs with repeated words and punctuation, so that a head's name does not depend on one text."""


@dataclass(frozen=True, slots=True)
class AttentionPatterns:
    """The attention patterns of each head, averaged over the tokens of some texts.

    Attributes:
        shares: (K, L, A), float32, for each of `KINDS`: the share of attention that goes to such
            targets, averaged over the tokens that have one; NaN if no token has one.
        entropies: (L, A), float32, in nats.
        evenness: (L, A), float32: the entropy as a share of the entropy of uniform attention.
        names: (L, A): one of `KINDS`, `broad` or `mixed`.
        texts: the number of measured texts.
    """

    shares: NDArray[np.float32]
    entropies: NDArray[np.float32]
    evenness: NDArray[np.float32]
    names: tuple[tuple[str, ...], ...]
    texts: int


def measure_attention_patterns(
    readings: Iterable[tuple[Encoding, NDArray[np.float32]]],
) -> AttentionPatterns:
    """Measure the attention patterns of all heads, and name the heads.

    `[CLS]` and `[SEP]` are not counted as queries.

    Args:
        readings: texts, at least one with a word, and their attention weights (L, A, S, S).
    """
    sums = counts = spread = evenness = np.float64(0)
    queries = texts = 0
    for encoding, attentions in readings:
        is_query = ~np.array(encoding.special_tokens_mask, dtype=bool)  # (S,)
        targets = _targets(encoding) & is_query[:, None]  # (K, S, S)
        has_target = targets.any(-1)  # (K, S)
        sums = sums + np.einsum("kij,laij->kla", targets, attentions, dtype=np.float64)
        counts = counts + has_target.sum(-1)
        entropies = _entropies(attentions)[..., is_query].sum(-1)  # (L, A)
        spread = spread + entropies
        evenness = evenness + entropies / np.log(len(encoding))
        queries += int(is_query.sum())
        texts += 1
    with np.errstate(invalid="ignore"):
        shares = (sums / np.asarray(counts)[:, None, None]).astype(np.float32)
    even = (evenness / queries).astype(np.float32)
    return AttentionPatterns(
        shares, (spread / queries).astype(np.float32), even, _names(shares, even), texts
    )


def _targets(encoding: Encoding) -> NDArray[np.bool_]:
    """(K, S, S), bool: whether a key (last axis) is a target of a kind for a query."""
    tokens = np.array(encoding.tokens, dtype=object)
    ids = np.array(encoding.ids)
    special = np.array(encoding.special_tokens_mask, dtype=bool)
    punctuation = np.array([_is_punctuation(token) for token in encoding.tokens])
    words = np.array([-1 if word is None else word for word in encoding.word_ids])
    of_text = np.array([-1 if text is None else text for text in encoding.sequence_ids])

    positions = np.arange(len(ids))
    distances = positions[None, :] - positions[:, None]  # key minus query
    own = ~special[None, :]
    other = own & (distances != 0)
    same_word = (words[None, :] == words[:, None]) & (of_text[None, :] == of_text[:, None])
    same_token = (ids[None, :] == ids[:, None]) & ~punctuation
    return np.stack(
        [
            *(own & (distances == distance) for distance in (1, -1, 2, -2)),
            distances == 0,
            np.broadcast_to(special & (tokens == "[CLS]"), distances.shape),
            np.broadcast_to(special & (tokens == "[SEP]"), distances.shape),
            other & (same_word | same_token),
            other & punctuation,
        ]
    )


def _is_punctuation(token: str) -> bool:
    return all(unicodedata.category(c).startswith("P") for c in token.removeprefix("##"))


def _entropies(attentions: NDArray[np.float32]) -> NDArray[np.float32]:
    """(L, A, S), float32, in nats; weights of 0 add 0."""
    logs = np.log(attentions, where=attentions > 0, out=np.zeros_like(attentions))
    entropies: NDArray[np.float32] = -(attentions * logs).sum(-1)
    return entropies


def _names(
    shares: NDArray[np.float32], evenness: NDArray[np.float32]
) -> tuple[tuple[str, ...], ...]:
    known = np.nan_to_num(shares)
    most, kinds = known.max(0), known.argmax(0)
    layers, heads = evenness.shape
    return tuple(
        tuple(_name(most[i, j], int(kinds[i, j]), evenness[i, j]) for j in range(heads))
        for i in range(layers)
    )


def _name(most: float, kind: int, evenness: float) -> str:
    if most >= MIN_SHARE:
        return KINDS[kind]
    return BROAD if evenness >= MIN_EVENNESS else MIXED
