"""A pretrained model learns labels, and transformers loads it with the same logits."""

import itertools
import json
import math
import shutil
from itertools import pairwise

import numpy as np
import pytest
import torch

from minibert import Classifier, FinetuneOptions, Predictions, PredictOptions, finetune
from minibert.config.model import BertConfig
from minibert.config.recipe import RECIPES
from minibert.errors import DivergedError, LabelError, ModelError
from minibert.finetuning import trainer as fine_tuning
from minibert.finetuning import trials
from minibert.finetuning.baseline import baseline_logits
from minibert.finetuning.dataset import k_folds
from minibert.finetuning.examples.columns import Example
from minibert.finetuning.examples.features import convert_examples_to_features
from minibert.finetuning.files import load_classifier
from minibert.finetuning.task import Task, class_weights
from minibert.model.files import save_model
from minibert.model.initialization import new_model

from helpers.samples import Silence, small_tokenizer

CONFIG = BertConfig(
    vocab_size=18,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=64,
    max_position_embeddings=16,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
FAST = {"epochs": 4, "batch_size": 8, "lr": 3e-3, "device": "cpu"}


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    """A model folder: not trained, but as the recipe starts one."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    save_model(folder, new_model(CONFIG, RECIPES["minibert"]))
    small_tokenizer().save_pretrained(folder)
    return folder


def sentences(count, seed=0):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(["the", "a", "old", "red", "sat", "ran"], 4)) for _ in range(count)]


def write(path, rows):
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return str(path)


def labels_of_animals(count=160):
    """Which animal there is; which is told by one word alone."""
    return [
        (f"{text} {animal}", animal)
        for n, text in enumerate(sentences(count))
        for animal in [["cat", "dog", "mat"][n % 3]]
    ]


def pairs_with_animals(count=160):
    """The label is the second text's animal, whatever is in the first."""
    rows = []
    for n, text in enumerate(sentences(count)):
        first, second = ("cat", "dog")[n % 2], ("cat", "dog")[n // 2 % 2]
        rows.append((f"{text} {first}", f"the {second}", second))
    return rows


def numbers_of_words(count=160):
    """How warm a text is, in a unit of its own."""
    rng = np.random.default_rng(1)
    words = rng.choice(["warm", "old"], (count, 5))
    return [(" ".join(row), f"{100 + 7.5 * (row == 'warm').sum()}") for row in words]


def tagged(count=160):
    """Every cat and dog is an entity, of two words after an article."""
    rng = np.random.default_rng(2)
    lines = []
    for _ in range(count):
        for animal in rng.choice(["cat", "dog", "sat"], 3):
            kind = None if animal == "sat" else animal.upper()
            lines += [f"a {'O' if kind is None else 'B-' + kind}"]
            lines += [f"{animal} {'O' if kind is None else 'I-' + kind}"]
        lines.append("")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def tuned(pretrained, tmp_path_factory):
    """One model of each kind, and the options that it was made with."""
    folder = tmp_path_factory.mktemp("tuned")
    files = {
        "classification": write(folder / "animals.tsv", labels_of_animals()),
        "pairs": write(folder / "pairs.tsv", pairs_with_animals()),
        "regression": write(folder / "warmth.tsv", numbers_of_words()),
    }
    (folder / "tags.conll").write_text(tagged())
    files["tokens"] = str(folder / "tags.conll")
    return {
        kind: finetune(
            pretrained,
            FinetuneOptions(train=file, out=str(folder / kind), **FAST | {"epochs": 12}),
        )
        for kind, file in files.items()
    }


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("classification", "accuracy"),
        ("pairs", "accuracy"),
        ("regression", "r2"),
        ("tokens", "entity_f1"),
    ],
)
def test_simple_tasks_are_learned(tuned, kind, metric):
    scores = {one.name: one for one in tuned[kind].scores}
    assert scores["pretrained"].mean(metric) > 0.9
    assert set(scores) == {"pretrained", "tf-idf"}
    assert tuned[kind].task.metrics[0] == metric


def test_the_tf_idf_baseline_learns_what_single_words_tell(tuned):
    def baseline(kind, metric):
        return tuned[kind].scores[1].mean(metric)

    assert baseline("classification", "accuracy") == 1
    assert baseline("regression", "pearson") > 0.85
    assert baseline("tokens", "entity_f1") == 1


