"""What a head looks at, measured: the next piece, the one before, [SEP], or nothing much.

Clark et al. 2019, 'What Does BERT Look At?' (https://arxiv.org/abs/1906.04341), section 3: of the
attention that a piece gives, which share goes to such places, and how widely it is spread.

Shapes: S pieces, L layers, A heads, K kinds.
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
    "two on",
    "two back",
    "self",
    "[CLS]",
    "[SEP]",
    "same word",
    "punctuation",
)
"""Where attention can go; the first four count pieces of the text. `same word`: to another piece
of the same word, and to the same piece elsewhere in the text; `punctuation`: to other pieces than
itself that are nothing else."""

BROAD, MIXED = "broad", "mixed"

NAMED_FROM = 1 / 3
"""A head is named by the kind that gets most of its attention, if that is at least this share."""

BROAD_FROM = 0.8
"""Otherwise it is broad if its entropy is this share of that of even attention, and else mixed."""

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
"""Pairs with words that come again and with commas, for a head's name to depend on no one text."""


@dataclass(frozen=True, slots=True)
class AttentionPatterns:
    """What each head (L layers of A) looks at, on average over the pieces of some texts.

    Attributes:
        shares: (K, L, A), float32, for each of `KINDS`: the share of attention that goes there from
            pieces that have such a place; NaN where none had one.
        entropies: (L, A), float32, in nats.
        evenness: (L, A), float32: the entropy as a share of what it is when all get the same.
        names: for each layer and head one of `KINDS`, `broad` or `mixed`.
        texts: how many were measured.
    """

    shares: NDArray[np.float32]
    entropies: NDArray[np.float32]
    evenness: NDArray[np.float32]
    names: tuple[tuple[str, ...], ...]
    texts: int


def measure_attention_patterns(
    readings: Iterable[tuple[Encoding, NDArray[np.float32]]],
) -> AttentionPatterns:
    """Measure what heads look at, and name them by it.

    What `[CLS]` and `[SEP]` themselves look at does not count: it tells nothing of words.

    Args:
        readings: texts, at least one with a word in it, and the attention weights (L, A, S, S).
    """
    sums = counts = spread = evenness = np.float64(0)
    queries = texts = 0
    for encoding, attentions in readings:
        asking = ~np.array(encoding.special_tokens_mask, dtype=bool)  # (S,)
        targets = _targets(encoding) & asking[:, None]  # (K, S, S)
        has_target = targets.any(-1)  # (K, S)
        sums = sums + np.einsum("kij,laij->kla", targets, attentions, dtype=np.float64)
        counts = counts + has_target.sum(-1)
        entropies = _entropies(attentions)[..., asking].sum(-1)  # (L, A)
        spread = spread + entropies
        evenness = evenness + entropies / np.log(len(encoding))
        queries += int(asking.sum())
        texts += 1
    with np.errstate(invalid="ignore"):
        shares = (sums / np.asarray(counts)[:, None, None]).astype(np.float32)
    even = (evenness / queries).astype(np.float32)
    return AttentionPatterns(
        shares, (spread / queries).astype(np.float32), even, _names(shares, even), texts
    )


def _targets(encoding: Encoding) -> NDArray[np.bool_]:
    """(K, S, S): whether a key (last axis) is of a kind for a query."""
    tokens = np.array(encoding.tokens, dtype=object)
    ids = np.array(encoding.ids)
    special = np.array(encoding.special_tokens_mask, dtype=bool)
    punctuation = np.array([_is_punctuation(token) for token in encoding.tokens])
    words = np.array([-1 if word is None else word for word in encoding.word_ids])
    of_text = np.array([-1 if text is None else text for text in encoding.sequence_ids])

    places = np.arange(len(ids))
    apart = places[None, :] - places[:, None]  # key minus query
    own = ~special[None, :]
    other = own & (apart != 0)
    same_word = (words[None, :] == words[:, None]) & (of_text[None, :] == of_text[:, None])
    same_piece = (ids[None, :] == ids[:, None]) & ~punctuation
    return np.stack(
        [
            *(own & (apart == distance) for distance in (1, -1, 2, -2)),
            apart == 0,
            np.broadcast_to(special & (tokens == "[CLS]"), apart.shape),
            np.broadcast_to(special & (tokens == "[SEP]"), apart.shape),
            other & (same_word | same_piece),
            other & punctuation,
        ]
    )


def _is_punctuation(token: str) -> bool:
    return all(unicodedata.category(c).startswith("P") for c in token.removeprefix("##"))


def _entropies(attentions: NDArray[np.float32]) -> NDArray[np.float32]:
    """(L, A, S), in nats; what gets no attention at all adds nothing."""
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
    if most >= NAMED_FROM:
        return KINDS[kind]
    return BROAD if evenness >= BROAD_FROM else MIXED
