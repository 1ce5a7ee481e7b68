"""Plots of curves: the characters that are drawn for some points."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Container

from minibert.tui.plotting.arrays import MAX_VALUE
from minibert.tui.plotting.axis import Range
from minibert.tui.plotting.braille import EMPTY_CELL, clip, draw_lines, fold
from minibert.tui.plotting.canvas import RUN_COLORS, STYLES, Canvas
from minibert.tui.plotting.downsampling import Extents, MinMaxPyramid, SmoothedPyramid
from minibert.tui.plotting.drawing import draw_plot
from minibert.tui.plotting.header import MARK
from minibert.tui.plotting.plot import Plot, Reference
from minibert.tui.plotting.series import Series
from minibert.tui.sections.training.curves import run_colors
from minibert.tui.sections.training.plot_view import INK, PlotView


def series(y, marked=False, label="training", weight=0.0, x=None, **more):
    y = np.asarray(y, dtype=np.float64)
    x = np.arange(1, len(y) + 1, dtype=np.float64) if x is None else np.asarray(x, dtype=float)
    trace = MinMaxPyramid()
    trace.grow(np.where(np.isfinite(y), np.clip(y, -MAX_VALUE, MAX_VALUE), np.nan))
    color = "validation" if marked else "training"
    made = Series(label, x, trace, color=color, marked=marked)
    if weight:
        smooth = SmoothedPyramid(weight)
        smooth.grow(made.trace.y)
        more["smooth"] = smooth.trace
    return dataclasses.replace(made, **more)


def draw(*some, columns=60, rows=12, **more):
    return draw_plot(Plot("loss", some, **more), columns, rows)[0]


def line(x, y, columns, rows):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return draw_lines([clip(Extents(x, y, y))], columns, rows)[0]


def cells_of(canvas, style):
    return np.argwhere(canvas.styles == STYLES.index(style))


def test_a_cell_of_braille_holds_eight_dots():
    grid = np.zeros((4, 4), dtype=bool)
    grid[0, 0] = grid[3, 1] = grid[2, 2] = True
    assert fold(grid[None]).tolist() == [[[0x01 | 0x80, 0x04]]]
    assert fold(np.ones((1, 4, 2), dtype=bool)).tolist() == [[[0xFF]]]


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from([0, 1, 2, 7, 300]), max_size=6))
@settings(max_examples=30)
def test_lines_drawn_together_equal_lines_drawn_one_by_one(seed, counts):
    random = np.random.default_rng(seed)
    lines = []
    for count in counts:
        x, y = np.sort(random.random(count)), random.normal(0.5, 0.4, count)
        lines.append(Extents(x, y, y + random.random(count)))
    together = draw_lines(lines, 30, 5)
    assert together.shape == (len(lines), 5, 30)
    for line, drawn in zip(lines, together, strict=True):
        assert (draw_lines([line], 30, 5)[0] == drawn).all()


def test_a_rising_line_is_one_dot_in_every_column_and_touches_itself():
    bits = line([0.0, 1.0], [0.0, 1.0], 8, 4)
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
    bits = line([0.0, 0.49, 0.51, 1.0], [0.0, 0.0, 1.0, 1.0], 4, 6)
    assert (bits[:, 1:3] > 0).any(axis=1).all()


def test_a_spike_among_100000_points_is_kept():
    y = np.ones(100_000)
    y[43_210] = 9.0
    canvas = draw(series(y), columns=80, rows=20)
    top = cells_of(canvas, "training")[:, 0].min()
    assert top <= 2  # the row below the header, within the margin
    flat = draw(series(np.append(np.ones(99_999), 1.0)), columns=80, rows=20)
    assert cells_of(flat, "training")[:, 0].min() > 5


def dots(bits):
    """The rows of dots that are set in each column of dots, from a drawing."""
    weights = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
    rows, columns = bits.shape
    grid = (bits[:, None, :, None] & weights[None, :, None, :]) > 0
    return grid.reshape(rows * 4, columns * 2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30_000), st.booleans())
@settings(max_examples=30)
@example(12302, 1504, True)
def test_blocks_are_drawn_like_their_points_within_a_quarter_of_a_dot(seed, count, log):
    random = np.random.default_rng(seed)
    x, y = np.sort(random.random(count)) + 0.01, random.random(count) ** 9
    trace = MinMaxPyramid()
    for end in [*sorted(random.integers(0, count, 5).tolist()), count]:
        trace.grow(y[:end])
    shown = Range(-2.0, 0.0, log=True) if log else Range(0.0, 1.01)
    extents = trace.extents(x, shown.edges(16 if log else 1), 120 // (16 if log else 1))
    assert len(extents.x) <= 32 * 120
    places = Extents(shown.places(extents.x), extents.least, extents.greatest)
    drawn = dots(draw_lines([clip(places)], 60, 15)[0])
    exact = dots(draw_lines([clip(Extents(shown.places(x), y, y))], 60, 15)[0])
    # A peak is in its column of dots, or in the one before where its block begins.
    near = drawn | np.roll(drawn, 1, axis=1) | np.roll(drawn, -1, axis=1)
    missing = exact & ~near
    # On the logarithmic axis the line leaves the picture in the last column, from wherever its
    # block begins; on the other one all of it is in sight.
    assert not (missing[:, :-1] if log else missing).any()


def test_a_line_beyond_an_edge_is_clipped_and_not_bent():
    bits = dots(line([-1.0, 1.0], [0.0, 1.0], 20, 10))
    tops = bits.argmax(axis=0)
    assert abs(int(tops[0]) - 20) <= 1  # at the left edge it is half way up
    assert tops[-1] == 0


def test_a_part_between_two_points_is_drawn_too():
    canvas = draw(series([1.0, 2.0], x=[0.0, 100.0]), x_range=Range(40.0, 60.0))
    assert len(set(cells_of(canvas, "training")[:, 1])) > 40


@pytest.mark.parametrize("value", [0.0, 3.5, -2.0, 1e-300, 1e250])
def test_a_constant_series_is_one_straight_line(value):
    canvas = draw(series([value] * 50, weight=0.9))
    assert len(set(cells_of(canvas, "training")[:, 0])) == 1


def test_a_single_point_is_drawn():
    assert len(cells_of(draw(series([2.0])), "training")) == 1


def test_without_points_the_placeholder_and_the_references_are_shown():
    text = draw(
        series([]), references=[Reference("uniform guess 9.01", 9.01)], placeholder="Nothing yet."
    ).text()
    assert "Nothing yet." in text
    assert "uniform guess 9.01" in text


def test_nonfinite_values_are_left_out_of_the_curve_and_the_range():
    clean = draw(series([3.0, 2.0, 2.5, 1.0]))
    y = [3.0, np.nan, np.inf, 2.0, -np.inf, 2.5, 1.0]
    x = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0]
    dirty = draw(series(y, x=x))
    assert clean.text() == dirty.text()


def test_the_greatest_floats_do_not_overflow():
    assert len(cells_of(draw(series([-1.7e308, 1.7e308])), "training")) > 0


def test_log_y_leaves_out_zeros_and_writes_plain_units():
    canvas = draw(series([1000.0, 0.0, 10.0, 1.0, -1.0]), log_y=True, rows=16)
    labels = [line[:5].strip(" │┤└") for line in canvas.text().splitlines()]
    assert {"1k", "100", "10", "1"} <= set(labels)
    assert "log y" in canvas.text()


def test_log_y_without_positive_values_stays_linear_and_says_so():
    canvas = draw(series([0.0, -1.0]), log_y=True)
    assert "log y: nothing above 0" in canvas.text()
    assert len(cells_of(canvas, "training")) > 0


def test_smoothing_keeps_the_measured_values_behind_the_line():
    noisy = 5 + np.sin(np.arange(400.0) * 2.4)
    canvas = draw(series(noisy, weight=0.98), hint="smoothed 0.98")
    assert len(cells_of(canvas, "faint-training")) > 50
    assert len(cells_of(canvas, "training")) > 20
    assert "smoothed 0.98" in canvas.text()


def test_marked_points_are_never_smoothed_and_stand_where_they_were_measured():
    validation = series([1.0, 9.0, 1.0], marked=True, label="validation")
    rough = draw(series([5.0] * 3), validation)
    smooth = draw(series([5.0] * 3, weight=0.98), validation)
    # The header's sample comes on top of the three points.
    assert [(canvas.chars == MARK).sum() for canvas in (rough, smooth)] == [4, 4]
    assert ((rough.chars == MARK) == (smooth.chars == MARK)).all()


def test_many_marks_are_thinned_out_but_the_last_is_kept():
    canvas = draw(series(np.linspace(9, 3, 1000), marked=True), columns=80)
    marked = cells_of(canvas, "validation")[
        canvas.chars[canvas.styles == STYLES.index("validation")] == MARK
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
        series(np.linspace(9, 3, 500), weight=0.9),
        series([8.0, 5.0], marked=True),
        columns=columns,
        rows=rows,
        references=[Reference("uniform guess 9.01", 9.01)],
        placeholder="Nothing is measured yet.",
        crosshair=100.0,
    )
    assert canvas.chars.shape == (rows, columns)


def test_braille_characters_are_braille():
    canvas = draw(series(np.linspace(0, 1, 30)))
    drawn = canvas.chars[canvas.styles == STYLES.index("training")]
    assert all(EMPTY_CELL < ord(char) <= EMPTY_CELL + 0xFF for char in drawn)


# ---- x, the crosshair, several runs --------------------------------------------------------------


def test_log_x_leaves_out_step_zero_and_marks_decades():
    canvas = draw(
        series([9.0, 8.0, 5.0, 4.0], x=[0.0, 1.0, 100.0, 10_000.0]),
        x_range=Range(0.0, 4.0, log=True),
        columns=90,
    )
    below = canvas.text().splitlines()[-1].split()
    assert below[1:] == ["1", "10", "100", "1k", "10k"]
    assert cells_of(canvas, "training")[:, 1].max() == 89


def test_the_range_of_y_is_that_of_the_visible_values():
    y = np.concatenate((np.full(100, 9.0), np.linspace(3.0, 2.0, 100)))
    far = draw(series(y), x_range=Range(120.0, 200.0), keep_references=False,
               references=[Reference("uniform guess", 9.0)])  # fmt: skip
    assert "uniform guess" not in far.text()
    labels = {text[:6].strip(" │┤└") for text in far.text().splitlines()[1:-2]} - {""}
    assert all(float(label) < 3.0 for label in labels)


def test_the_crosshair_reads_the_nearest_measured_values():
    validation = series([8.0, 4.25], x=[100.0, 200.0], marked=True, label="validation")
    y = np.linspace(9.0, 3.0, 201)
    y[100] = np.nan
    canvas = draw(series(y, x=np.arange(201)), validation, crosshair=100.0, columns=90)
    header = canvas.text().splitlines()[0]
    assert "training 6.03" in header or "training 5.97" in header
    assert "validation 8" in header
    assert header.endswith("step 100")
    assert len(cells_of(canvas, "crosshair")) > 3


def test_several_runs_are_distinct_without_colors():
    some = [
        series(np.linspace(9, 3 + n, 300), label=f"run-{tag}", tag=tag, color=f"run-{n + 1}")
        for n, tag in enumerate("abc")
    ]
    canvas = draw(*some, columns=100, rows=20)
    lines = canvas.text().splitlines()
    for tag in "abc":
        assert f"{tag}━━ run-{tag}" in lines[0]
        assert sum(text.count(tag) for text in lines[1:-2]) >= 2


def test_runs_that_do_not_fit_into_the_legend_are_counted():
    some = [series([1.0, 2.0], label="long " * 4 + str(n), tag="a") for n in range(50)]
    header = draw(*some, columns=80).text().splitlines()[0]
    shown = header.count("a━━")
    assert shown >= 2
    assert f"+{50 - shown}" in header


def test_a_run_keeps_its_color_whatever_it_is_compared_with():
    from pathlib import Path

    paths = [Path(f"runs/run-{number}") for number in range(RUN_COLORS)]
    together = run_colors(paths)
    assert len(set(together)) == RUN_COLORS
    assert run_colors(paths[:1]) == together[:1]
    assert len(run_colors(paths * 7)) == 7 * RUN_COLORS


@pytest.mark.parametrize("column", range(-4, 12))
def test_wide_characters_take_two_cells_and_are_never_cut_in_half(column):
    canvas = Canvas(8, 1)
    canvas.write(0, column, "a語b語", "label")
    assert cell_len("".join(canvas.chars[0])) == 8


class Inked(Container):
    COMPONENT_CLASSES: ClassVar[set[str]] = set(INK)


class CurveApp(App[None]):
    def compose(self) -> ComposeResult:
        with Inked() as ink:
            yield PlotView(Plot("loss", [series(np.linspace(9, 3, 200))]), ink)


async def test_a_curve_fits_the_window_again_after_every_resize():
    app = CurveApp()
    async with app.run_test(size=(80, 24)) as pilot:
        curve = app.query_one(PlotView)
        for size in ((40, 10), (200, 60), (8, 3), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            strips = [curve.render_line(row) for row in range(curve.size.height)]
            assert {strip.cell_length for strip in strips} == {size[0]}


async def test_a_curve_is_drawn_once_for_many_lines_and_again_in_another_theme(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "minibert.tui.sections.training.plot_view.draw_plot",
        lambda *given: drawn.append(given) or draw_plot(*given),
    )
    app = CurveApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = len(drawn)
        app.query_one(PlotView).refresh()
        await pilot.pause()
        assert len(drawn) == before > 0
        app.theme = "textual-light"
        await pilot.pause()
        assert len(drawn) > before
