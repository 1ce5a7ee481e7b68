"""The metrics of labelling are those of scikit-learn, scipy and seqeval, counted by hand here."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibert.finetuning.metrics import (
    accuracy,
    confusion,
    entities,
    entity_f1,
    f1,
    matthews,
    pearson,
    r2,
    spearman,
)

# Rows are what is right, columns what was said.
BY_HAND = [
    # accuracy, F1, Matthews
    ([[5, 0], [0, 5]], 1.0, 1.0, 1.0),
    ([[0, 5], [5, 0]], 0.0, 0.0, -1.0),
    ([[6, 0], [4, 0]], 0.6, 0.0, 0.0),  # always the first
    ([[6, 2], [1, 3]], 9 / 12, 6 / 9, (6 * 3 - 2 * 1) / math.sqrt(5 * 4 * 8 * 7)),
    # Of three labels: F1 is 4/5, 2/4 and 2/3.
    (
        [[2, 0, 0], [1, 1, 0], [0, 1, 1]],
        4 / 6,
        (4 / 5 + 2 / 4 + 2 / 3) / 3,
        12 / math.sqrt(22 * 24),
    ),
    # A label that neither occurs nor is given counts for nothing.
    ([[2, 0, 0], [0, 2, 0], [0, 0, 0]], 1.0, 1.0, 1.0),
]


@pytest.mark.parametrize(("table", "right", "mean_f1", "correlation"), BY_HAND)
def test_metrics_of_confusion_matrices_computed_by_hand(table, right, mean_f1, correlation):
    table = np.array(table)
    assert accuracy(table) == pytest.approx(right)
    assert f1(table) == pytest.approx(mean_f1)
    assert matthews(table) == pytest.approx(correlation)


def test_correlations_computed_by_hand():
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 1.0, 4.0, 30.0])
    assert pearson(x, 3 - 2 * x) == pytest.approx(-1)
    # Deviations -1.5 -0.5 0.5 1.5 and -7.25 -8.25 -5.25 20.75.
    covariance = 1.5 * 7.25 + 0.5 * 8.25 - 0.5 * 5.25 + 1.5 * 20.75
    norms = math.sqrt(5 * (7.25**2 + 8.25**2 + 5.25**2 + 20.75**2))
    assert pearson(x, y) == pytest.approx(covariance / norms)
    assert spearman(x, y) == pytest.approx(1 - 6 * 2 / (4 * 15))
    assert spearman(np.array([1, 1, 2]), np.array([1, 2, 3])) == pytest.approx(math.sqrt(0.75))
    assert r2(y, y) == 1
    assert r2(np.full(4, y.mean()), y) == 0
    assert r2(y + 1, y) == pytest.approx(1 - 4 / (7.25**2 + 8.25**2 + 5.25**2 + 20.75**2))
    assert r2(y, np.ones(4)) == pearson(x, np.ones(4)) == spearman(np.ones(4), x) == 0


TAGGED = [
    ("O O O", []),
    ("B-A I-A O", [(0, 1, "A")]),
    ("B-A B-A", [(0, 0, "A"), (1, 1, "A")]),
    ("B-A I-B", [(0, 0, "A"), (1, 1, "B")]),
    ("O I-A I-A", [(1, 2, "A")]),  # begun by I, as CoNLL-2000's own program counts it
    ("B-A I-A E-A S-A", [(0, 2, "A"), (3, 3, "A")]),
    ("E-A I-A", [(0, 0, "A"), (1, 1, "A")]),
    ("B-A O I-A", [(0, 0, "A"), (2, 2, "A")]),
    ("B-A-B I-A-B I-A", [(0, 1, "A-B"), (2, 2, "A")]),
]


@pytest.mark.parametrize(("tags", "found"), TAGGED)
def test_entities_equal_those_of_conll_2000(tags, found):
    assert entities(tags.split()) == set(found)


def test_an_entity_must_have_the_right_words_and_type():
    actual = [["B-A", "I-A", "O"], ["B-B", "O", "B-A"]]
    predicted = [["B-A", "O", "O"], ["B-B", "O", "B-B"]]
    assert entity_f1(actual, actual) == 1
    assert entity_f1(predicted, actual) == pytest.approx(2 * 1 / (3 + 3))  # B-B alone
    assert entity_f1([["O"]], [["O"]]) == 0


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn.metrics")


@pytest.fixture(scope="module")
def stats():
    return pytest.importorskip("scipy.stats")


@pytest.fixture(scope="module")
def seqeval():
    return pytest.importorskip("seqeval.metrics")


LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


@given(pairs=LABELS)
def test_metrics_equal_those_of_scikit_learn(sklearn, pairs):
    predicted, actual = np.array(pairs).T
    table = confusion(predicted, actual, 4)
    assert accuracy(table) == pytest.approx(sklearn.accuracy_score(actual, predicted))
    assert f1(table) == pytest.approx(
        sklearn.f1_score(actual, predicted, average="macro", zero_division=0)
    )
    if len({*predicted, *actual}) > 1:  # of one label it warns
        expected = sklearn.matthews_corrcoef(actual, predicted)
        assert matthews(table) == pytest.approx(expected, abs=1e-9)


@given(pairs=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=40))
def test_correlations_equal_those_of_scipy(stats, pairs):
    x, y = np.array(pairs, float).T
    if x.std() and y.std():
        assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-9)
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-9)


TAGS = ["O", *(f"{mark}-{kind}" for mark in "BIES" for kind in "AB")]
SENTENCE = st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), min_size=1)


@given(sentences=st.lists(SENTENCE, min_size=1, max_size=5))
def test_entity_f1_equals_that_of_seqeval(seqeval, sentences):
    predicted, actual = ([[pair[n] for pair in one] for one in sentences] for n in (0, 1))
    if any(map(entities, predicted)) or any(map(entities, actual)):
        expected = seqeval.f1_score(actual, predicted, zero_division=0)
        assert entity_f1(predicted, actual) == pytest.approx(expected)


@given(LABELS, st.permutations(range(4)))
def test_metrics_do_not_depend_on_the_order_of_labels(pairs, names):
    predicted, actual = np.array(pairs).T
    renamed = confusion(np.array(names)[predicted], np.array(names)[actual], 4)
    table = confusion(predicted, actual, 4)
    for metric in (accuracy, f1, matthews):
        assert metric(renamed) == pytest.approx(metric(table), abs=1e-12)
