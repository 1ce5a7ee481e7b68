"""What a model gives, looked up slowly: an example at a time, in plain loops, on lists."""

from __future__ import annotations

import math

import torch


def log_softmax(scores):
    """The logarithms of the probabilities, of a list of scores."""
    top = max(scores)
    total = math.fsum(math.exp(score - top) for score in scores)
    return [score - top - math.log(total) for score in scores]


def piece_scores(model, ids, segments=None):
    """The scores of all pieces at each position, and of the pair, for one example."""
    with torch.inference_mode():
        given = torch.tensor([ids])
        types = torch.zeros_like(given) if segments is None else torch.tensor([segments])
        output = model(given, token_type_ids=types)
    pair = getattr(output, "seq_relationship_logits", None)
    logits = output.prediction_logits if hasattr(output, "prediction_logits") else output.logits
    return logits[0].double().tolist(), None if pair is None else pair[0].double().tolist()


def rank(scores, label):
    return sum(score > scores[label] for score in scores)


def sentence_pll(model, pieces, ids, mask, *, rest_of_word):
    """The pseudo-log-likelihood of one sentence, `[CLS]` first and `[SEP]` last.

    `pieces` are the names of `ids`: those that go on with a word begin with ##.
    """
    total = 0.0
    for at in range(1, len(ids) - 1):
        masked = list(ids)
        masked[at] = mask
        after = at + 1
        while rest_of_word and pieces[after].startswith("##"):
            masked[after] = mask
            after += 1
        scores, _ = piece_scores(model, masked)
        total += log_softmax(scores[at])[ids[at]]
    return total
