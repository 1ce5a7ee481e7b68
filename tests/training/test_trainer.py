"""The trainer learns both tasks, keeps their losses apart, and goes on exactly where it stopped."""

import dataclasses
import itertools
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from minibert import (
    BertConfig,
    BertForPreTraining,
    Budget,
    PretrainingDataset,
    Trainer,
    TrainerCallback,
)
from minibert.config import PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.corpus import Corpus
from minibert.data.token_store import TokenStore
from minibert.errors import OptionError, RunError
from minibert.model.bert import PreTrainingOutput
from minibert.model.folder import checkpoints
from minibert.model.initialization import new_model
from minibert.model.losses import CACHED_LOGITS, pretraining_loss
from minibert.pretraining.pretrain import pretrain
from minibert.runs.run import Run
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training.checkpoint import load_newest_checkpoint, save_checkpoint
from minibert.training.optimization import learning_rate_factor, make_optimizers

from helpers.samples import TINY, Silence, write_corpus


class FirstBatches:
    """The first batches of a dataset, as a dataset to evaluate on."""

    def __init__(self, dataset, batches):
        self.batches = [dataset.batch(0, n) for n in range(batches)]

    def batches_per_epoch(self, epoch):
        return len(self.batches)

    def batch(self, epoch, index):
        return self.batches[index]


@pytest.fixture(scope="module")
def dataset(small_corpus):
    corpus = Corpus([small_corpus])
    tokenizer = WordPieceTokenizer.train(corpus, 150)
    store = TokenStore.build(corpus, tokenizer)
    return PretrainingDataset(store, seq_len=48, batch_size=16, split="all", masked_lm_prob=0.3)


@pytest.mark.exhaustive
def test_the_trainer_memorizes_64_pairs_in_both_tasks(dataset):
    torch.manual_seed(0)
    recipe = RECIPES["minibert"]
    shape = BertConfig(
        vocab_size=150, hidden_size=64, intermediate_size=256, max_position_embeddings=48
    )
    model = new_model(shape, recipe)
    pairs = FirstBatches(dataset, batches=4)
    labels = torch.cat([torch.from_numpy(b.next_sentence_label) for b in pairs.batches])
    assert len(labels) == 64 and 10 < labels.sum() < 54  # both labels are among them
    trainer = Trainer(model, dataset, validation=pairs, recipe=recipe, budget=Budget(steps=250))
    *_, last = trainer.train(batches=itertools.cycle(pairs.batches))
    assert (last.mlm_accuracy, last.nsp_accuracy) == (1.0, 1.0)


