"""A step on micro-batches is the step on the whole batch."""

import pytest
import torch

from minibert import BertConfig, BertForPreTraining, Budget, PretrainingDataset, Trainer
from minibert.errors import OptionError
from minibert.options import PretrainOptions
from minibert.recipe import RECIPES


def gradients(store, accumulate, objective="next_sentence"):
    """The gradients, loss and sums of a batch of 8, in fp32 and without dropout."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=24,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertForPreTraining(config)
    data = PretrainingDataset(store, objective=objective, seq_len=24, batch_size=8, split="all")
    budget = Budget(steps=10)
    trainer = Trainer(model, data, recipe=RECIPES["minibert"], budget=budget, accumulate=accumulate)
    trainer.dtype = torch.float32
    batch = data.batch(0, 0)
    loss, sums = trainer._backward(batch, len(batch.masked_lm_ids), len(batch.next_sentence_label))
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}, loss, sums


@pytest.mark.parametrize("objective", ["next_sentence", "line"])
@pytest.mark.parametrize("accumulate", [2, 4, 8])
def test_gradients_and_losses_do_not_depend_on_micro_batches(store, accumulate, objective):
    whole, loss, sums = gradients(store, 1, objective)
    parts, parts_loss, parts_sums = gradients(store, accumulate, objective)
    assert whole.keys() == parts.keys()
    for name, gradient in whole.items():
        torch.testing.assert_close(parts[name], gradient, rtol=1e-5, atol=1e-6, msg=name)
    torch.testing.assert_close(parts_loss, loss)
    torch.testing.assert_close(parts_sums, sums)


def test_the_parts_of_a_batch_have_its_examples_and_labels(store):
    batch = PretrainingDataset(store, seq_len=24, batch_size=8, split="all").batch(0, 0)
    parts = batch.split(3)
    assert [len(part.input_ids) for part in parts] == [3, 3, 2]
    # So that a mean of the parts' means is another number than the mean of all.
    assert len({len(part.masked_lm_ids) for part in parts}) > 1
    for whole, pieces in zip(batch.labels(), [r for p in parts for r in p.labels()], strict=True):
        assert (whole == pieces).all()


def test_a_batch_that_does_not_divide_is_refused_with_one_that_does():
    with pytest.raises(OptionError, match="--accumulate 3 does not divide; give --batch-size 33"):
        PretrainOptions(batch_size=32, accumulate=3)
