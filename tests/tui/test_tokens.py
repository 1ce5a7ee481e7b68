"""The Tokens screen: the tokens of a text, the vocabulary, and nearest tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert.tui.app import MinibertApp
from minibert.tui.models.token_spans import describe_tokens, token_spans
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.tokens.neighbors import Neighbors
from minibert.tui.sections.tokens.token_table import TokenTable
from minibert.tui.sections.tokens.tokenized_text import TokenizedText
from minibert.tui.sections.tokens.vocabulary import Vocabulary
from minibert.tui.sections.tokens.vocabulary_search import search_tokens
from minibert.tui.text import bar
from minibert.tui.widgets.field import Field

from helpers.samples import SPECIALS, examples, small_tokenizer, until

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive

TOKENS = [*SPECIALS, "un", "##able", "able", "unable", "7", "a7", "##un", "run", "Un"]


# ---- without a screen ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("un", ["un", "unable", "##un", "run"]),
        ("##", ["##able", "##un"]),
        ("##un", ["##un"]),
        ("able", ["able", "##able", "unable"]),
        ("7", ["able", "7", "a7"]),
        ("99", []),
        ("Un", ["Un"]),
        ("[", SPECIALS),
        ("", TOKENS),
        ("zzz", []),
    ],
)
def test_a_search_finds_the_token_itself_first_then_prefixes_then_continuations(query, found):
    expected = [TOKENS[id] for id in search_tokens(TOKENS, query)]
    assert sorted(expected) == sorted(found)
    if query:
        assert expected == found


@given(st.text(max_size=40))
@settings(max_examples=examples(200))
def test_every_token_covers_the_characters_of_its_span(text):
    tokens = token_spans(small_tokenizer(), text)
    assert [token.token for token in (tokens[0], tokens[-1])] == ["[CLS]", "[SEP]"]
    for token in tokens[1:-1]:
        assert token.text == text[token.start : token.end]
        assert token.unknown == (token.token == "[UNK]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the cat sat", "5 tokens · 3 words"),
        ("", "2 tokens · 0 words"),
        ("the 語 sat", "5 tokens · 3 words · 1 [UNK]: 語"),
    ],
)
def test_a_line_summarizes_the_tokens(text, said):
    assert describe_tokens(token_spans(small_tokenizer(), text)) == said


@pytest.mark.parametrize("width", [0, 1, 2, 7, 80])
@pytest.mark.parametrize("share", [-1.0, 0.0, 0.01, 0.33, 0.5, 1.0, 2.0])
def test_a_bar_has_exactly_its_width(share, width):
    assert len(bar(share, width)) == width


# ---- the screen ----------------------------------------------------------------------------------


@pytest.fixture
def app(small_run):
    return MinibertApp(RunWatcher(small_run.run.path), live=False)


async def opened(app, pilot):
    await pilot.press("5")
    await until(pilot, "tokens · ")


def tokens(app):
    table = app.screen.query_one(TokenTable)
    return [str(table.get_row_at(row)[3]) for row in range(table.row_count)]


async def write(app, pilot, text):
    app.screen.query_one("#text", Field).value = text
    await pilot.pause()


async def test_a_text_is_tokenized_while_typing(app, small_run):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("e", "ctrl+u", *"horses", "space", *"ate")
        await pilot.pause()
        assert tokens(app)[0] == "[CLS]"
        joined = "".join(name.removeprefix("##") for name in tokens(app)[1:-1])
        assert joined == "horsesate"
        await pilot.press("backspace")
        await pilot.pause()
        assert "".join(n.removeprefix("##") for n in tokens(app)[1:-1]) == "horsesat"


async def test_an_unknown_word_is_named_and_framed(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await write(app, pilot, "the 語 sat")
        text = screen_text(app)
        assert "⟨語⟩" in text
        assert "1 [UNK]: 語" in text
        assert "[UNK] 語" in tokens(app)


async def test_escape_leaves_the_field_and_numbers_open_sections_again(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("e", "2")
        assert app.current_mode == "tokens"
        assert app.screen.query_one("#text", Field).value.endswith("2")
        await pilot.press("escape", "2")
        assert app.current_mode == "training"


async def test_keys_that_a_field_takes_are_not_in_the_footer(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        for key in ("e", "slash"):
            await pilot.press("escape", key)
            offered = {binding.key for _, binding, *_ in app.screen.active_bindings.values()}
            assert {"escape", "f1", "ctrl+q"} <= offered
            assert not {"e", "slash", "q", "t", "question_mark", "2"} & offered


async def test_slash_searches_the_vocabulary_and_enter_focuses_the_results(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("slash", *"[MA")
        await pilot.pause()
        assert app.screen.query_one(Vocabulary).border_subtitle == "1"
        await pilot.press("enter")
        await pilot.pause()
        assert app.focused.name == "vocabulary"


async def test_p_focuses_the_tokens_and_the_cursor_highlights_one_in_the_text(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("e", "escape", "p", "down", "down")
        await pilot.pause()
        assert app.screen.query_one(TokenizedText).selected == 2


async def test_the_nearest_tokens_are_those_of_the_model(app, small_run):
    from minibert.interpretability.nearest_tokens import nearest_tokens
    from minibert.model.pretrained import Pretrained

    loaded = Pretrained.load(small_run.run.path)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await write(app, pilot, "the cow")
        await pilot.press("p", "home", "down", "down")
        await until(pilot, "Nearest to cow")
        await app.workers.wait_for_complete()
        table = loaded.model.bert.embeddings.word_embeddings.weight.detach().numpy()
        cow = loaded.tokenizer.token_to_id("cow")
        best = nearest_tokens(loaded.model, table[cow : cow + 1], top_k=3, exclude=[cow])
        shown = app.screen.query_one(Neighbors).tokens.nearest[:3]
        assert [loaded.tokenizer.token_to_id(name) for name, _ in shown] == best.ids[0].tolist()
        assert [cosine for _, cosine in shown] == pytest.approx(best.cosines[0].tolist())


async def test_the_nearest_tokens_of_a_vocabulary_token_are_shown_too(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("slash", *"barn")
        await until(pilot, "Nearest to barn")
        await pilot.press("escape", "slash", "ctrl+u", *"[CLS]")
        await until(pilot, "Nearest to [CLS]")


TEXTS = {
    "wide characters": "今日は良い天気です " * 6,
    "right to left": "שלום עולם مرحبا بالعالم",
    "a long word": "donaudampfschifffahrt" * 30,
    "marks that combine": "e\u0301" * 40 + "\u200d\ufe0f",
    "nothing": "",
    "spaces": "   ",
    "markup": "[bold]not bold[/] [@click=app.quit]x[/]",
    "special tokens": "[MASK] and [SEP][UNK]",
    "emoji": "👩‍👩‍👧 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
}


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (250, 70)], ids=str)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_fits_the_window(app, text, size):
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        await write(app, pilot, text)
        lines = app.screen._compositor.render_strips()
        assert {line.cell_length for line in lines} == {size[0]}
        assert len(tokens(app)) >= 2


# ---- runs as they are found ----------------------------------------------------------------------


async def test_a_missing_vocabulary_is_reported_and_read_once_it_exists(make_run, small_run):
    run = make_run(5)
    app = MinibertApp(RunWatcher(run.path))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("5")
        await until(pilot, "The vocabulary of this run cannot be read")
        small_run_vocabulary = (small_run.run.path / "vocab.txt").read_bytes()
        (run.path / "vocab.txt").write_bytes(small_run_vocabulary)
        run.describe(state="interrupted")
        await until(pilot, "words")
        assert "cannot be shown" not in screen_text(app)


async def test_a_run_without_weights_shows_a_message_in_place_of_neighbors(make_run, small_run):
    run = make_run(5)
    (run.path / "vocab.txt").write_bytes((small_run.run.path / "vocab.txt").read_bytes())
    app = MinibertApp(RunWatcher(run.path), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await until(pilot, "The model cannot be used")


async def test_without_a_run_there_is_no_vocabulary(tmp_path):
    app = MinibertApp(RunWatcher(tmp_path / "none"), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, "There is no run yet")
