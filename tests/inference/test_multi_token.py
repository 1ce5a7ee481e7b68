"""Words of several tokens at a mask: scored token by token, found by a beam search."""

import itertools

import pytest

from minibert import FillMask
from minibert.errors import OptionError, TextError
from minibert.inference.multi_token import tokenize_targets

TEXTS = ["the [MASK] sat.", "the [MASK] lived near the [MASK]."]
WORDS = ["cow", "cows", "barns", "seedeat", "cowhide", "horse"]


@pytest.fixture(scope="module")
def fill(small_run):
    return FillMask.from_pretrained(small_run.run.path)


@pytest.fixture(scope="module")
def reference(small_run):
    """The probability of a word at a mask, by the definition, one model call after another."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(small_run.run.path)
    model = transformers.BertForMaskedLM.from_pretrained(small_run.run.path).eval()

    def score(text, mask, word, temperature):
        parts = text.split("[MASK]")
        word_tokens = tokenizer.tokenize(word)
        probability = 1.0
        for n, token in enumerate(word_tokens):
            spread = [*word_tokens[:n], *["[MASK]"] * (len(word_tokens) - n)]
            tokens = ["[CLS]"]
            for number, part in enumerate(parts):
                between = spread if number - 1 == mask else ["[MASK]"]
                tokens += (between if number else []) + tokenizer.tokenize(part)
                if number - 1 == mask:
                    place = len(tokens) - len(tokenizer.tokenize(part)) - len(spread) + n
            ids = tokenizer.convert_tokens_to_ids([*tokens, "[SEP]"])
            with torch.inference_mode():
                logits = model(torch.tensor([ids])).logits[0, place]
            scores = (logits / temperature).softmax(-1)
            probability *= float(scores[tokenizer.convert_tokens_to_ids(token)])
        return probability

    return score


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_a_word_scores_the_product_of_its_tokens_from_left_to_right(
    fill, reference, text, temperature
):
    assert {len(fill.tokenizer.encode(word).ids) for word in WORDS} > {3, 4}
    [masks] = fill.each_mask([text], targets=WORDS, top_k=len(WORDS), temperature=temperature)
    for mask, answers in enumerate(masks):
        assert sorted(answer["token_str"] for answer in answers) == sorted(WORDS)
        scores = [answer["score"] for answer in answers]
        assert scores == sorted(scores, reverse=True)
        for answer in answers:
            expected = reference(text, mask, answer["token_str"], temperature)
            assert answer["score"] == pytest.approx(expected, rel=1e-4)


def test_a_word_of_several_tokens_has_a_list_of_ids_and_is_put_in_whole(fill):
    answers = {a["token_str"]: a for a in fill("the [MASK] sat.", targets=["cow", "cows"])}
    assert answers["cow"]["token"] == fill.tokenizer.token_to_id("cow")
    tokens = list(fill.tokenizer.encode("cows", add_special_tokens=False).ids)
    assert len(tokens) > 1 and answers["cows"]["token"] == tokens
    assert answers["cows"]["sequence"] == "the cows sat."


def test_top_k_limits_the_targets_in_the_answers(fill):
    whole = fill("the [MASK] sat.", targets=WORDS, top_k=10)
    assert fill("the [MASK] sat.", targets=WORDS, top_k=2) == whole[:2]


def all_words(fill, longest):
    """Every word of at most so many tokens that the tokenizer cuts into just these."""
    vocab = {p: n for p, n in fill.tokenizer.vocab.items() if not p.startswith("[")}
    first = [token for token in vocab if not token.startswith("##")]
    later = [token for token in vocab if token.startswith("##")]
    for length in range(1, longest + 1):
        for tokens in itertools.product(first, *[later] * (length - 1)):
            word = "".join(token.removeprefix("##") for token in tokens)
            cut = tuple(fill.tokenizer.encode(word, add_special_tokens=False).tokens)
            if cut == tokens:
                yield word


def test_the_search_finds_the_most_probable_words(fill):
    words = list(all_words(fill, 2))
    assert len(words) > 1000
    text, number = "the cow eats [MASK] in the field.", fill.tokenizer.vocab_size
    best = fill(text, targets=words, top_k=number)
    found = fill(text, tokens=2, top_k=number)  # no beginning of a word is given up
    assert [a["token_str"] for a in found] == [a["token_str"] for a in best]
    for ours, expected in zip(found, best, strict=True):
        assert ours["score"] == pytest.approx(expected["score"], abs=1e-6)
        assert ours["sequence"] == expected["sequence"]


def test_a_word_found_by_the_search_has_the_score_of_the_same_target(fill):
    masks = fill("the [MASK] lived near the [MASK].", tokens=4, top_k=120)
    for mask, answers in enumerate(masks):
        words = [answer["token_str"] for answer in answers]
        assert len(set(words)) == len(words) == 120
        assert any(isinstance(answer["token"], list) for answer in answers)
        scored = fill("the [MASK] lived near the [MASK].", targets=words, top_k=120)[mask]
        for ours, expected in zip(answers, scored, strict=True):
            assert ours["score"] == pytest.approx(expected["score"], rel=1e-4)


def test_a_text_that_becomes_too_long_by_a_word_is_refused(fill):
    text = "[MASK] " + "the " * 45  # 48 tokens with [CLS] and [SEP]
    assert len(fill(text)) == 5
    with pytest.raises(TextError, match="has 49 tokens with"):
        fill(text, tokens=2)


@pytest.mark.parametrize(
    ("target", "tokens", "said"),
    [
        ("cow", ["cow"], ""),
        ("##s", ["##s"], ""),
        ("Cow", ["cow"], "'Cow' is not in the vocabulary and is scored as cow"),
        ("☃", ["[UNK]"], "'☃' is not in the vocabulary and is scored as [UNK]"),
        ("cow ☃", ["cow", "[UNK]"], "is scored as cow [UNK]"),
        ("cow horse", ["cow", "horse"], ""),
        ("", [], "'' has no tokens and is skipped"),
    ],
)
def test_a_target_is_a_token_or_is_tokenized(fill, target, tokens, said):
    notes = []
    found = tokenize_targets(fill.tokenizer, [target, "horse"], notes.append)
    names = [[fill.tokenizer.id_to_token(id) for id in ids] for ids in found]
    assert names == ([tokens] if tokens else []) + [["horse"]]
    assert said in "".join(notes) and bool(said) == bool(notes)


def test_duplicate_targets_are_scored_once_and_no_targets_are_refused(fill):
    tokenizer = fill.tokenizer
    assert len(tokenize_targets(tokenizer, ["cow", "cow", "horse"], print)) == 2
    with pytest.raises(OptionError, match="no target"):
        tokenize_targets(tokenizer, [], print)
