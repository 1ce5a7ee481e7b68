"""Batches against a slow and plain reference, number by number."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minibert.corpus import Corpus
from minibert.data.dataset import PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import CorpusError
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.reference_batches import MASKING, PAD, Options, Row, Stream, examples_of, row_of
from helpers.samples import SPECIALS, examples

PIECES = ["the", "cat", "sat", "old", "red", "##s", "##er", "##est", "."]
TEXT = ["the", "cat", "cats", "sat", "olders", "reddest", "redest", "oldestsersers", "dog"]
"""Words of one piece and of several, and two that are [UNK]."""
WIDE = [f"filler{n}" for n in range(1 << 16)]
"""Pieces before the others, whose ids then need 32 bits in the store."""
OBJECTIVES = ["next_sentence", "sentence_order", "full_sentences", "doc_sentences", "line"]
UNITS = ["token", "whole_word", "span", "ngram"]


@functools.cache
def tokenizer(before: int) -> WordPieceTokenizer:
    return WordPieceTokenizer.from_vocab([*SPECIALS, "[unused0]", *WIDE[:before], *PIECES])


def store_of_words(folder: Path, documents: list[list[int]], before: int = 0) -> TokenStore:
    """Each document is a list of the sentences' lengths in words."""
    rng = np.random.default_rng(0)
    lines = [
        "".join(" ".join(rng.choice(TEXT, length)) + "\n" for length in lengths)
        for lengths in documents
    ]
    path = folder / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    return TokenStore.build(Corpus([path], layout="sentences"), tokenizer(before))


