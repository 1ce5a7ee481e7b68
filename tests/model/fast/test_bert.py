"""The fast BERT computes the numbers of the plain one, and is the one that every command runs."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert import Budget, Corpus, FillMask, PretrainingDataset, SentenceEmbedder, Trainer
from minibert.config import EvaluateOptions, PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.data.token_store import TokenStore
from minibert.evaluation.evaluate import evaluate
from minibert.model import bert as plain
from minibert.model.classification import (
    BertForSequenceClassification,
    BertForTokenClassification,
    add_classification_head,
)
from minibert.model.fast import bert as fast
from minibert.model.files import load_model
from minibert.model.initialization import new_model
from minibert.pretraining.pretrain import pretrain
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.models import a_batch, model_with_random_biases
from helpers.samples import SMALL, TINY, Silence

CONFIG = replace(SMALL, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def both_classes(config, seed=0):
    """A plain and a fast model with the same weights, none of which hides a mistake."""
    torch.manual_seed(seed)
    slow = plain.BertForPreTraining(config)
    with torch.no_grad():
        for parameter in slow.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    quick = fast.BertForPreTraining(config)
    quick.load_state_dict(slow.state_dict())
    return slow, quick


def test_both_classes_are_initialized_alike():
    models = []
    for kind in (plain, fast):
        torch.manual_seed(3)
        models.append(kind.BertForPreTraining(CONFIG))
    expected, found = (model.state_dict() for model in models)
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value), name


@st.composite
def batches(draw):
    """Ids, segments, a mask or none, and masked positions or none."""
    rows, length = draw(st.integers(1, 9)), draw(st.integers(2, SMALL.max_position_embeddings))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    ids = torch.randint(5, SMALL.vocab_size, (rows, length), generator=generator)
    types = torch.randint(0, 2, (rows, length), generator=generator)
    mask = None
    kind = draw(st.sampled_from(["no mask", "nothing padded", "at the end", "holes"]))
    if kind == "nothing padded":
        mask = torch.ones_like(ids)
    elif kind == "at the end":
        lengths = torch.randint(1, length + 1, (rows, 1), generator=generator)
        mask = (torch.arange(length) < lengths).long()
    elif kind == "holes":
        mask = (torch.rand(rows, length, generator=generator) < 0.6).long()
        mask[:, 0] = 1  # [CLS]
    positions = None
    if draw(st.booleans()):
        tokens = torch.ones_like(ids) if mask is None else mask
        chosen = torch.rand(rows, length, generator=generator) < draw(st.sampled_from([0.15, 0.5]))
        positions = (chosen & tokens.bool()).flatten().nonzero()[:, 0]
    return ids, types, mask, positions


def computed(model, batch, dtype):
    """Logits, and the gradients of all parameters."""
    ids, types, mask, positions = batch
    model.zero_grad()
    with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
        output = model(ids, types, mask, positions)
    logits = output.prediction_logits.float()
    if positions is None and mask is not None:
        logits = logits[mask.bool()]
    pairs = output.seq_relationship_logits.float()
    (logits.square().sum() / max(1, logits.numel()) + pairs.square().sum()).backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return {"logits": logits, "pairs": pairs}, gradients


@settings(max_examples=40)
@given(batches(), st.integers(1, 3))
def test_logits_and_gradients_equal_those_of_the_plain_class(batch, layers):
    models = both_classes(replace(CONFIG, num_hidden_layers=layers))
    (expected, reference), (found, gradients) = (
        computed(model, batch, torch.float32) for model in models
    )
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, atol=1e-5, rtol=0)
    assert gradients.keys() == reference.keys()
    for name, value in reference.items():
        # In theory the bias of the keys has no gradient: it changes all scores of a query alike.
        atol = 1e-6 + 1e-5 * float(value.abs().max())
        torch.testing.assert_close(
            gradients[name], value, atol=atol, rtol=0, msg=lambda m, n=name: f"{n}: {m}"
        )


@settings(max_examples=15)
@given(batches())
def test_both_classes_compute_the_same_in_bfloat16_to_its_precision(batch):
    models = both_classes(CONFIG)
    exact = computed(models[0], batch, torch.float32)
    for model in models:
        rounded = computed(model, batch, torch.bfloat16)
        for found, expected in zip(rounded, exact, strict=True):
            scale = torch.stack([value.norm() for value in expected.values()]).norm()
            for name, value in expected.items():
                # bfloat16 has 8 bits: each operation rounds by up to 0.4 %.
                error = (found[name] - value).norm()
                assert error <= 0.05 * value.norm() + 0.01 * scale, name


def test_every_parameter_has_a_gradient():
    _, quick = both_classes(CONFIG)
    ids, types, mask = a_batch()
    _, gradients = computed(quick, (ids, types, mask, torch.tensor([2, 40])), torch.float32)
    assert gradients.keys() == dict(quick.named_parameters()).keys()


def test_in_reduced_precision_many_masked_positions_become_few_matrix_shapes(monkeypatch):
    # Computed in float32 nevertheless, to compare the gradients closely.
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda device: True)
    model = model_with_random_biases()
    batch, shapes = a_batch()[:2], set()
    model.cls.predictions.transform.register_forward_hook(
        lambda _module, given, _out: shapes.add(len(given[0]))
    )
    for count in range(129, 161):
        positions = torch.randperm(5 * 33)[:count].sort().values
        assert len(model(*batch, None, positions).prediction_logits) == count
    assert shapes == {160}

    gradients = []
    for scored in (
        model(*batch, None, positions[:137]).prediction_logits,
        model(*batch).prediction_logits.flatten(0, 1)[positions[:137]],
    ):
        gradients.append(
            torch.autograd.grad(scored.square().sum(), list(model.bert.encoder.parameters()))
        )
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize(("reduced", "scored"), [(False, 129), (True, 160)])
def test_only_in_reduced_precision_rows_are_added_to_the_masked_ones(reduced, scored):
    model, shapes = model_with_random_biases(), []
    model.cls.predictions.transform.register_forward_hook(
        lambda _module, given, _out: shapes.append(len(given[0]))
    )
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced):
        model(*a_batch()[:2], None, torch.arange(129))
    assert shapes == [scored]


@pytest.mark.exhaustive
def test_twenty_training_steps_by_either_class_write_the_same_metrics(small_corpus, monkeypatch):
    # In float32, which rounds less than the two classes are compared to.
    monkeypatch.setattr("minibert.training.trainer.compute_dtype", lambda device: torch.float32)
    corpus = Corpus([small_corpus])
    store = TokenStore.build(corpus, WordPieceTokenizer.train(corpus, 150))
    recipe, rows = RECIPES["minibert"], {}
    for kind in (plain, fast):
        torch.manual_seed(0)
        dataset = PretrainingDataset(store, seq_len=40, batch_size=16)
        first = new_model(replace(SMALL, vocab_size=150), recipe, dataset)
        model = kind.BertForPreTraining(first.config)
        model.load_state_dict(first.state_dict())
        trainer = Trainer(
            model,
            dataset,
            validation=PretrainingDataset(store, seq_len=40, batch_size=4, split="validation"),
            recipe=recipe,
            budget=Budget(steps=20),
            log_every=1,
            evaluate_every=10,
        )
        rows[kind] = list(trainer.train())
    assert len(rows[plain]) == len(rows[fast]) == 22
    for expected, found in zip(rows[plain], rows[fast], strict=True):
        assert (found.step, found.split, found.tokens) == (
            expected.step,
            expected.split,
            expected.tokens,
        )
        names = ["mlm_loss", "nsp_loss", "mlm_accuracy", "nsp_accuracy"]
        for name in [*names, "grad_norm"] if found.split == "train" else names:
            one, other = getattr(found, name), getattr(expected, name)
            assert one == pytest.approx(other, rel=1e-4), (name, expected.step)


def test_no_command_runs_the_plain_forward_pass(small_corpus, tmp_path, monkeypatch):
    def plain_forward(*_):
        raise AssertionError("the plain class computes")

    for part in (
        "BertForPreTraining",
        "BertModel",
        "BertEncoder",
        "BertLayer",
        "BertSelfAttention",
    ):
        monkeypatch.setattr(getattr(plain, part), "forward", plain_forward)
    out = str(tmp_path / "run")
    options = PretrainOptions(**TINY, steps=2, out=out)
    assert pretrain([str(small_corpus)], options, Silence()).finished
    assert FillMask.from_pretrained(out)("the [MASK] sat")
    for pooling in ("mean", "cls"):
        SentenceEmbedder.from_pretrained(out, pooling=pooling)(["the cat", "a dog sat"])
    evaluate(out, EvaluateOptions())
    ids = torch.tensor([[2, 5, 3]])
    for head in (BertForSequenceClassification, BertForTokenClassification):
        add_classification_head(load_model(Path(out)), head, 2, dropout=0.1)(ids, 0 * ids, None)
    with pytest.raises(AssertionError, match="the plain class computes"):
        plain.BertForPreTraining(SMALL)(torch.tensor([[2, 3]]))
