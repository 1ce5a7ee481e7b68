"""Intervals are those of the formulas that the field knows, and need no luck."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibert.evaluation.confidence import NORMAL_95, ratio_interval, wilson_interval


@pytest.mark.parametrize(
    ("right", "among", "low", "high"),
    # As statsmodels gives them: proportion_confint(right, among, method="wilson").
    [
        (8, 10, 0.490162, 0.943318),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (500, 1000, 0.469069, 0.530931),
    ],
)
def test_a_share_has_the_interval_of_wilson(right, among, low, high):
    assert wilson_interval(right, among) == pytest.approx((low, high), abs=1e-6)


@given(st.integers(1, 10**6), st.data())
def test_the_interval_of_a_share_is_within_0_and_1_and_symmetric(among, data):
    right = data.draw(st.integers(0, among))
    low, high = wilson_interval(right, among)
    assert 0 <= low <= right / among <= high <= 1
    mirrored = wilson_interval(among - right, among)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_clusters_of_one_observation_have_the_interval_of_a_mean():
    values = np.random.default_rng(0).normal(3, 2, 400)
    error = values.std(ddof=1) / np.sqrt(len(values))
    low, high = ratio_interval(values, np.ones(len(values)))
    assert low == pytest.approx(values.mean() - NORMAL_95 * error)
    assert high == pytest.approx(values.mean() + NORMAL_95 * error)


def test_clusters_of_equal_observations_count_as_one_observation_each():
    values = np.random.default_rng(0).normal(3, 2, 400)
    alone = ratio_interval(values, np.ones(400))
    assert ratio_interval(7 * values, np.full(400, 7.0)) == pytest.approx(alone)


def test_the_interval_of_clusters_equals_that_of_a_bootstrap():
    rng = np.random.default_rng(1)
    counts = rng.integers(1, 30, 500).astype(float)
    sums = counts * rng.normal(4, 1, 500)
    drawn = rng.integers(0, 500, (4000, 500))
    ratios = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = ratio_interval(sums, counts)
    expected = np.quantile(ratios, [0.025, 0.975])
    assert (low, high) == pytest.approx(expected, abs=0.1 * (high - low))


def test_too_few_observations_have_no_interval():
    assert wilson_interval(0, 0) is None
    assert ratio_interval(np.array([3.0]), np.array([2.0])) is None
