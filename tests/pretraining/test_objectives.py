"""`minibert pretrain` with every objective and mask: what is learned, shown, kept and refused."""

from __future__ import annotations

import io

import pytest
import torch
import torch.nn.functional as F
from rich.console import Console

from minibert import (
    RECIPES,
    BertConfig,
    BertForPreTraining,
    Budget,
    Corpus,
    FillMask,
    PretrainingDataset,
    TokenStore,
    Trainer,
)
from minibert.cli.progress import ProgressReporter
from minibert.cli.views.pretrain import print_outcome
from minibert.config import OBJECTIVES, PAIR_TASKS, PretrainOptions
from minibert.errors import CorpusError, OptionError, RunError
from minibert.model.bert import PreTrainingOutput
from minibert.model.files import load_model
from minibert.model.folder import checkpoints
from minibert.model.losses import pretraining_loss
from minibert.pretraining.pretrain import pretrain
from minibert.training.loss import PretrainingLoss

from helpers.samples import TINY, Silence, small_tokenizer, training_record, write_corpus

SINGLE = [name for name in OBJECTIVES if name not in PAIR_TASKS]


@pytest.fixture
def trained(small_corpus, tmp_path):
    """Train in a new folder; what is said on the way and at the end, and the outcome."""

    def train(*inputs, **changes):
        shown = io.StringIO()
        console = Console(file=shown, width=200)
        options = PretrainOptions(
            **{**TINY, "steps": 10, "checkpoint_every": 5, "out": str(tmp_path / "run"), **changes}
        )
        with ProgressReporter(console) as screen:
            outcome = pretrain([str(i) for i in inputs] or [str(small_corpus)], options, screen)
        print_outcome(console, outcome)
        return shown.getvalue(), outcome

    return train


@pytest.fixture
def store_of_unknowns(tmp_path):
    (tmp_path / "c.txt").write_text("Ω Ω\nΩ Ω Ω\n\n" * 9)
    corpus = Corpus([tmp_path / "c.txt"], layout="sentences")
    return TokenStore.build(corpus, small_tokenizer())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_trains_and_is_named_in_the_output(trained, objective):
    shown, outcome = trained(objective=objective)
    assert outcome.finished and outcome.evaluation is not None
    assert outcome.run.manifest.options.objective == objective
    assert (
        '"nsp_loss": null' in (outcome.run.path / "metrics.jsonl").read_text().splitlines()[0]
    ) == (objective in SINGLE)
    for row in outcome.run.metrics():
        paired = objective in PAIR_TASKS
        assert (row.nsp_loss is not None, row.nsp_accuracy is not None) == (paired, paired)
        assert (row.wait_share is None) == (row.split == "validation")
    for task in ("NSP", "SOP"):
        assert (f"{task} accuracy" in shown) == (PAIR_TASKS.get(objective) == task)
    assert ("(MLM) alone" in shown) == (objective in SINGLE)
    FillMask.from_pretrained(outcome.run.path)("the [MASK] sat")


@pytest.mark.parametrize("objective", ["line", "sentence_order"])
def test_the_live_panel_names_the_second_head_or_shows_dashes(trained, monkeypatch, objective):
    panels = []
    panel = ProgressReporter._panel
    monkeypatch.setattr(
        ProgressReporter, "_panel", lambda *a: panels.append(panel(*a)) or panels[-1]
    )
    monkeypatch.setattr(Console, "is_terminal", True)
    trained(objective=objective)
    drawn = io.StringIO()
    Console(file=drawn, width=100).print(panels[-1])
    training = next(line for line in drawn.getvalue().splitlines() if "training" in line)
    assert ("SOP loss" in drawn.getvalue()) == (objective == "sentence_order")
    assert (training.split().count("-") == 2) == (objective == "line")


def test_without_pairs_the_loss_is_the_masked_lm_loss():
    torch.manual_seed(0)
    logits = torch.randn(6, 20, requires_grad=True)
    output = PreTrainingOutput(logits, torch.randn(4, 2, requires_grad=True))
    ids = torch.tensor([0, 3, 0, 7, 19, 5])
    none = torch.empty(0, dtype=torch.int64)
    loss, sums = pretraining_loss(output, {"masked_lm_ids": ids, "next_sentence_label": none})
    torch.testing.assert_close(loss, F.cross_entropy(logits, ids))
    loss.backward()
    assert output.seq_relationship_logits.grad is None
    assert sums[2] == 6 and sums[3:].tolist() == [0, 0, 0]


def test_a_batch_without_masked_tokens_changes_nothing():
    logits = torch.randn(0, 20, requires_grad=True)
    none = torch.empty(0, dtype=torch.int64)
    loss, sums = pretraining_loss(
        PreTrainingOutput(logits, torch.randn(4, 2)),
        {"masked_lm_ids": none, "next_sentence_label": none},
    )
    loss.backward()
    assert loss == 0 and sums.tolist() == [0] * 6


