"""A step on micro-batches is the step on the whole batch."""

import pytest
import torch

from minibert import PretrainingDataset
from minibert.config import PretrainOptions
from minibert.errors import OptionError

from helpers.rank_workers import make_trainer, one_step


@pytest.mark.parametrize("objective", ["next_sentence", "line"])
@pytest.mark.parametrize("accumulate", [2, 4, 8])
def test_gradients_and_losses_do_not_depend_on_micro_batches(store, accumulate, objective):
    whole = one_step(make_trainer(store, objective=objective))
    parts = one_step(make_trainer(store, objective=objective, accumulate=accumulate))
    loss, sums = whole.pop("loss"), whole.pop("sums")
    parts_loss, parts_sums = parts.pop("loss"), parts.pop("sums")
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
    for whole, part in zip(batch.labels(), [r for p in parts for r in p.labels()], strict=True):
        assert (whole == part).all()


def test_a_batch_size_that_accumulate_does_not_divide_is_refused():
    with pytest.raises(OptionError, match="`accumulate` 3 does not divide; give `batch_size` 33"):
        PretrainOptions(batch_size=32, accumulate=3)