def test_the_examples_of_the_guide_train(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "novel.txt", documents=1000)
    guide = (Path(__file__).parents[2] / "docs/guides/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    first, with_callback = (c.replace("steps=500", "steps=3") for c in blocks if "Budget" in c)
    found = {}
    exec(first, found)
    assert found["row"].step == 3 and found["row"].split == "validation"
    exec(with_callback, found)
    rows = list(found["trainer"].train())
    assert rows[-1].step == 3 and rows[-1].split == "validation"


def test_next_sentence_label_0_and_the_padding_id_count_in_the_loss():
    torch.manual_seed(0)
    output = PreTrainingOutput(torch.randn(6, 20), torch.randn(4, 2))
    batch = {
        "masked_lm_ids": torch.tensor([0, 3, 0, 7, 19, 5]),
        "next_sentence_label": torch.tensor([0, 1, 0, 0]),
    }
    loss, sums = pretraining_loss(output, batch)
    log_p = F.log_softmax(output.prediction_logits, dim=1)
    mlm = -sum(log_p[n, i] for n, i in enumerate(batch["masked_lm_ids"])) / 6
    log_q = F.log_softmax(output.seq_relationship_logits, dim=1)
    nsp = -sum(log_q[n, i] for n, i in enumerate(batch["next_sentence_label"])) / 4
    torch.testing.assert_close(loss, mlm + nsp)
    torch.testing.assert_close(sums[0] / sums[2], mlm)
    torch.testing.assert_close(sums[3] / sums[5], nsp)
    assert (
        sums[4] == (output.seq_relationship_logits.argmax(1) == batch["next_sentence_label"]).sum()
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("masked", [100, 1])
def test_the_gradient_of_the_loss_equals_that_of_pytorchs_cross_entropy(masked, dtype):
    torch.manual_seed(0)
    logits = (3 * torch.randn(masked, 8192)).to(dtype).requires_grad_()
    pairs = torch.zeros(0, 2)
    labels = torch.randint(0, 8192, (masked,))
    assert masked == 1 or masked > 2 * CACHED_LOGITS // 8192  # in several parts

    def gradient(loss):
        (found,) = torch.autograd.grad(3 * loss, logits, retain_graph=True)
        return found

    batch = {"masked_lm_ids": labels, "next_sentence_label": torch.zeros(0, dtype=torch.long)}
    ours, sums = pretraining_loss(PreTrainingOutput(logits, pairs), batch, masked=140)
    theirs = F.cross_entropy(logits.float(), labels, reduction="sum") / 140
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(sums[0], 140 * theirs.detach())
    assert sums[1] == (logits.argmax(1) == labels).sum()
    torch.testing.assert_close(gradient(ours), gradient(theirs))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        gradient(ours)  # rather than one that is three times too large


def test_evaluation_counts_the_first_of_tied_scores_as_the_prediction():
    output = PreTrainingOutput(torch.zeros(4, 9), torch.zeros(2, 2))
    labels = {
        "masked_lm_ids": torch.tensor([0, 1, 5, 0]),
        "next_sentence_label": torch.tensor([0, 1]),
    }
    with torch.no_grad():
        _, sums = pretraining_loss(output, labels)
    assert (sums[1], sums[4]) == (2, 1)


def test_a_batch_without_predictions_has_no_loss():
    logits = torch.zeros(0, 20, requires_grad=True)
    none = torch.zeros(0, dtype=torch.long)
    batch = {"masked_lm_ids": none, "next_sentence_label": none}
    loss, sums = pretraining_loss(PreTrainingOutput(logits, torch.zeros(0, 2)), batch)
    loss.backward()
    assert loss == 0 and sums.tolist() == [0] * 6 and logits.grad.shape == (0, 20)


@pytest.mark.parametrize("recipe", RECIPES)
def test_only_biases_and_layer_norms_have_no_weight_decay(recipe):
    model = BertForPreTraining(BertConfig(vocab_size=50))
    names = {parameter: name for name, parameter in model.named_parameters()}
    seen = {}
    for optimizer in make_optimizers(model, RECIPES[recipe], torch.float32):
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                assert names[parameter] not in seen
                seen[names[parameter]] = group["weight_decay"]
    assert set(seen) == set(names.values())
    for name, decay in seen.items():
        free = name.endswith("bias") or "LayerNorm" in name
        assert decay == (0.0 if free else RECIPES[recipe].weight_decay), name


def test_the_schedule_warms_up_and_decays_to_zero():
    factors = [learning_rate_factor(share / 100, 0.1) for share in range(101)]
    assert factors[0] == 0 and factors[10] == 1 and factors[100] == 0
    assert factors[:11] == sorted(factors[:11])
    assert factors[10:] == sorted(factors[10:], reverse=True)


def test_a_time_budget_ends_the_training_when_it_is_used_up():
    budget = Budget(seconds=20.0)
    assert budget.share_done(steps=10_000, seconds=5.0) == 0.25
    assert budget.share_done(steps=0, seconds=25.0) == 1.0


def stop_at(step):
    def on_row(row, trainer):
        if row.step == step and row.split == "train":
            trainer.stop()

    return on_row


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_resumed_run_equals_an_uninterrupted_one(small_corpus, tmp_path, recipe):
    options = PretrainOptions(**TINY, steps=60, recipe=recipe, out=str(tmp_path / "whole"))
    whole = pretrain([str(small_corpus)], options, Silence())

    halved = dataclasses.replace(options, out=str(tmp_path / "halved"))
    stopping = Silence()
    stopping.on_row = stop_at(35)
    first = pretrain([str(small_corpus)], halved, stopping)
    assert not first.finished and first.step == 35
    assert Run.open(tmp_path / "halved").state == "interrupted"
    resuming = PretrainOptions(resume=True, out=str(tmp_path / "halved"), **FREE)
    second = pretrain([], resuming, Silence())

    assert second.finished and second.step == 60
    assert weights(whole) == weights(second)
    assert losses(whole) == losses(second)


def test_a_stopped_trainer_can_continue(dataset):
    model = BertForPreTraining(BertConfig(vocab_size=150, max_position_embeddings=48))
    recipe = RECIPES["minibert"]
    trainer = Trainer(model, dataset, recipe=recipe, budget=Budget(steps=4), log_every=1)
    rows = trainer.train()
    assert next(rows).step == 1
    trainer.stop()
    assert list(rows) == [] and trainer.stopping
    assert [row.step for row in trainer.train()] == [2, 3, 4]
    assert not trainer.stopping


class Recorder(TrainerCallback):
    def __init__(self):
        self.calls = []

    def on_step(self, trainer):
        self.calls.append(("step", trainer.step))

    def on_evaluate(self, trainer, metrics):
        self.calls.append(("evaluate", metrics.split, metrics.step))

    def on_checkpoint(self, trainer, path):
        self.calls.append(("checkpoint", path.name))

    def on_end(self, trainer):
        self.calls.append(("end", trainer.stopping))


def small_trainer(dataset, **options):
    model = BertForPreTraining(BertConfig(vocab_size=150, max_position_embeddings=48))
    return Trainer(model, dataset, recipe=RECIPES["minibert"], **options)


def test_callbacks_are_called_at_steps_evaluations_checkpoints_and_the_end(dataset, tmp_path):
    recorder = Recorder()
    trainer = small_trainer(
        dataset,
        validation=FirstBatches(dataset, batches=1),
        budget=Budget(steps=3),
        evaluate_every=2,
        callbacks=[recorder],
    )
    for _ in trainer.train():
        save_checkpoint(tmp_path, trainer)
    assert recorder.calls == [
        ("step", 1),
        ("step", 2),
        ("evaluate", "validation", 2),
        ("checkpoint", "step-00000002"),
        ("step", 3),
        ("evaluate", "validation", 3),
        ("checkpoint", "step-00000003"),
        ("end", False),
    ]


def test_a_callback_can_stop_the_training(dataset):
    class StopAtStep2(TrainerCallback):
        def on_step(self, trainer):
            if trainer.step == 2:
                trainer.stop()

    recorder = Recorder()
    callbacks = [StopAtStep2(), recorder]
    trainer = small_trainer(dataset, budget=Budget(steps=9), callbacks=callbacks)
    assert list(trainer.train()) == []
    assert recorder.calls == [("step", 1), ("step", 2), ("end", True)]


def test_given_batches_train_the_same_weights_as_those_of_the_dataset(dataset):
    weights = []
    for batches in (None, dataset.epoch(0)):
        torch.manual_seed(0)
        trainer = small_trainer(dataset, budget=Budget(steps=3))
        list(trainer.train(batches=batches))
        weights.append(trainer.model.state_dict())
        assert (trainer.epoch, trainer.index) == (0, 3)
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_given_batches_that_end_before_the_budget_are_an_error(dataset):
    trainer = small_trainer(dataset, budget=Budget(steps=3))
    with pytest.raises(RunError, match="the batches ended after step 2"):
        list(trainer.train(batches=[dataset.batch(0, 0), dataset.batch(0, 1)]))


def test_a_dataset_with_another_masked_share_than_the_recipe_is_refused(dataset):
    model = BertForPreTraining(BertConfig(vocab_size=150, max_position_embeddings=48))
    said = "`masked_lm_prob` is 0.3 in the dataset and 0.15 in the recipe"
    with pytest.raises(OptionError, match=said):
        Trainer(model, dataset, recipe=RECIPES["bert"], budget=Budget(steps=1))


FREE = {name: TINY[name] for name in ("log_every", "checkpoint_every", "threads")}


def weights(outcome):
    return (outcome.run.path / "model.safetensors").read_bytes()


def losses(outcome):
    return [(r.step, r.split, r.mlm_loss, r.nsp_loss) for r in outcome.run.metrics()]


def test_rows_after_the_checkpoint_are_replaced_on_resuming(small_corpus, tmp_path):
    options = PretrainOptions(**TINY, steps=60, out=str(tmp_path / "run"))
    killed = Silence()

    def kill(row, trainer):
        if row.step == 35:
            raise SystemExit("as a kill would, without a last checkpoint")

    killed.on_row = kill
    with pytest.raises(SystemExit):
        pretrain([str(small_corpus)], options, killed)
    assert [p.name for p in checkpoints(tmp_path / "run")] == [
        "step-00000000",
        "step-00000020",
    ]
    pretrain([], PretrainOptions(resume=True, out=str(tmp_path / "run"), **FREE), Silence())
    steps = [row.step for row in Run.open(tmp_path / "run").metrics() if row.split == "train"]
    assert steps == list(range(5, 61, 5))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lr": 0.5}, "`lr` is 0.5"),
        ({"batch_size": 4}, "`batch_size` is 4"),
        ({"steps": 99}, "`steps` is 99"),
    ],
)
def test_options_that_contradict_the_run_are_refused_by_name(small_corpus, tmp_path, given, said):
    stopping = Silence()
    stopping.on_row = stop_at(5)
    options = PretrainOptions(**TINY, steps=60, out=str(tmp_path / "run"))
    pretrain([str(small_corpus)], options, stopping)
    with pytest.raises(OptionError, match=said):
        pretrain([], PretrainOptions(resume=True, out=str(tmp_path / "run"), **given), Silence())


def test_a_run_is_not_resumed_on_a_changed_corpus(small_corpus, tmp_path):
    corpus = tmp_path / "corpus.txt"
    corpus.write_bytes(small_corpus.read_bytes())
    stopping = Silence()
    stopping.on_row = stop_at(5)
    options = PretrainOptions(**TINY, steps=60, out=str(tmp_path / "run"))
    pretrain([str(corpus)], options, stopping)
    with corpus.open("a") as file:
        file.write("\nThe cow eats hay.\nIt is not what it ate.\n")
    with pytest.raises(RunError, match="not the one that"):
        pretrain([], PretrainOptions(resume=True, out=str(tmp_path / "run"), **FREE), Silence())


def test_a_finished_run_is_not_resumed(small_run):
    with pytest.raises(RunError, match="is finished"):
        pretrain([], PretrainOptions(resume=True, out=str(small_run.run.path)), Silence())


def test_resuming_without_a_checkpoint_is_an_error(tmp_path):
    with pytest.raises(RunError, match="has no checkpoint to resume from"):
        load_newest_checkpoint(tmp_path, None, print)
