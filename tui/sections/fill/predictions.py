"""What the Fill screen asks of a model; computed in the models' thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minibert.tui.models.encoding import encode
from minibert.tui.models.predictions import TokenPrediction

if TYPE_CHECKING:
    from minibert.interpretability.logit_lens import LogitLens
    from minibert.model.pretrained import Pretrained
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

ANSWERS = 50  # for each mask
BY_LAYER = 5  # for each layer


@dataclass(frozen=True, slots=True)
class LayerPredictions:
    """What the model would answer if it ended at a layer.

    Attributes:
        guesses: the likeliest, best first.
        rank: that of the last layer's best answer, 1 for the best.
    """

    guesses: tuple[TokenPrediction, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class MaskPredictions:
    """The answers at a mask.

    Attributes:
        guesses: best first.
        layers: what the embeddings and each layer say, the embeddings first.
    """

    guesses: tuple[TokenPrediction, ...]
    layers: tuple[LayerPredictions, ...]


def predict_masks(loaded: Pretrained, text: str) -> tuple[MaskPredictions, ...]:
    """The answers at each mask of a text.

    Raises:
        TextError: the text has no word, or more pieces than the model has positions.
    """
    from minibert.interpretability.activations import collect_activations
    from minibert.interpretability.logit_lens import logit_lens

    tokenizer = loaded.tokenizer
    ids = encode(loaded, text).ids
    inside = collect_activations(loaded.model, ids)
    vocab_size = tokenizer.vocab_size
    return tuple(
        _named(
            logit_lens(loaded.model, inside, position, top_k=ANSWERS, vocab_size=vocab_size),
            tokenizer,
        )
        for position, id in enumerate(ids)
        if id == tokenizer.mask_token_id
    )


def word_surprisals(loaded: Pretrained, text: str) -> tuple[float, ...]:
    """-ln of the probability of each word of a text, all of its pieces masked.

    Raises:
        TextError: the text has no word, or more pieces than the model has positions.
    """
    from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood

    encode(loaded, text)
    score = PseudoLogLikelihood(loaded.model, loaded.tokenizer)
    return tuple((-score.of_words(text)).tolist())


def _named(lens: LogitLens, tokenizer: WordPieceTokenizer) -> MaskPredictions:
    layers = tuple(
        tuple(
            TokenPrediction(tokenizer.id_to_token(id) or "", probability)
            for id, probability in zip(ids, probabilities, strict=True)
        )
        for ids, probabilities in zip(
            lens.top_ids.tolist(), lens.top_probabilities.tolist(), strict=True
        )
    )
    ranks = lens.answer_ranks.tolist()
    return MaskPredictions(
        layers[-1],
        tuple(
            LayerPredictions(guesses[:BY_LAYER], rank)
            for guesses, rank in zip(layers, ranks, strict=True)
        ),
    )
