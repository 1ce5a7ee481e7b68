"""Batches against a slow and plain reference, number by number.

The reference is the algorithm of BERT's `create_pretraining_data.py` on lists, written from its
description, with the random numbers of minibert (Philox4x32-10) drawn in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minibert.batches import Batch, PretrainingDataset
from minibert.store import TokenStore

from samples import WORDS, store_of

MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF
PAIRS, SHUFFLE, MASKING = 1, 2, 3


def mix64(value: int) -> int:
    z = (value + 0x9E3779B97F4A7C15) & MASK64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
    return z ^ (z >> 31)


class Stream:
    def __init__(self, seed: int, purpose: int, epoch: int, index: int) -> None:
        self.key = mix64(mix64(seed) ^ purpose)
        self.counter = [0, epoch, index & MASK32, index >> 32]
        self.ready: list[int] = []

    def next_u32(self) -> int:
        if not self.ready:
            self.ready = self.block()
            self.counter[0] += 1
        return self.ready.pop(0)

    def block(self) -> list[int]:
        low, high = self.key & MASK32, self.key >> 32
        a, b, c, d = self.counter
        for _ in range(10):
            first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
            a, c = second >> 32 ^ b ^ low, first >> 32 ^ d ^ high
            b, d = second & MASK32, first & MASK32
            low, high = (low + 0x9E3779B9) & MASK32, (high + 0xBB67AE85) & MASK32
        return [a, b, c, d]

    def next_u64(self) -> int:
        return self.next_u32() << 32 | self.next_u32()

    def below(self, bound: int) -> int:
        threshold = (1 << 32) % bound
        while True:
            product = self.next_u32() * bound
            if product & MASK32 >= threshold:
                return product >> 32

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        return self.next_u32() / 2**32


@dataclass
class Pair:
    a: list[int]
    b: list[int]
    is_random_next: bool


Documents = dict[int, list[list[int]]]
"""Sentences of token ids, by document number, in ascending order."""


def pairs_of(
    documents: Documents, number: int, seq_len: int, short: float, rng: Stream
) -> list[Pair]:
    numbers = list(documents)
    document = documents[number]
    max_tokens = target = seq_len - 3
    if rng.unit() < short:
        target = rng.between(2, max_tokens)
    pairs = []
    chunk: list[int] = []
    i = 0
    while i < len(document):
        chunk.append(i)
        length = sum(len(document[sentence]) for sentence in chunk)
        if i == len(document) - 1 or length >= target:
            a_end = rng.between(1, len(chunk) - 1) if len(chunk) > 1 else 1
            a = [token for sentence in chunk[:a_end] for token in document[sentence]]
            is_random_next = len(chunk) == 1 or rng.unit() < 0.5
            b: list[int] = []
            if is_random_next:
                others = [other for other in numbers if other != number]
                other = others[rng.below(len(others))]
                start = rng.below(len(documents[other]))
                # The sentence behind A in the corpus, though it begins another document.
                ends_document = chunk[a_end - 1] == len(document) - 1
                if ends_document and other == number + 1 and start == 0:
                    if len(others) > 1:
                        others_after = numbers[numbers.index(other) + 1 :] + numbers
                        other = next(n for n in others_after if n != number)
                    elif len(documents[other]) > 1:
                        start = 1
                for sentence in documents[other][start:]:
                    b += sentence
                    if len(b) >= target - len(a):
                        break
                i -= len(chunk) - a_end
            else:
                b = [token for sentence in chunk[a_end:] for token in document[sentence]]
            while len(a) + len(b) > max_tokens:
                longer = a if len(a) > len(b) else b
                longer.pop(0 if rng.unit() < 0.5 else -1)
            pairs.append(Pair(a, b, is_random_next))
            chunk = []
        i += 1
    return pairs


def pairs_of_epoch(
    documents: Documents, seq_len: int, short: float, seed: int, epoch: int
) -> list[Pair]:
    keyed = []
    for number in documents:
        order = Stream(seed, SHUFFLE, epoch, number)
        for pair in pairs_of(documents, number, seq_len, short, Stream(seed, PAIRS, epoch, number)):
            keyed.append((order.next_u64(), pair))
    return [pair for _, pair in sorted(keyed, key=lambda item: item[0])]


@dataclass
class Row:
    input_ids: list[int]
    token_type_ids: list[int]
    attention_mask: list[int]
    masked_lm_positions: list[int]
    masked_lm_ids: list[int]
    next_sentence_label: int


def row_of(
    pair: Pair,
    seq_len: int,
    masked_lm_prob: float,
    max_predictions: int | None,
    replacements: list[int],
    rng: Stream,
) -> Row:
    pad, cls, sep, mask = 0, 2, 3, 4
    tokens = [cls, *pair.a, sep, *pair.b, sep]
    types = [0] * (len(pair.a) + 2) + [1] * (len(pair.b) + 1)
    candidates = [i for i in range(len(tokens)) if i not in (0, len(pair.a) + 1, len(tokens) - 1)]
    count = max(1, round(len(tokens) * masked_lm_prob))
    count = min(count, max_predictions or count, len(candidates))
    # Floyd's algorithm for a random subset.
    chosen: set[int] = set()
    for last in range(len(candidates) - count, len(candidates)):
        pick = rng.below(last + 1)
        chosen.add(last if pick in chosen else pick)
    positions = [candidates[pick] for pick in sorted(chosen)]
    ids = [tokens[position] for position in positions]
    for position in positions:
        fate = rng.unit()
        if fate < 0.8:
            tokens[position] = mask
        elif fate >= 0.9:
            tokens[position] = replacements[rng.below(len(replacements))]
    padding = [0] * (seq_len - len(tokens))
    return Row(
        tokens + [pad] * len(padding),
        types + padding,
        [1] * len(tokens) + padding,
        positions,
        ids,
        int(pair.is_random_next),
    )


REPLACEMENTS = list(range(6, 6 + len(WORDS)))


def expected_epoch(
    dataset: PretrainingDataset,
    store: TokenStore,
    epoch: int,
    *,
    seed: int,
    short_seq_prob: float,
    masked_lm_prob: float,
    max_predictions_per_seq: int | None,
) -> list[Row]:
    documents = {number: store.document(number) for number in dataset.documents}
    pairs = pairs_of_epoch(documents, dataset.seq_len, short_seq_prob, seed, epoch)
    return [
        row_of(
            pair,
            dataset.seq_len,
            masked_lm_prob,
            max_predictions_per_seq,
            REPLACEMENTS,
            Stream(seed, MASKING, epoch, number),
        )
        for number, pair in enumerate(pairs)
    ]


def assert_equal_rows(batch: Batch, rows: list[Row], seq_len: int) -> None:
    assert batch.input_ids.tolist() == [row.input_ids for row in rows]
    assert batch.token_type_ids.tolist() == [row.token_type_ids for row in rows]
    assert batch.attention_mask.tolist() == [row.attention_mask for row in rows]
    positions = [i * seq_len + p for i, row in enumerate(rows) for p in row.masked_lm_positions]
    assert batch.masked_lm_positions.tolist() == positions
    assert batch.masked_lm_ids.tolist() == [id for row in rows for id in row.masked_lm_ids]
    assert batch.next_sentence_label.tolist() == [row.next_sentence_label for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    documents=st.lists(
        st.lists(st.integers(1, 30), min_size=1, max_size=8), min_size=2, max_size=12
    ),
    seq_len=st.integers(5, 40),
    batch_size=st.integers(1, 7),
    seed=st.integers(0, 2**64 - 1),
    epoch=st.integers(0, 2**32 - 1),
    short_seq_prob=st.sampled_from([0.0, 0.1, 1.0]),
    masked_lm_prob=st.sampled_from([0.01, 0.15, 0.25, 1.0]),
    max_predictions_per_seq=st.sampled_from([None, 1, 3]),
)
def test_batches_are_those_of_the_slow_reference(
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[list[int]],
    seq_len: int,
    batch_size: int,
    seed: int,
    epoch: int,
    short_seq_prob: float,
    masked_lm_prob: float,
    max_predictions_per_seq: int | None,
) -> None:
    store = store_of(tmp_path_factory.mktemp("store"), documents)
    dataset = PretrainingDataset(
        store,
        seq_len=seq_len,
        batch_size=batch_size,
        seed=seed,
        split="all",
        short_seq_prob=short_seq_prob,
        masked_lm_prob=masked_lm_prob,
        max_predictions_per_seq=max_predictions_per_seq,
        drop_last=False,
    )
    rows = expected_epoch(
        dataset,
        store,
        epoch,
        seed=seed,
        short_seq_prob=short_seq_prob,
        masked_lm_prob=masked_lm_prob,
        max_predictions_per_seq=max_predictions_per_seq,
    )
    batches = list(dataset.epoch(epoch))
    assert len(batches) == dataset.batches_per_epoch(epoch) == -(-len(rows) // batch_size)
    for index, batch in enumerate(batches):
        first = index * batch_size
        assert_equal_rows(batch, rows[first : first + batch_size], seq_len)


@pytest.mark.parametrize("split", ["train", "held_out"])
def test_the_reference_agrees_on_a_part_of_the_documents(store: TokenStore, split: str) -> None:
    dataset = PretrainingDataset(
        store, seq_len=32, batch_size=4, seed=5, split=split, held_out_fraction=0.3, drop_last=False
    )
    rows = expected_epoch(
        dataset,
        store,
        2,
        seed=5,
        short_seq_prob=0.1,
        masked_lm_prob=0.15,
        max_predictions_per_seq=None,
    )
    for index, batch in enumerate(dataset.epoch(2)):
        assert_equal_rows(batch, rows[4 * index : 4 * index + 4], 32)
