"""`minibert vocab`: a corpus in, a tokenizer's folder out, and one sentence for each mistake."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from tokenizers import Tokenizer

from minibert.cli.progress import ProgressReporter
from minibert.cli.views.vocab import print_vocabulary
from minibert.tokenizer.train import TrainedTokenizer
from minibert.tokenizer.vocabulary import TrainedVocabulary
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import empty, good, nothing, taken, wordless


@pytest.fixture
def call(call):
    return partial(call, "vocab")


def test_a_corpus_becomes_a_tokenizer_s_folder(call, small_corpus, tmp_path):
    code, out, err = call(small_corpus, "--size", 90, "-o", "new/tokenizer")
    assert code == 0, err
    assert err.splitlines() == ["counting words …", "training a vocabulary of 90 tokens …"]
    folder = tmp_path / "new" / "tokenizer"
    assert {p.name for p in folder.iterdir()} == {
        "vocab.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    tokenizer = WordPieceTokenizer.from_pretrained(folder)
    assert tokenizer.vocab == WordPieceTokenizer.train([small_corpus], 90).vocab
    reference = Tokenizer.from_file(str(folder / "tokenizer.json"))
    text = "The brown cow eats grass."
    assert reference.encode(text).ids == tokenizer.encode(text).ids
    assert out.startswith("vocabulary  90 tokens")
    for part in (
        "words       ",
        "of them different",
        "are one token",
        "0.0% are [UNK]",
        "examples  ",
    ):
        assert part in out
    assert out.endswith("the tokenizer is in new/tokenizer\n")
    assert "\x1b" not in out + err  # no terminal, no escapes


def test_without_a_corpus_the_default_one_is_used(call):
    code, out, _ = call("--size", 500, "-o", "t")
    assert code == 0 and "vocabulary  500 tokens" in out


def test_the_options_reach_the_training(call, small_corpus):
    def tokens(name, *options):
        assert call(small_corpus, "--size", 90, *options, "-o", name)[0] == 0
        return list(WordPieceTokenizer.from_pretrained(name).vocab)

    plain = tokens("a")
    assert tokens("b") == plain
    assert "T" in tokens("c", "--cased") and "T" not in plain
    train = WordPieceTokenizer.train
    assert tokens("d", "--algorithm", "likelihood") == list(
        train([small_corpus], 90, algorithm="likelihood").vocab
    )
    assert len(tokens("e", "--min-frequency", 10**6)) < len(plain)
    assert len(tokens("f", "--limit-alphabet", 3, "--min-frequency", 10**6)) <= 5 + 2 * 3


def test_standard_input_is_a_corpus(call, monkeypatch, small_corpus):
    text = small_corpus.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert call("-", "--size", 90, "-o", "t")[0] == 0
    expected = WordPieceTokenizer.train([small_corpus], 90).vocab
    assert WordPieceTokenizer.from_pretrained("t").vocab == expected


def latin1(path):
    (path / "c.txt").write_bytes(b"The caf\xe9 was open.\n")


@pytest.mark.parametrize(
    ("prepare", "arguments", "said"),
    [
        (good, ["c.txt"], "--out is missing; give the folder for the tokenizer"),
        (
            taken,
            ["c.txt", "-o", "t"],
            "t already has a tokenizer (vocab.txt); choose another --out",
        ),
        (good, ["c.txt", "-o", "c.txt"], "c.txt is a file, not a folder; choose another --out"),
        (good, ["c.txt", "-o", "c.txt/t"], "c.txt/t"),
        (nothing, ["c.txt", "-o", "t"], "there is no file or folder c.txt"),
        (nothing, [".", "-o", "t"], "holds no text files"),
        (empty, ["c.txt", "-o", "t"], "c.txt is empty"),
        (wordless, ["c.txt", "-o", "t"], "there is no word in the text"),
        (
            latin1,
            ["c.txt", "-o", "t"],
            "c.txt is not UTF-8 at byte 7: convert it to UTF-8; "
            "or replace invalid bytes with --errors replace",
        ),
        (good, ["c.txt", "-o", "t", "--size", "5"], "--size is 5; it must be 6 or more"),
        (good, ["c.txt", "-o", "t", "--size", "20"], "20 tokens has no room for the 5 special"),
        (good, ["c.txt", "-o", "t", "--size", "9" * 30], "it must be below 2**63"),
        (good, ["c.txt", "-o", "t", "--min-frequency", "0"], "--min-frequency is 0"),
        (good, ["c.txt", "-o", "t", "--limit-alphabet", "0"], "--limit-alphabet is 0"),
        (good, ["c.txt", "-o", "t", "--algorithm", "bpe"], "it must be one of count, likelihood"),
        (good, ["c.txt", "-o", "t", "--layout", "heap"], "--layout is 'heap'"),
    ],
)
def test_unusable_input_of_vocab_is_reported_in_one_sentence_and_leaves_nothing(
    call, tmp_path, prepare, arguments, said
):
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, out, err = call(*arguments)
    last = err.strip().splitlines()[-1]
    assert code == 2 and out == ""
    assert last.startswith("minibert: ") and said in last
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("stage", ["counting words", "training a vocabulary of 90 tokens"])
def test_ctrl_c_stops_it_and_leaves_nothing(call, monkeypatch, small_corpus, tmp_path, stage):
    def advance(screen, share):
        if screen._stage == stage:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ProgressReporter, "advance", advance)
    code, out, err = call(small_corpus, "--size", 90, "-o", "t")
    assert (code, out) == (130, "") and "Traceback" not in err
    assert not (tmp_path / "t").exists()


def test_neither_torch_nor_numpy_is_needed(small_corpus, tmp_path):
    script = (
        "import sys, minibert.cli\n"
        f"try: minibert.cli.main(['vocab', {str(small_corpus)!r}, '--size', '90', '-o', 't'])\n"
        "except SystemExit as end: assert not end.code\n"
        "loaded = {'torch', 'textual', 'numpy'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("whole", "unknown", "said"),
    [
        (10**7, 0, ["100.0% are one token", "0.0% are [UNK]"]),
        (10**7 - 1, 1, ["99.99999% are one token", "0.00001% are [UNK]"]),
        (5 * 10**6, 10**5, ["50.0% are one token", "1.0% are [UNK]"]),
    ],
)
def test_shares_of_0_and_100_percent_are_exact(whole, unknown, said):
    tokens = ["[PAD]", "a", "##b", "the", "##ing"]
    vocabulary = TrainedVocabulary(tokens, 10**7, 100, whole, unknown)
    console = Console(file=io.StringIO(), width=80)
    print_vocabulary(console, TrainedTokenizer(Path("t"), vocabulary, 8192, 1.25))
    text = console.file.getvalue()
    for part in [
        *said,
        "vocabulary  5 tokens; the corpus has no further pairs",
        "examples    the",
        "##ing",
        "1.25",
    ]:
        assert part in text
