"""Filling masks gives what the `fill-mask` pipeline of transformers gives."""

import pytest

from minibert import FillMask

from samples import ANIMALS

TEXTS = ["the [MASK] sat", "the cow eats [MASK] in the field.", "the [MASK] lived near the [MASK]."]


@pytest.fixture(scope="module")
def fill(small_run):
    return FillMask.from_pretrained(small_run.run.path)


def test_answers_equal_those_of_the_pipeline(fill, small_run):
    transformers = pytest.importorskip("transformers")
    pipeline = transformers.pipeline("fill-mask", model=str(small_run.run.path), device="cpu")
    for text in TEXTS:
        expected, got = pipeline(text, top_k=4), fill(text, top_k=4)
        if isinstance(expected[0], dict):
            expected, got = [expected], [got]
        for theirs, ours in zip(expected, got, strict=True):
            for a, b in zip(theirs, ours, strict=True):
                assert a["score"] == pytest.approx(b["score"], abs=1e-5)
                assert {k: a[k] for k in ("token", "token_str", "sequence")} == {
                    k: b[k] for k in ("token", "token_str", "sequence")
                }


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
    assert food > 0.2  # five pieces of 150


def test_scores_are_probabilities_best_first(fill):
    answers = fill("the [MASK] sat", top_k=10_000)
    scores = [answer["score"] for answer in answers]
    assert len(answers) == fill.tokenizer.vocab_size
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=1e-4)


def test_one_at_a_time_or_together_is_the_same(fill):
    together = fill(TEXTS)
    for text, answers in zip(TEXTS, together, strict=True):
        alone = fill(text)
        for a, b in zip(flat(alone), flat(answers), strict=True):
            assert a["token"] == b["token"] and a["score"] == pytest.approx(b["score"], abs=1e-6)


def flat(answers):
    return [x for a in answers for x in a] if isinstance(answers[0], list) else answers


def test_no_texts_give_no_answers(fill):
    assert fill([]) == []
