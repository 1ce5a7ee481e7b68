"""The scores of predicting masked tokens, of a model or of a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minibert.model.losses import perplexity

if TYPE_CHECKING:
    from minibert.evaluation.text_length import TextLength


@dataclass(frozen=True, slots=True)
class TokenScores:
    """Means over masked tokens; losses are in nats.

    Attributes:
        mlm_loss: the cross entropy per token.
        mlm_accuracy: the share of tokens that get the highest score.
        mlm_accuracy_at_5: the share of tokens that get one of the five highest scores.
        perplexity: exp(`mlm_loss`); None where no float holds it.
        loss_per_word: `mlm_loss` times the tokens of the text, over its words (see `TextLength`).
        loss_per_character: the same over its characters.
    """

    mlm_loss: float
    mlm_accuracy: float
    mlm_accuracy_at_5: float
    perplexity: float | None
    loss_per_word: float
    loss_per_character: float


def token_scores(
    loss: float, accuracy: float, accuracy_at_5: float, length: TextLength
) -> TokenScores:
    """Scores from a loss per token in nats, two accuracies and the length of the text."""
    return TokenScores(
        mlm_loss=float(loss),
        mlm_accuracy=float(accuracy),
        mlm_accuracy_at_5=float(accuracy_at_5),
        perplexity=perplexity(loss),
        loss_per_word=float(loss * length.tokens_per_word),
        loss_per_character=float(loss * length.tokens_per_character),
    )
