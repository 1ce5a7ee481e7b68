"""The parts that the Attention and Fill screens draw: colors, labels, maps, lines, checkpoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.geometry import Size

from minibert.tui.color_scale import LEVELS, ColorScale, levels
from minibert.tui.models.checkpoints import CheckpointChoice, checkpoint_label
from minibert.tui.models.encoding import split_pair
from minibert.tui.sections.attention.attention_lines import draw_attention_lines
from minibert.tui.sections.attention.head_grid import GridLayout
from minibert.tui.sections.attention.heat_map_drawing import (
    HeatMapData,
    HeatMapLayout,
    HeatMapStyles,
    draw_heat_map,
)
from minibert.tui.sections.attention.thumbnails import draw_thumbnail, resize
from minibert.tui.sections.fill.masked_text import MASK, MaskedText, words_of
from minibert.tui.text import label

from helpers.samples import examples, small_tokenizer

STYLES = HeatMapStyles(Style(), Style(), Style())


def drawn_weights(side: int, seed: int = 0) -> np.ndarray:
    weights = np.random.default_rng(seed).random((side, side), dtype=np.float32)
    return weights / weights.sum(1, keepdims=True)


# ---- shades and labels ---------------------------------------------------------------------------


def lightness(red: int, green: int, blue: int) -> float:
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("dark", [True, False])
def test_higher_levels_are_lighter_in_dark_themes_and_darker_in_light_ones(dark, system):
    colors = [
        Color.from_rgb(*ColorScale(dark).color(n)).downgrade(system).get_truecolor()
        for n in range(LEVELS)
    ]
    shades = [lightness(*color) for color in colors]
    assert shades == sorted(shades, reverse=not dark)
    assert len(set(shades)) >= 8


def test_without_colors_higher_levels_are_denser_characters():
    scale = ColorScale(no_color=True)
    glyphs = "".join(scale.glyph(n) for n in range(LEVELS))
    assert sorted(set(glyphs), key=glyphs.index) == list(" ░▒▓█")
    assert scale.style(LEVELS - 1) == ""


def test_a_weight_of_a_tenth_is_visible_beside_one():
    none, tenth, all_of_it = levels(np.array([0.0, 0.1, 1.0]))
    assert (none, all_of_it) == (0, LEVELS - 1)
    assert tenth >= LEVELS // 4


@given(st.text(max_size=30), st.integers(0, 20))
@settings(max_examples=examples(300))
def test_a_label_has_exactly_its_width(piece, width):
    assert cell_len(label(piece, width)) == width


# ---- maps ----------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(1, 50), st.integers(1, 50))
@settings(max_examples=examples(200))
def test_a_thumbnail_fits_and_keeps_the_maximum(side, across, down):
    weights = drawn_weights(side)
    small = resize(weights, across, down)
    assert small.shape[0] <= down
    assert small.shape[1] <= across
    assert small.max() == weights.max()
    if side <= min(across, down):
        assert set(np.unique(small)) == set(np.unique(weights))


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("side", [1, 2, 5, 8])
def test_a_thumbnail_has_a_line_for_two_rows(side, plain):
    lines = draw_thumbnail(drawn_weights(side), ColorScale(no_color=plain), Style())
    assert len(lines) == -(-side // 2)
    assert {sum(cell_len(part.text) for part in line) for line in lines} == {side}


def test_without_colors_a_thumbnails_line_shows_the_maximum_of_two_rows():
    weights = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], dtype=np.float32)
    lines = draw_thumbnail(weights, ColorScale(no_color=True), Style())
    assert ["".join(part.text for part in line) for line in lines] == [" ██", "█  "]


@given(
    st.lists(st.text("ab今ש[]", min_size=1, max_size=12), min_size=1, max_size=40),
    st.integers(10, 200),
    st.integers(4, 70),
    st.data(),
)
@settings(max_examples=examples(200))
def test_a_heat_map_fits_and_shows_the_cell_at_the_cursor(pieces, width, height, data):
    at = tuple(data.draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
    labels = tuple(pieces)
    layout = HeatMapLayout.fit(labels, width, height, at)
    lines = draw_heat_map(
        HeatMapData(labels, drawn_weights(len(labels))), layout, at, ColorScale(), STYLES
    )
    assert len(lines) <= max(height, layout.top + layout.height)
    widths = {sum(cell_len(part.text) for part in line) for line in lines}
    assert widths == {layout.left + layout.width * layout.shown[1]}
    assert any("[" in part.text for line in lines[layout.top :] for part in line)
    for first, shown, place in zip(layout.first, layout.shown, at, strict=True):
        assert first <= place < first + shown


def test_every_cell_of_a_heat_map_is_found_by_its_position():
    labels = tuple("abcdefgh")
    layout = HeatMapLayout.fit(labels, 60, 20, (0, 0))
    for row in range(layout.shown[0]):
        for column in range(layout.shown[1]):
            x = layout.left + column * layout.width
            y = layout.top + row * layout.height
            assert layout.cell_at(x, y) == (row, column)
    assert layout.cell_at(0, layout.top) is None
    assert layout.cell_at(layout.left, 0) is None


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (4, 4), (12, 12), (24, 16)])
@pytest.mark.parametrize("size", [Size(40, 8), Size(76, 16), Size(200, 60)])
def test_the_grid_of_heads_fits_its_size(layers, heads, size):
    layout = GridLayout.fit(layers, heads, size)
    assert layout.columns * layout.across <= size.width + 2
    assert layout.rows * layout.down <= size.height + 1
    assert layout.lines >= 1


def test_lines_go_from_a_query_to_every_key_with_weight():
    weights = np.array([0.5, 0.0, 0.3, 0.2], dtype=np.float32)
    characters, shades = draw_attention_lines(weights, 1, 20)
    assert characters[1][0] != " "
    assert [line[-1] != " " for line in characters] == [True, False, True, True]
    assert shades[0][-1] == LEVELS - 1 > shades[2][-1] > shades[3][-1]


# ---- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("the cat sat", "the cat sat", None),
        ("the cat | it sat", "the cat", "it sat"),
        ("the cat | ", "the cat", None),
        ("the cat |", "the cat", None),
        ("a|b", "a|b", None),
        ("", "", None),
    ],
)
def test_a_bar_between_spaces_makes_a_pair(typed, first, second):
    assert [part and part.strip() for part in split_pair(typed)] == [first, second]


def test_a_word_is_masked_and_restored():
    text = MaskedText("The cat sat, warm.")
    words = words_of(small_tokenizer(), text.text)
    masked = text.mask(words[1])
    assert masked == MaskedText("The [MASK] sat, warm.", ("cat",))
    again = words_of(small_tokenizer(), masked.text)
    assert [word.mask for word in again] == [None, 0, None, None, None, None]
    assert masked.fill(again[1], "cat") == text


@given(st.lists(st.integers(0, 7), max_size=8))
@settings(max_examples=examples(100))
def test_words_are_restored_in_any_order(order):
    text = MaskedText("the old cat sat on a warm mat")
    masked = text
    for place in order:
        word = words_of(small_tokenizer(), masked.text)[place]
        if word.mask is None:
            masked = masked.mask(word)
    assert masked.text.count(MASK) == len(masked.hidden) == len(set(order))
    while masked.hidden:
        words = words_of(small_tokenizer(), masked.text)
        word = next(word for word in words if word.mask is not None)
        masked = masked.fill(word, masked.hidden[0])
    assert masked == text


@pytest.mark.parametrize(
    ("typed", "hidden"),
    [
        ("the [MASK] sat on [MASK]", ("cat", "mats")),
        ("an old [MASK] sat on [MASK]", ("cat", "mats")),
        ("the [MASK] ran by [MASK] .", ("cat", None)),
        ("the [MASK] sat [MASK] on [MASK]", ("cat", None, "mats")),
        ("the  sat on [MASK]", ("mats",)),
        ("the [MASK", ()),
        ("[MASK] cat", (None,)),
        ("", ()),
    ],
)
def test_hidden_words_are_known_for_masks_outside_an_edit(typed, hidden):
    masked = MaskedText("the [MASK] sat on [MASK]", ("cat", "mats"))
    assert masked.edited(typed).hidden == hidden


@given(st.lists(st.sampled_from(["the ", "[MASK] ", "[MASK]", "M"]), max_size=8), st.data())
@settings(max_examples=examples(200))
def test_every_mask_has_a_hidden_word_or_none_after_any_edit(parts, data):
    text = "".join(parts)
    masked = MaskedText("").edited(text)
    typed = "".join(data.draw(st.permutations(parts)))
    assert len(masked.edited(typed).hidden) == typed.count(MASK)


def test_a_continuation_joins_the_word_before():
    masked = MaskedText("the cat [MASK] sat", (None,))
    word = words_of(small_tokenizer(), masked.text)[2]
    assert masked.fill(word, "##s").text == "the cats sat"
    assert masked.fill(word, "old").text == "the cat old sat"


# ---- checkpoints ---------------------------------------------------------------------------------

OLD, MIDDLE, NEW, NEWEST = (Path(f"run/checkpoints/step-{n:08}") for n in (250, 500, 750, 1000))


def test_the_end_of_the_slider_follows_the_newest_checkpoint():
    choice = CheckpointChoice().with_folders((OLD, MIDDLE))
    assert choice.folder == MIDDLE
    assert choice.with_folders((OLD, MIDDLE, NEW)).folder == NEW
    assert choice.with_index(0).with_index(1).with_folders((MIDDLE, NEW)).folder == NEW


def test_a_selected_checkpoint_stays_selected_until_it_is_deleted():
    choice = CheckpointChoice().with_folders((OLD, MIDDLE, NEW)).with_index(1)
    assert choice.folder == MIDDLE
    choice = choice.with_folders((MIDDLE, NEW, NEWEST))
    assert (choice.folder, choice.index) == (MIDDLE, 0)
    assert choice.with_folders((NEW, NEWEST)).folder == NEWEST
    assert CheckpointChoice().with_folders(()).folder is None


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        (OLD, "step 250"),
        (NEWEST, "step 1,000"),
        (Path("runs/mini"), "mini"),
        (Path("step-x"), "step-x"),
    ],
)
def test_a_checkpoint_is_labelled_by_its_step(folder, said):
    assert checkpoint_label(folder) == said
