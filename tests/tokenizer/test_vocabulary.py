"""Vocabularies are trained as the reference trains them, but the same way every time."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from minibert.corpus import Corpus
from minibert.errors import CorpusError, OptionError, VocabularyError
from minibert.tokenizer.options import TokenizerOptions
from minibert.tokenizer.vocabulary import (
    VocabTrainingOptions,
    VocabTrainingProgress,
    train_vocabulary,
)
from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

from helpers.samples import examples

NOVELS = Path(__file__).parents[3] / "shared" / "data" / "novels-10mb.txt"
GOLDEN_TEXT = "the cat sat on the mat; the hat of that cat, the bat and the rat sat there."


def pseudo_text(seed: int, words: int = 3000) -> list[str]:
    """Lines of words that are made of syllables, a few of them common and most of them rare."""
    chooser = random.Random(seed)
    syllables = ["ta", "ri", "en", "os", "mel", "k", "ü", "ion", "st", "a", "u", "λο"]
    lexicon = ["".join(chooser.choices(syllables, k=chooser.randint(1, 5))) for _ in range(400)]
    drawn = [lexicon[int(400 * chooser.random() ** 3)] for _ in range(words)]
    return [" ".join(drawn[start : start + 12]) for start in range(0, words, 12)]


def trained(
    texts: Sequence[str], vocab_size: int, min_frequency: int = 2, algorithm: str = "count"
) -> list[str]:
    tokenizer = WordPieceTokenizer.train_from_iterator(
        texts,
        vocab_size,
        min_frequency=min_frequency,
        limit_alphabet=None,
        algorithm=algorithm,
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
    texts: Sequence[str],
    vocab_size: int,
    min_frequency: int,
    beginning: Sequence[str],
    algorithm: str = "count",
) -> list[str]:
    """The procedure in its plainest form: count all pairs, merge the best, begin again.

    `beginning` is the specials and the alphabet; its order decides between equal pairs.
    """
    splitter = BertWordPieceTokenizer()
    counts: Counter[str] = Counter()
    for text in texts:
        normal = splitter.normalize(text)
        counts.update(word for word, _ in splitter.pre_tokenizer.pre_tokenize_str(normal))
    words = [([word[0], *(f"##{char}" for char in word[1:])], n) for word, n in counts.items()]
    ids = {token: index for index, token in enumerate(beginning)}
    while len(ids) < vocab_size:
        pairs: Counter[tuple[str, str]] = Counter()
        for symbols, count in words:
            for pair in pairwise(symbols):
                pairs[pair] += count
        pairs = Counter({pair: n for pair, n in pairs.items() if n >= min_frequency})
        if not pairs:
            break
        scores: dict[tuple[str, str], Fraction | int] = dict(pairs)
        if algorithm == "likelihood":
            single: Counter[str] = Counter()
            for symbols, count in words:
                for symbol in symbols:
                    single[symbol] += count
            scores = {(a, b): Fraction(n, single[a] * single[b]) for (a, b), n in pairs.items()}
        first, second = min(scores, key=lambda p: (-scores[p], ids[p[0]], ids[p[1]]))
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


def beginning_of(tokens: Sequence[str]) -> list[str]:
    """The special tokens and the alphabet of a vocabulary."""
    return [
        token for token in tokens if token in SPECIAL_TOKENS or len(token.removeprefix("##")) == 1
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


@settings(max_examples=examples(150))
@given(
    texts=st.lists(st.text("aab bcé.", max_size=20), min_size=1, max_size=12),
    vocab_size=st.integers(20, 60),
    min_frequency=st.integers(1, 3),
    algorithm=st.sampled_from(["count", "likelihood"]),
)
def test_small_texts_are_trained_as_by_the_plain_procedure(
    texts: list[str], vocab_size: int, min_frequency: int, algorithm: str
) -> None:
    if not any(text.strip() for text in texts):
        texts = [*texts, "a"]
    ours = trained(texts, vocab_size, min_frequency, algorithm)
    beginning = beginning_of(ours)
    assert ours == trained_slowly(texts, vocab_size, min_frequency, beginning, algorithm)


@pytest.mark.skipif(not NOVELS.is_file(), reason="the shared texts are not here")
@pytest.mark.parametrize(
    "algorithm", ["count", pytest.param("likelihood", marks=pytest.mark.exhaustive)]
)
def test_a_novel_is_trained_as_by_the_plain_procedure(algorithm: str) -> None:
    texts = NOVELS.read_text(encoding="utf-8")[:20_000].splitlines()
    ours = trained(texts, 250, 3, algorithm)
    assert ours == trained_slowly(texts, 250, 3, beginning_of(ours), algorithm)


def test_the_golden_vocabulary_is_unchanged() -> None:
    alphabet = ", . ; a b c d e f h m n o r s t ##a ##d ##e ##f ##h ##n ##r ##t "
    assert " ".join(trained([GOLDEN_TEXT], 45)[5:]) == alphabet + "##at th the cat sat"
    likeliest = trained([GOLDEN_TEXT], 45, algorithm="likelihood")
    assert " ".join(likeliest[5:]) == alphabet + "th the ca sa ##at cat sat"


def test_the_order_and_the_division_of_texts_do_not_matter() -> None:
    texts = pseudo_text(7)
    expected = trained(texts, 300)
    assert trained(texts[::-1], 300) == expected
    assert trained([" ".join(texts)], 300) == expected
    assert trained([word for text in texts for word in text.split()], 300) == expected


def test_the_vocabulary_begins_with_specials_and_alphabet_in_order() -> None:
    tokens = trained(["Zebra éa βα zz"], 100)
    assert tokens[:5] == list(SPECIAL_TOKENS)
    alphabet = [token for token in tokens[5:] if len(token) == 1]
    inside = [token for token in tokens[5:] if len(token) == 3 and token.startswith("##")]
    assert (alphabet, inside) == (sorted(alphabet), sorted(inside))
    assert tokens[5 : 5 + len(alphabet) + len(inside)] == alphabet + inside


def test_no_vocabulary_is_larger_than_requested() -> None:
    texts = pseudo_text(3)
    smallest = len(beginning_of(trained(texts, 1000)))
    for size in (smallest, smallest + 1, 60, 100):
        assert len(trained(texts, size)) == size
    with pytest.raises(
        VocabularyError, match=rf"{smallest - 1} tokens .* must have {smallest} or more"
    ):
        trained(texts, smallest - 1)


def test_only_the_most_frequent_characters_are_kept() -> None:
    texts = ["aaa bbb ccc dd de"]
    tokenizer = WordPieceTokenizer.train_from_iterator(texts, 100, limit_alphabet=3)
    assert {token for token in tokenizer.vocab if len(token) == 1} == set("abc")
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


def test_the_reference_exceeds_the_requested_size_and_ours_refuses() -> None:
    texts = ["abcdefghij"]
    assert len(trained_by_reference(texts, 10)) > 10
    with pytest.raises(VocabularyError, match="10 tokens has no room for the 5 special tokens"):
        trained(texts, 10)


def test_the_reference_joins_the_neighbors_of_a_dropped_character_and_ours_does_not() -> None:
    texts = ["axb"] * 3 + ["cd"] * 9 + ["a b"]
    reference = BertWordPieceTokenizer()
    reference.train_from_iterator(texts, 100, 2, limit_alphabet=4, show_progress=False)
    assert "x" not in reference.get_vocab() and "ab" in reference.get_vocab()
    ours = WordPieceTokenizer.train_from_iterator(texts, 100, limit_alphabet=4)
    assert "x" not in ours.vocab and "ab" not in ours.vocab and "cd" in ours.vocab


def test_the_reference_breaks_ties_at_random_and_ours_does_not() -> None:
    texts = [" ".join(a + b + c for a in "abcdefgh" for b in "ijklm" for c in "nopq")] * 2
    reference = (
        "from tokenizers import BertWordPieceTokenizer\n"
        "tokenizer = BertWordPieceTokenizer()\n"
        f"tokenizer.train_from_iterator({texts!r}, 60, 2, show_progress=False)\n"
        "print(sorted(tokenizer.get_vocab().items()))\n"
    )
    ours = (
        "from minibert.tokenizer.wordpiece import WordPieceTokenizer\n"
        f"print(WordPieceTokenizer.train_from_iterator({texts!r}, 60).vocab)\n"
    )
    assert len({output_of(reference) for _ in range(4)}) > 1
    assert len({output_of(ours) for _ in range(2)}) == 1


def output_of(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be taken away here")
def test_the_number_of_cores_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(pseudo_text(5, 200_000)), encoding="utf-8")
    script = (
        "import os, sys\n"
        "if sys.argv[1:]: os.sched_setaffinity(0, {0})\n"
        "from minibert.tokenizer.wordpiece import WordPieceTokenizer\n"
        f"print(WordPieceTokenizer.train([{str(path)!r}], 600).vocab)\n"
    )
    alone = subprocess.run(
        [sys.executable, "-c", script, "alone"], capture_output=True, text=True, check=True
    )
    assert alone.stdout == output_of(script)


def test_compressed_files_and_folders_give_the_vocabulary_of_their_texts(tmp_path: Path) -> None:
    import zstandard

    texts = pseudo_text(11)
    whole = "\n".join(texts).encode()
    (tmp_path / "a.txt").write_bytes(whole[:30_000])
    (tmp_path / "b.txt").write_bytes(whole[30_000:])
    cut = [whole[:30_000].decode(errors="replace"), whole[30_000:].decode(errors="replace")]
    (tmp_path / "whole.gz").write_bytes(gzip.compress(whole))
    (tmp_path / "whole.zst").write_bytes(
        zstandard.compress(whole[:9]) + zstandard.compress(whole[9:])
    )
    expected = trained(texts, 300)
    for name in ("whole.gz", "whole.zst"):
        tokenizer = WordPieceTokenizer.train([tmp_path / name], 300, limit_alphabet=None)
        assert list(tokenizer.vocab) == expected
    in_folder = WordPieceTokenizer.train(
        Corpus([tmp_path], errors="replace"), 300, limit_alphabet=None
    )
    assert list(in_folder.vocab) == trained(cut, 300)


@pytest.mark.exhaustive
def test_a_text_much_larger_than_the_memory_it_takes_is_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "large.txt.gz"
    part = ("\n".join(pseudo_text(2)) + "\n").encode()
    path.write_bytes(gzip.compress(part * (100_000_000 // len(part)), compresslevel=1))
    script = (
        "import resource\n"
        "from minibert.tokenizer.vocabulary import *\n"
        "from minibert.corpus import Corpus\n"
        "from minibert.tokenizer.options import TokenizerOptions\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        f"corpus = Corpus([{str(path)!r}])\n"
        "done = train_vocabulary(corpus, TokenizerOptions(), VocabTrainingOptions(300))\n"
        "assert done.words > 10_000_000, done.words\n"
        "print(peak() - before)\n"
    )
    assert int(output_of(script)) < 40


def test_progress_covers_reading_and_merging_and_can_stop_both(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(pseudo_text(4, 400_000)), encoding="utf-8")
    told: list[VocabTrainingProgress] = []
    WordPieceTokenizer.train([path], 400, progress=told.append)
    phases = [progress.phase for progress in told]
    assert phases == sorted(phases, reverse=True) and set(phases) == {"reading", "merging"}
    for phase, total in (("reading", path.stat().st_size), ("merging", 400)):
        steps = [progress for progress in told if progress.phase == phase]
        assert {step.total for step in steps} == {total}
        done = [step.done for step in steps]
        assert done == sorted(done) and done[-1] <= total

    def stop(progress: VocabTrainingProgress) -> None:
        if progress.phase == phase:
            raise RuntimeError(phase)

    for phase in ("reading", "merging"):
        with pytest.raises(RuntimeError, match=phase):
            WordPieceTokenizer.train([path], 400, progress=stop)
    with pytest.raises(RuntimeError, match="merging"):
        WordPieceTokenizer.train_from_iterator(["a text"], 100, progress=stop)


def test_an_initial_alphabet_can_be_encoded_wherever_its_characters_stand() -> None:
    tokenizer = WordPieceTokenizer.train_from_iterator(
        ["no such letters"], 100, initial_alphabet=["Ф", "q", "€!", "字"], limit_alphabet=5
    )
    tokens = tokenizer.encode("фq€ qф! 字q", add_special_tokens=False).tokens
    assert tokens == ["ф", "##q", "##€", "q", "##ф", "!", "字", "q"]
    assert "##!" not in tokenizer.vocab and "##字" not in tokenizer.vocab
    same = WordPieceTokenizer.train_from_iterator(
        ["no such letters"], 100, initial_alphabet="Фq€!字", limit_alphabet=5
    )
    assert same.vocab == tokenizer.vocab


def test_the_coverage_of_the_words_is_counted() -> None:
    options = VocabTrainingOptions(vocab_size=20, limit_alphabet=4)
    texts = ["the the the the eth xy", "h" * 101]
    vocabulary = train_vocabulary(texts, TokenizerOptions(), options)
    assert vocabulary.tokens[-1] == "the"
    assert (vocabulary.words, vocabulary.different_words) == (7, 3)
    assert (vocabulary.whole_words, vocabulary.unknown_words) == (4, 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"algorithm": "fastest"}, "`algorithm` is 'fastest'; it must be one of count, likelihood"),
        ({"vocab_size": -1}, "`vocab_size` is -1"),
        ({"min_frequency": -2}, "`min_frequency` is -2"),
        ({"limit_alphabet": 2**63}, "`limit_alphabet` is 9223372036854775808"),
    ],
)
def test_options_that_are_not_allowed_are_refused_by_name(
    options: dict[str, object], said: str
) -> None:
    with pytest.raises(OptionError) as caught:
        WordPieceTokenizer.train_from_iterator(["a"], **options)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_files_that_cannot_be_read_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"word " * 500_000 + b"\xff" + b" word" * 100)
    with pytest.raises(CorpusError, match=r"bad.txt is not UTF-8 at byte 2500000:"):
        WordPieceTokenizer.train([path])
    path.write_bytes(gzip.compress(path.read_bytes())[:-20])
    with pytest.raises(CorpusError, match=r"bad.txt is damaged or cut short"):
        WordPieceTokenizer.train(Corpus([path], errors="replace"))
