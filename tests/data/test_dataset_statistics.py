"""What is drawn at random follows the distributions that the documentation names.

Each test finds the probability, under the distribution it names, of a deviation as large as the one
it sees, and refuses less than ALPHA: right numbers would fail it for one seed in ten thousand. The
seeds are fixed, so that a test that holds keeps holding until other numbers are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minibert.data.dataset import Batch, PretrainingDataset
from minibert.data.token_store import TokenStore

from helpers.samples import SPECIALS, WORDS, own_word_store, store_of

ALPHA = 1e-4
UNITS = ["token", "whole_word", "span", "ngram"]


def chi_square_probability(counts: np.ndarray, expected: np.ndarray, constraints: int = 1) -> float:
    """That of a larger sum of squares, by the recurrence over degrees of freedom."""
    half = float(((counts - expected) ** 2 / expected).sum()) / 2
    degrees = counts.size - constraints
    at, tail = (1, math.erfc(math.sqrt(half))) if degrees % 2 else (2, math.exp(-half))
    for k in range(at, degrees, 2):
        tail += math.exp(k / 2 * math.log(half) - half - math.lgamma(k / 2 + 1))
    return tail


def normal_probability(deviation: float) -> float:
    """That of a standard normal number further from zero, on either side."""
    return math.erfc(abs(deviation) / math.sqrt(2))


@pytest.mark.parametrize(
    ("statistic", "degrees", "probability"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (27.87716, 9, 0.001), (149.4493, 100, 0.001)],
)
def test_probabilities_equal_those_of_statistical_tables(
    statistic: float, degrees: int, probability: float
) -> None:
    counts = np.ones(degrees + 1)
    counts[0] += math.sqrt(statistic)
    found = chi_square_probability(counts, np.ones(degrees + 1))
    assert found == pytest.approx(probability, rel=1e-4)
    assert normal_probability(1.959964) == pytest.approx(0.05, rel=1e-4)


def whole_dataset(store: TokenStore, seq_len: int, **options: Any) -> PretrainingDataset:
    return PretrainingDataset(
        store, split="all", seq_len=seq_len, drop_last=False, **{"batch_size": 32, **options}
    )


# ---- random segments ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def random_pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, list[int]]:
    """The document of A, and the document and sentence that B begins at; sentences per document.

    Every token has an id of its own, so that it says where it is from. No pair is truncated.
    """
    rng = np.random.default_rng(3)
    documents = [[3] * int(rng.integers(1, 9)) for _ in range(120)]
    store = own_word_store(tmp_path_factory.mktemp("store"), documents)
    places = [(d, s) for d, lengths in enumerate(documents) for s in range(len(lengths))]
    found = []
    for seed in range(8):
        dataset = whole_dataset(store, 64, seed=seed)
        for batch in (batch for epoch in range(40) for batch in dataset.epoch(epoch)):
            ids = batch.input_ids.copy()
            ids.ravel()[batch.masked_lm_positions] = batch.masked_lm_ids
            first_of_b = batch.token_type_ids.argmax(1)
            rows = np.flatnonzero(batch.next_sentence_label == 1)
            for row in rows:
                a, b = ids[row, 1], ids[row, first_of_b[row]]
                found.append((places[(a - 5) // 3][0], *places[(b - 5) // 3]))
    return np.array(found), [len(lengths) for lengths in documents]


def test_random_segments_begin_at_each_sentence_of_their_document_equally_often(
    random_pairs: tuple[np.ndarray, list[int]],
) -> None:
    found, sentences = random_pairs
    length_of_b = np.array(sentences)[found[:, 1]]
    for length in range(2, 9):
        counts = np.bincount(found[length_of_b == length, 2], minlength=length)
        assert len(counts) == length and counts.min() > 100
        expected = np.full(length, counts.sum() / length)
        assert chi_square_probability(counts, expected) > ALPHA, counts


def test_random_segments_come_from_each_other_document_equally_often(
    random_pairs: tuple[np.ndarray, list[int]],
) -> None:
    found, sentences = random_pairs
    documents = len(sentences)
    assert (found[:, 0] != found[:, 1]).all()
    from_a = np.bincount(found[:, 0], minlength=documents)
    expected = (from_a.sum() - from_a) / (documents - 1)
    counts = np.bincount(found[:, 1], minlength=documents)
    assert expected.min() > 100
    assert chi_square_probability(counts, expected) > ALPHA, counts


# ---- masks --------------------------------------------------------------------------------------


def fates(store: TokenStore, unit: str) -> Iterator[tuple[Batch, np.ndarray]]:
    """Batches of many seeds and epochs, and what stands now where something is predicted."""
    for seed in range(20):
        dataset = whole_dataset(
            store, 128, objective="full_sentences", mask_unit=unit, batch_size=8, seed=seed
        )
        for batch in (batch for epoch in range(2) for batch in dataset.epoch(epoch)):
            yield batch, batch.input_ids.ravel()[batch.masked_lm_positions]


@pytest.mark.parametrize("unit", UNITS)
def test_masks_have_their_rate_and_are_replaced_80_10_10(store: TokenStore, unit: str) -> None:
    """Batches are independent, so that sums over them are normal, also where spans share a fate."""
    itself = 0.1 / len(WORDS)  # A random piece may be the one that stood there.
    shares = np.array([0.8, 0.1 + itself, 0.1 - itself])
    excess, predictions = [], 0
    for batch, now in fates(store, unit):
        # These words are one piece each: every unit fills its budget to the last token.
        wanted = [round(0.15 * int(length)) for length in batch.attention_mask.sum(1)]
        assert len(now) == sum(wanted)
        is_mask, is_same = now == SPECIALS.index("[MASK]"), now == batch.masked_lm_ids
        counts = np.array([is_mask.sum(), is_same.sum(), (~is_mask & ~is_same).sum()])
        excess.append(counts - shares * len(now))
        predictions += len(now)
    assert predictions > 20_000
    deviations = np.sum(excess, 0) / np.sqrt(np.square(excess).sum(0))
    for deviation in deviations:
        assert normal_probability(deviation) > ALPHA, deviations


def test_random_tokens_are_uniform_over_those_allowed(store: TokenStore) -> None:
    dataset = whole_dataset(store, 128, mask_replace_prob=0.0, random_replace_prob=1.0, seed=4)
    counts = np.zeros(6 + len(WORDS), dtype=int)
    for batch in (batch for epoch in range(20) for batch in dataset.epoch(epoch)):
        np.add.at(counts, batch.input_ids.ravel()[batch.masked_lm_positions], 1)
    assert not counts[:6].any(), "special pieces and [unused0]"
    allowed = counts[6:]
    assert allowed.min() > 1000
    expected = np.full(allowed.size, allowed.mean())
    assert chi_square_probability(allowed, expected) > ALPHA, allowed


def expected_runs(shares: np.ndarray, budget: int) -> np.ndarray:
    """How many runs of each length a budget is spent on, when only the last is cut by it."""
    by_budget = np.zeros((budget + 1, len(shares)))
    for left in range(1, budget + 1):
        for length, share in enumerate(shares, start=1):
            taken = min(length, left)
            by_budget[left] += share * by_budget[left - taken]
            by_budget[left, taken - 1] += share
    return by_budget[budget]


GEOMETRIC = 0.2 * 0.8 ** np.arange(10)
HARMONIC = 1 / np.arange(1, 4)


@pytest.mark.parametrize(("unit", "weights"), [("span", GEOMETRIC), ("ngram", HARMONIC)])
def test_spans_and_ngrams_have_the_lengths_of_the_papers(
    tmp_path: Path, unit: str, weights: np.ndarray
) -> None:
    """SpanBERT: geometric, p = 0.2, clipped at 10; ALBERT: 1/n.

    In a row so long, with so few predictions, hardly two runs meet (fewer than one in a thousand).
    """
    seq_len, budget = 1 << 16, 40
    store = store_of(tmp_path, [[seq_len - 3]])
    dataset = whole_dataset(
        store,
        seq_len,
        objective="full_sentences",
        mask_unit=unit,
        masked_lm_prob=budget / seq_len,
        batch_size=1,
    )
    rows = []
    for epoch in range(400):
        positions = dataset.unpadded_batch(epoch, 0).masked_lm_positions
        assert len(positions) == budget
        ends = np.flatnonzero(np.diff(positions, append=seq_len + 1) > 1)
        rows.append(np.bincount(np.diff(ends, prepend=-1), minlength=12)[1:])
    found = np.array(rows)
    expected = expected_runs(weights / weights.sum(), budget)
    lengths = len(weights)
    errors = found[:, :lengths].std(0) / math.sqrt(len(rows))
    deviations = (found[:, :lengths].mean(0) - expected) / errors
    for deviation in deviations:
        assert normal_probability(deviation) > ALPHA, deviations
    assert found[:, lengths:].sum() < 0.005 * found.sum()


# ---- labels -------------------------------------------------------------------------------------


def test_half_of_the_ordered_pairs_are_swapped_over_many_seeds(tmp_path: Path) -> None:
    store = own_word_store(tmp_path, [[4] * 12 for _ in range(200)])
    datasets = [whole_dataset(store, 32, objective="sentence_order", seed=n) for n in range(10)]
    labels = [batch.next_sentence_label for dataset in datasets for batch in dataset.epoch(1)]
    swapped = np.concatenate(labels)
    assert swapped.size > 3000
    deviation = (swapped.sum() - swapped.size / 2) / math.sqrt(swapped.size / 4)
    assert normal_probability(deviation) > ALPHA
