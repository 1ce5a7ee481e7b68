"""The page of `minibert explain` in a real browser, by mouse, by keys and for screen readers."""

import pytest

import minibert

pytest.importorskip("fcntl", reason="the browser is spoken to through descriptors 3 and 4")

from helpers.browser import Browser, find_browser
from helpers.explain_samples import CJK, HEBREW, HOSTILE, TEXTS

pytestmark = pytest.mark.skipif(find_browser() is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def pages(scripts_model, tmp_path_factory):
    """A page for each text, by its name."""
    at = tmp_path_factory.mktemp("pages")
    paths = {}
    for number, (name, (text, pair)) in enumerate(TEXTS.items()):
        paths[name] = at / f"{number}.html"
        paths[name].write_text(minibert.explain(text, scripts_model, pair=pair).to_html())
    return paths


@pytest.fixture(scope="module")
def started():
    with Browser(find_browser()) as browser:
        yield browser


@pytest.fixture
def browser(started):
    """At the size of a small screen."""
    started.resize(1280, 800)
    return started


FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_draws_itself_without_a_word_of_complaint_or_a_request(browser, pages, name):
    browser.open(pages[name])
    assert browser.complaints() == []
    requests = [told["request"]["url"] for told in browser.told("Network.requestWillBeSent")]
    assert requests == [pages[name].as_uri()]
    text, pair = TEXTS[name]
    assert text in browser.ask("document.querySelector('h1').textContent")
    masks = text.count("[MASK]") + (pair or "").count("[MASK]")
    assert browser.ask("document.querySelectorAll('#lenses table').length") == masks
    assert browser.ask("document.getElementById('surprisal').hidden") == bool(masks)
    assert browser.ask("document.querySelectorAll('#head-grid canvas').length") == 8
    assert browser.ask("document.querySelectorAll('script').length") == 2


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", TEXTS)
def test_no_page_is_wider_than_its_window(browser, pages, name, width):
    browser.resize(width, 800)
    browser.open(pages[name])
    assert browser.ask("document.documentElement.scrollWidth") <= width


def test_text_in_a_page_is_never_markup(browser, pages):
    browser.open(pages["hostile"])
    assert HOSTILE in browser.ask("document.querySelector('h1').textContent")
    assert browser.ask("document.querySelectorAll('h1 script, h1 b').length") == 0
    assert browser.told("Page.javascriptDialogOpening") == []


def test_arrows_move_over_the_heads_and_show_each_large(browser, pages):
    browser.open(pages["plain"])
    browser.ask("document.querySelector('#head-grid [tabindex=\"0\"]').focus()")
    shown = []
    for keys in ([], ["ArrowRight"], ["ArrowDown"], ["ArrowLeft"], ["ArrowUp", "ArrowUp"], ["End"]):
        browser.press(*keys)
        shown.append(browser.ask("document.getElementById('map-title').textContent"))
    places = [(1, 1), (1, 2), (2, 2), (2, 1), (1, 1), (1, 4)]
    assert shown == [f"Layer {layer}, head {head}" for layer, head in places]
    assert browser.ask("document.querySelectorAll('#head-grid [aria-selected=true]').length") == 1
    assert browser.ask("document.querySelectorAll('#head-grid [tabindex=\"0\"]').length") == 1


def test_arrows_move_over_a_map_and_read_its_weights_out(browser, pages, scripts_model):
    browser.open(pages["plain"])
    weights = minibert.explain(TEXTS["plain"][0], scripts_model).activations.attentions[0, 0]
    tokens = ["[CLS]", "the", "[MASK]", "sat", "on", "the", "mat", "[SEP]"]
    browser.ask("document.querySelector('#map [tabindex=\"0\"]').focus()")
    browser.press("Control+Home")
    for key, query, key_position in (
        (None, 0, 0),
        ("ArrowRight", 0, 1),
        ("ArrowDown", 1, 1),
        ("End", 1, 7),
        ("ArrowRight", 1, 7),
        ("Home", 1, 0),
        ("Control+End", 7, 7),
    ):
        browser.press(*[key] if key else [])
        said = f"{tokens[query]} attends to {tokens[key_position]}: "
        label, readout = browser.ask(FOCUSED), browser.ask("at('readout').textContent")
        assert label == readout and label.startswith(said)
        assert float(label.removeprefix(said).removesuffix(" %")) == pytest.approx(
            100 * weights[query, key_position], abs=0.051
        )


def test_tab_reaches_both_grids_and_what_has_focus_is_outlined(browser, pages):
    browser.open(pages["plain"])
    seen = []
    browser.press("Tab")
    while browser.ask("document.activeElement !== document.body"):
        seen.append(browser.ask(FOCUSED))
        assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        browser.press("Tab")
    assert any(label.startswith("Layer 1, head 1: ") for label in seen)
    assert any(" attends to " in label for label in seen)


def test_the_mouse_reads_weights_out_too(browser, pages):
    browser.open(pages["plain"])
    where = browser.ask(
        "(() => { const cell = gridCell(at('map'), 3, 4);"
        "cell.scrollIntoView({behavior: 'instant'});"
        "const box = cell.getBoundingClientRect(); return [box.x + 9, box.y + 9]; })()"
    )
    browser.move_to(*where)
    assert browser.ask("at('readout').textContent").startswith("sat attends to on: ")


def test_maps_follow_the_colors_of_the_system(pages):
    pictures = {}
    for dark in (False, True):
        with Browser(find_browser(), dark=dark) as browser:
            browser.open(pages["plain"])
            pictures[dark] = browser.ask(
                "[getComputedStyle(document.body).backgroundColor, "
                "css(weightColor(0)), css(weightColor(1))]"
            )
            ratios = browser.ask(CONTRASTS)
            assert min(ratios) >= 4.5, (dark, ratios)
    light, dark = pictures[False], pictures[True]
    assert all(one != other for one, other in zip(light, dark, strict=True))


# Of words on the page's two backgrounds, and of numbers in cells of each shade (WCAG 2, 1.4.3).
CONTRASTS = """(() => {
  const linear = (value) => value <= 10 ? value / 3294.6 : ((value / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const words = ['--text', '--quiet', '--accent'].flatMap((ink) =>
    ['--back', '--surface'].map((paper) => ratio(rgb(ink), rgb(paper))));
  const black = (color) => textColor(color) === '#000';
  const cells = scale.map((color) => ratio(color, black(color) ? [0, 0, 0] : [255, 255, 255]));
  return [...words, ...cells];
})()"""


def test_a_screen_reader_is_told_names_and_roles(browser, pages):
    browser.open(pages["long, wide and from right to left"])
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"]
    ]
    roles = [role for role, _ in found]
    assert roles.count("grid") == 2 and "table" in roles and "navigation" in roles
    assert ("grid", "All heads") in found and ("grid", "Layer 1, head 1") in found
    assert any(
        role == "gridcell" and f"{CJK} attends to {HEBREW}: " in name for role, name in found
    )
    assert all(name for role, name in found if role in ("gridcell", "link", "region"))
    headings = [name for role, name in found if role == "heading"]
    assert len(headings) >= 6 and all(headings)
