"""Pseudo-log-likelihoods are those of the papers, whatever goes through the model together."""

import math

import pytest
import torch

from minibert.errors import OptionError, TextError
from minibert.evaluation.pseudo_log_likelihood import (
    PseudoLogLikelihood,
    SentenceScore,
    masked_copies,
    pseudo_perplexity,
)
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import SPECIALS
from helpers.slow_scores import sentence_pll

SENTENCES = [
    "The cat sat.",
    "Every morning the brown horse sat in the kitchen and liked to eat hay.",
    "It ate in the kitchengarden nearest to the whitest horses.",
    "The cat sat.",
    "dog",
]
METHODS = {"within-word-l2r": True, "original": False}


@pytest.fixture(scope="module")
def score(small_run):
    return PseudoLogLikelihood.from_pretrained(small_run.run.path)


def test_within_a_word_the_tokens_to_the_right_are_masked_too():
    vocabulary = [*SPECIALS, "a", "so", "##uven", "##ir", "!"]
    encoding = WordPieceTokenizer.from_vocab(vocabulary).encode("a souvenir!")
    assert encoding.tokens == ["[CLS]", "a", "so", "##uven", "##ir", "!", "[SEP]"]

    def masked(method):
        copies = masked_copies(encoding.ids, encoding.word_ids, 4, method)
        return [
            (" ".join(vocabulary[id] for id in copy.input_ids), copy.position) for copy in copies
        ]

    assert masked("within-word-l2r") == [
        ("[CLS] [MASK] so ##uven ##ir ! [SEP]", 1),
        ("[CLS] a [MASK] [MASK] [MASK] ! [SEP]", 2),
        ("[CLS] a so [MASK] [MASK] ! [SEP]", 3),
        ("[CLS] a so ##uven [MASK] ! [SEP]", 4),
        ("[CLS] a so ##uven ##ir [MASK] [SEP]", 5),
    ]
    assert masked("original") == [
        ("[CLS] [MASK] so ##uven ##ir ! [SEP]", 1),
        ("[CLS] a [MASK] ##uven ##ir ! [SEP]", 2),
        ("[CLS] a so [MASK] ##ir ! [SEP]", 3),
        ("[CLS] a so ##uven [MASK] ! [SEP]", 4),
        ("[CLS] a so ##uven ##ir [MASK] [SEP]", 5),
    ]


@pytest.mark.parametrize("method", METHODS)
def test_scores_equal_those_of_plain_loops_one_sentence_at_a_time(score, method):
    for text, found in zip(SENTENCES, score(SENTENCES, method=method), strict=True):
        encoding = score.tokenizer.encode(text)
        slow = sentence_pll(
            score.model,
            encoding.tokens,
            encoding.ids,
            score.tokenizer.mask_token_id,
            rest_of_word=METHODS[method],
        )
        assert found.pll == pytest.approx(slow, abs=1e-4)
        assert found.text == text
        assert found.tokens == len(encoding) - 2
        assert found.words == sum(not token.startswith("##") for token in encoding.tokens) - 2


@pytest.mark.parametrize("method", METHODS)
def test_scores_equal_those_of_transformers_model_and_tokenizer(score, small_run, method):
    transformers = pytest.importorskip("transformers")
    model = transformers.BertForMaskedLM.from_pretrained(small_run.run.path).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(small_run.run.path)
    for text, found in zip(SENTENCES, score(SENTENCES, method=method), strict=True):
        ids = tokenizer(text)["input_ids"]
        tokens = tokenizer.convert_ids_to_tokens(ids)
        mask = tokenizer.mask_token_id
        slow = sentence_pll(model, tokens, ids, mask, rest_of_word=METHODS[method])
        assert found.pll == pytest.approx(slow, abs=1e-4)


def test_the_scores_of_words_add_up_to_that_of_the_sentence(score):
    for text, found in zip(SENTENCES, score(SENTENCES), strict=True):
        words = score.of_words(text)
        assert len(words) == found.words
        assert (words < 0).all()
        assert words.sum() == pytest.approx(found.pll, rel=1e-5)
    assert len(score.of_words("")) == 0


def test_both_methods_agree_where_every_word_is_one_token_and_differ_elsewhere(score):
    whole, broken = "the cat sat", "kitchengarden"
    within = score([whole, broken])
    original = score([whole, broken], method="original")
    assert within[0].words == within[0].tokens and within[1].words < within[1].tokens
    assert within[0].pll == pytest.approx(original[0].pll, abs=1e-5)
    assert within[1].pll != pytest.approx(original[1].pll, abs=1e-2)


def test_each_different_sentence_goes_through_the_model_once(score, monkeypatch):
    rows = []
    forward = type(score.model).forward

    def counting(self, input_ids, *more):
        rows.append(len(input_ids))
        return forward(self, input_ids, *more)

    monkeypatch.setattr(type(score.model), "forward", counting)
    found = score(["the cat sat", "The Cat sat", "the dog", "the cat sat"])
    assert sum(rows) == found[0].tokens + found[2].tokens
    assert found[0].pll == found[1].pll == found[3].pll  # the tokenizer makes them alike


def test_chunks_do_not_change_the_scores(score, monkeypatch):
    together = score(SENTENCES)
    monkeypatch.setattr("minibert.evaluation.pseudo_log_likelihood._TOKENS_AT_ONCE", 1)
    shares = []
    apart = score(SENTENCES, advance=shares.append)
    assert [s.pll for s in apart] == pytest.approx([s.pll for s in together], abs=1e-4)
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_a_sentence_longer_than_the_model_has_no_score(score):
    positions = score.model.config.max_position_embeddings
    fits, too_long = "cat " * (positions - 2), "cat " * (positions - 1)
    found = score([fits, too_long])
    assert found[0].pll < 0 and found[0].tokens == positions - 2
    assert found[1].pll is None and found[1].tokens == positions - 1
    assert pseudo_perplexity(found).too_long == 1


def test_unknown_tokens_are_counted(score):
    assert [found.unknown for found in score(["the cat", "the 猫 猫"])] == [0, 2]


def test_pseudo_perplexity_is_over_all_tokens_or_all_words():
    scores = [
        SentenceScore("a", -6.0, 3, 2, 0),
        SentenceScore("b", -9.0, 2, 2, 0),
        SentenceScore("c", None, 99, 99, 0),
    ]
    found = pseudo_perplexity(scores)
    assert found.pll == -15.0
    assert found.pseudo_perplexity == pytest.approx(math.exp(15 / 5))
    assert found.pseudo_perplexity_per_word == pytest.approx(math.exp(15 / 4))
    assert (found.sentences, found.tokens, found.words, found.too_long) == (2, 5, 4, 1)
    assert found.interval[0] < found.pseudo_perplexity < found.interval[1]


def test_sentences_that_cannot_be_scored_are_refused(score):
    assert score([]) == []
    with pytest.raises(TextError, match="no sentence can be scored"):
        pseudo_perplexity([])
    with pytest.raises(OptionError, match="no method 'l2r': use within-word-l2r or original"):
        score(["the cat"], method="l2r")


def test_a_truncating_tokenizer_truncates_no_sentence(score):
    cutting = score.tokenizer.with_truncation(4).with_padding(length=30)
    other = PseudoLogLikelihood(score.model, cutting)
    assert other(["the cat sat."])[0].pll == pytest.approx(score(["the cat sat."])[0].pll)


def test_a_device_is_given_by_name(small_run):
    loaded = PseudoLogLikelihood.from_pretrained(small_run.run.path, device="cpu")
    assert loaded.device == torch.device("cpu")
