"""The examples of a batch: the tokens that the model gets, and the original tokens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from minibert.config import OBJECTIVES
from minibert.data.dataset import IGNORED_LABEL, Batch, Objective
from minibert.tokenizer.wordpiece import WordPieceTokenizer

# Masking of a token (Devlin et al. 2019, section 3.1): a token that is selected for prediction is
# replaced by [MASK], replaced by a random token, or left unchanged.
Masking = Literal["unselected", "masked", "random", "unchanged"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an example.

    Attributes:
        token: the token that the model gets.
        original: the token before masking, the target of the prediction if it is selected.
        segment: 0 for A, 1 for B.
        masking: how the original was masked.
    """

    token: str
    original: str
    segment: int
    masking: Masking


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a batch, without its padding.

    Attributes:
        tokens: all of them, with `[CLS]` and `[SEP]`.
        padding: the number of `[PAD]` tokens that follow.
        label: the label of the pair in words; None if the objective has no pairs.
    """

    tokens: list[Token]
    padding: int
    label: str | None

    def counts(self) -> Counter[Masking]:
        """The number of tokens by masking."""
        return Counter(token.masking for token in self.tokens)


def batch_examples(
    batch: Batch, tokenizer: WordPieceTokenizer, objective: Objective
) -> list[Example]:
    """The examples of a batch, in order."""
    vocabulary = [tokenizer.id_to_token(id) or "" for id in range(tokenizer.vocab_size)]
    mask = tokenizer.mask_token_id
    labels = OBJECTIVES[objective].pair_labels
    rows = zip(batch.input_ids, batch.labels(), batch.token_type_ids, strict=True)
    examples = []
    for number, (ids, targets, segments) in enumerate(rows):
        length = int(batch.attention_mask[number].sum())
        tokens = [
            _token(vocabulary, mask, *values)
            for values in zip(
                ids[:length].tolist(), targets[:length].tolist(), segments[:length].tolist(),
                strict=True,
            )
        ]  # fmt: skip
        label = None if labels is None else labels[int(batch.next_sentence_label[number])]
        examples.append(Example(tokens, len(ids) - length, label))
    return examples


def _token(vocabulary: list[str], mask: int, id: int, label: int, segment: int) -> Token:
    if label == IGNORED_LABEL:
        return Token(vocabulary[id], vocabulary[id], segment, "unselected")
    masking: Masking = "masked" if id == mask else "unchanged" if id == label else "random"
    return Token(vocabulary[id], vocabulary[label], segment, masking)
