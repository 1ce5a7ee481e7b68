"""The curve renderer: what is drawn for which points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from textual.app import App, ComposeResult

from minibert.tui.braille import FIRST, draw_line, fold, thin_out
from minibert.tui.plot import MARK, STYLES, Plot, Reference, Series, draw_plot
from minibert.tui.smoothing import exponential_average
from minibert.tui.widgets.curve import Curve


def series(y, marked=False, label="training"):
    y = np.asarray(y, dtype=np.float64)
    return Series(label, np.arange(1, len(y) + 1, dtype=np.float64), y, marked)


def draw(*some, columns=60, rows=12, **more):
    return draw_plot(Plot("loss", some, **more), columns, rows)


def cells_of(canvas, style):
    return np.argwhere(canvas.styles == STYLES.index(style))


def test_a_cell_of_braille_holds_eight_dots():
    grid = np.zeros((4, 4), dtype=bool)
    grid[0, 0] = grid[3, 1] = grid[2, 2] = True
    assert fold(grid).tolist() == [[0x01 | 0x80, 0x04]]
    assert fold(np.ones((4, 2), dtype=bool)).tolist() == [[0xFF]]


def test_a_rising_line_is_one_dot_in_every_column_and_touches_itself():
    bits = draw_line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 8, 4)
    height = np.zeros((16, 16), dtype=bool)
    weights = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    for row in range(16):
        for column in range(16):
            height[row, column] = bits[row // 4, column // 2] & weights[row % 4][column % 2]
    tops = height.argmax(axis=0)
    assert height.any(axis=0).all()
    assert all(after <= before for before, after in pairwise(tops))
    assert all(height[:, column].sum() <= 2 for column in range(16))


def test_steep_steps_are_joined_without_a_gap():
    bits = draw_line(np.array([0.0, 0.49, 0.51, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]), 4, 6)
    assert (bits[:, 1:3] > 0).any(axis=1).all()


def test_a_spike_among_100000_points_is_kept():
    y = np.ones(100_000)
    y[43_210] = 9.0
    canvas = draw(series(y), columns=80, rows=20)
    top = cells_of(canvas, "series-1")[:, 0].min()
    assert top <= 2  # the row below the header, within the margin
    flat = draw(series(np.append(np.ones(99_999), 1.0)), columns=80, rows=20)
    assert cells_of(flat, "series-1")[:, 0].min() > 5


@pytest.mark.parametrize("seed", range(5))
def test_thinned_out_points_are_drawn_as_all_points_are(seed):
    draw = np.random.default_rng(seed)
    x, y = np.sort(draw.random(20_000)), draw.random(20_000) ** 9
    few = thin_out(x, y, 0.0, 1.0, columns=60)
    assert len(few[0]) <= 4 * 120
    assert (draw_line(*few, 60, 15) == draw_line(x, y, 60, 15)).all()


@pytest.mark.parametrize("value", [0.0, 3.5, -2.0, 1e-300, 1e250])
def test_a_constant_series_is_one_straight_line(value):
    canvas = draw(series([value] * 50), smoothing=0.9)
    assert len(set(cells_of(canvas, "series-1")[:, 0])) == 1


def test_a_single_point_is_drawn():
    assert len(cells_of(draw(series([2.0])), "series-1")) == 1


def test_no_point_at_all_shows_the_sentence_and_the_references():
    text = draw(
        series([]), references=[Reference("uniform guess 9.01", 9.01)], placeholder="Nothing yet."
    ).text()
    assert "Nothing yet." in text
    assert "uniform guess 9.01" in text


def test_what_is_not_finite_is_left_out_and_does_not_touch_the_range():
    clean = draw(series([3.0, 2.0, 2.5, 1.0]))
    y = [3.0, np.nan, np.inf, 2.0, -np.inf, 2.5, 1.0]
    x = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0]
    dirty = draw(Series("training", np.array(x), np.array(y)))
    assert clean.text() == dirty.text()


def test_the_greatest_floats_do_not_overflow():
    assert len(cells_of(draw(series([-1.7e308, 1.7e308])), "series-1")) > 0


def test_log_y_leaves_out_zeros_and_writes_plain_units():
    canvas = draw(series([1000.0, 0.0, 10.0, 1.0, -1.0]), log_y=True, rows=16)
    labels = [line[:5].strip(" │┤└") for line in canvas.text().splitlines()]
    assert {"1k", "100", "10", "1"} <= set(labels)
    assert "log y" in canvas.text()


def test_log_y_of_nothing_above_zero_stays_linear_and_says_so():
    canvas = draw(series([0.0, -1.0]), log_y=True)
    assert "log y: nothing above 0" in canvas.text()
    assert len(cells_of(canvas, "series-1")) > 0


def test_smoothing_keeps_what_was_measured_behind_the_line():
    noisy = 5 + np.sin(np.arange(400.0) * 2.4)
    canvas = draw(series(noisy), smoothing=0.98)
    assert len(cells_of(canvas, "raw-1")) > 50
    assert len(cells_of(canvas, "series-1")) > 20
    assert "smoothed 0.98" in canvas.text()


def test_marked_points_are_never_smoothed_and_stand_where_they_were_measured():
    held_out = series([1.0, 9.0, 1.0], marked=True, label="held out")
    rough = draw(series([5.0] * 3), held_out, smoothing=0.0)
    smooth = draw(series([5.0] * 3), held_out, smoothing=0.98)
    # The header's sample comes on top of the three points.
    assert [(canvas.chars == MARK).sum() for canvas in (rough, smooth)] == [4, 4]
    assert ((rough.chars == MARK) == (smooth.chars == MARK)).all()


def test_many_marks_are_thinned_out_but_the_last_is_kept():
    canvas = draw(series(np.linspace(9, 3, 1000), marked=True), columns=80)
    marked = cells_of(canvas, "series-1")[
        canvas.chars[canvas.styles == STYLES.index("series-1")] == MARK
    ]
    assert 5 <= len(marked) <= 16
    assert marked[:, 1].max() == 79


def test_a_reference_stays_in_sight_however_far_the_curve_is():
    canvas = draw(series([1.0, 1.1]), references=[Reference("uniform guess", 9.0)])
    assert "uniform guess" in canvas.text().splitlines()[1]


@pytest.mark.parametrize("y", [float("nan"), float("inf"), -1.0])
def test_a_reference_that_cannot_be_drawn_is_left_out(y):
    text = draw(series([1.0, 2.0]), references=[Reference("nowhere", y)], log_y=True).text()
    assert "nowhere" not in text


@pytest.mark.parametrize("columns", [0, 1, 5, 9, 20, 80, 300])
@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4, 7, 24, 100])
def test_any_size_can_be_drawn(columns, rows):
    canvas = draw(
        series(np.linspace(9, 3, 500)),
        series([8.0, 5.0], marked=True),
        columns=columns,
        rows=rows,
        references=[Reference("uniform guess 9.01", 9.01)],
        placeholder="Nothing is measured yet.",
        smoothing=0.9,
    )
    assert canvas.chars.shape == (rows, columns)


def test_the_average_is_the_debiased_recurrence():
    values = np.random.default_rng(0).normal(size=1000)
    average, weight, expected = 0.0, 0.9, []
    for number, value in enumerate(values, start=1):
        average = weight * average + (1 - weight) * value
        expected.append(average / (1 - weight**number))
    assert exponential_average(values, weight) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_average_of_a_constant_is_that_constant():
    assert exponential_average(np.full(5000, 6.42), 0.98) == pytest.approx(6.42, rel=1e-12)


def test_braille_characters_are_braille():
    canvas = draw(series(np.linspace(0, 1, 30)))
    drawn = canvas.chars[canvas.styles == STYLES.index("series-1")]
    assert all(FIRST < ord(char) <= FIRST + 0xFF for char in drawn)


class CurveApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Curve(Plot("loss", [series(np.linspace(9, 3, 200))]))


async def test_a_curve_fits_the_window_again_after_every_resize():
    app = CurveApp()
    async with app.run_test(size=(80, 24)) as pilot:
        curve = app.query_one(Curve)
        for size in ((40, 10), (200, 60), (8, 3), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            strips = [curve.render_line(row) for row in range(curve.size.height)]
            assert {strip.cell_length for strip in strips} == {size[0]}


async def test_a_curve_is_drawn_once_for_many_lines_and_again_in_another_theme(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "minibert.tui.widgets.curve.draw_plot",
        lambda *given: drawn.append(given) or draw_plot(*given),
    )
    app = CurveApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = len(drawn)
        app.query_one(Curve).refresh()
        await pilot.pause()
        assert len(drawn) == before > 0
        app.theme = "textual-light"
        await pilot.pause()
        assert len(drawn) > before