def expected_rows(
    dataset: PretrainingDataset,
    store: TokenStore,
    options: Options,
    epoch: int,
    batch_size: int,
    before: int = 0,
) -> list[Row]:
    replacements = list(range(6, 6 + before + len(PIECES)))
    continuations = {6 + before + PIECES.index(piece) for piece in ("##s", "##er", "##est")}
    documents = {number: store.document(number) for number in dataset.documents}
    examples = examples_of(documents, options, epoch)
    batches = -(-len(examples) // batch_size)
    start, end = options.masked_lm_prob, options.final_masked_lm_prob
    end = start if end is None else end
    rows = []
    for number, example in enumerate(examples):
        epochs = epoch + number // batch_size / batches
        rate = start + (end - start) * min(epochs / options.masked_lm_prob_epochs, 1.0)
        rng = Stream(options.seed, MASKING, epoch, number)
        rows.append(row_of(example, options, rate, replacements, continuations, rng))
    return rows


def assert_equal_rows(dataset: PretrainingDataset, epoch: int, index: int, rows: list[Row]) -> None:
    batch, unpadded = dataset.batch(epoch, index), dataset.unpadded_batch(epoch, index)
    seq_len = dataset.seq_len
    lengths = [len(row.input_ids) for row in rows]
    ids = [id for row in rows for id in row.masked_lm_ids]
    labels = [row.next_sentence_label for row in rows if row.next_sentence_label is not None]

    def padded(values: list[int], length: int, padding: int = 0) -> list[int]:
        return values + [padding] * (seq_len - length)

    assert batch.input_ids.tolist() == [
        padded(row.input_ids, length, PAD) for row, length in zip(rows, lengths, strict=True)
    ]
    assert batch.token_type_ids.tolist() == [
        padded(row.token_type_ids, length) for row, length in zip(rows, lengths, strict=True)
    ]
    assert batch.attention_mask.tolist() == [padded([1] * length, length) for length in lengths]
    positions = [i * seq_len + p for i, row in enumerate(rows) for p in row.masked_lm_positions]
    assert batch.masked_lm_positions.tolist() == positions
    assert batch.masked_lm_ids.tolist() == unpadded.masked_lm_ids.tolist() == ids
    assert batch.next_sentence_label.tolist() == unpadded.next_sentence_label.tolist() == labels

    starts = np.cumsum([0, *lengths])
    assert unpadded.cu_seqlens.tolist() == starts.tolist()
    assert unpadded.max_seqlen == max(lengths)
    assert unpadded.input_ids.tolist() == [id for row in rows for id in row.input_ids]
    assert unpadded.token_type_ids.tolist() == [one for row in rows for one in row.token_type_ids]
    assert unpadded.masked_lm_positions.tolist() == [
        start + p for start, row in zip(starts, rows, strict=False) for p in row.masked_lm_positions
    ]


OPTIONS = st.builds(
    Options,
    objective=st.sampled_from(OBJECTIVES),
    seq_len=st.integers(5, 40),
    seed=st.integers(0, 2**64 - 1),
    short_seq_prob=st.sampled_from([0.0, 0.1, 1.0]),
    balanced_labels=st.booleans(),
    mask_unit=st.sampled_from(UNITS),
    masked_lm_prob=st.sampled_from([0.01, 0.15, 0.25, 1.0]),
    final_masked_lm_prob=st.sampled_from([None, 0.5]),
    masked_lm_prob_epochs=st.sampled_from([0.5, 3.0]),
    max_predictions_per_seq=st.sampled_from([None, 1, 3]),
    mask_replace_prob=st.sampled_from([0.8, 0.0, 0.5]),
    random_replace_prob=st.sampled_from([0.1, 0.0, 0.2]),
)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    documents=st.lists(
        st.lists(st.integers(1, 20), min_size=1, max_size=8), min_size=2, max_size=12
    ),
    options=OPTIONS,
    hard_negative_prob=st.sampled_from([0.0, 0.5, 1.0]),
    batch_size=st.integers(1, 7),
    epoch=st.integers(0, 3) | st.integers(0, 2**32 - 1),
)
def test_batches_equal_those_of_the_slow_reference(
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[list[int]],
    options: Options,
    hard_negative_prob: float,
    batch_size: int,
    epoch: int,
) -> None:
    if options.objective == "next_sentence":
        options.hard_negative_prob = hard_negative_prob
    store = store_of_words(tmp_path_factory.mktemp("store"), documents)
    try:
        dataset = PretrainingDataset(
            store,
            split="all",
            batch_size=batch_size,
            drop_last=False,
            **dataclasses.asdict(options),
        )
    except CorpusError as error:
        assert "is a single sentence" in str(error) and max(map(len, documents)) == 1
        return
    rows = expected_rows(dataset, store, options, epoch, batch_size)
    batches = dataset.batches_per_epoch(epoch)
    assert batches == -(-len(rows) // batch_size)
    for index in range(batches):
        first = index * batch_size
        assert_equal_rows(dataset, epoch, index, rows[first : first + batch_size])


@pytest.mark.parametrize("split", ["train", "validation"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_batches_of_a_split_equal_those_of_the_reference(
    tmp_path: Path, split: str, objective: str
) -> None:
    rng = np.random.default_rng(1)
    documents = [list(rng.integers(1, 15, rng.integers(1, 9))) for _ in range(60)]
    store = store_of_words(tmp_path, documents)
    options = Options(objective=objective, seq_len=32, seed=5)
    dataset = PretrainingDataset(
        store,
        split=split,
        validation_fraction=0.3,
        batch_size=4,
        drop_last=False,
        **dataclasses.asdict(options),
    )
    rows = expected_rows(dataset, store, options, 2, 4)
    for index in range(dataset.batches_per_epoch(2)):
        assert_equal_rows(dataset, 2, index, rows[4 * index : 4 * index + 4])


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_batches_with_32_bit_ids_equal_those_of_the_reference(
    tmp_path: Path, objective: str, unit: str
) -> None:
    rng = np.random.default_rng(2)
    documents = [list(rng.integers(1, 15, rng.integers(1, 9))) for _ in range(20)]
    store = store_of_words(tmp_path, documents, before=len(WIDE))
    assert store.document(0)[0][0] >= 1 << 16
    options = Options(objective, 32, seed=5, mask_unit=unit, random_replace_prob=0.2)
    dataset = PretrainingDataset(
        store, split="all", batch_size=4, drop_last=False, **dataclasses.asdict(options)
    )
    rows = expected_rows(dataset, store, options, 2, 4, before=len(WIDE))
    for index in range(dataset.batches_per_epoch(2)):
        assert_equal_rows(dataset, 2, index, rows[4 * index : 4 * index + 4])
