"""The baseline beside a fine-tuned BERT: a linear model on tf-idf features, by scikit-learn.

Words and pairs of neighboring words, weighted by tf-idf (Manning et al. 2008, section 6.2), and
logistic regression; ridge regression for numbers. To label words, the features are the word, its
suffix and its neighbors. scikit-learn comes with the extra `baseline`.

Shapes: N examples (or words, end to end), L labels.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.finetuning.examples.columns import Example

TOKEN_PATTERN = r"\w+|[^\w\s]"
"""A word or a punctuation mark, as BERT splits text before WordPiece."""
INVERSE_REGULARIZATION = 10.0
"""scikit-learn's `C`. Its default of 1 is too strong for tf-idf rows, which have length 1: on film
sentences it is 1 to 2 points worse."""


def baseline_is_installed() -> bool:
    """Whether scikit-learn is installed."""
    return importlib.util.find_spec("sklearn") is not None


def tfidf_vectorizer() -> Any:
    """A `TfidfVectorizer` of texts: words and pairs of neighboring words."""
    from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
        TfidfVectorizer,
    )

    return TfidfVectorizer(ngram_range=(1, 2), token_pattern=TOKEN_PATTERN)


def baseline_logits(
    train: Sequence[Example],
    targets: NDArray[Any],
    labels: int,
    test: Sequence[Example],
    class_weights: NDArray[Any] | None = None,
) -> NDArray[np.float32]:
    """Fit the baseline to some examples and apply it to others.

    Args:
        train: the examples to fit to.
        targets: (N,), label numbers, int64, or values, float32.
        labels: L; 1 for values.
        test: the examples to label.
        class_weights: (L,), the weight of each label in the loss; all 1 by default.

    Returns:
        (M, L), float32, of the M test examples: log-probabilities, or values with L = 1.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import (  # type: ignore[import-untyped]
        LogisticRegression,
        Ridge,
    )

    vectorizer = TfidfVectorizer(analyzer=lambda features: features)
    x = vectorizer.fit_transform(_features(train))
    others = vectorizer.transform(_features(test))
    if np.issubdtype(targets.dtype, np.floating):
        values = Ridge(alpha=1 / INVERSE_REGULARIZATION).fit(x, targets).predict(others)
        return np.asarray(values, np.float32)[:, None]
    logits = np.full((others.shape[0], labels), -np.inf, np.float32)
    present = np.unique(targets)
    if len(present) == 1:
        logits[:, present] = 0
        return logits
    weights = None if class_weights is None else {n: float(class_weights[n]) for n in present}
    model = LogisticRegression(C=INVERSE_REGULARIZATION, class_weight=weights, max_iter=1000)
    logits[:, present] = model.fit(x, targets).predict_log_proba(others)
    return logits


def _features(examples: Sequence[Example]) -> list[list[str]]:
    """The features of each example, or of each of its words."""
    words_of = tfidf_vectorizer().build_analyzer()
    found = []
    for example in examples:
        if not isinstance(example.text, str):
            found += [_word_features(example.text, n) for n in range(len(example.text))]
        elif example.pair is None:
            found.append(words_of(example.text))
        else:
            found.append(_pair_features(words_of(example.text), words_of(example.pair)))
    return found


def _pair_features(first: list[str], second: list[str]) -> list[str]:
    """The features of two texts, marked by the text that they are in: 1, 2 or both."""
    both = set(first) & set(second)
    marked = [("1", first), ("2", second)]
    return [f"{'12' if name in both else mark} {name}" for mark, names in marked for name in names]


def _word_features(words: Sequence[str], n: int) -> list[str]:
    before = words[n - 1].lower() if n else "<s>"
    after = words[n + 1].lower() if n + 1 < len(words) else "</s>"
    shape = "upper" if words[n].isupper() else "title" if words[n].istitle() else "other"
    word = words[n].lower()
    return [f"= {word}", f"< {before}", f"> {after}", f"- {word[-3:]}", f"shape {shape}"]
