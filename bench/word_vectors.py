"""How much a model's vectors add to tf-idf features for labelling film sentences.

    python bench/word_vectors.py MODEL --data DIR [--labels 250 1000 4000 8000]

Linear models by ridge regression, evaluated on 2,000 sentences that none is trained on: on the
tf-idf features of the baseline of `minibert finetune`, on the mean of the model's token embeddings,
on the mean of its last layer, and on tf-idf with either. The gain of tf-idf from the vectors is the
information of pretraining that so many labels do not have. The penalty and the weight of the
vectors are selected on a fifth of the training sentences.
"""

from __future__ import annotations

import argparse
import random
from itertools import product
from pathlib import Path

import numpy as np
import torch
from finetune import sentences
from rich.table import Table

from minibert import SentenceEmbedder, WordPieceTokenizer
from minibert.finetuning.baseline import tfidf_vectorizer
from minibert.model.files import load_model

from harness.arguments import wide_console

TEST_SENTENCES = 2000
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0)
WEIGHTS = (0.0, 0.03, 0.1, 0.3)


def mean_embeddings(model, tokenizer, texts):
    embeddings = model.bert.embeddings.word_embeddings.weight.detach().numpy()
    rows = (tokenizer.encode(text, add_special_tokens=False).ids for text in texts)
    return np.stack([embeddings[ids].mean(axis=0) for ids in rows])


def normalized(vectors):
    vectors = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def accuracy(vectors, labels, train, test, penalty):
    """The accuracy on `test` of ridge regression on a weighted sum of Gram matrices."""
    within, across = (
        sum(weight * products[np.ix_(rows, train)] for weight, products in vectors)
        for rows in (train, test)
    )
    weights = np.linalg.solve(within + penalty * np.eye(len(train)), labels[train])
    return (np.sign(across @ weights) == labels[test]).mean()


def best_accuracy(candidates, labels, train, test):
    """The accuracy on `test` of the candidate and penalty that are best on a fifth of `train`."""
    part = len(train) * 4 // 5
    vectors, penalty = max(
        product(candidates, PENALTIES),
        key=lambda pair: accuracy(pair[0], labels, train[:part], train[part:], pair[1]),
    )
    return accuracy(vectors, labels, train, test, penalty)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=int, nargs="+", default=[250, 1000, 4000, 8000])
    given = parser.parse_args()

    rows = sentences(given.data, 0)
    random.Random(0).shuffle(rows)
    texts = [text for text, _ in rows]
    labels = np.array([1.0 if label == "subjective" else -1.0 for _, label in rows])
    tokenizer = WordPieceTokenizer.from_pretrained(given.model)
    with torch.inference_mode():
        found = {
            "token embeddings": mean_embeddings(load_model(Path(given.model)), tokenizer, texts),
            "last layer": SentenceEmbedder.from_pretrained(given.model)(texts),
        }
    features = tfidf_vectorizer().fit_transform(texts)
    tfidf = (features @ features.T).toarray().astype(np.float32)
    kinds = {"tf-idf": [[(1.0, tfidf)]]}
    for name, vectors in found.items():
        vectors = normalized(vectors).astype(np.float32)
        products = vectors @ vectors.T
        kinds[name] = [[(1.0, products)]]
        kinds[f"tf-idf and {name}"] = [[(1.0, tfidf), (weight, products)] for weight in WEIGHTS]

    test = np.arange(len(texts) - TEST_SENTENCES, len(texts))
    table = Table("labels", *kinds)
    for count in given.labels:
        train = np.arange(count)
        scores = [best_accuracy(candidates, labels, train, test) for candidates in kinds.values()]
        table.add_row(f"{count:,}", *(f"{score:.1%}" for score in scores))
    wide_console().print(table)


if __name__ == "__main__":
    main()
