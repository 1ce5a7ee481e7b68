"""Vocabularies are trained as the reference trains them, but the same way every time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from minibert.errors import VocabularyError
from minibert.pieces import SPECIAL_TOKENS, WordPieceTokenizer

NOVELS = Path(__file__).parents[2] / "shared" / "data" / "novels-10mb.txt"
GOLDEN_TEXT = "the cat sat on the mat; the hat of that cat, the bat and the rat sat there."


def pseudo_text(seed: int, words: int = 3000) -> list[str]:
    """Lines of words that are made of syllables, a few of them common and most of them rare."""
    chooser = random.Random(seed)
    syllables = ["ta", "ri", "en", "os", "mel", "k", "ü", "ion", "st", "a", "u", "λο"]
    lexicon = ["".join(chooser.choices(syllables, k=chooser.randint(1, 5))) for _ in range(400)]
    drawn = [lexicon[int(400 * chooser.random() ** 3)] for _ in range(words)]
    return [" ".join(drawn[start : start + 12]) for start in range(0, words, 12)]


def trained(texts: Sequence[str], vocab_size: int, min_frequency: int = 2) -> list[str]:
    tokenizer = WordPieceTokenizer.train_from_iterator(
        texts, vocab_size, min_frequency=min_frequency, limit_alphabet=None
    )
    return list(tokenizer.vocab)


def trained_by_reference(
    texts: Sequence[str], vocab_size: int, min_frequency: int = 2
) -> list[str]:
    reference = BertWordPieceTokenizer()
    reference.train_from_iterator(
        texts, vocab_size, min_frequency, limit_alphabet=100_000, show_progress=False
    )
    ids = reference.get_vocab()
    return sorted(ids, key=ids.__getitem__)


def trained_slowly(
    texts: Sequence[str], vocab_size: int, min_frequency: int, beginning: Sequence[str]
) -> list[str]:
    """The procedure in its plainest form: count all pairs, merge the commonest, begin again.

    `beginning` is the specials and the alphabet; its order decides between equal counts.
    """
    splitter = BertWordPieceTokenizer()
    counts: Counter[str] = Counter()
    for text in texts:
        normal = splitter.normalize(text)
        counts.update(word for word, _ in splitter.pre_tokenizer.pre_tokenize_str(normal))
    words = [([word[0], *(f"##{char}" for char in word[1:])], n) for word, n in counts.items()]
    ids = {piece: index for index, piece in enumerate(beginning)}
    while len(ids) < vocab_size:
        pairs: Counter[tuple[str, str]] = Counter()
        for symbols, count in words:
            for pair in pairwise(symbols):
                pairs[pair] += count
        if not pairs:
            break
        first, second = min(pairs, key=lambda p: (-pairs[p], ids[p[0]], ids[p[1]]))
        if pairs[first, second] < min_frequency:
            break
        joined = first + second.removeprefix("##")
        ids.setdefault(joined, len(ids))
        words = [(merged(symbols, first, second, joined), count) for symbols, count in words]
    return list(ids)


def merged(symbols: list[str], first: str, second: str, joined: str) -> list[str]:
    found: list[str] = []
    index = 0
    while index < len(symbols):
        if symbols[index : index + 2] == [first, second]:
            found.append(joined)
            index += 2
        else:
            found.append(symbols[index])
            index += 1
    return found


def beginning_of(pieces: Sequence[str]) -> list[str]:
    """The special pieces and the alphabet of a vocabulary."""
    return [
        piece for piece in pieces if piece in SPECIAL_TOKENS or len(piece.removeprefix("##")) == 1
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("min_frequency", [1, 2, 9])
def test_merges_are_the_reference_s_but_for_the_order_that_breaks_ties(
    seed: int, min_frequency: int
) -> None:
    texts = pseudo_text(seed)
    reference = trained_by_reference(texts, 250, min_frequency)
    ours = trained(texts, 250, min_frequency)
    assert sorted(beginning_of(ours)) == sorted(beginning_of(reference))
    # The plain procedure gives either, when told in which order the alphabet stands.
    in_its_order = trained_slowly(texts, 250, min_frequency, beginning_of(reference))
    assert in_its_order == reference
    assert trained_slowly(texts, 250, min_frequency, beginning_of(ours)) == ours


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(st.text("aab bcé.", max_size=20), min_size=1, max_size=12),
    vocab_size=st.integers(20, 60),
    min_frequency=st.integers(1, 3),
)
def test_small_texts_are_trained_as_by_the_plain_procedure(
    texts: list[str], vocab_size: int, min_frequency: int
) -> None:
    if not any(text.strip() for text in texts):
        texts = [*texts, "a"]
    ours = trained(texts, vocab_size, min_frequency)
    assert ours == trained_slowly(texts, vocab_size, min_frequency, beginning_of(ours))


@pytest.mark.skipif(not NOVELS.is_file(), reason="the shared texts are not here")
def test_a_novel_is_trained_as_by_the_plain_procedure() -> None:
    texts = NOVELS.read_text(encoding="utf-8")[:30_000].splitlines()
    ours = trained(texts, 400)
    assert ours == trained_slowly(texts, 400, 2, beginning_of(ours))


def test_the_vocabulary_never_changes() -> None:
    assert " ".join(trained([GOLDEN_TEXT], 45)[5:]) == (
        ", . ; a b c d e f h m n o r s t ##a ##d ##e ##f ##h ##n ##r ##t ##at th the cat sat"
    )


def test_the_order_and_the_cutting_of_texts_do_not_matter() -> None:
    texts = pseudo_text(7)
    expected = trained(texts, 300)
    assert trained(texts[::-1], 300) == expected
    assert trained([" ".join(texts)], 300) == expected
    assert trained([word for text in texts for word in text.split()], 300) == expected


def test_the_vocabulary_begins_with_specials_and_alphabet_in_order() -> None:
    pieces = trained(["Zebra éa βα zz"], 100)
    assert pieces[:5] == list(SPECIAL_TOKENS)
    alphabet = [piece for piece in pieces[5:] if len(piece) == 1]
    inside = [piece for piece in pieces[5:] if len(piece) == 3 and piece.startswith("##")]
    assert (alphabet, inside) == (sorted(alphabet), sorted(inside))
    assert pieces[5 : 5 + len(alphabet) + len(inside)] == alphabet + inside


def test_no_vocabulary_is_larger_than_asked_for() -> None:
    texts = pseudo_text(3)
    smallest = len(beginning_of(trained(texts, 1000)))
    for size in (smallest, smallest + 1, 60, 100):
        assert len(trained(texts, size)) == size
    with pytest.raises(VocabularyError, match=rf"size {smallest - 1} .*--vocab-size {smallest} "):
        trained(texts, smallest - 1)


def test_only_the_commonest_characters_are_kept() -> None:
    texts = ["aaa bbb ccc dd de"]
    tokenizer = WordPieceTokenizer.train_from_iterator(texts, 100, limit_alphabet=3)
    assert {piece for piece in tokenizer.vocab if len(piece) == 1} == set("abc")
    assert tokenizer.encode("dd abc", add_special_tokens=False).tokens[0] == "[UNK]"


def test_options_reach_the_training() -> None:
    texts = ["Émile Émile naïve"]
    cased = WordPieceTokenizer.train_from_iterator(texts, 100, lowercase=False)
    assert "É" in cased.vocab
    stripped = WordPieceTokenizer.train_from_iterator(texts, 100)
    assert "emile" in stripped.vocab
    assert stripped.encode("ÉMILE").tokens == ["[CLS]", "emile", "[SEP]"]


def test_texts_without_words_and_missing_specials_are_refused() -> None:
    for texts in ([], [""], [" \n\x00"]):
        with pytest.raises(VocabularyError, match="no word"):
            trained(texts, 100)
    with pytest.raises(VocabularyError, match=r"has no \[MASK\]"):
        WordPieceTokenizer.train_from_iterator(["a b"], 100, special_tokens=SPECIAL_TOKENS[:4])


def test_an_error_in_the_texts_comes_through() -> None:
    def texts() -> object:
        yield "a b"
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        WordPieceTokenizer.train_from_iterator(texts())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        WordPieceTokenizer.train_from_iterator([b"bytes"])  # type: ignore[list-item]