def test_a_text_of_only_unknown_tokens_is_refused_in_one_sentence(store_of_unknowns):
    dataset = PretrainingDataset(
        store_of_unknowns,
        objective="line",
        seq_len=16,
        batch_size=2,
        split="all",
        masked_lm_prob=0.3,
    )
    model = BertForPreTraining(BertConfig(vocab_size=18, max_position_embeddings=16))
    trainer = Trainer(
        model, dataset, recipe=RECIPES["minibert"], budget=Budget(steps=4), log_every=2
    )
    with pytest.raises(RunError, match=r"nothing to mask in the batches before step 2, .* \[UNK\]"):
        list(trainer.train())


def test_without_pairs_the_second_head_keeps_its_initial_weights(small_corpus, tmp_path):
    def weights(run):
        return load_model(run).state_dict()

    watching = Silence()
    watching.plan = lambda plan: watching.notes.append(weights(plan.run))
    options = PretrainOptions(**TINY, objective="line", steps=5, out=str(tmp_path / "run"))
    outcome = pretrain([str(small_corpus)], options, watching)
    first, last = watching.notes[-1], weights(outcome.run.path)
    same = {name for name in first if torch.equal(first[name], last[name])}
    assert same == {name for name in first if "pooler" in name or "seq_relationship" in name}
    assert len(same) == 4


# ---- texts that make no next-sentence pairs -----------------------------------------------------


def one_sentence_documents(path):
    lines = [line for line in write_corpus(path).read_text().splitlines() if line]
    path.write_text("\n\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("make", "layout"), [(write_corpus, "files"), (one_sentence_documents, "sentences")]
)
def test_a_text_without_pairs_is_refused_with_an_objective_that_works(
    trained, tmp_path, make, layout
):
    corpus = make(tmp_path / "c.txt")
    with pytest.raises(CorpusError, match="set `objective` to sentence_order"):
        trained(corpus, layout=layout)
    assert not (tmp_path / "run").exists()
    _, outcome = trained(corpus, layout=layout, objective="sentence_order")
    assert outcome.finished


def test_a_validation_corpus_without_pairs_is_refused_by_name(trained, tmp_path, small_corpus):
    one = one_sentence_documents(tmp_path / "c.txt")
    with pytest.raises(CorpusError, match="every document of the text of `validation_corpus` is"):
        trained(small_corpus, layout="sentences", validation_corpus=str(one))


def test_a_single_document_is_trained_on_and_resumed_without_validation(trained, tmp_path):
    corpus = write_corpus(tmp_path / "c.txt")
    options = {"layout": "files", "objective": "sentence_order", "steps": 20}
    shown, whole = trained(corpus, **options, out=str(tmp_path / "whole"))
    assert "nothing is held out for validation" in shown and "--validation-corpus" in shown
    assert "validation after" not in shown
    assert {row.split for row in whole.run.metrics()} == {"train"}
    saved = [path.name for path in checkpoints(whole.run.path)]
    assert saved[-1] == "step-00000020"

    stopping = Silence()
    stopping.on_row = lambda row, trainer: trainer.stop() if row.step == 15 else None
    half = PretrainOptions(**{**TINY, "checkpoint_every": 10}, **options, out=str(tmp_path / "h"))
    pretrain([str(corpus)], half, stopping)
    again = PretrainOptions(resume=True, out=str(tmp_path / "h"), threads=1, log_every=5)
    resumed = pretrain([], again, Silence())
    assert resumed.finished
    weights = [(o.run.path / "model.safetensors").read_bytes() for o in (whole, resumed)]
    assert weights[0] == weights[1]


def test_a_single_document_is_validated_on_a_given_text(trained, tmp_path, small_corpus):
    corpus = write_corpus(tmp_path / "c.txt")
    shown, outcome = trained(
        corpus, layout="files", objective="sentence_order", validation_corpus=str(small_corpus)
    )
    assert outcome.evaluation is not None and "nothing is held out" not in shown


# ---- masks --------------------------------------------------------------------------------------


@pytest.fixture
def made(monkeypatch):
    """Every dataset that is made, with its options."""
    found = []
    init = PretrainingDataset.__init__

    def note(self, store, **options):
        found.append((self, options))
        init(self, store, **options)

    monkeypatch.setattr(PretrainingDataset, "__init__", note)
    return found


MASKS = {"mask_unit": "whole_word", "masked_lm_prob": 0.4, "max_predictions_per_seq": 12}


