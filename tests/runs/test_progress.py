"""A loss is compared with its baselines, and the time left is estimated, by one rule each."""

import pytest

from minibert.config.recipe import Budget
from minibert.runs.progress import (
    MARGIN,
    RECENT_ROWS,
    LossLevel,
    is_plateau,
    loss_level,
    seconds_left,
)

UNIFORM, UNIGRAM = 9.0, 6.5


@pytest.mark.parametrize(
    ("loss", "level"),
    [
        (9.3, LossLevel.ABOVE_UNIFORM),
        (float("inf"), LossLevel.ABOVE_UNIFORM),
        (float("nan"), LossLevel.ABOVE_UNIFORM),
        (9.1, LossLevel.ABOVE_UNIGRAM),
        (6.75, LossLevel.ABOVE_UNIGRAM),
        (6.6, LossLevel.AT_UNIGRAM),
        (6.35, LossLevel.AT_UNIGRAM),
        (6.25, LossLevel.BELOW_UNIGRAM),
        (0.0, LossLevel.BELOW_UNIGRAM),
    ],
)
def test_a_loss_has_a_level_against_the_baselines(loss, level):
    assert loss_level(loss, UNIFORM, UNIGRAM) is level


@pytest.mark.parametrize(
    ("loss", "share_done", "step", "plateau"),
    [
        (UNIGRAM, 0.5, 500, True),
        (UNIFORM, 0.5, 500, True),
        (UNIGRAM - MARGIN - 0.01, 0.5, 500, False),
        (UNIGRAM, 0.3, 500, False),
        (UNIGRAM, 0.5, 199, False),
        (UNIGRAM, 0.31, 200, True),
    ],
)
def test_a_plateau_is_a_loss_that_should_be_lower_by_now(loss, share_done, step, plateau):
    assert is_plateau(loss, UNIGRAM, share_done, step) is plateau


def test_a_plateau_is_no_better_than_the_level_at_the_unigram_entropy():
    for loss in (5.0, 6.2, 6.4, 6.6, 8.0):
        uses_context = loss_level(loss, UNIFORM, UNIGRAM) is LossLevel.BELOW_UNIGRAM
        assert is_plateau(loss, UNIGRAM, 1.0, 1000) is not uses_context


def test_the_time_left_of_a_step_budget_follows_the_pace_of_the_rows():
    assert seconds_left(Budget(steps=200), [80, 90, 100], [40.0, 45.0, 50.0]) == 50.0


def test_only_the_recent_rows_count_for_the_pace():
    slow = list(range(100))
    steps = [*slow, *range(100, 100 + RECENT_ROWS)]
    seconds = [10.0 * step for step in slow] + [990.0 + step for step in range(RECENT_ROWS)]
    assert seconds_left(Budget(steps=steps[-1] + 7), steps, seconds) == pytest.approx(7.0)


def test_the_time_left_of_a_time_budget_is_the_unused_time():
    assert seconds_left(Budget(seconds=60.0), [1], [15.0]) == 45.0
    assert seconds_left(Budget(seconds=60.0), [1, 2], [15.0, 75.0]) == 0.0


@pytest.mark.parametrize(
    ("steps", "seconds"), [([], []), ([5], [1.0]), ([5, 5], [1.0, 2.0]), ([5, 6], [1.0, 1.0])]
)
def test_no_time_left_is_estimated_without_a_pace(steps, seconds):
    assert seconds_left(Budget(steps=10), steps, seconds) is None


def test_a_used_budget_leaves_no_time():
    assert seconds_left(Budget(steps=10), [9, 12], [1.0, 2.0]) == 0.0
