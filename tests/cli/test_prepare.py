"""`minibert prepare`: a corpus in, a folder of tokens out, which is found again."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import pytest

from minibert.cli.progress import ProgressReporter
from minibert.corpus import Corpus
from minibert.data.prepare import STORE, open_prepared
from minibert.data.token_store import TokenStore
from minibert.errors import OptionError
from minibert.io.units import format_size, parse_size
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import TINY, good, nothing, taken, wordless, write_corpus

REUSED = "using the tokens of this text in t"


@pytest.fixture
def prepare(call):
    def run(*arguments):
        code, out, err = call("prepare", *arguments)
        assert code == 0, err
        return out, err

    return run


def test_a_corpus_becomes_a_folder_of_tokens_and_their_tokenizer(prepare, small_corpus, tmp_path):
    out, err = prepare(small_corpus, "--vocab-size", 90, "-o", "new/tokens")
    assert err.splitlines() == [
        "counting words …",
        "training a vocabulary of 90 tokens …",
        "tokenizing the text …",
    ]
    folder = tmp_path / "new" / "tokens"
    assert {path.name for path in folder.iterdir()} == {
        STORE,
        "vocab.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    prepared = open_prepared(folder)
    trained = WordPieceTokenizer.train([small_corpus], 90)
    assert prepared.tokenizer.vocab == trained.vocab
    expected = TokenStore.build(Corpus([small_corpus]), trained)
    assert prepared.store.fingerprint == expected.fingerprint
    assert prepared.store.corpus_summary == expected.corpus_summary
    for part in (
        "documents   120 ",
        f"tokens      {expected.tokens:,} in ",
        "vocabulary  90 tokens",
        "layout      one sentence per line",
        "the tokens are in new/tokens\n",
    ):
        assert part in out
    assert "\x1b" not in out + err


def test_prepared_tokens_are_reused_for_the_same_input_only(prepare, tmp_path):
    corpus = write_corpus(tmp_path / "c.txt")
    size = ["--vocab-size", 90]
    prepare(corpus, *size, "-o", "t")
    written = (tmp_path / "t" / STORE).stat().st_mtime_ns
    assert REUSED in prepare(corpus, *size, "-o", "t")[1]
    assert REUSED in prepare("c.txt", *size, "--memory", "1G", "-o", "t")[1]
    assert (tmp_path / "t" / STORE).stat().st_mtime_ns == written

    WordPieceTokenizer.train([corpus], 90).save_pretrained(tmp_path / "given")
    changes = [
        ["c.txt", "--vocab-size", 100],
        ["c.txt", *size, "--cased"],
        ["c.txt", *size, "--layout", "paragraphs"],
        ["c.txt", *size, "--errors", "replace"],
        ["c.txt", "--tokenizer", "given"],
    ]
    for arguments in changes:
        assert REUSED not in prepare(*arguments, "-o", "t")[1]
        assert REUSED in prepare(*arguments, "-o", "t")[1]
        open_prepared(tmp_path / "t")
    os.utime(corpus, ns=(1, 1))
    assert REUSED not in prepare(*changes[-1], "-o", "t")[1]


def test_a_token_store_without_its_tokenizer_is_made_again(prepare, small_corpus, tmp_path):
    arguments = [small_corpus, "--vocab-size", 90, "-o", "t"]
    prepare(*arguments)
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "t" / name).unlink()
    assert REUSED not in prepare(*arguments)[1]
    open_prepared(tmp_path / "t")


def test_a_folder_with_a_tokenizer_is_prepared_with_that_tokenizer(prepare, small_corpus, tmp_path):
    tokenizer = WordPieceTokenizer.train([small_corpus], 90)
    tokenizer.save_pretrained(tmp_path / "t")
    before = (tmp_path / "t" / "tokenizer.json").stat().st_mtime_ns
    prepare(small_corpus, "--tokenizer", "t", "-o", "t")
    assert (tmp_path / "t" / "tokenizer.json").stat().st_mtime_ns == before
    assert open_prepared(tmp_path / "t").store.tokenizer_fingerprint == tokenizer.fingerprint


def test_standard_input_is_identified_by_its_contents(prepare, monkeypatch, small_corpus):
    def said(text):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        return prepare("-", "--vocab-size", 90, "-o", "t")[1]

    text = small_corpus.read_bytes()
    assert REUSED not in said(text)
    assert REUSED in said(text)
    assert REUSED not in said(text + b"\nOne more.\n")


@pytest.mark.parametrize("place", [0, 3, 200, 600, -5, None])
def test_a_damaged_store_is_refused_in_one_sentence(call, small_corpus, tmp_path, place):
    arguments = ["prepare", small_corpus, "--vocab-size", 90, "-o", "t"]
    assert call(*arguments)[0] == 0
    path = tmp_path / "t" / STORE
    bytes_ = bytearray(path.read_bytes())
    if place is None:
        del bytes_[-100:]
    else:
        bytes_[place] ^= 1
    path.write_bytes(bytes_)
    for command in (arguments, ["pretrain", "t", "--steps", "1"]):
        code, out, err = call(*command)
        last = err.strip().splitlines()[-1]
        assert code == 2 and out == "" and "Traceback" not in err
        assert last.startswith("minibert: ")
        assert f"t/{STORE} is" in last
        assert ("is damaged" in last) != ("is not a token store" in last)


def test_tokens_of_another_tokenizer_are_refused(call, small_corpus, tmp_path):
    assert call("prepare", small_corpus, "--vocab-size", 90, "-o", "t")[0] == 0
    WordPieceTokenizer.train([small_corpus], 100).save_pretrained(tmp_path / "t")
    code, _, err = call("pretrain", "t", "--steps", 1)
    assert code == 2 and "made by another tokenizer" in err


@pytest.mark.parametrize(
    ("begin", "arguments", "said"),
    [
        (good, ["c.txt"], "--out is missing; give the folder for the tokens"),
        (
            taken,
            ["c.txt", "-o", "t"],
            "t already has a tokenizer (vocab.txt); choose another --out",
        ),
        (good, ["c.txt", "-o", "c.txt"], "c.txt is a file, not a folder; choose another --out"),
        (good, ["c.txt", "-o", "c.txt/t"], "c.txt/t"),
        (nothing, ["c.txt", "-o", "t"], "there is no file or folder c.txt"),
        (wordless, ["c.txt", "-o", "t"], "there is no word in the text"),
        (good, ["c.txt", "-o", "t", "--tokenizer", "x"], "x"),
        (good, ["c.txt", "-o", "t", "--tokenizer", "x", "--cased"], "--cased applies to a new"),
        (good, ["c.txt", "-o", "t", "--vocab-size", "5"], "--vocab-size is 5; it must be 6"),
        (good, ["c.txt", "-o", "t", "--memory", "lots"], "'lots' is not an amount of memory"),
        (good, ["c.txt", "-o", "t", "--memory", "1M"], "--memory is 1M; it must be 128M or more"),
        (good, ["c.txt", "-o", "t", "--layout", "heap"], "--layout is 'heap'"),
    ],
)
def test_unusable_input_of_prepare_is_reported_in_one_sentence_and_leaves_nothing(
    call, tmp_path, begin, arguments, said
):
    begin(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, out, err = call("prepare", *arguments)
    last = err.strip().splitlines()[-1]
    assert code == 2 and out == ""
    assert last.startswith("minibert: ") and said in last
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "stage", ["counting words", "training a vocabulary of 90 tokens", "tokenizing the text"]
)
def test_ctrl_c_stops_it_and_leaves_nothing(call, monkeypatch, small_corpus, tmp_path, stage):
    def advance(screen, share):
        if screen._stage.startswith(stage):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ProgressReporter, "advance", advance)
    code, out, err = call("prepare", small_corpus, "--vocab-size", 90, "-o", "t")
    assert (code, out) == (130, "") and "Traceback" not in err
    assert not (tmp_path / "t").exists()


def test_torch_is_not_needed(small_corpus, tmp_path):
    script = (
        "import sys, minibert.cli\n"
        f"try: minibert.cli.main(['prepare', {str(small_corpus)!r}, '-o', 't'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'torch', 'textual'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


SMALL = [
    word
    for name, value in TINY.items()
    if name != "vocab_size"
    for word in (f"--{name.replace('_', '-')}", str(value))
]


def losses(tmp_path, run):
    rows = (tmp_path / run / "metrics.jsonl").read_text().splitlines()
    return [row.split('"mlm_loss":')[1].split(",")[0] for row in rows]


def test_training_on_a_prepared_folder_equals_training_on_its_text(
    call, prepare, small_corpus, tmp_path
):
    prepare(small_corpus, "--vocab-size", 150, "-o", "t")
    code, _, err = call("pretrain", "t", *SMALL, "--steps", 10, "--out", "a")
    assert code == 0, err
    assert "counting words" not in err and "tokenizing the text" not in err
    code, _, err = call(
        "pretrain", small_corpus, *SMALL, "--vocab-size", 150, "--steps", 10, "--out", "b"
    )
    assert code == 0, err
    assert losses(tmp_path, "a") == losses(tmp_path, "b")
    code, _, err = call("pretrain", "t", *SMALL, "--cased", "--out", "c")
    assert code == 2 and "--cased is for text, and t has tokens already" in err


def test_training_caches_the_tokens_of_a_text_and_reuses_them(call, tmp_path, cache):
    corpus = write_corpus(tmp_path / "c.txt", seed=5)
    arguments = [corpus, *SMALL, "--vocab-size", 150, "--steps", 5]
    before = set(cache.rglob(STORE))
    code, _, err = call("pretrain", *arguments, "--out", "a")
    assert code == 0, err
    assert "tokenizing the text" in err
    assert len(set(cache.rglob(STORE)) - before) == 1
    code, _, err = call("pretrain", *arguments, "--out", "b")
    assert code == 0, err
    assert "using the tokens of this text" in err
    assert "counting words" not in err and "tokenizing" not in err
    assert losses(tmp_path, "a") == losses(tmp_path, "b")


def test_training_works_without_a_cache_if_none_can_be_made(
    call, monkeypatch, small_corpus, tmp_path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "file" / name)
    code, _, err = call("pretrain", small_corpus, *SMALL, "--steps", 2, "--out", "a")
    assert code == 0, err
    assert "the tokens are not cached" in err


@pytest.mark.parametrize(
    ("text", "size"),
    [("512M", 512 << 20), ("2G", 2 << 30), ("1.5g", 3 << 29), (" 64 ", 64), ("8KiB", 8192)],
)
def test_sizes_are_parsed(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1G", "0", "1X", "9999999T", "nan", "1e9"])
def test_a_text_that_is_not_a_size_is_refused(text):
    with pytest.raises(OptionError, match="is not an amount of memory"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (3 << 29, "1.5 GB"), (1 << 50, "1024.0 TB")],
)
def test_sizes_are_formatted(size, text):
    assert format_size(size) == text
