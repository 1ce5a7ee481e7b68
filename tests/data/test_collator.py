"""Texts of like length are padded together, and each comes once."""

from hypothesis import given
from hypothesis import strategies as st

from minibert.data.collator import batched, encode_texts, length_sorted_batches, truncate

from helpers.samples import small_tokenizer

TEXTS = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=12), max_size=30)


@given(TEXTS, st.integers(1, 60))
def test_each_text_is_in_one_batch(texts, positions):
    segments = [[piece % 2 for piece in text] for text in texts]
    seen = {}
    for batch in length_sorted_batches(texts, 0, type_ids=segments, positions=positions):
        for row, number in enumerate(batch.numbers):
            assert number not in seen
            length = len(texts[number])
            seen[number] = batch.input_ids[row, :length].tolist()
            assert batch.token_type_ids[row, :length].tolist() == segments[number]
            assert batch.attention_mask[row].tolist() == [
                int(place < length) for place in range(batch.input_ids.shape[1])
            ]
            assert not batch.input_ids[row, length:].any()
            assert not batch.token_type_ids[row, length:].any()
    assert seen == dict(enumerate(texts))


@given(TEXTS, st.integers(1, 60))
def test_only_a_batch_of_one_text_exceeds_the_limit_of_positions(texts, positions):
    for batch in length_sorted_batches(texts, 0, positions=positions):
        assert batch.input_ids.numel() <= positions or len(batch.numbers) == 1
        assert not batch.token_type_ids.any()


@given(TEXTS, st.integers(1, 60), st.integers(1, 5))
def test_a_batch_keeps_the_limit_of_texts(texts, positions, most):
    batches = list(length_sorted_batches(texts, 0, positions=positions, texts=most))
    assert all(len(batch.numbers) <= most for batch in batches)
    assert sorted(n for batch in batches for n in batch.numbers) == list(range(len(texts)))


@given(st.lists(st.integers()), st.integers(1, 7))
def test_items_are_batched_in_order(items, number):
    found = list(batched(iter(items), number))
    assert [item for chunk in found for item in chunk] == items
    assert all(len(chunk) == number for chunk in found[:-1])
    assert all(0 < len(chunk) <= number for chunk in found)


def test_texts_are_encoded_without_truncation_or_padding():
    tokenizer = small_tokenizer()
    texts = ["the cat sat on the mat .", "", "the [MASK]"]
    expected = [list(tokenizer.encode(text).ids) for text in texts]
    assert encode_texts(tokenizer, texts) == expected
    assert encode_texts(tokenizer.with_truncation(4).with_padding(length=9), texts) == expected


def test_truncated_ids_have_the_length_and_end_with_sep():
    tokenizer = small_tokenizer()
    [ids] = encode_texts(tokenizer, ["the cat sat on the mat ."])
    for length in range(3, len(ids) + 3):
        shorter = tokenizer.with_truncation(length).encode("the cat sat on the mat .")
        assert truncate(ids, length) == list(shorter.ids)
