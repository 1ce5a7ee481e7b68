"""Masks filled by minibert and by the `fill-mask` pipeline of transformers, side by side.

    uv run --group test python bench/fill.py --model RUN [--text FILE ...] [--rounds 5]

The texts are sentences of 5 to 40 words, by default from the default corpus, each with one word
masked; each side returns the five most likely tokens, with the same model folder. The pipeline gets
the whole list at several batch sizes, at the largest also sorted by length. Each side has its own
process; rounds alternate, and medians are printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import time

import torch

from minibert import Corpus, FillMask

BATCH_SIZES = (1, 32, 128)


class Ours:
    def __init__(self, model):
        self.fill = FillMask.from_pretrained(model)

    def measures(self, texts):
        yield "minibert", lambda: self.fill(texts)


class Pipeline:
    def __init__(self, model):
        import transformers

        self.fill = transformers.pipeline("fill-mask", model=model, device="cpu")

    def measures(self, texts):
        by_length = sorted(texts, key=len)
        for size in BATCH_SIZES:
            yield f"pipeline, batch_size={size}", lambda n=size: self.fill(texts, batch_size=n)
        size = BATCH_SIZES[-1]
        yield f"pipeline, batch_size={size}, sorted", lambda: self.fill(by_length, batch_size=size)


SIDES = {"ours": Ours, "pipeline": Pipeline}


def work(name, model, texts, connection):
    """Run in a process: a round of all its measures for each message; sends their seconds."""
    measures = dict(SIDES[name](model).measures(texts))
    for measure in measures.values():
        measure()  # warms up
    connection.send(True)
    while connection.recv():
        seconds = {}
        for title, measure in measures.items():
            start = time.perf_counter()
            measure()
            seconds[title] = time.perf_counter() - start
        connection.send(seconds)


def masked_sentences(paths, number, seed=0):
    """Sentences with one masked word each, the same for the same text."""
    corpus = Corpus(paths) if paths else Corpus.default()
    sentences = [sentence.split() for document in corpus.documents() for sentence in document]
    sentences = [words for words in sentences if 5 <= len(words) <= 40]
    rng = random.Random(seed)
    masked = []
    for words in rng.sample(sentences, min(number, len(sentences))):
        n = rng.randrange(len(words))
        masked.append(" ".join([*words[:n], "[MASK]", *words[n + 1 :]]))
    return masked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="a run or model folder")
    parser.add_argument("--text", nargs="+", help="files; the default corpus by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=4096)
    given = parser.parse_args()

    texts = masked_sentences(given.text, given.sentences)
    spawn = multiprocessing.get_context("spawn")
    connections = {}
    for name in SIDES:
        here, there = spawn.Pipe()
        arguments = (name, given.model, texts, there)
        spawn.Process(target=work, args=arguments, daemon=True).start()
        here.recv()
        connections[name] = here
    seconds = {}
    for _ in range(given.rounds):
        for connection in connections.values():
            connection.send(True)
            for title, elapsed in connection.recv().items():
                seconds.setdefault(title, []).append(elapsed)
    for connection in connections.values():
        connection.send(False)

    words = statistics.mean(len(text.split()) for text in texts)
    print(f"{len(texts):,} sentences of {words:.1f} words, {torch.get_num_threads()} threads")
    ours = seconds["minibert"]
    for title, values in seconds.items():
        rates = [len(texts) / value for value in values]
        ratio = statistics.median(b / a for a, b in zip(ours, values, strict=True))
        print(
            f"{title:>32}  sentences/s {statistics.median(rates):>7,.0f} "
            f"({min(rates):,.0f} to {max(rates):,.0f})"
            + ("" if title == "minibert" else f", minibert is {ratio:.1f} times as fast")
        )


if __name__ == "__main__":
    main()
