"""A run's README.md is its model card, until somebody edits it."""

import shutil
from dataclasses import replace

import pytest

from minibert.config import PretrainOptions
from minibert.pretraining.pretrain import pretrain
from minibert.runs.model_card import is_generated, with_checksum, write_model_card
from minibert.runs.run import Run

from helpers.samples import TINY, Silence


def card(path):
    return (path / "README.md").read_text(encoding="utf-8")


def test_the_hub_reads_the_header_of_the_card(small_run):
    yaml = pytest.importorskip("yaml")
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import ModelCard

    header = yaml.safe_load(card(small_run.run.path).split("---")[1])
    assert header["library_name"] == "transformers" and header["pipeline_tag"] == "fill-mask"
    assert {"bert", "minibert"} <= set(header["tags"])
    data = ModelCard.load(small_run.run.path / "README.md").data
    assert (data.library_name, data.pipeline_tag) == ("transformers", "fill-mask")


def test_the_card_has_the_facts_of_the_run(small_run):
    text, evaluation = card(small_run.run.path), small_run.evaluation
    for fact in (
        "A BERT of 1 layer, hidden size 32, 2 attention heads",
        "| text | `animals.txt` |",
        "| documents | 120 |",
        f"{small_run.run.manifest.config.vocab_size} tokens, uncased |",
        "| steps | 800 |",
        "| budget | 800 steps, 100% used |",
        "AdamW 0.003, Muon 0.01",
        f"| MLM loss | {evaluation.mlm_loss:.3f} nats |",
        f"| NSP accuracy | {evaluation.nsp_accuracy:.1%} |",
        'minibert.FillMask.from_pretrained("small")',
        'pipeline("fill-mask", model="small")',
    ):
        assert fact in text, fact
    assert str(small_run.run.path.parent) not in text  # nobody else's business


def test_a_checkpoint_updates_the_card(small_corpus, tmp_path):
    reporter = Silence()
    steps = []

    def look(row, trainer):
        if row.split == "train" and (path / "README.md").exists():
            steps.append(next(line for line in card(path).splitlines() if "| steps |" in line))

    path = tmp_path / "run"
    reporter.on_row = look
    options = PretrainOptions(**{**TINY, "checkpoint_every": 10}, steps=30, out=str(path))
    pretrain([str(small_corpus)], options, reporter)
    assert list(dict.fromkeys(steps)) == ["| steps | 10 |", "| steps | 20 |"]
    assert "| steps | 30 |" in card(path)


def test_the_card_has_the_share_of_masked_tokens_at_first_and_at_the_end(small_run, tmp_path):
    assert "| objective | `next_sentence`, 30% masked by `token` |" in card(small_run.run.path)
    manifest = small_run.run.manifest
    changed = replace(manifest, options=replace(manifest.options, final_masked_lm_prob=0.125))
    shutil.copytree(small_run.run.path, tmp_path / "run")
    write_model_card(Run(tmp_path / "run", changed), 800, 1.0)
    masked = "30% masked at first and 12.5% at the end, by `token`"
    assert f"| objective | `next_sentence`, {masked} |" in card(tmp_path / "run")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("bert\n", "bert\n- cats\n", 1),
        lambda text: text + "\nMine.\n",
        lambda text: text.rpartition("<!--")[0],
        lambda text: "",
        lambda text: "My own card\n",
    ],
)
def test_an_edited_card_is_left_alone(small_run, tmp_path, change):
    run = Run(tmp_path, small_run.run.manifest)
    text = change(card(small_run.run.path))
    (tmp_path / "README.md").write_text(text)
    write_model_card(run, 800, 1.0)
    assert card(run.path) == text


def test_an_unedited_card_is_rewritten(small_run, tmp_path):
    run = Run(tmp_path, small_run.run.manifest)
    write_model_card(run, 10, 0.1)
    assert "| budget | 800 steps, 10% used |" in card(run.path)
    write_model_card(run, 20, 0.2)
    assert "| budget | 800 steps, 20% used |" in card(run.path)


def test_the_last_line_shows_whether_a_card_is_edited(tmp_path):
    path = tmp_path / "README.md"
    assert is_generated(path)
    path.write_text(with_checksum("words\n"))
    assert is_generated(path)
    path.write_text(with_checksum("words\n").replace("words", "other"))
    assert not is_generated(path)
    path.write_bytes(b"\xff")
    assert not is_generated(path)
