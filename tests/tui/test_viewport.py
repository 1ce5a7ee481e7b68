"""The part of an axis that is shown while zooming, panning, and as points are added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibert.tui.plotting.axis import WHOLE, Range, Viewport

ALL = Range(0.0, 1000.0)
MORE = Range(0.0, 1500.0)


def ends(viewport, whole=ALL):
    shown = viewport.range_in(whole)
    return shown.low, shown.high


def test_the_whole_axis_is_shown_at_first_and_as_it_grows():
    assert ends(WHOLE) == (0.0, 1000.0)
    assert ends(WHOLE, MORE) == (0.0, 1500.0)


def test_after_zooming_by_a_key_the_viewport_follows_the_newest_point():
    closer = WHOLE.zoomed(ALL, 0.5)
    assert ends(closer) == (500.0, 1000.0)
    assert ends(closer, MORE) == (1000.0, 1500.0)


def test_after_zooming_by_the_wheel_near_the_right_edge_it_does_too():
    closer = WHOLE.zoomed(ALL, 0.5, place=0.995)
    assert ends(closer, MORE) == (1000.0, 1500.0)


def test_elsewhere_the_viewport_stays_where_it_is():
    closer = WHOLE.zoomed(ALL, 0.5, place=0.5)
    assert ends(closer) == (250.0, 750.0)
    assert ends(closer, MORE) == (250.0, 750.0)


def test_the_position_under_the_mouse_stays_where_it_is():
    closer = WHOLE.zoomed(ALL, 0.25, place=0.2)
    assert closer.range_in(ALL).value(0.2) == pytest.approx(200.0)


def test_after_panning_to_the_newest_point_the_viewport_follows_it():
    closer = WHOLE.zoomed(ALL, 0.1, place=0.0)
    assert ends(closer, MORE) == (0.0, 100.0)
    newest = closer.panned(ALL, 1e9)
    assert ends(newest) == (900.0, 1000.0)
    assert ends(newest, MORE) == (1400.0, 1500.0)
    assert ends(newest.panned(ALL, -1e9)) == (0.0, 100.0)


def test_the_whole_axis_cannot_be_panned():
    assert WHOLE.panned(ALL, 0.5) is WHOLE


def test_logarithmic_axes_are_zoomed_by_their_positions():
    whole = Range(0.0, 4.0, log=True)
    closer = WHOLE.zoomed(whole, 0.5)
    assert closer.range_in(whole).value(0.0) == pytest.approx(100.0)
    assert closer.range_in(whole).value(1.0) == pytest.approx(10_000.0)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.05, 20.0), st.floats(0.0, 1.0)), max_size=40))
def test_the_viewport_never_leaves_the_whole_axis(moves):
    viewport = Viewport()
    for zoom, factor, place in moves:
        viewport = (
            viewport.zoomed(ALL, factor, place)
            if zoom
            else viewport.panned(ALL, factor * place - 1)
        )
        low, high = ends(viewport)
        assert -1e-6 <= low < high <= 1000.0 + 1e-6
