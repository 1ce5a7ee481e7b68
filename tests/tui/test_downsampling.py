"""Downsampling and smoothing of curves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from minibert.tui.plotting.downsampling import MinMaxPyramid, SmoothedPyramid
from minibert.tui.plotting.smoothing import Average


@pytest.mark.parametrize("count", [1, 3, 4, 5, 63, 64, 65, 5000])
def test_a_pyramid_that_grows_in_parts_equals_one_of_all_values(count):
    y = np.random.default_rng(1).normal(size=count)
    y[::7] = np.nan
    whole, bits = MinMaxPyramid(), MinMaxPyramid()
    whole.grow(y)
    for end in range(0, count + 1, 3):
        bits.grow(y[:end])
    bits.grow(y)
    x, edges = np.arange(count, dtype=float), np.array([0.0, count])
    for dots_across in (1, 5, 100):
        for one, other in zip(
            dataclasses.astuple(whole.extents(x, edges, dots_across)),
            dataclasses.astuple(bits.extents(x, edges, dots_across)),
            strict=True,
        ):
            assert one.tolist() == other.tolist()


@pytest.mark.parametrize("dots_across", [1, 7, 200])
def test_the_extremes_of_the_visible_values_are_never_lost(dots_across):
    y = np.random.default_rng(2).normal(size=100_000)
    trace, x = MinMaxPyramid(), np.arange(100_000, dtype=float)
    trace.grow(y)
    for low, high in ((0.0, 99_999.0), (12_345.0, 54_321.0), (500.0, 520.0)):
        found = trace.extents(x, np.array([low, high]), dots_across)
        inside = y[int(low) : int(high) + 1]
        assert found.least.min() <= inside.min()
        assert found.greatest.max() >= inside.max()
        assert len(found.x) <= 16 * dots_across + 20


def test_the_average_is_the_bias_corrected_recurrence():
    values = np.random.default_rng(0).normal(size=1000)
    average, weight, expected = 0.0, 0.9, []
    for number, value in enumerate(values, start=1):
        average = weight * average + (1 - weight) * value
        expected.append(average / (1 - weight**number))
    together = Average(weight).extend(values)
    assert together == pytest.approx(expected, rel=1e-9, abs=1e-12)
    average = Average(weight)
    parts = [average.extend(part) for part in np.split(values, [0, 1, 5, 130, 131, 700])]
    assert np.concatenate(parts) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_average_of_a_constant_is_that_constant():
    assert Average(0.98).extend(np.full(5000, 6.42)) == pytest.approx(6.42, rel=1e-12)


def test_missing_values_do_not_interrupt_an_average():
    trace = SmoothedPyramid(0.5)
    trace.grow(np.array([4.0, np.nan]))
    trace.grow(np.array([4.0, np.nan, 1.0]))
    known = trace.trace.y[[0, 2]]
    assert np.isnan(trace.trace.y[1])
    assert known == pytest.approx([4.0, 2.0])
