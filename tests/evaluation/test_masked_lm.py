"""Masked words are measured right to the digit, on masks that no training option changes."""

import json
import math
import re
import shutil

import numpy as np
import pytest

from minibert.config import EvaluateOptions, PretrainOptions
from minibert.corpus import Corpus
from minibert.data.dataset import PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import CorpusError, RunError
from minibert.evaluation.baselines import uniform_baseline, unigram_baseline
from minibert.evaluation.evaluate import evaluate
from minibert.evaluation.masked_lm import evaluate_masked_lm
from minibert.evaluation.text_length import text_length, without_special
from minibert.model.pretrained import Pretrained
from minibert.pretraining.pretrain import pretrain
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import TINY, Silence, small_tokenizer, write_corpus
from helpers.slow_scores import log_softmax, piece_scores, rank


@pytest.fixture(scope="module")
def loaded(small_run):
    return Pretrained.load(small_run.run.path)


@pytest.fixture(scope="module")
def other_text(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("other") / "other.txt", documents=20, seed=9)


def dataset_of(text, tokenizer, objective="next_sentence"):
    store = TokenStore.build(Corpus([text]), tokenizer)
    options = {"seq_len": 48, "batch_size": 7, "split": "all", "drop_last": False}
    return PretrainingDataset(store, objective=objective, **options)


def slow_figures(model, dataset):
    losses, ranks, pair_losses, pair_ranks = [], [], [], []
    for batch in dataset.epoch(0):
        width = batch.input_ids.shape[1]
        for row in range(len(batch.input_ids)):
            length = int(batch.attention_mask[row].sum())
            ids = batch.input_ids[row][:length].tolist()
            scores, pair = piece_scores(model, ids, batch.token_type_ids[row][:length].tolist())
            for place, label in zip(
                batch.masked_lm_positions.tolist(), batch.masked_lm_ids.tolist(), strict=True
            ):
                if place // width == row:
                    losses.append(-log_softmax(scores[place % width])[label])
                    ranks.append(rank(scores[place % width], label))
            if len(batch.next_sentence_label):
                label = int(batch.next_sentence_label[row])
                pair_losses.append(-log_softmax(pair)[label])
                pair_ranks.append(rank(pair, label))
    return losses, ranks, pair_losses, pair_ranks


@pytest.mark.parametrize("objective", ["next_sentence", "full_sentences"])
@pytest.mark.parametrize("theirs", [False, True])
def test_the_scores_equal_those_of_plain_loops_with_either_librarys_model(
    loaded, small_run, other_text, objective, theirs
):
    dataset = dataset_of(other_text, loaded.tokenizer, objective)
    slow_model = loaded.model
    if theirs:
        transformers = pytest.importorskip("transformers")
        slow_model = transformers.BertForPreTraining.from_pretrained(small_run.run.path).eval()
    losses, ranks, pair_losses, pair_ranks = slow_figures(slow_model, dataset)
    found = evaluate_masked_lm(loaded.model, dataset, loaded.tokenizer)
    near = {"abs": 1e-5 if theirs else 2e-6}
    assert found.predictions == len(losses) > 100
    assert found.mlm_loss == pytest.approx(np.mean(losses), **near)
    assert found.perplexity == pytest.approx(math.exp(np.mean(losses)), rel=1e-5)
    assert found.mlm_accuracy == np.mean([r < 1 for r in ranks])
    assert found.mlm_accuracy_at_5 == np.mean([r < 5 for r in ranks])
    if objective == "next_sentence":
        assert found.examples == len(pair_losses)
        assert found.nsp_loss == pytest.approx(np.mean(pair_losses), **near)
        assert found.nsp_accuracy == np.mean([r < 1 for r in pair_ranks])
    else:
        assert found.nsp_loss is found.nsp_accuracy is found.intervals["nsp_accuracy"] is None
    for name, interval in found.intervals.items():
        if interval is not None:
            assert interval[0] < getattr(found, name) < interval[1]


