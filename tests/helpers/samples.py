"""What the tests make for themselves: a small corpus, a small shape, a reporter."""

from __future__ import annotations

import dataclasses
import math
import os
import random
from pathlib import Path
from typing import Any

import numpy as np

from minibert.config import PretrainOptions
from minibert.config.model import BertConfig
from minibert.config.recipe import Budget
from minibert.corpus import Corpus
from minibert.data.token_store import TokenStore
from minibert.pretraining import plan
from minibert.runs.manifest import CorpusRecord, TrainingRecord, Versions
from minibert.tokenizer.wordpiece import WordPieceTokenizer

GONE = 2**22 + 12345  # the number of no process: above the greatest

ANIMALS = {"cow": "grass", "cat": "fish", "horse": "hay", "bird": "seeds", "dog": "meat"}
PLACES = ["barn", "garden", "field", "yard", "kitchen"]

TINY = {
    "layers": 1,
    "hidden_size": 32,
    "heads": 2,
    "vocab_size": 150,
    "seq_len": 48,
    "batch_size": 8,
    "log_every": 5,
    "checkpoint_every": 20,
    "threads": 1,
}

SMALL = BertConfig(
    vocab_size=211,
    hidden_size=48,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=192,
    max_position_embeddings=40,
)


def write_corpus(path: Path, documents: int = 120, seed: int = 0) -> Path:
    """Documents in BERT's own format, each about one animal in one place."""
    rng = random.Random(seed)
    texts = []
    for _ in range(documents):
        animal, place = rng.choice(list(ANIMALS)), rng.choice(PLACES)
        color = rng.choice(["red", "brown", "white", "black"])
        lines = [
            f"The {color} {animal} lived near the {place}.",
            f"Every morning the {animal} sat in the {place}.",
            f"It was {color} and it liked to eat {ANIMALS[animal]}.",
            f"The {animal} eats {ANIMALS[animal]} in the {place}.",
            f"At night the {color} {animal} slept.",
        ]
        texts.append("\n".join(lines[: rng.randint(3, 5)]))
    path.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    return path


class Silence(plan.SilentTrainingReporter):
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.notes = []
        self.rows = []
        self.on_row = None

    def note(self, text):
        self.notes.append(text)

    def plan(self, plan):
        self.planned = plan

    def row(self, row, trainer):
        self.rows.append(row)
        if self.on_row:
            self.on_row(row, trainer)


def training_record(**changes: Any) -> TrainingRecord:
    """What a small run trains, for tests that need a run folder and no training."""
    options = PretrainOptions()
    config = options.config(options.vocab_size)
    record = TrainingRecord(
        inputs=(),
        options=options,
        recipe=options.training_recipe(),
        budget=Budget(steps=2000),
        config=config,
        parameters=config.parameters(),
        corpus=CorpusRecord(
            fingerprint="0123456789abcdef",
            documents=1250,
            sentences=48_211,
            tokens=812_400,
            validation_documents=125,
            layout="sentences",
        ),
        uniform_loss=math.log(config.vocab_size),
        unigram_entropy=6.42,
        device="cpu",
        dtype="float32",
        threads=1,
        processes=1,
        versions=Versions(minibert="0.1.0", python="3.11.0", torch="2.9.0", numpy="2.3.0"),
    )
    return dataclasses.replace(record, **changes)


def examples(number: int) -> int:
    """How many examples hypothesis tries: a quarter of them, but all where CI asks for them."""
    return number if os.environ.get("MINIBERT_TESTS") == "full" else max(1, number // 4)


SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["the", "a", "cat", "dog", "sat", "ran", "on", "mat", "warm", "old", "red", "."]


def small_tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer.from_vocab([*SPECIALS, "[unused0]", *WORDS])


def store_of(folder: Path, documents: list[list[int]], seed: int = 0) -> TokenStore:
    """Each document is a list of sentence lengths; the words are drawn."""
    rng = np.random.default_rng(seed)
    lines = []
    for lengths in documents:
        lines += [" ".join(rng.choice(WORDS[:-1], length)) + " ." for length in lengths] + [""]
    path = folder / "corpus.txt"
    path.write_text("\n".join(lines) + "\n\n")
    return TokenStore.build(Corpus([path], layout="sentences"), small_tokenizer())


def own_word_store(folder: Path, documents: list[list[int]]) -> TokenStore:
    """As `store_of`, but each token has an id of its own: n + 5 at place n of the store."""
    tokens = sum(map(sum, documents))
    words = iter(f"w{n}" for n in range(tokens))
    lines = [
        "".join(" ".join(next(words) for _ in range(length)) + "\n" for length in lengths)
        for lengths in documents
    ]
    path = folder / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    tokenizer = WordPieceTokenizer.from_vocab([*SPECIALS, *(f"w{n}" for n in range(tokens))])
    return TokenStore.build(Corpus([path], layout="sentences"), tokenizer)


async def until(pilot, text: str) -> None:
    """Wait until the screen of an application shows a text."""
    from minibert.tui.once import screen_text

    for _ in range(200):
        if text in " ".join(screen_text(pilot.app).split()):
            return
        await pilot.pause(0.05)
    raise AssertionError(f"{text!r} never came:\n{screen_text(pilot.app)}")


def told(app) -> str:
    """What the toasts of an application say."""
    return "\n".join(toast.message for toast in app._notifications)


# What a folder may hold when a command comes to it.


def nothing(folder: Path) -> None:
    pass


def good(folder: Path) -> None:
    write_corpus(folder / "c.txt")


def empty(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"")


def wordless(folder: Path) -> None:
    (folder / "c.txt").write_text("\u200b\u200b\n")


def taken(folder: Path) -> None:
    good(folder)
    (folder / "t").mkdir()
    (folder / "t" / "vocab.txt").write_text("mine\n")
