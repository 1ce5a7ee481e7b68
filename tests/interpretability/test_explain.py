"""`minibert explain`: what it shows in a terminal, writes into files and says of bad input."""

import io
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

import minibert
from minibert.cli.views.explain import print_explanation, print_head
from minibert.errors import TextError
from minibert.inference.fill_mask import FillMask
from minibert.interpretability import html as explanation_page
from minibert.interpretability.colors import DARK, LIGHT, to_hex
from minibert.interpretability.explain import sample_sentences

from helpers.explain_samples import ARABIC, CJK, HEBREW, TEXTS


@pytest.fixture(scope="module", params=TEXTS)
def explanation(request, scripts_model):
    text, pair = TEXTS[request.param]
    return minibert.explain(text, scripts_model, pair=pair)


# ---- the library --------------------------------------------------------------------------------


def test_answers_are_those_of_fill(scripts_model):
    fill = FillMask.from_pretrained(scripts_model)
    explanation = minibert.explain("the [MASK] sat on the mat", scripts_model)
    (lens,) = explanation.lenses
    assert [explanation.token(id) for id in lens.top_ids[-1]] == [
        answer["token_str"] for answer in fill("the [MASK] sat on the mat")
    ]
    assert explanation.ablations[0].answer == lens.answer and explanation.surprisals is None


def test_without_a_mask_every_token_of_the_text_has_a_surprisal(scripts_model):
    explanation = minibert.explain("the cat sat", scripts_model, pair="on the mat")
    assert explanation.lenses == [] and explanation.ablations == []
    assert explanation.surprisals.positions.tolist() == [1, 2, 3, 5, 6, 7]


def test_heads_are_measured_on_what_the_model_has_words_for(scripts_model):
    text = "the [MASK] sat"
    assert minibert.explain(text, scripts_model).measured_on == "this text"
    given = minibert.explain(text, scripts_model, sample=["the cat sat", "", "on the mat"])
    assert given.measured_on == "2 sentences of the sample" and given.patterns.texts == 2


def test_a_sample_is_spread_over_its_text(tmp_path):
    lines = [f"this is line number {n} of them." for n in range(200)]
    (tmp_path / "text.txt").write_text("\n".join(lines))
    sample = sample_sentences(tmp_path / "text.txt")
    assert 40 <= len(sample) <= 64
    assert sample[0] == lines[0] and lines.index(sample[-1]) > 190


def test_json_has_the_numbers_of_the_arrays(explanation):
    data = json.loads(json.dumps(explanation.to_dict(), allow_nan=False))
    inside = explanation.activations
    np.testing.assert_allclose(data["attentions"], inside.attentions, rtol=1e-4)
    assert [entry["token"] for entry in data["tokens"]] == explanation.encoding.tokens
    assert [entry["id"] for entry in data["tokens"]] == explanation.encoding.ids
    sums = [row["norms"]["sum"] for row in data["embeddings"]]
    np.testing.assert_allclose(sums, np.linalg.norm(inside.embeddings, axis=1), rtol=1e-4)
    assert data["heads"]["kinds"] == [list(names) for names in explanation.patterns.names]
    for mask, lens, effects in zip(
        data["masks"], explanation.lenses, explanation.ablations, strict=True
    ):
        assert mask["position"] == lens.position
        assert (
            mask["answer"]
            == explanation.token(lens.answer)
            == mask["layers"][-1]["top"][0]["token"]
        )
        assert [layer["rank"] for layer in mask["layers"]] == lens.answer_ranks.tolist()
        np.testing.assert_allclose(
            mask["without_head"]["probabilities"], effects.probabilities, rtol=1e-4
        )
    assert (data["surprisals"] is None) == bool(data["masks"])


def test_a_page_that_no_browser_could_hold_is_refused(scripts_model, monkeypatch):
    monkeypatch.setattr(explanation_page, "MAX_WEIGHTS", 2 * 4 * 5**2 - 1)
    minibert.explain("the cat", scripts_model).to_html()
    with pytest.raises(TextError, match="5 tokens would have 200 attention weights"):
        minibert.explain("the cat sat", scripts_model).to_html()


def test_the_page_has_the_colors_of_the_other_maps(scripts_model):
    page = minibert.explain("the cat", scripts_model).to_html()
    shown = re.findall("--map-(?:low|high): (#[0-9a-f]{6});", page)
    assert shown == [to_hex(color) for scale in (LIGHT, DARK) for color in scale]


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(explanation):
    shown = explanation._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and shown.count("<") == 2


# ---- in a terminal ------------------------------------------------------------------------------


def printed(explanation, width, one=None, **settings):
    console = Console(
        file=io.TextIOWrapper(io.BytesIO(), settings.pop("encoding", "utf-8"), errors="replace"),
        width=width,
        legacy_windows=False,
        **settings,
    )
    if one:
        print_head(console, explanation, *one)
    else:
        print_explanation(console, explanation)
    console.file.seek(0)
    return console.file.read()


PLAIN = re.compile("\x1b\\[[0-9;]*m")
COLOURS = {"force_terminal": True, "color_system": "truecolor"}


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("settings", [{}, COLOURS, {"encoding": "ascii"}])
def test_tables_and_maps_fit_the_width(explanation, width, settings):
    text = explanation.text + (explanation.pair or "")
    for one in (None, (0, 1)):
        for line in PLAIN.sub("", printed(explanation, width, one, **settings)).splitlines():
            sentence = line.startswith(text[:8]) or ": 2 layers" in line or "measured on" in line
            assert cell_len(line) <= width or sentence or "--layer 1" in line, line


