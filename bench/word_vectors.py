"""What a model's vectors tell of the film sentences' labels beside the words themselves.

    python bench/word_vectors.py MODEL --data DIR [--labels 250 1000 4000 8000]

Linear models by least squares with a penalty, judged on the 2,000 sentences that none learns from:
on a bag of words (words and pairs of neighbours, tf-idf, parted at spaces), on
the mean of the model's word embeddings, on the mean of its last layer, and on the bag with either.
What the bag gains by vectors is what pretraining gives that so many labels do not. Penalty and the
vectors' weight are chosen on a fifth of the sentences that are learned from.
"""

from __future__ import annotations

import argparse
import random
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import torch
from finetune import sentences
from rich.table import Table
from scipy.sparse import csr_matrix

from minibert import SentenceEmbedder, WordPieceTokenizer
from minibert.model.files import load_model

from harness.arguments import wide_console

JUDGED = 2000
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0)
WEIGHTS = (0.0, 0.03, 0.1, 0.3)


def bag_of_words(texts):
    """A row of length 1 for each text."""
    names, columns, ends = {}, [], [0]
    for text in texts:
        words = text.split()
        bag = {*words, *(f"{a} {b}" for a, b in pairwise(words))}
        columns += [names.setdefault(name, len(names)) for name in sorted(bag)]
        ends.append(len(columns))
    rarity = np.log(len(texts) / np.bincount(columns)) + 1
    bags = csr_matrix((rarity[columns], columns, ends), shape=(len(texts), len(names)))
    return csr_matrix(bags.multiply(1 / np.sqrt(bags.multiply(bags).sum(axis=1))))


def mean_words(model, tokenizer, texts):
    words = model.bert.embeddings.word_embeddings.weight.detach().numpy()
    rows = (tokenizer.encode(text, add_special_tokens=False).ids for text in texts)
    return np.stack([words[ids].mean(axis=0) for ids in rows])


def of_length_one(vectors):
    vectors = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def right(vectors, labels, train, test, penalty):
    """The share of `test` that is labelled rightly by the products of all with all, weighted."""
    within, across = (
        sum(weight * products[np.ix_(rows, train)] for weight, products in vectors)
        for rows in (train, test)
    )
    weights = np.linalg.solve(within + penalty * np.eye(len(train)), labels[train])
    return (np.sign(across @ weights) == labels[test]).mean()


def chosen(candidates, labels, train, test):
    """What the candidate and the penalty that are the best on a fifth get on `test`."""
    part = len(train) * 4 // 5
    vectors, penalty = max(
        product(candidates, PENALTIES),
        key=lambda pair: right(pair[0], labels, train[:part], train[part:], pair[1]),
    )
    return right(vectors, labels, train, test, penalty)


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
            "word embeddings": mean_words(load_model(Path(given.model)), tokenizer, texts),
            "last layer": SentenceEmbedder.from_pretrained(given.model)(texts),
        }
    bags = bag_of_words(texts)
    bag = (bags @ bags.T).toarray().astype(np.float32)
    kinds = {"bag of words": [[(1.0, bag)]]}
    for name, vectors in found.items():
        vectors = of_length_one(vectors).astype(np.float32)
        products = vectors @ vectors.T
        kinds[name] = [[(1.0, products)]]
        kinds[f"bag and {name}"] = [[(1.0, bag), (weight, products)] for weight in WEIGHTS]

    test = np.arange(len(texts) - JUDGED, len(texts))
    table = Table("labels", *kinds)
    for count in given.labels:
        train = np.arange(count)
        scores = [chosen(candidates, labels, train, test) for candidates in kinds.values()]
        table.add_row(f"{count:,}", *(f"{score:.1%}" for score in scores))
    wide_console().print(table)


if __name__ == "__main__":
    main()
