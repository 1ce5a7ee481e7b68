"""Texts of like length are padded together, and each comes once."""

from hypothesis import given
from hypothesis import strategies as st

from minibert.text_batches import batches_by_length

TEXTS = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=12), max_size=30)


@given(TEXTS, st.integers(1, 60))
def test_each_text_is_in_one_batch_as_it_was(texts, positions):
    segments = [[piece % 2 for piece in text] for text in texts]
    seen = {}
    for batch in batches_by_length(texts, 0, type_ids=segments, positions=positions):
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
def test_a_batch_has_no_more_positions_than_asked_for_unless_one_text_has(texts, positions):
    for batch in batches_by_length(texts, 0, positions=positions):
        assert batch.input_ids.numel() <= positions or len(batch.numbers) == 1
        assert not batch.token_type_ids.any()