def test_words_and_characters_do_not_depend_on_the_vocabulary(other_text):
    text = other_text.read_text().lower()
    words = re.findall(r"\w+|[^\w\s]", text)
    for size in (60, 150):
        tokenizer = WordPieceTokenizer.train([other_text], size)
        counts = dataset_of(other_text, tokenizer).token_counts()
        length = text_length(counts, tokenizer)
        assert (length.words, length.characters) == (len(words), sum(map(len, words)))
        assert length.tokens == counts.sum() and length.unknown == 0


def test_a_loss_per_word_or_character_is_that_of_all_tokens_over_their_number(loaded, other_text):
    dataset = dataset_of(other_text, loaded.tokenizer)
    found = evaluate_masked_lm(loaded.model, dataset, loaded.tokenizer)
    words = re.findall(r"\w+|[^\w\s]", other_text.read_text().lower())
    tokens = sum(len(loaded.tokenizer.encode(word, add_special_tokens=False)) for word in words)
    assert found.loss_per_word == pytest.approx(found.mlm_loss * tokens / len(words))
    assert found.loss_per_character == pytest.approx(found.mlm_loss * tokens / sum(map(len, words)))


def test_unknown_words_count_in_no_other_number():
    tokenizer = small_tokenizer()
    counts = np.zeros(tokenizer.vocab_size, dtype=np.int64)
    counts[tokenizer.unk_token_id] = 3
    counts[tokenizer.token_to_id("cat")] = 2
    length = text_length(counts, tokenizer)
    assert (length.tokens, length.words, length.characters, length.unknown) == (2, 2, 6, 3)


def test_counts_are_of_the_documents_of_a_split(small_corpus, loaded):
    store = TokenStore.build(Corpus([small_corpus]), loaded.tokenizer)
    parts = [
        PretrainingDataset(store, split=split, seq_len=48, batch_size=1).token_counts()
        for split in ("train", "validation")
    ]
    assert (parts[0] + parts[1] == store.token_counts()).all() and parts[1].any()


def test_the_baselines_equal_those_of_plain_loops(loaded, other_text):
    dataset = dataset_of(other_text, loaded.tokenizer)
    counts = without_special(dataset.token_counts(), loaded.tokenizer)
    labels = [int(label) for batch in dataset.epoch(0) for label in batch.masked_lm_ids]
    length = text_length(dataset.token_counts(), loaded.tokenizer)
    unigram = unigram_baseline(np.bincount(labels, minlength=len(counts)), counts, length)
    total = sum(int(count) + 1 for count in counts)
    losses = [-math.log((int(counts[label]) + 1) / total) for label in labels]
    ordered = sorted(range(len(counts)), key=lambda id: -counts[id])
    assert unigram.mlm_loss == pytest.approx(np.mean(losses))
    assert unigram.mlm_accuracy == pytest.approx(np.mean([id == ordered[0] for id in labels]))
    assert unigram.mlm_accuracy_at_5 == pytest.approx(np.mean([id in ordered[:5] for id in labels]))
    uniform = uniform_baseline(150, length)
    assert uniform.mlm_loss == pytest.approx(math.log(150))
    assert (uniform.mlm_accuracy, uniform.mlm_accuracy_at_5) == pytest.approx((1 / 150, 5 / 150))


def test_a_text_of_only_unknown_words_is_refused(loaded, tmp_path):
    path = tmp_path / "signs.txt"
    path.write_text("猫 犬\n鳥\n\n馬\n牛 羊\n" * 20)
    dataset = dataset_of(path, loaded.tokenizer, "line")
    with pytest.raises(CorpusError, match=r"all are \[UNK\]"):
        evaluate_masked_lm(loaded.model, dataset, loaded.tokenizer)


# ---- which text, which masks --------------------------------------------------------------------


def test_a_run_is_evaluated_on_the_validation_documents_of_its_training(small_run):
    found = evaluate(small_run.run.path, EvaluateOptions(), Silence()).validation
    row = small_run.evaluation
    # Training computes in bfloat16 where the machine is faster in it.
    assert found.mlm_loss == pytest.approx(row.mlm_loss, rel=5e-3)
    assert found.nsp_accuracy == pytest.approx(row.nsp_accuracy, abs=0.05)
    assert found.documents == small_run.run.manifest.corpus.validation_documents
    assert found.fingerprint == small_run.run.manifest.corpus.fingerprint
    assert found.unigram_counts == "training"


