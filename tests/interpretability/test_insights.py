"""Computed from activations: logit lens, head ablation, attention patterns, nearest tokens."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood
from minibert.inference.fill_mask import FillMask
from minibert.interpretability.activations import collect_activations
from minibert.interpretability.attention_patterns import KINDS, measure_attention_patterns
from minibert.interpretability.head_ablation import ablate_heads
from minibert.interpretability.logit_lens import logit_lens
from minibert.interpretability.nearest_tokens import nearest_tokens
from minibert.interpretability.surprisal import surprisals
from minibert.model.pretrained import Pretrained

from helpers.models import model_with_random_biases
from helpers.samples import SMALL, small_tokenizer

TEXT = "the cow eats [MASK] in the field."


@pytest.fixture(scope="module")
def loaded(small_run):
    return Pretrained.load(small_run.run.path)


@pytest.fixture(scope="module")
def fill(loaded):
    return FillMask(loaded.model, loaded.tokenizer)


@pytest.fixture(scope="module")
def encoding(loaded):
    return loaded.tokenizer.encode(TEXT)


@pytest.fixture(scope="module")
def inside(loaded, encoding):
    return collect_activations(loaded.model, encoding.ids)


@pytest.fixture(scope="module")
def position(encoding):
    return encoding.tokens.index("[MASK]")


# ---- the logit lens -----------------------------------------------------------------------------


def test_what_the_last_layer_says_is_the_answer(loaded, fill, inside, position):
    lens = logit_lens(loaded.model, inside, position, vocab_size=loaded.tokenizer.vocab_size)
    expected = fill(TEXT)
    assert lens.top_ids[-1].tolist() == [answer["token"] for answer in expected]
    scores = [answer["score"] for answer in expected]
    np.testing.assert_allclose(lens.top_probabilities[-1], scores, atol=1e-5)
    assert lens.answer == expected[0]["token"] and lens.answer_ranks[-1] == 1
    assert lens.answer_probabilities[-1] == pytest.approx(scores[0], abs=1e-5)


def test_at_each_layer_the_head_reads_its_hidden_state():
    model = model_with_random_biases()
    inside = collect_activations(model, [2, 7, 4, 9, 3])
    lens = logit_lens(model, inside, 2, top_k=SMALL.vocab_size, answer=17)
    assert lens.answer == 17
    for layer in range(SMALL.num_hidden_layers + 1):
        with torch.inference_mode():
            hidden = torch.from_numpy(inside.hidden_states[layer, 2])
            table = model.bert.embeddings.word_embeddings.weight
            expected = model.cls.predictions(hidden, table).softmax(0).numpy()
        assert lens.top_ids[layer].tolist() == np.argsort(-expected, kind="stable").tolist()
        assert lens.answer_ranks[layer] == 1 + lens.top_ids[layer].tolist().index(17)
        assert lens.answer_probabilities[layer] == pytest.approx(expected[17], abs=1e-6)


def test_rows_beyond_the_vocabulary_are_never_an_answer():
    model = model_with_random_biases()
    inside = collect_activations(model, [2, 7, 4, 9, 3])
    assert logit_lens(model, inside, 2, vocab_size=10, top_k=99).top_ids.max() == 9
    assert ablate_heads(model, inside, [2], vocab_size=10)[0].answers.max() < 10
    assert nearest_tokens(model, inside.embeddings, vocab_size=10, top_k=99).ids.max() == 9


# ---- removing heads -----------------------------------------------------------------------------


def test_ablations_compare_the_predictions_with_and_without_each_head():
    model = model_with_random_biases()
    ids = [2, 7, 4, 9, 4, 3]
    inside = collect_activations(model, ids)
    for effects in ablate_heads(model, inside, [2, 4]):
        with_all = distribution(model, inside, effects.position)
        assert effects.answer == with_all.argmax()
        assert effects.probability == pytest.approx(with_all.max())
        for layer in range(3):
            for head in range(4):
                changed = collect_activations(model, ids, ablated=[(layer, head)])
                changed_distribution = distribution(model, changed, effects.position)
                divergence = float((with_all * np.log(with_all / changed_distribution)).sum())
                assert effects.divergences[layer, head] == pytest.approx(divergence, abs=1e-5)
                assert effects.answers[layer, head] == changed_distribution.argmax()
                assert effects.probabilities[layer, head] == pytest.approx(
                    changed_distribution[effects.answer], abs=1e-6
                )


def distribution(model, inside, position):
    lens = logit_lens(model, inside, position, top_k=SMALL.vocab_size)
    probabilities = np.empty(SMALL.vocab_size)
    probabilities[lens.top_ids[-1]] = lens.top_probabilities[-1]
    return probabilities


def test_without_positions_there_are_no_effects():
    model = model_with_random_biases()
    assert ablate_heads(model, collect_activations(model, [2, 3]), []) == []


# ---- kinds of heads -----------------------------------------------------------------------------

SENTENCE = small_tokenizer().encode("the cat sat. the old dog ran.", "a mat")


def attending_to(where):
    """Attention of one head: each query attends to one position, or to all if that is None."""
    weights = np.full((len(SENTENCE), len(SENTENCE)), 1 / len(SENTENCE), dtype=np.float32)
    for query in range(len(SENTENCE)):
        key = where(query)
        if key is not None and 0 <= key < len(SENTENCE):
            weights[query] = 0
            weights[query, key] = 1
    return weights


def same_word(query):
    token = SENTENCE.tokens[query]
    places = [n for n, other in enumerate(SENTENCE.tokens) if other == token and n != query]
    return places[0] if places and token not in (".", "[SEP]") else None


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (lambda n: n + 1, "next"),
        (lambda n: n - 1, "previous"),
        (lambda n: n + 2, "two ahead"),
        (lambda n: n - 2, "two back"),
        (lambda n: n, "self"),
        (lambda _: 0, "[CLS]"),
        (lambda n: SENTENCE.tokens.index("[SEP]"), "[SEP]"),
        (same_word, "same word"),
        (lambda n: SENTENCE.tokens.index("."), "punctuation"),
        (lambda _: None, "broad"),
        (lambda n: (n + 5) % len(SENTENCE), "mixed"),
    ],
)
def test_a_head_is_named_after_its_largest_share(where, name):
    assert "." in SENTENCE.tokens and "the" in SENTENCE.tokens
    kinds = measure_attention_patterns([(SENTENCE, attending_to(where)[None, None])])
    assert kinds.names == ((name,),)
    if name in KINDS:
        assert kinds.shares[KINDS.index(name), 0, 0] == pytest.approx(1, abs=0.2)


def test_even_attention_has_all_the_entropy_there_can_be():
    kinds = measure_attention_patterns([(SENTENCE, attending_to(lambda _: None)[None, None])])
    assert kinds.entropies[0, 0] == pytest.approx(math.log(len(SENTENCE)))
    assert kinds.evenness[0, 0] == pytest.approx(1)


def test_a_share_is_nan_if_no_token_has_such_a_target():
    encoding = small_tokenizer().encode("cat")
    kinds = measure_attention_patterns([(encoding, np.full((1, 1, 3, 3), 1 / 3, dtype=np.float32))])
    missing = {
        kind for kind, share in zip(KINDS, kinds.shares[:, 0, 0], strict=True) if share != share
    }
    assert missing == set(KINDS) - {"self", "[CLS]", "[SEP]"}
    assert kinds.names == (("self",),)


@settings(deadline=None)
@given(
    arrays.arrays(
        np.float32, (2, 3, len(SENTENCE), len(SENTENCE)), elements=st.floats(0.125, 1, width=32)
    )
)
def test_shares_are_shares(weights):
    weights = weights / weights.sum(-1, keepdims=True)
    kinds = measure_attention_patterns([(SENTENCE, weights), (SENTENCE, weights)])
    assert kinds.texts == 2
    assert (kinds.shares >= 0).all() and (kinds.shares <= 1 + 1e-5).all()
    assert (kinds.evenness > 0).all() and (kinds.evenness <= 1 + 1e-5).all()
    once = measure_attention_patterns([(SENTENCE, weights)])
    np.testing.assert_allclose(kinds.shares, once.shares, atol=1e-6)


# ---- nearest tokens -----------------------------------------------------------------------------


def test_nearest_tokens_are_those_of_the_highest_cosine():
    model = model_with_random_biases()
    table = model.bert.embeddings.word_embeddings.weight.detach().numpy()
    vectors = np.random.default_rng(0).normal(size=(4, SMALL.hidden_size)).astype(np.float32)
    near = nearest_tokens(model, vectors, top_k=7)
    for vector, ids, cosines in zip(vectors, near.ids, near.cosines, strict=True):
        of_all = table @ vector / np.linalg.norm(table, axis=1) / np.linalg.norm(vector)
        assert ids.tolist() == np.argsort(-of_all)[:7].tolist()
        np.testing.assert_allclose(cosines, of_all[ids], atol=1e-6)


def test_a_token_is_nearest_to_itself_and_can_be_left_out():
    model = model_with_random_biases()
    ids = [7, 4, 200]
    vectors = model.bert.embeddings.word_embeddings.weight.detach().numpy()[ids]
    assert nearest_tokens(model, vectors, top_k=1).ids[:, 0].tolist() == ids
    others = nearest_tokens(model, vectors, top_k=500, exclude=ids)
    assert all(id not in row for id, row in zip(ids, others.ids.tolist(), strict=True))
    assert others.ids.shape == (3, SMALL.vocab_size - 1) and np.isfinite(others.cosines).all()


# ---- surprisal ----------------------------------------------------------------------------------


def test_surprisals_add_up_to_the_pseudo_log_likelihood(loaded):
    text = "The red cow lived near the barn."
    encoding = loaded.tokenizer.encode(text)
    found = surprisals(
        loaded.model,
        encoding.ids,
        encoding.type_ids,
        range(1, len(encoding) - 1),
        mask_token_id=loaded.tokenizer.mask_token_id,
    )
    (score,) = PseudoLogLikelihood(loaded.model, loaded.tokenizer)([text], method="original")
    assert -found.nats.sum() == pytest.approx(score.pll, abs=1e-4)


def test_surprisal_is_that_of_each_token_masked_by_itself(loaded, fill):
    encoding = loaded.tokenizer.encode("the cow eats hay.", "it was red.")
    own = [n for n, added in enumerate(encoding.special_tokens_mask) if not added]
    found = surprisals(
        loaded.model,
        encoding.ids,
        encoding.type_ids,
        own,
        mask_token_id=loaded.tokenizer.mask_token_id,
        vocab_size=loaded.tokenizer.vocab_size,
    )
    assert found.positions.tolist() == own
    for n, position in enumerate(own):
        masked = [*encoding.ids]
        masked[position] = loaded.tokenizer.mask_token_id
        inside = collect_activations(loaded.model, masked, encoding.type_ids)
        lens = logit_lens(loaded.model, inside, position, answer=encoding.ids[position])
        surprisal = -math.log(lens.answer_probabilities[-1])
        assert found.nats[n] == pytest.approx(surprisal, abs=1e-4)
        assert found.expected_ids[n] == lens.top_ids[-1, 0]
        assert found.expected_probabilities[n] == pytest.approx(
            float(lens.top_probabilities[-1, 0]), abs=1e-5
        )
