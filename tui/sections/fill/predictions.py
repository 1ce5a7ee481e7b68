"""The predictions and surprisals of the Fill screen. They run in the thread of `ModelWorker`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minibert.tui.models.encoding import encode
from minibert.tui.models.predictions import TokenPrediction

if TYPE_CHECKING:
    from minibert.interpretability.logit_lens import LogitLens
    from minibert.model.pretrained import Pretrained
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

TOP_K = 50  # predictions at each mask
LAYER_TOP_K = 5  # predictions of each layer


@dataclass(frozen=True, slots=True)
class LayerPredictions:
    """The predictions after a layer (logit lens).

    Attributes:
        predictions: the most probable ones, best first.
        rank: the rank of the last layer's best prediction in this layer, from 1.
    """

    predictions: tuple[TokenPrediction, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class MaskPredictions:
    """The predictions at a mask.

    Attributes:
        predictions: of the whole model, best first.
        layers: of the embeddings and of each layer, the embeddings first.
    """

    predictions: tuple[TokenPrediction, ...]
    layers: tuple[LayerPredictions, ...]


def predict_masks(loaded: Pretrained, text: str) -> tuple[MaskPredictions, ...]:
    """The predictions at each mask of a text.

    Raises:
        TextError: the text has no word, or more tokens than the model has positions.
    """
    from minibert.interpretability.activations import collect_activations
    from minibert.interpretability.logit_lens import logit_lens

    tokenizer = loaded.tokenizer
    ids = encode(loaded, text).ids
    inside = collect_activations(loaded.model, ids)
    vocab_size = tokenizer.vocab_size
    return tuple(
        _with_tokens(
            logit_lens(loaded.model, inside, position, top_k=TOP_K, vocab_size=vocab_size),
            tokenizer,
        )
        for position, id in enumerate(ids)
        if id == tokenizer.mask_token_id
    )


def word_surprisals(loaded: Pretrained, text: str) -> tuple[float, ...]:
    """The surprisal of each word of a text in nats: -ln of its probability, all its tokens masked.

    Raises:
        TextError: the text has no word, or more tokens than the model has positions.
    """
    from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood

    encode(loaded, text)
    score = PseudoLogLikelihood(loaded.model, loaded.tokenizer)
    return tuple((-score.of_words(text)).tolist())


def _with_tokens(lens: LogitLens, tokenizer: WordPieceTokenizer) -> MaskPredictions:
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
            LayerPredictions(predictions[:LAYER_TOP_K], rank)
            for predictions, rank in zip(layers, ranks, strict=True)
        ),
    )
