"""Words that start by what stands beside them, and what is counted for it."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from minibert import Corpus, PretrainingDataset, TokenStore
from minibert.config import PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.model.context_vectors import init_word_embeddings, positive_pmi, word_vectors
from minibert.model.fast.bert import BertForPreTraining
from minibert.model.initialization import initialize_by_recipe
from minibert.pretraining.initial_model import initial_model
from minibert.pretraining.plan import SilentTrainingReporter
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import SMALL

ANIMALS, FRUITS = ("cat", "dog", "cow", "hen"), ("plum", "pear", "fig", "lime")
WORDS = "bert.embeddings.word_embeddings.weight"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Animals run, fruits are eaten, and neither stands beside one of its kind."""
    text = tmp_path_factory.mktemp("text") / "kinds.txt"
    draw = np.random.default_rng(0)
    lines = [f"the {draw.choice(ANIMALS)} ran to the barn" for _ in range(300)]
    lines += [f"i ate a {draw.choice(FRUITS)} with my tea" for _ in range(300)]
    text.write_text("\n\n".join(f"{line}\n{line}" for line in draw.permutation(lines)))
    tokenizer = WordPieceTokenizer.train(Corpus([str(text)]), 120)
    dataset = PretrainingDataset(TokenStore.build(Corpus([str(text)]), tokenizer), seq_len=32)
    return dataset, tokenizer


def a_model(tokenizer, seed=0):
    torch.manual_seed(seed)
    model = BertForPreTraining(replace(SMALL, vocab_size=tokenizer.vocab_size))
    initialize_by_recipe(model, RECIPES["minibert"])
    return model


def test_words_of_like_contexts_start_alike_and_others_do_not(dataset):
    dataset, tokenizer = dataset
    model = a_model(tokenizer)
    init_word_embeddings(model, dataset, 2.0)
    ids = [tokenizer.token_to_id(word) for word in ANIMALS + FRUITS]
    of = F.normalize(model.get_parameter(WORDS).detach()[ids], dim=1)
    cosines = of @ of.T
    assert min(cosines[:4, :4].min(), cosines[4:, 4:].min()) > 0.8
    assert cosines[:4, 4:].max() < 0.3


@pytest.mark.parametrize(("recipe", "starts_alike"), [("minibert", True), ("bert", False)])
def test_a_training_starts_so_by_the_default_recipe_alone(dataset, recipe, starts_alike):
    dataset, tokenizer = dataset
    options = PretrainOptions(recipe=recipe, layers=1, hidden_size=48, heads=2)
    config = options.config(tokenizer.vocab_size)
    words = (
        initial_model(config, options, None, dataset, SilentTrainingReporter())
        .get_parameter(WORDS)
        .detach()
    )
    cat, dog = (words[tokenizer.token_to_id(word)] for word in ("cat", "dog"))
    assert (F.cosine_similarity(cat, dog, dim=0) > 0.8) == starts_alike


def test_nothing_but_the_words_that_occur_is_changed(dataset):
    dataset, tokenizer = dataset
    model, before = a_model(tokenizer), a_model(tokenizer)
    init_word_embeddings(model, dataset, 2.0)
    changed = {n for n, p in before.named_parameters() if not p.equal(model.get_parameter(n))}
    assert changed == {WORDS}
    words, drawn = model.get_parameter(WORDS), before.get_parameter(WORDS)
    occur = torch.from_numpy(dataset.token_counts()) > 0
    assert words[~occur].equal(drawn[~occur])
    assert (words[occur] != drawn[occur]).any(dim=1).all()
    assert set(tokenizer.special_ids) <= set((~occur).nonzero()[:, 0].tolist())


def test_words_are_as_long_as_said_and_keep_out_of_the_waves_of_positions(dataset):
    dataset, tokenizer = dataset
    model, before = a_model(tokenizer), a_model(tokenizer).get_parameter(WORDS)
    init_word_embeddings(model, dataset, 3.0)
    words = model.get_parameter(WORDS)
    kept_out = ~before.any(dim=0)
    assert kept_out.any()
    assert not words[:, kept_out].any()
    deviation = words[torch.from_numpy(dataset.token_counts()) > 0][:, ~kept_out]
    assert torch.allclose(
        deviation.pow(2).mean(dim=1).sqrt(), torch.tensor(3.0 * SMALL.initializer_range)
    )


def test_the_start_is_repeated_by_its_seed(dataset):
    dataset, tokenizer = dataset
    started = []
    for seed in (0, 0, 1):
        model = a_model(tokenizer, seed)
        init_word_embeddings(model, dataset, 2.0)
        started.append(model.get_parameter(WORDS).clone())
    assert started[0].equal(started[1])
    assert not started[0].equal(started[2])


def test_counts_are_those_of_a_slow_count_of_training_documents(dataset):
    dataset, _ = dataset
    counts = dataset.context_counts(7, 3)
    store = dataset._store
    frequencies = store.token_counts()
    contexts = sorted(range(len(frequencies)), key=lambda id: (-frequencies[id], id))[:7]
    expected = defaultdict(float)
    for document in dataset.documents:
        ids = [id for sentence in store.document(document) for id in sentence]
        for place, id in enumerate(ids):
            for other in range(max(0, place - 3), min(len(ids), place + 4)):
                if other != place and ids[other] in contexts:
                    column = contexts.index(ids[other]) + 7 * (other > place)
                    expected[id, column] += 1 / abs(other - place)
    assert counts.shape == (len(frequencies), 14)
    assert counts.dtype == np.float32
    assert set(zip(*counts.nonzero(), strict=True)) == set(expected)
    for (id, column), count in expected.items():
        assert counts[id, column] == pytest.approx(count, rel=1e-5)


def test_documents_and_ids_that_there_are_not_are_named(dataset):
    store = dataset[0]._store
    with pytest.raises(IndexError, match=f"no document {store.documents}"):
        store.context_counts([0, store.documents], [5], 4)
    with pytest.raises(IndexError, match="no id 4294967295"):
        store.context_counts([0], [2**32 - 1], 4)


def test_association_is_the_logarithm_of_how_much_likelier_than_chance():
    counts = torch.tensor([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 3.0, 0.0]])
    association = positive_pmi(counts.clone())
    assert association[0, 0] == pytest.approx(np.log(0.75 / 0.5))
    assert association[0, 1] == 0  # less likely than by chance
    assert not association[1].any()
    assert association.isfinite().all()


def test_vectors_tell_a_matrix_of_few_directions_whole():
    torch.manual_seed(0)
    left, right = torch.randn(40, 3), torch.randn(3, 25)
    vectors = word_vectors(left @ right, 8)
    assert vectors.shape == (40, 8)
    # What the best 3 directions say of rows is all that there is to say.
    assert int(torch.linalg.matrix_rank(vectors, rtol=1e-2)) == 3
    fitted = torch.linalg.lstsq(vectors, left @ right, driver="gelsd").solution
    assert torch.allclose(vectors @ fitted, left @ right, atol=1e-3)


def test_a_text_smaller_than_the_model_is_wide_starts_too(tmp_path):
    text = tmp_path / "small.txt"
    text.write_text("a b\nb a\n\nb a\na b\n\na a\nb b\n\nb b\na a\n\n")
    tokenizer = WordPieceTokenizer.train(Corpus([str(text)]), 8)
    store = TokenStore.build(Corpus([str(text)]), tokenizer)
    model = a_model(tokenizer)
    dataset = PretrainingDataset(store, objective="line", split="all", seq_len=8, batch_size=1)
    init_word_embeddings(model, dataset, 2.0)
    assert all(p.isfinite().all() for p in model.parameters())
