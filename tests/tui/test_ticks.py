"""Ticks of axes, and the format of numbers."""

from __future__ import annotations

import pytest

from minibert.tui.plotting.ticks import duration_ticks, log_ticks, number_ticks
from minibert.tui.text import compact, scientific, tick_label


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0, 2000, 5, ["0", "500", "1k", "1.5k", "2k"]),
        (3.1, 9.2, 8, ["4", "5", "6", "7", "8", "9"]),
        (0, 1, 6, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (-1, 1, 3, ["-1", "0", "1"]),
        (0, 3e-3, 4, ["0", "0.001", "0.002", "0.003"]),
        (0, 2.5e7, 4, ["0", "10M", "20M"]),
    ],
)
def test_ticks_are_at_round_numbers(low, high, most, labels):
    assert [label for _, label in number_ticks(low, high, most)] == labels


@pytest.mark.parametrize(
    ("high", "labels"),
    [
        (100, ["0 s", "30 s", "1:00", "1:30"]),
        (4000, ["0 s", "15:00", "30:00", "45:00", "1:00:00"]),
        (400_000, ["0 s", "24:00:00", "48:00:00", "72:00:00", "96:00:00"]),
    ],
)
def test_ticks_of_durations_are_those_of_a_clock(high, labels):
    assert [label for _, label in duration_ticks(0, high, 5)] == labels


def test_logarithmic_ticks_are_at_ones_twos_and_fives_if_they_fit():
    assert [label for _, label in log_ticks(0.9, 11, 8)] == ["1", "2", "5", "10"]
    assert [label for _, label in log_ticks(0.9, 1.1e6, 8)][:2] == ["1", "10"]
    assert len(log_ticks(1e-200, 1e200, 8)) <= 8


@pytest.mark.parametrize("span", [1e-300, 1e-9, 0.37, 1.0, 12345.6, 1e300])
@pytest.mark.parametrize("most", [2, 3, 5, 8])
def test_there_are_never_more_ticks_than_fit(span, most):
    for ticks in (number_ticks, duration_ticks):
        assert len(ticks(0.0, span, most)) <= most


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (7.25, "7.25"), (950, "950"), (999.7, "1k"), (12_345, "12.3k"), (4.41e6, "4.41M")],
)
def test_sizes_are_written_in_three_digits(value, text):
    assert compact(value) == text


def test_small_numbers_are_written_short():
    assert [scientific(3e-3), scientific(0.0)] == ["3.00e-3", "0"]
    assert [tick_label(1e-5), tick_label(0.25), tick_label(2500)] == ["1e-5", "0.25", "2.5k"]