def test_the_mask_options_change_training_but_not_validation(trained, made):
    shown, _ = trained(**MASKS)
    (_, train), (_, validation) = made
    assert train.items() >= MASKS.items()
    assert validation["masked_lm_prob"] == 0.15
    assert not validation.keys() & (MASKS.keys() - {"masked_lm_prob"})
    assert "40% of the tokens, as whole words, at most 12 per sequence; for validation" in shown


@pytest.mark.parametrize(
    ("given", "share"),
    [({}, 0.3), ({"recipe": "bert"}, 0.15), ({"masked_lm_prob": 0.2, "recipe": "bert"}, 0.2)],
)
def test_the_recipe_determines_the_default_share_of_masked_tokens(trained, made, given, share):
    shown, outcome = trained(**given)
    (_, train), (_, validation) = made
    assert train["masked_lm_prob"] == share and validation["masked_lm_prob"] == 0.15
    assert f"{share:.0%} of the tokens, as single tokens" in shown
    assert ("for validation always 15%" in shown) == (share != 0.15)
    card = (outcome.run.path / "README.md").read_text(encoding="utf-8")
    assert f"`next_sentence`, {share:.0%} masked by `token`" in card


@pytest.mark.parametrize("length", [{"steps": 10}, {"steps": None, "epochs": 0.5}])
def test_a_schedule_of_masks_ends_with_the_run(trained, made, length):
    shown, outcome = trained(masked_lm_prob=0.4, final_masked_lm_prob=0.1, **length)
    _, (dataset, train), _ = made
    assert train["final_masked_lm_prob"] == 0.1
    epochs = outcome.step / dataset.batches_per_epoch(0)
    assert train["masked_lm_prob_epochs"] == pytest.approx(epochs)
    assert "40% of the tokens at first, 10% at the end, as single tokens" in shown


def test_the_share_of_masks_falls_along_the_run(trained, monkeypatch):
    shares = []
    forward = PretrainingLoss.forward

    def note(self, batch, *labels):
        shares.append(len(batch.masked_lm_ids) / int(batch.attention_mask.sum()))
        return forward(self, batch, *labels)

    monkeypatch.setattr(PretrainingLoss, "forward", note)
    trained(masked_lm_prob=0.6, final_masked_lm_prob=0.1, steps=20, checkpoint_every=1000)
    trained_on = shares[:20]
    assert trained_on[0] == pytest.approx(0.6, abs=0.05)
    assert trained_on[10] == pytest.approx(0.35, abs=0.05)
    assert trained_on[19] == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"objective": "sentence-order"}, "`objective` is 'sentence-order'.*mean sentence_order"),
        ({"objective": "xyz"}, "`objective` is 'xyz'; it must be one of next_sentence, .*, line$"),
        ({"mask_unit": "word"}, "`mask_unit` is 'word'.*did you mean whole_word"),
        ({"mask_unit": "whole-words"}, "`mask_unit` is 'whole-words'.*did you mean whole_word"),
        ({"masked_lm_prob": 15.0}, "`masked_lm_prob` is 15; .* for 15 % give 0.15"),
        ({"masked_lm_prob": 0.0}, "`masked_lm_prob` is 0; it must be above 0"),
        ({"masked_lm_prob": float("nan")}, "`masked_lm_prob` is nan; it must be above 0"),
        ({"masked_lm_prob": float("inf")}, "`masked_lm_prob` is inf; .* give 1"),
        ({"final_masked_lm_prob": -0.1}, "`final_masked_lm_prob` is -0.1; it must be above 0"),
        ({"final_masked_lm_prob": 0.1, "time": "1m"}, "give `steps` or `epochs` instead of `time`"),
        ({"max_predictions_per_seq": 0}, "`max_predictions_per_seq` is 0; it must be 1 or more"),
    ],
)
def test_a_bad_objective_or_mask_is_refused_with_the_allowed_values(given, said):
    with pytest.raises(OptionError, match=said):
        PretrainOptions(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"objective": "line"},
        {"mask_unit": "span"},
        {"masked_lm_prob": 0.3},
        {"final_masked_lm_prob": 0.3},
        {"max_predictions_per_seq": 3},
    ],
)
def test_options_that_contradict_a_resumed_run_are_refused_by_name(small_corpus, tmp_path, given):
    from minibert.pretraining.run_setup import _resumed_options
    from minibert.runs.run import Run

    out = str(tmp_path / "run")
    started = PretrainOptions(**TINY, objective="sentence_order")
    run = Run.create(tmp_path / "run", training_record(options=started))
    resuming = PretrainOptions(resume=True, out=out, **given)
    with pytest.raises(OptionError, match=f"`{next(iter(given))}` is "):
        _resumed_options(run, [], resuming)
    options = PretrainOptions(resume=True, out=out)
    assert _resumed_options(run, [], options)[1].objective == "sentence_order"
