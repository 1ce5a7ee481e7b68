"""Token embeddings from co-occurrence counts, the initialization of the default recipe.

The neighbors of a token say much about its meaning and its use, and they can be counted before the
first training step. A low-rank factorization of the matrix of positive pointwise mutual information
(PPMI) gives vectors close to those of word2vec (Levy and Goldberg 2014, 'Neural Word Embedding as
Implicit Matrix Factorization').

Shapes: V tokens of the vocabulary, C contexts (a neighboring token on one side), D dimensions.
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
"""The largest distance of a neighbor, in tokens, on either side."""
CONTEXTS = 2048
"""How many tokens are counted as neighbors: the most frequent ones."""
LARGEST_TABLE = 1 << 26
"""The most counts, of 4 bytes each; a larger vocabulary has fewer contexts."""
SMOOTHING = 0.75
"""The exponent of the context frequencies; it lowers the PMI of rare contexts (Levy, Goldberg and
Dagan 2015, 'Improving Distributional Similarity with Lessons Learned from Word Embeddings', section
3.2)."""

OVERSAMPLING, POWER_ITERATIONS = 32, 2
"""Parameters of the randomized singular value decomposition: dimensions beyond D, iterations."""


@torch.no_grad()
def init_word_embeddings(
    model: BertForPreTraining, dataset: PretrainingDataset, scale: float
) -> None:
    """Initialize the embeddings of the tokens of a dataset by their contexts.

    Tokens that never occur keep their random embeddings. Dimensions in which every embedding is 0
    (`init_neighbor_heads`) stay 0.

    Args:
        model: with random token embeddings; changed in place.
        dataset: the documents whose tokens are counted.
        scale: the length of the new vectors relative to the random ones.
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
    """Positive pointwise mutual information of tokens and contexts: (V, C), float32.

    Args:
        counts: (V, C), float32, the co-occurrence counts; changed in place.
    """
    tokens = counts.sum(dim=1, keepdim=True)
    contexts = counts.sum(dim=0) ** SMOOTHING
    expected_share = contexts / contexts.sum()
    # Tokens and contexts that never occur have no counts; divide these by 1, not by 0.
    counts /= tokens.where(tokens > 0, 1)
    counts /= expected_share.where(expected_share > 0, 1)
    return counts.clamp_(min=1).log_()


def word_vectors(association: Tensor, dimensions: int) -> Tensor:
    """The left factor of a low-rank factorization of a matrix.

    The singular vectors are found as in Halko, Martinsson and Tropp 2011 ('Finding Structure with
    Randomness', algorithm 4.4), scaled by the square roots of the singular values, and rotated at
    random, so that all dimensions have a similar variance.

    Args:
        association: (V, C), float32.
        dimensions: D.

    Returns:
        (V, D), float32.
    """
    wide = min(dimensions + OVERSAMPLING, *association.shape)
    basis = torch.linalg.qr(association @ torch.randn(association.shape[1], wide))[0]
    for _ in range(POWER_ITERATIONS):
        basis = torch.linalg.qr(association @ torch.linalg.qr(association.mT @ basis)[0])[0]
    left, values, _ = torch.linalg.svd(basis.mT @ association, full_matrices=False)
    vectors = (basis @ left * values.sqrt())[:, :dimensions]
    rotation = torch.linalg.qr(torch.randn(dimensions, dimensions))[0]
    rotated: Tensor = vectors @ rotation[: vectors.shape[1]]
    return rotated
