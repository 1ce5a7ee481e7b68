"""Where the default recipe lets words start: near those that stand beside the same others.

What stands near a word says much of what it means and how it is used, and it can be counted before
a single step is made. The vectors that best tell these counts, as logarithms of how much likelier
than chance a neighbour is, are those that word2vec would learn (Levy and Goldberg 2014, 'Neural
Word Embedding as Implicit Matrix Factorization').

Shapes: V pieces, C contexts and sides, D dimensions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

    from minibert.data.dataset import PretrainingDataset
    from minibert.model.bert import BertForPreTraining

WINDOW = 4
"""Tokens on either side of a word that are near it."""
CONTEXTS = 2048
"""Pieces that are counted as neighbours, the most frequent ones."""
LARGEST_TABLE = 1 << 26
"""Counts, of four bytes each: of a larger vocabulary fewer pieces are neighbours."""
SMOOTHING = 0.75
"""What the frequency of a context is raised to, for rare ones to say less (Levy, Goldberg and Dagan
2015, 'Improving Distributional Similarity with Lessons Learned from Word Embeddings', section
3.2)."""

MORE, TURNS = 32, 2
"""Directions that are looked at beside those wanted, and how often they are turned towards them."""


@torch.no_grad()
def init_word_embeddings(
    model: BertForPreTraining, dataset: PretrainingDataset, scale: float
) -> None:
    """Let the embeddings of the words that a dataset has begin as vectors of their contexts.

    Dimensions in which no word has a part keep none.

    Args:
        model: words have been drawn in it.
        dataset: whose documents are counted in.
        scale: how much longer the vectors are than what was drawn.
    """
    words = model.bert.embeddings.word_embeddings.weight
    most = min(CONTEXTS, LARGEST_TABLE // (2 * len(words)))
    association = positive_pmi(torch.from_numpy(dataset.context_counts(most, WINDOW)))
    seen = association.any(dim=1).nonzero()
    dimensions = words.any(dim=0).nonzero()[:, 0]
    vectors = word_vectors(association, len(dimensions))[seen[:, 0]]
    length = scale * model.config.initializer_range * len(dimensions) ** 0.5
    words[seen, dimensions] = length * F.normalize(vectors, dim=1)


def positive_pmi(counts: Tensor) -> Tensor:
    """How much likelier than by chance each context is beside each piece, as a logarithm, or 0.

    Args:
        counts: (V, C), float32; changed in place.
    """
    pieces = counts.sum(dim=1, keepdim=True)
    contexts = counts.sum(dim=0) ** SMOOTHING
    expected_share = contexts / contexts.sum()
    # What never occurs has no counts either: by one it is divided, not by zero.
    counts /= pieces.where(pieces > 0, 1)
    counts /= expected_share.where(expected_share > 0, 1)
    return counts.clamp_(min=1).log_()


def word_vectors(association: Tensor, dimensions: int) -> Tensor:
    """Vectors whose products with others, of the contexts, are nearly a matrix (V, C).

    The singular vectors are found as in Halko, Martinsson and Tropp 2011 ('Finding Structure with
    Randomness', algorithm 4.4), weighted by the roots of their values, and turned at random, so
    that no dimension says more than another.

    Returns:
        (V, D).
    """
    wide = min(dimensions + MORE, *association.shape)
    basis = torch.linalg.qr(association @ torch.randn(association.shape[1], wide))[0]
    for _ in range(TURNS):
        basis = torch.linalg.qr(association @ torch.linalg.qr(association.mT @ basis)[0])[0]
    left, values, _ = torch.linalg.svd(basis.mT @ association, full_matrices=False)
    vectors = (basis @ left * values.sqrt())[:, :dimensions]
    rotation = torch.linalg.qr(torch.randn(dimensions, dimensions))[0]
    turned: Tensor = vectors @ rotation[: vectors.shape[1]]
    return turned
