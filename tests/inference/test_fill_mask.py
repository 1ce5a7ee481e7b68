"""Filling masks gives what the `fill-mask` pipeline of transformers gives, and more when asked."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert import FillMask
from minibert.errors import OptionError, TextError
from minibert.inference.decoding import IncrementalDecoder

from helpers.samples import ANIMALS, SPECIALS, examples, small_tokenizer

TEXTS = ["the [MASK] sat", "the cow eats [MASK] in the field.", "the [MASK] lived near the [MASK]."]
LONG = "the cow eats [MASK] in the field. " + "every morning the horse sat in the barn. " * 8

CALLS = [
    (TEXTS[0], {}),
    (TEXTS[1], {"top_k": 3}),
    (TEXTS[2], {"top_k": 4}),
    ("[MASK]", {"top_k": 100}),
    ("[MASK] [PAD] sat [UNK] .", {"top_k": 100}),
    ("[MASK] [PAD] sat [MASK] .", {"top_k": 100}),
    ("It's the [MASK]'s, and don't ask, ' or n't?", {}),
    (TEXTS, {}),
    (TEXTS, {"batch_size": 2, "top_k": 2}),
    (TEXTS[:1], {}),
    (TEXTS[2:], {}),
    (TEXTS[0], {"targets": "cow"}),
    (TEXTS[0], {"targets": ["cow", "horse", "grass", "cat"]}),
    (TEXTS[0], {"targets": ["cow", "horse", "grass", "cat"], "top_k": 2}),
    (TEXTS[2], {"targets": ["cow", "barn", "cow", "[PAD]", "[UNK]"]}),
    (TEXTS, {"targets": ["the", "horse"]}),
    (TEXTS[0], {"targets": ["Cow", "HORSE", "", "☃"]}),
    (LONG, {"tokenizer_kwargs": {"truncation": True}}),
    (LONG, {"tokenizer_kwargs": {"truncation": "longest_first", "max_length": 9}}),
    (TEXTS, {"tokenizer_kwargs": {"truncation": False}}),
]


@pytest.fixture
def notes():
    return []


@pytest.fixture
def fill(small_run, notes):
    return FillMask.from_pretrained(small_run.run.path, note=notes.append)


@pytest.fixture(scope="module")
def pipeline(small_run):
    transformers = pytest.importorskip("transformers")
    return transformers.pipeline("fill-mask", model=str(small_run.run.path), device="cpu")


def flat(answers):
    return [x for a in answers for x in flat(a)] if isinstance(answers, list) else [answers]


def shape(answers):
    return [shape(a) for a in answers] if isinstance(answers, list) else sorted(answers)


def assert_equal(ours, theirs):
    assert shape(ours) == shape(theirs)
    for a, b in zip(flat(ours), flat(theirs), strict=True):
        assert a["score"] == pytest.approx(b["score"], abs=1e-5)
        assert {**a, "score": 0} == {**b, "score": 0}


@pytest.mark.parametrize(("inputs", "arguments"), CALLS)
def test_a_call_gives_the_same_as_the_pipeline(fill, pipeline, inputs, arguments):
    assert_equal(fill(inputs, **arguments), pipeline(inputs, **arguments))


def test_a_generator_gives_a_stream_as_the_pipeline_does(fill, pipeline):
    asked = []

    def texts():
        for text in TEXTS * 1000:
            asked.append(text)
            yield text

    answers = fill(texts(), top_k=2)
    first = next(answers)
    assert len(asked) < 3000  # and the rest is not read yet
    theirs = list(pipeline((text for text in TEXTS), top_k=2))
    assert_equal([first, next(answers), next(answers)], theirs)


def test_logits_and_ids_equal_those_of_transformers(fill, small_run):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    tokenizer = transformers.AutoTokenizer.from_pretrained(small_run.run.path)
    model, info = transformers.BertForPreTraining.from_pretrained(
        small_run.run.path, output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"]
    batch = tokenizer("The cat sat.", "It was red, and [MASK] ate!", return_tensors="pt")
    ours = fill.tokenizer.encode("The cat sat.", "It was red, and [MASK] ate!")
    assert batch["input_ids"][0].tolist() == list(ours.ids)
    assert batch["token_type_ids"][0].tolist() == list(ours.type_ids)
    with torch.inference_mode():
        theirs = model.eval()(**batch)
        output = fill.model(batch["input_ids"], batch["token_type_ids"])
    torch.testing.assert_close(
        output.prediction_logits, theirs.prediction_logits, atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        output.seq_relationship_logits, theirs.seq_relationship_logits, atol=1e-5, rtol=0
    )


def test_a_trained_model_expects_food_where_something_is_eaten(fill):
    answers = fill("the cow eats [MASK] in the field.", top_k=fill.tokenizer.vocab_size)
    food = sum(a["score"] for a in answers if a["token_str"] in ANIMALS.values())
    assert food > 0.2  # five tokens of 150


def test_scores_are_probabilities_best_first(fill):
    answers = fill("the [MASK] sat", top_k=10_000)
    scores = [answer["score"] for answer in answers]
    assert len(answers) == fill.tokenizer.vocab_size
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=1e-4)


def test_texts_have_the_same_answers_alone_and_in_a_batch(fill):
    together = fill(TEXTS)
    for text, answers in zip(TEXTS, together, strict=True):
        for a, b in zip(flat(fill(text)), flat(answers), strict=True):
            assert a["token"] == b["token"] and a["score"] == pytest.approx(b["score"], abs=1e-6)


def test_no_texts_give_no_answers(fill):
    assert fill([]) == []
    assert fill.each_mask([]) == []
    assert fill.iterate([]) == []


def test_each_mask_gives_a_list_of_answers_even_for_one_mask(fill):
    for texts in (TEXTS, TEXTS[:1]):
        answers = fill.each_mask(texts)
        assert [len(of_text) for of_text in answers] == [text.count("[MASK]") for text in texts]
        assert flat(answers) == flat(fill(texts))


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.0])
def test_a_temperature_divides_the_logits(fill, temperature):
    torch = pytest.importorskip("torch")
    ids = list(fill.tokenizer.encode(TEXTS[0]).ids)
    with torch.inference_mode():
        logits = fill.model(torch.tensor([ids])).prediction_logits[0, ids.index(4)]
    expected = (logits / temperature).softmax(-1)
    for answer in fill(TEXTS[0], temperature=temperature, top_k=20):
        assert answer["score"] == pytest.approx(float(expected[answer["token"]]), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "arguments", "error", "said"),
    [
        ("the cat sat", {}, TextError, "there is no [MASK] in 'the cat sat'"),
        ("", {}, TextError, "there is no [MASK] in ''"),
        (LONG, {}, TextError, "but the model has 48 positions"),
        (
            LONG,
            {"tokenizer_kwargs": {"truncation": True, "max_length": 4}},
            TextError,
            "before its [MASK]",
        ),
        (TEXTS[0], {"top_k": 0}, OptionError, "`top_k` is 0; it must be 1 or more"),
        (TEXTS[0], {"tokens": 0}, OptionError, "`tokens` is 0; it must be 1 or more"),
        (TEXTS[0], {"batch_size": 0}, OptionError, "`batch_size` is 0; it must be 1 or more"),
        (
            TEXTS[0],
            {"temperature": 0},
            OptionError,
            "`temperature` is 0; it must be a number above",
        ),
        (TEXTS[0], {"temperature": math.inf}, OptionError, "`temperature` is inf"),
        (TEXTS[0], {"targets": []}, OptionError, "there is no target to score"),
        (TEXTS[0], {"targets": ["", " "]}, OptionError, "there is no target to score"),
        (TEXTS[0], {"targets": ["cow"], "tokens": 2}, OptionError, "leave one of them out"),
        (TEXTS[0], {"tokenizer_kwargs": {"padding": True}}, OptionError, "has 'padding'"),
        (TEXTS[0], {"tokenizer_kwargs": {"truncation": "much"}}, OptionError, "is 'much'"),
        (
            TEXTS[0],
            {"tokenizer_kwargs": {"truncation": True, "max_length": 2}},
            OptionError,
            "`max_length` is 2; it must be 3 or more",
        ),
    ],
)
def test_a_text_that_cannot_be_filled_raises_an_error_with_the_reason(
    fill, text, arguments, error, said
):
    with pytest.raises(error) as caught:
        fill(text, **arguments)
    assert said in str(caught.value)


SHOWN = st.integers(0, len(small_tokenizer().vocab) + 2)


@settings(max_examples=examples(400))
@given(st.lists(SHOWN, min_size=1, max_size=8), st.data(), st.booleans())
def test_a_text_with_a_token_put_in_equals_decoding_all_ids(ids, data, skip):
    tokenizer = small_tokenizer()
    place = data.draw(st.integers(0, len(ids) - 1))
    tokens = data.draw(st.lists(SHOWN, min_size=1, max_size=3))
    decoder = IncrementalDecoder(tokenizer, hidden=tokenizer.special_ids if skip else ())
    whole = [*ids[:place], *tokens, *ids[place + 1 :]]
    expected = tokenizer.decode(whole, skip_special_tokens=skip)
    assert decoder.around(ids, place).put_in(tokens) == expected
    assert decoder.text(whole) == expected


def test_masks_are_filled_one_after_another_the_most_probable_first(fill):
    text = "the [MASK] [MASK] lived near the [MASK]."
    filled = fill.iterate(text, top_k=3)
    assert sorted(filled.order) == [1, 2, 3] and "[MASK]" not in filled.text
    left = [1, 2, 3]
    for step in filled.steps:
        answers = fill.each_mask([text], top_k=fill.tokenizer.vocab_size)[0]
        words = [[a for a in of_mask if a["token_str"] not in SPECIALS] for of_mask in answers]
        best = [of_mask[0]["score"] for of_mask in words]
        surest = best.index(max(best))
        assert step.mask == left.pop(surest)
        assert [a["token"] for a in step.answers] == [a["token"] for a in words[surest][:3]]
        assert step.answers[0]["score"] == pytest.approx(max(best), abs=1e-5)
        assert step.text == step.answers[0]["sequence"]
        text = step.text
    assert filled.text == text


def test_iterating_over_texts_alone_or_together_is_the_same(fill):
    for text, filled in zip(TEXTS, fill.iterate(TEXTS), strict=True):
        alone = fill.iterate(text)
        assert (filled.order, filled.text) == (alone.order, alone.text)


@pytest.mark.parametrize("arguments", [{"targets": ["cow", "barns"]}, {"tokens": 3}])
def test_iterating_also_puts_in_words_of_several_tokens(fill, arguments):
    filled = fill.iterate("the [MASK] lived near the [MASK].", **arguments)
    assert sorted(filled.order) == [1, 2] and "[MASK]" not in filled.text
    last = filled.steps[-1].answers[0]
    assert last["sequence"] == filled.text and last["token_str"] in filled.text
