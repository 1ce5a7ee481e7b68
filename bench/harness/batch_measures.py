"""The measures of batches. Each function of `MEASURES` yields results for `report.show`."""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from harness.tokenizer_measures import Bench, Result, counted
from peers.batches import LAYOUTS, MASKINGS, OURS, SEQ_LEN, Given

UNIT = "M tokens/s"
# The first epoch of a process includes first-time memory allocation, and is not counted.
EPOCHS = (0, 1, 2)


def given_of(bench: Bench, texts: list[Path]) -> Given:
    """Write the text in the forms that the peers read."""
    from minibert.corpus import Corpus
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

    bench.work.mkdir(parents=True, exist_ok=True)
    sentences = (bench.work / "sentences.txt").resolve()
    with sentences.open("w", encoding="utf-8", newline="\n") as file:
        for document in Corpus(texts).documents():
            file.write("\n".join(document) + "\n\n")
    lowercase = bench.files.lowercase
    tokenizer = WordPieceTokenizer.from_vocab(bench.files.vocab_txt, lowercase=lowercase)
    ids, _ = tokenizer.encode_ragged(sentences)
    inner = SEQ_LEN - 2
    examples = np.empty((ids.size // inner, SEQ_LEN), dtype=np.int64)
    examples[:, 0] = tokenizer.token_to_id("[CLS]")
    examples[:, -1] = tokenizer.token_to_id("[SEP]")
    examples[:, 1:-1] = ids[: len(examples) * inner].reshape(-1, inner)
    path = (bench.work / "examples.npy").resolve()
    np.save(path, examples)
    names = [str(text.resolve()) for text in texts]
    return Given(texts=names, sentences=str(sentences), layout=LAYOUTS[0], ids=str(path))


def store(bench: Bench, given: Given) -> Iterator[Result]:
    """Batches from a token store, or from other encoded text."""
    result = Result(
        "store", "from a store, 1 thread", UNIT, more_is_better=True, package=bench.package
    )
    for _ in range(bench.rounds):
        for masking in MASKINGS:
            epochs(bench, given, masking, 1, result, masking)
    yield result


def scaling(bench: Bench, given: Given) -> Iterator[Result]:
    """One thread against two."""
    result = Result("scaling", "from a store", UNIT, more_is_better=True, package=bench.package)
    ours = dataclasses.replace(bench, names=[name for name in bench.names if name == OURS])
    for _ in range(bench.rounds):
        for threads in (1, 2):
            epochs(ours, given, MASKINGS[0], threads, result, counted(threads))
    for name, row in result.rows.items():
        if len(row) == 2:
            one, two = (row[counted(threads)] for threads in (1, 2))
            ratios = [both / alone for alone, both in zip(one, two, strict=False)]
            result.notes[name] = f"{statistics.median(ratios):.2f} times"
    yield result


def epochs(
    bench: Bench, given: Given, masking: str, threads: int, result: Result, column: str
) -> None:
    """Epochs in new processes, which work in turn."""
    with contextlib.ExitStack() as stack:
        running = bench.round(stack, masking, threads)
        for _ in bench.in_turn(running, "read", given=given._asdict()):
            pass
        for number in EPOCHS:
            made = bench.in_turn(running, "epoch", masking=masking, number=number)
            for name, (seconds, tokens) in made:
                if number != EPOCHS[0]:
                    result.add(name, column, tokens / seconds / 1e6)


def text(bench: Bench, given: Given) -> Iterator[Result]:
    """From text to the batches of one epoch, each time in a new process."""
    for layout in LAYOUTS:
        title = f"from text to batches, {layout}"
        result = Result("text", title, UNIT, more_is_better=True, package=bench.package)
        arguments = given._replace(layout=layout)._asdict()
        for _ in range(bench.rounds):
            for threads in (1, 2):
                with contextlib.ExitStack() as stack:
                    running = bench.round(stack, layout, threads)
                    for name, (seconds, tokens) in bench.in_turn(
                        running, "from_text", given=arguments
                    ):
                        result.add(name, counted(threads), tokens / seconds / 1e6)
        yield result


MEASURES = {function.__name__: function for function in (store, scaling, text)}
