"""`--compile`: the same training, by kernels that PyTorch makes."""

from dataclasses import replace

import pytest
import torch

from minibert.config import PretrainOptions
from minibert.errors import OptionError
from minibert.model.device import check_compile
from minibert.model.fast.bert import BertForPreTraining, layer_step
from minibert.pretraining.pretrain import pretrain

from helpers.samples import SMALL, TINY, Silence

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:torch")  # while it traces


@pytest.fixture(autouse=True)
def nothing_compiled_yet():
    """What other tests have compiled in this process counts towards the most there may be."""
    torch._dynamo.reset()


def test_what_cannot_be_compiled_is_reported_in_one_sentence(monkeypatch):
    def fails(function):
        raise RuntimeError("there is no compiler\nand much more")

    monkeypatch.setattr(torch, "compile", fails)
    with pytest.raises(
        OptionError, match="cannot compile for cpu: there is no compiler; leave out `compile`"
    ):
        check_compile(torch.device("cpu"))


@pytest.mark.exhaustive
def test_a_compiled_run_learns_what_another_does(small_corpus, tmp_path):
    try:
        check_compile(torch.device("cpu"))
    except OptionError as error:
        pytest.skip(str(error))
    rows = {}
    for compiled in (False, True):
        out = str(tmp_path / str(compiled))
        options = PretrainOptions(
            **{**TINY, "layers": 2, "checkpoint_every": 4}, steps=8, compile=compiled, out=out
        )
        outcome = pretrain([str(small_corpus)], options, reporter := Silence())
        assert outcome.finished
        rows[compiled] = reporter.rows
    assert len(rows[True]) == len(rows[False])
    for found, expected in zip(rows[True], rows[False], strict=True):
        # With bfloat16 where the processor is faster in it.
        assert found.mlm_loss == pytest.approx(expected.mlm_loss, rel=2e-3)


@pytest.mark.exhaustive
def test_few_graphs_serve_batches_of_all_sizes():
    import torch._dynamo.utils

    torch._dynamo.utils.counters.clear()
    torch.manual_seed(0)
    model = BertForPreTraining(
        replace(SMALL, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    )
    compiled = BertForPreTraining(model.config)
    compiled.load_state_dict(model.state_dict())
    compiled.bert.layer_step = torch.compile(
        layer_step, dynamic=True, fullgraph=True, backend="eager"
    )
    for size, length in [(5, 40), (7, 33), (3, 20), (9, 40)]:
        ids = torch.randint(5, 211, (size, length))
        mask = (torch.arange(length) < torch.randint(5, length, (size, 1))).long()
        asked = torch.arange(size) * length + 2
        expected, found = (m(ids, None, mask, asked) for m in (model, compiled))
        torch.testing.assert_close(found, expected)
    graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    assert graphs <= 3  # of all tokens, and of those that the heads read