def test_maps_have_the_weights_where_they_belong(scripts_model):
    explanation = minibert.explain("the [MASK] sat on the mat", scripts_model)
    lines = PLAIN.sub("", printed(explanation, 100, (1, 2))).splitlines()
    weights = explanation.activations.attentions[1, 2]
    for token, row, line in zip(explanation.encoding.tokens, weights, lines[-8:], strict=True):
        assert line.split()[0] == token
        shown = [float(number) for number in re.findall(r"\d+", line)]
        assert shown == [round(w * 100) for w in row.tolist() if w >= 0.005]


def test_without_colors_weights_are_blocks_and_without_utf8_characters(scripts_model):
    explanation = minibert.explain("the [MASK] sat on the mat", scripts_model)
    assert "\x1b[" in printed(explanation, 80, **COLOURS)
    for settings in ({}, {**COLOURS, "no_color": True}):
        shown = printed(explanation, 80, **settings)
        assert "░" in shown and "48;2" not in shown
    assert printed(explanation, 80, encoding="ascii").isascii()


def test_rows_of_maps_begin_below_one_another_whatever_their_tokens(scripts_model):
    explanation = minibert.explain(f"{CJK} {HEBREW} [MASK] cat {CJK}", scripts_model)
    lines = PLAIN.sub("", printed(explanation, 80)).splitlines()
    rows = [re.split("[░▒▓█]", line)[0] for line in lines if re.search("[░▒▓█]{4}", line)]
    of_maps = [row for row in rows if not row.startswith(("layer", "embeddings"))]
    assert len(of_maps) >= 14 and {cell_len(row) for row in of_maps} == {len("[MASK] ")}


def test_text_after_a_right_to_left_token_stays_in_its_place(scripts_model):
    explanation = minibert.explain(f"{HEBREW} [MASK] {ARABIC}", scripts_model)
    shown = printed(explanation, 80)
    assert shown.count(HEBREW) > 1 and f"{HEBREW} " not in shown.partition("\n")[2]
    assert f"{HEBREW}\u200e" in shown and f"{ARABIC}\u200e" in shown


# ---- the command --------------------------------------------------------------------------------


def test_the_command_shows_every_part(call, scripts_model):
    code, out, err = call("explain", "the [MASK] sat on the mat", "--model", scripts_model)
    assert (code, err) == (0, "")
    for part in ("tokens and embeddings", "logit lens", "layer 2", "2.4", "KL, nats"):
        assert part in out
    code, out, _ = call("explain", "the cat sat", "--model", scripts_model)
    assert code == 0 and "surprisal" in out and "logit lens" not in out


def test_the_command_writes_what_machines_read(call, scripts_model):
    code, out, _ = call("explain", f"the [MASK] {CJK}", "--model", scripts_model, "--json")
    assert code == 0 and json.loads(out)["tokens"][3]["token"] == CJK


def test_one_map_is_written_as_drawing_and_as_pixels(call, scripts_model, tmp_path):
    pytest.importorskip("resvg_py")
    code, out, _ = call(
        "explain",
        "the [MASK] sat",
        "--model",
        scripts_model,
        "--layer",
        2,
        "--head",
        1,
        "--svg",
        "map.svg",
        "--png",
        "map.png",
    )
    assert code == 0 and out == "wrote map.svg\nwrote map.png\n"
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    assert ET.parse(tmp_path / "map.svg").getroot().tag.endswith("svg")


def test_a_drawing_says_what_it_shows(explanation):
    root = ET.fromstring(explanation.to_svg(1, 3))
    tokens, weights = explanation.encoding.tokens, explanation.activations.attentions[1, 3]
    texts = {name: root.find("{*}" + name).text for name in ("title", "desc")}
    assert texts["title"].startswith("Attention of layer 2, head 4: ")
    assert f"{tokens[0]} attends most to {tokens[weights[0].argmax()]}" in texts["desc"]
    assert len(root.findall("{*}rect")) == 1 + len(tokens) ** 2
    labels = [text.text for text in root.findall("{*}text")]
    short = tokens[-2] if len(tokens[-2]) <= 18 else tokens[-2][:17] + "…"
    assert labels.count(short) >= 2


def test_pixels_without_the_extra_are_refused_in_one_sentence(
    call, scripts_model, monkeypatch, tmp_path
):
    import sys

    monkeypatch.setitem(sys.modules, "resvg_py", None)
    arguments = ["the [MASK] sat", "--model", scripts_model, "--layer", 1, "--head", 1]
    code, out, err = call("explain", *arguments, "--svg", "map.svg", "--png", "map.png")
    assert (code, out) == (2, "") and "pip install 'minibert[png]'" in err
    assert not list(tmp_path.glob("map.*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([" "], "there is no word in the text"),
        (["cat " * 50], "has 52 tokens with [CLS] and [SEP], but the model has 48 positions"),
        (["cat", "--layer", 1], "--layer and --head belong together; give both"),
        (["cat", "--layer", 3, "--head", 1], "--layer is 3, but the model has 2 layers"),
        (["cat", "--layer", 1, "--head", 5], "--head is 5, but the model has 4 heads"),
        (["cat", "--layer", 0, "--head", 1], "--layer is 0; it must be 1 or more"),
        (
            ["cat", "--svg", "a.svg"],
            "--svg draws the attention map of one head; give --layer and --head too",
        ),
        (["cat", "--top-k", 0], "--top-k is 0; it must be 1 or more"),
        (["cat", "--sample", "missing.txt"], "there is no file or folder missing.txt"),
        (["cat", "--html", "missing/a.html"], "missing/a.html cannot be written"),
        (["cat", "--device", "tpu"], "device 'tpu' is not available"),
        (["cat", "--model", "missing"], "missing"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(call, scripts_model, arguments, message):
    model = [] if "--model" in arguments else ["--model", scripts_model]
    code, out, err = call("explain", *arguments, *model)
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1