def test_the_baseline_never_predicts_a_label_it_was_not_trained_on():
    train = [Example("cat"), Example("dog"), Example("cat cat")]
    logits = baseline_logits(train, np.array([0, 2, 0]), 3, [Example("cat"), Example("dog")])
    assert logits.argmax(1).tolist() == [0, 2]
    assert (logits[:, 1] == -np.inf).all()
    alone = baseline_logits(train, np.array([1, 1, 1]), 3, [Example("dog")])
    assert alone.argmax(1).tolist() == [1]


def test_without_scikit_learn_a_note_says_how_to_get_the_baseline(
    pretrained, tmp_path, monkeypatch
):
    monkeypatch.setattr(trials, "baseline_is_installed", lambda: False)
    outcome, silence = run(pretrained, tmp_path, labels_of_animals(30), epochs=1)
    assert [one.name for one in outcome.scores] == ["pretrained"]
    assert sum("pip install 'minibert[baseline]'" in note for note in silence.notes) == 1


# ---- transformers -------------------------------------------------------------------------------

TEXTS = ["the red cat sat on a mat .", "dog", "a warm old dog ran on the mat"]


@pytest.mark.parametrize("kind", ["classification", "pairs", "regression", "tokens"])
def test_transformers_loads_the_model_with_its_labels_and_the_same_logits(tuned, kind):
    transformers = pytest.importorskip("transformers")
    path, task = tuned[kind].path, tuned[kind].task
    what = "Token" if kind == "tokens" else "Sequence"
    loader = getattr(transformers, f"BertFor{what}Classification")
    model, info = loader.from_pretrained(path, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert model.config.id2label == dict(enumerate(task.labels))
    assert model.config.label2id == {label: n for n, label in enumerate(task.labels)}
    if kind != "tokens":
        is_value = kind == "regression"
        problem = "regression" if is_value else "single_label_classification"
        assert model.config.problem_type == problem
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    seconds = TEXTS[::-1] if kind == "pairs" else None
    batch = tokenizer(TEXTS, seconds, padding=True, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        theirs = model.eval()(**batch).logits.numpy()
    classify = Classifier.from_pretrained(path)
    ours = classify.logits(
        [Example(*two) for two in zip(TEXTS, seconds or [None] * 3, strict=True)]
    )
    for number, logits in enumerate(ours):
        expected = theirs[number] if kind == "tokens" else theirs[number : number + 1]
        words = slice(1, 1 + len(logits)) if kind == "tokens" else slice(None)
        np.testing.assert_allclose(logits, expected[words], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", ["classification", "regression"])
def test_predictions_equal_those_of_the_pipeline(tuned, kind):
    transformers = pytest.importorskip("transformers")
    pipeline = transformers.pipeline("text-classification", str(tuned[kind].path), device="cpu")
    ours = Classifier.from_pretrained(tuned[kind].path)(TEXTS)
    for a, b in zip(pipeline(TEXTS), ours, strict=True):
        assert a["label"] == b["label"] and a["score"] == pytest.approx(b["score"], abs=1e-4)


def test_a_model_of_transformers_has_the_same_logits_here(tmp_path):
    transformers = pytest.importorskip("transformers")
    small_tokenizer().save_pretrained(tmp_path)
    torch.manual_seed(1)
    theirs = transformers.BertForSequenceClassification(
        transformers.BertConfig(**json.loads(CONFIG.to_json()) | {"num_labels": 3})
    ).eval()
    theirs.save_pretrained(tmp_path)
    classify = Classifier.from_pretrained(tmp_path)
    assert classify.task == Task("classification", ("LABEL_0", "LABEL_1", "LABEL_2"))
    ids = torch.tensor([small_tokenizer().encode(TEXTS[0]).ids])
    with torch.inference_mode():
        expected = theirs(ids).logits.numpy()
    np.testing.assert_allclose(classify.logits([Example(TEXTS[0])])[0], expected, atol=1e-5)


# ---- using it -----------------------------------------------------------------------------------


def test_single_texts_lists_pairs_and_sentences_are_labelled(tuned):
    classify = Classifier.from_pretrained(tuned["classification"].path)
    alone = classify("the old a sat cat")
    assert alone["label"] == "cat" and alone["score"] == max(alone["scores"].values()) > 0.6
    assert sum(alone["scores"].values()) == pytest.approx(1)
    assert [one["label"] for one in classify(["a red sat the dog", "a a ran old mat"])] == [
        "dog",
        "mat",
    ]
    assert classify([]) == []
    compare = Classifier.from_pretrained(tuned["pairs"].path)
    rows = pairs_with_animals(40)
    found = [one["label"] for one in compare([row[:2] for row in rows])]
    assert np.mean([label == row[2] for label, row in zip(found, rows, strict=True)]) > 0.9
    assert compare(rows[0][:2])["label"] == found[0]
    tag = Classifier.from_pretrained(tuned["tokens"].path)
    assert [one["label"] for one in tag("a cat a sat")] == ["B-CAT", "I-CAT", "O", "O"]
    assert [len(one) for one in tag([["a", "cat"], ["dog"]])] == [2, 1]


def test_predicted_values_are_in_the_unit_of_the_targets(tuned):
    measure = Classifier.from_pretrained(tuned["regression"].path)
    assert measure("old old old old old")["score"] == pytest.approx(100, abs=8)
    assert measure("warm warm warm warm warm")["score"] == pytest.approx(137.5, abs=8)


def test_predictions_are_scored_if_the_file_has_labels(tuned, tmp_path):
    rows = labels_of_animals(40)
    file = write(tmp_path / "test.tsv", rows)
    options = PredictOptions(label="2", text="1", device="cpu")
    predictions = Predictions(tuned["classification"].path, file, options)
    found = [prediction["label"] for _, prediction in predictions]
    right = np.mean([label == row[1] for label, row in zip(found, rows, strict=True)])
    assert predictions.scores["accuracy"] == pytest.approx(right) and right > 0.9


# ---- what is trained and what is chosen ---------------------------------------------------------


def run(pretrained, tmp_path, rows, **options):
    file = write(tmp_path / "train.tsv", rows)
    silence = Silence()
    given = FAST | {"train": file, "out": str(tmp_path / f"out{len(list(tmp_path.iterdir()))}")}
    return finetune(pretrained, FinetuneOptions(**given | options), silence), silence


def weights_of(outcome):
    return (outcome.path / "model.safetensors").read_bytes()


def test_the_seed_determines_the_model(pretrained, tmp_path):
    rows = labels_of_animals(60)
    same = [run(pretrained, tmp_path, rows, epochs=1, dropout=0.1)[0] for _ in range(2)]
    assert weights_of(same[0]) == weights_of(same[1]) and same[0].scores == same[1].scores
    other, _ = run(pretrained, tmp_path, rows, epochs=1, dropout=0.1, seed=1)
    assert weights_of(other) != weights_of(same[0])


def test_scores_cover_all_seeds_and_starting_points(pretrained, tmp_path):
    options = {"seeds": 2, "from_scratch": True, "epochs": 1}
    outcome, silence = run(pretrained, tmp_path, labels_of_animals(60), **options)
    names = [one.name for one in outcome.scores]
    assert names == ["pretrained", "from scratch", "tf-idf"]
    assert [len(one.values["accuracy"]) for one in outcome.scores] == [2, 2, 1]
    assert outcome.scores[2].std("accuracy") is None
    assert outcome.scores[0].std("accuracy") == pytest.approx(
        np.std(outcome.scores[0].values["accuracy"], ddof=1)
    )
    facts = json.loads((outcome.path / "finetune.json").read_text())
    assert facts["scores"]["from scratch"] == outcome.scores[1].values
    assert outcome.evaluated.endswith("held out for validation")
    assert sum(note.startswith("pretrained, seed") for note in silence.notes) == 2


def test_the_best_of_several_seeds_is_written(pretrained, tmp_path):
    outcome, _ = run(pretrained, tmp_path, labels_of_animals(80), seeds=3, epochs=1, lr=1e-3)
    dev = tmp_path / "dev.tsv"
    rows = labels_of_animals(80)
    examples = [Example(text, None, label) for text, label in rows]
    validation = k_folds(outcome.task, examples, 10, 0)[0].test
    write(dev, [rows[n] for n in validation])
    predictions = Predictions(outcome.path, str(dev), PredictOptions(label="2", device="cpu"))
    list(predictions)
    assert predictions.scores["accuracy"] == max(outcome.scores[0].values["accuracy"])


def test_folds_evaluate_each_example_once_and_the_model_is_trained_on_all(pretrained, tmp_path):
    outcome, silence = run(pretrained, tmp_path, labels_of_animals(60), folds=3, epochs=2)
    assert [len(one.values["accuracy"]) for one in outcome.scores] == [3, 3]
    assert sum("after epoch 2" in note for note in silence.notes) == 3
    assert "each of 3 folds" in outcome.evaluated


def test_folds_are_disjoint_and_stratified():
    rows = labels_of_animals(99)
    examples = [Example(text, None, label) for text, label in rows]
    task = Task.of_examples(examples, "auto", "label")
    splits = k_folds(task, examples, 4, seed=3)
    assert sorted(n for split in splits for n in split.test) == list(range(99))
    for split in splits:
        assert sorted([*split.train, *split.test]) == list(range(99))
        counts = np.bincount(task.targets([examples[n] for n in split.test]), minlength=3)
        assert max(counts) - min(counts) <= 1
    assert splits != k_folds(task, examples, 4, seed=4)


def test_training_stops_after_worse_epochs(pretrained, tmp_path, monkeypatch):
    scores = iter([0.5, 0.7, 0.6, 0.65, 0.9])
    monkeypatch.setattr(trials.Trials, "_evaluate", lambda *_: {"accuracy": next(scores)})
    outcome, silence = run(pretrained, tmp_path, labels_of_animals(30), epochs=5, patience=2)
    assert next(scores) == 0.9  # the last epoch was not trained
    assert outcome.scores[0].values["accuracy"] == [0.7]
    assert any("after epoch 2" in note for note in silence.notes)


def poison(monkeypatch, batches):
    """Make the loss of some batches, counted from 0, not finite."""
    loss, numbers = fine_tuning._loss, itertools.count()

    def poisoned(*arguments):
        return loss(*arguments) * (float("nan") if next(numbers) in batches else 1.0)

    monkeypatch.setattr(fine_tuning, "_loss", poisoned)


def test_a_batch_whose_loss_is_not_finite_is_skipped_and_reported(
    pretrained, tmp_path, monkeypatch
):
    poison(monkeypatch, {0, 2, 3})
    outcome, silence = run(pretrained, tmp_path, labels_of_animals(60), epochs=1)
    assert sum("skipped 3 batches whose loss was not finite" in n for n in silence.notes) == 1
    model = load_classifier(outcome.path)[0]
    assert all(torch.isfinite(weight).all() for weight in model.state_dict().values())


def test_three_losses_in_a_row_that_are_not_finite_end_fine_tuning(
    pretrained, tmp_path, monkeypatch
):
    poison(monkeypatch, {1, 2, 3})
    said = "3 batches in a row, the last being batch 3 of epoch 1; fine-tune with a lower `lr`"
    with pytest.raises(DivergedError, match=said) as caught:
        run(pretrained, tmp_path, labels_of_animals(60), epochs=1)
    assert caught.value.context == {"epoch": 1, "index": 3}


def test_a_folder_of_another_format_is_refused(tuned, tmp_path):
    folder = shutil.copytree(tuned["classification"].path, tmp_path / "old")
    facts = json.loads((folder / "finetune.json").read_text())
    (folder / "finetune.json").write_text(json.dumps(facts | {"format": 1}))
    with pytest.raises(ModelError, match=r"finetune\.json has format 1, not 2; fine-tune again"):
        Classifier.from_pretrained(folder)


@pytest.mark.parametrize(
    ("examples", "epochs", "most"),
    [(10, None, 20), (32 * 100, None, 5), (32 * 100 + 1, None, 5), (9000, None, 3), (10, 2, 2)],
)
def test_small_datasets_get_more_epochs(examples, epochs, most):
    options = FinetuneOptions(epochs=epochs, batch_size=32)
    assert options.max_epochs(examples) == most


def test_balanced_weights_give_each_label_the_same_share_of_the_loss():
    task = Task("classification", ("a", "b", "c"))
    targets = np.array([0, 0, 0, 0, 1, 1])
    weights = class_weights("balanced", task, targets)
    np.testing.assert_allclose(weights, [6 / 12, 6 / 6, 6 / 3])
    np.testing.assert_allclose(class_weights("b=2.5", task, targets), [1, 2.5, 1])
    assert class_weights(None, task, targets) is None
    with pytest.raises(LabelError, match="'d', but the labels are a, b, c"):
        class_weights("d=2", task, targets)


def test_class_weights_change_predictions(pretrained, tmp_path):
    rows = [(text, "rare" if n % 4 == 0 else "common") for n, text in enumerate(sentences(80))]

    def share_of_rare(weights):
        outcome, _ = run(pretrained, tmp_path, rows, class_weights=weights, epochs=2)
        found = Classifier.from_pretrained(outcome.path)([text for text, _ in rows])
        return np.mean([one["scores"]["rare"] for one in found])

    assert share_of_rare("rare=30") > 0.6 > 0.4 > share_of_rare(None)


# ---- texts as pieces ----------------------------------------------------------------------------


def test_long_texts_are_truncated_and_counted():
    long = Example("cat " * 30)
    pieces, count = convert_examples_to_features([long, Example("dog")], small_tokenizer(), 16)
    assert [len(one.input_ids) for one in pieces] == [16, 3] and count == 1
    pair = Example("cat " * 30, "dog sat")
    (one,), count = convert_examples_to_features([pair], small_tokenizer(), 16)
    assert len(one.input_ids) == 16 and count == 1
    assert sum(one.token_type_ids) == 3  # the second text is whole, with its [SEP]


def test_no_word_of_a_long_sentence_is_lost():
    words = ["cat", "unknowable", "\u200b", "dog"] * 10
    pieces, count = convert_examples_to_features(
        [Example(words), Example(["cat"])], small_tokenizer(), 16
    )
    assert count == 1 and max(len(one.input_ids) for one in pieces) <= 16
    parts = [one for one in pieces if one.example == 0]
    assert sum(len(one.label_positions) for one in parts) == len(words)
    for one, following in pairwise(parts):
        assert following.first == one.first + len(one.label_positions)
    tokenizer = small_tokenizer()
    for part in parts:
        for place, word in zip(part.label_positions, words[part.first :], strict=False):
            expected = tokenizer.encode(word, add_special_tokens=False).ids or [
                tokenizer.unk_token_id
            ]
            assert part.input_ids[place] == expected[0]


# ---- tasks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "kind", "names"),
    [
        (["b", "a"], "classification", ("a", "b")),
        (["10", "9", "2"], "classification", ("2", "9", "10")),
        (["1.0", "0.0"], "classification", ("0.0", "1.0")),
        (["1.5", "0", "3e-1"], "regression", ("mood",)),
        (["1.5", "x"], "classification", ("1.5", "x")),
    ],
)
def test_the_task_is_inferred_from_the_labels(labels, kind, names):
    examples = [Example("a", None, label, "f, line 1") for label in labels]
    assert Task.of_examples(examples, "auto", "mood") == Task(kind, names)


@pytest.mark.parametrize(
    ("labels", "kind", "said"),
    [
        (["a", "a"], "auto", "all labels from here on are 'a'"),
        (["1.5", "1.5"], "auto", "all values from here on are 1.5"),
        (["1", "x"], "regression", "'x' is not a number"),
        (["1", "nan"], "regression", "'nan' is not a number"),
        (["1", "1e999"], "regression", "1e999 is too large"),
    ],
)
def test_unusable_labels_are_refused(labels, kind, said):
    examples = [Example("a", None, label, "f, line 1") for label in labels]
    with pytest.raises(LabelError, match=said):
        Task.of_examples(examples, kind, "mood")


def test_an_unknown_label_is_named():
    task = Task("classification", ("a", "b"))
    with pytest.raises(LabelError, match=r"dev\.tsv, line 7: the label 'c' is not one of the 2"):
        task.targets([Example("x", None, "c", "dev.tsv, line 7")])


def test_all_scores_are_finite(tuned):
    for outcome in tuned.values():
        for scores in outcome.scores:
            assert all(math.isfinite(v) for values in scores.values.values() for v in values)
