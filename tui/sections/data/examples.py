"""The examples of a batch, as the model gets them beside what they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from minibert.config import PAIR_TASKS
from minibert.data.dataset import IGNORED_LABEL, Batch, Objective
from minibert.tokenizer.wordpiece import WordPieceTokenizer

Fate = Literal["seen", "masked", "replaced", "kept"]

# What each label says of the pair, by what the second head learns.
LABELS = {"NSP": ("B follows A", "B is random"), "SOP": ("in order", "swapped")}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of an example.

    Attributes:
        piece: what the model gets.
        was: what stood there, which the model is to predict unless it is `seen`.
        segment: 0 for A, 1 for B.
        fate: what became of it.
    """

    piece: str
    was: str
    segment: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a batch, without its padding.

    Attributes:
        tokens: its pieces, special ones among them.
        padding: how many `[PAD]` follow.
        label: what the pair is, in words; None where the objective has no pairs.
    """

    tokens: list[Token]
    padding: int
    label: str | None

    def counts(self) -> Counter[Fate]:
        """How many pieces had each fate."""
        return Counter(token.fate for token in self.tokens)


def examples_of(batch: Batch, tokenizer: WordPieceTokenizer, objective: Objective) -> list[Example]:
    """The examples of a batch, in its order."""
    names = _names(tokenizer)
    mask = tokenizer.mask_token_id
    labels = LABELS.get(PAIR_TASKS.get(objective, ""))
    rows = zip(batch.input_ids, batch.labels(), batch.token_type_ids, strict=True)
    found = []
    for number, (ids, targets, segments) in enumerate(rows):
        length = int(batch.attention_mask[number].sum())
        tokens = [
            _token(names, mask, *values)
            for values in zip(
                ids[:length].tolist(), targets[:length].tolist(), segments[:length].tolist(),
                strict=True,
            )
        ]  # fmt: skip
        label = None if labels is None else labels[int(batch.next_sentence_label[number])]
        found.append(Example(tokens, len(ids) - length, label))
    return found


def _token(names: list[str], mask: int, id: int, target: int, segment: int) -> Token:
    if target == IGNORED_LABEL:
        return Token(names[id], names[id], segment, "seen")
    fate: Fate = "masked" if id == mask else "kept" if id == target else "replaced"
    return Token(names[id], names[target], segment, fate)


def _names(tokenizer: WordPieceTokenizer) -> list[str]:
    return [tokenizer.id_to_token(id) or "" for id in range(tokenizer.vocab_size)]