@pytest.mark.parametrize("seed", [0, 3])
def test_the_validation_documents_depend_on_the_seed_of_the_run(small_corpus, tmp_path, seed):
    options = PretrainOptions(**TINY, steps=1, seed=seed, out=str(tmp_path / "run"))
    outcome = pretrain([str(small_corpus)], options, Silence())
    found = evaluate(tmp_path / "run", EvaluateOptions(), Silence()).validation
    assert found.seed == seed
    assert found.mlm_loss == pytest.approx(outcome.evaluation.mlm_loss, rel=5e-3)


def test_a_named_text_has_the_same_masks_for_all_models(small_corpus, other_text, tmp_path):
    variants = [
        {},
        {"seed": 7, "batch_size": 4},
        {"masked_lm_prob": 0.4, "mask_unit": "whole_word", "max_predictions_per_seq": 2},
        {"validation_corpus": str(other_text), "seed": 1},
    ]
    found = []
    for number, variant in enumerate(variants):
        out = tmp_path / str(number)
        options = PretrainOptions(**{**TINY, **variant}, steps=1, out=str(out))
        pretrain([str(small_corpus)], options, Silence())
        text = None if "validation_corpus" in variant else str(other_text)
        found.append(evaluate(out, EvaluateOptions(text=text), Silence()).validation)
    # Guesses depend on nothing but the text, the masks and the corpus.
    for other in found[1:]:
        assert (other.predictions, other.examples) == (found[0].predictions, found[0].examples)
        assert (other.fingerprint, other.seed) == (found[0].fingerprint, 0)
        assert other.unigram == found[0].unigram
    share = found[0].predictions / (48 * found[0].examples)
    assert 0.1 < share <= 0.16


def test_a_text_of_one_document_is_evaluated_without_pairs_with_a_notice(
    loaded, small_run, tmp_path
):
    text = tmp_path / "one.txt"
    text.write_text("The red cat sat in the barn.\nIt liked to eat fish.\nThe dog slept.\n" * 4)
    talk = Silence()
    options = EvaluateOptions(text=str(text), layout="sentences")
    found = evaluate(small_run.run.path, options, talk).validation
    assert found.nsp_accuracy is None and found.objective == "full_sentences"
    assert found.predictions > 0
    assert any("without sentence pairs" in note for note in talk.notes)


def test_a_notice_says_that_a_text_is_the_training_text(small_run, small_corpus):
    talk = Silence()
    evaluate(small_run.run.path, EvaluateOptions(text=str(small_corpus)), talk)
    assert any("is the text that the model was trained on" in note for note in talk.notes)


def test_without_its_training_text_a_run_counts_the_evaluated_text(other_text, tmp_path):
    text = write_corpus(tmp_path / "mine.txt", seed=4)
    options = PretrainOptions(**TINY, steps=1, out=str(tmp_path / "run"))
    pretrain([str(text)], options, Silence())
    text.unlink()
    found = evaluate(tmp_path / "run", EvaluateOptions(text=str(other_text)), Silence()).validation
    assert found.unigram_counts == "text"
    with pytest.raises(CorpusError, match=r"mine\.txt"):
        evaluate(tmp_path / "run", EvaluateOptions(), Silence())


def of_standard_input(manifest):
    manifest["inputs"] = ["-"]


def of_another_text(manifest):
    manifest["corpus"]["fingerprint"] = "0" * 16


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_standard_input, "standard input, which cannot be read again"),
        (of_another_text, "the corpus is not the one that"),
    ],
)
def test_a_run_without_its_validation_text_asks_for_another(
    small_run, other_text, tmp_path, change, said
):
    copy = tmp_path / "run"
    shutil.copytree(small_run.run.path, copy)
    manifest = json.loads((copy / "minibert.json").read_text())
    change(manifest)
    (copy / "minibert.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match=f"{said}.*; or give another text as `text`"):
        evaluate(copy, EvaluateOptions(), Silence())
    found = evaluate(copy, EvaluateOptions(text=str(other_text)), Silence()).validation
    assert found.unigram_counts == "text"
