"""The text station: any file of any layout becomes documents of sentences."""

from __future__ import annotations

import gzip
import io
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import zstandard

from minibert.corpus import Corpus
from minibert.errors import CorpusError, MinibertError, OptionError

CORPORA = files("minibert") / "corpora"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

TWO_DOCUMENTS = "The cat sat.\nIt was warm.\n\nThe dog ran.\nIt was fast.\nIt barked.\n"
EXPECTED = [["The cat sat.", "It was warm."], ["The dog ran.", "It was fast.", "It barked."]]


def corpus_of(tmp_path: Path, content: str | bytes, name: str = "a.txt", **options: str) -> Corpus:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Corpus([path], **options)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TWO_DOCUMENTS.encode(), "plain.txt"),
        (TWO_DOCUMENTS.encode(), "no_suffix"),
        (b"\xef\xbb\xbf" + TWO_DOCUMENTS.encode(), "bom.txt"),
        (TWO_DOCUMENTS.replace("\n", "\r\n").encode(), "crlf.txt"),
        (TWO_DOCUMENTS.replace("\n", "\r").encode(), "cr.txt"),
        (TWO_DOCUMENTS.replace(".\nIt", ".\r\nIt").encode(), "mixed.txt"),
        (TWO_DOCUMENTS.replace("cat sat", "cat\u00a0 sat").encode(), "nbsp.txt"),
        (TWO_DOCUMENTS.replace("\n\n", "\n\f\n").encode(), "page.txt"),
        (gzip.compress(TWO_DOCUMENTS.encode()), "a.txt.gz"),
        (
            gzip.compress(TWO_DOCUMENTS[:20].encode()) + gzip.compress(TWO_DOCUMENTS[20:].encode()),
            "two_members.gz",
        ),
        (zstandard.compress(TWO_DOCUMENTS.encode()), "a.txt.zst"),
        (
            zstandard.compress(TWO_DOCUMENTS[:20].encode(), 19)
            + zstandard.compress(TWO_DOCUMENTS[20:].encode()),
            "two_frames.zst",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_same_text_in_any_wrapping_gives_the_same_documents(
    tmp_path: Path, content: bytes, name: str
) -> None:
    documents = corpus_of(tmp_path, content, name).documents()
    if "nbsp" in name:
        documents[0][0] = documents[0][0].replace("cat sat", "cat sat")
    assert documents == EXPECTED


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "empty.txt is empty: it holds no text"),
        ("blank.txt", b"\n \n\t\n", "blank.txt is empty: it holds no text"),
        ("nul.txt", b"a\0b", "nul.txt is a binary file, not text: it has a NUL byte at 1"),
        (
            "latin.txt",
            "Café.".encode("latin-1"),
            "latin.txt is not UTF-8 at byte 3: convert it to UTF-8",
        ),
        ("utf16.txt", "Hello.".encode("utf-16"), "utf16.txt is UTF-16 text, not UTF-8"),
        ("cut.gz", gzip.compress(b"Hello. " * 100, mtime=0)[:-9], "cut.gz is damaged or cut short"),
        ("cut.zst", zstandard.compress(b"Hello. " * 100)[:-2], "cut.zst is damaged or cut short"),
        ("not.gz", b"Hello.", "not.gz is damaged or cut short"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(CorpusError) as caught:
        corpus_of(tmp_path, content, name).documents()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_has_its_cause_and_its_facts_by_name(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        corpus_of(tmp_path, b"Caf\xe9.", "latin.txt").documents()
    assert caught.value.cause == "invalid_utf8"
    assert caught.value.context == {"file": str(tmp_path / "latin.txt"), "offset": 3}
    assert (MinibertError("an error").cause, MinibertError("an error").context) == (None, {})


def test_a_missing_file_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"there is no file or folder .*x\.txt"):
        Corpus([tmp_path / "x.txt"])


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(CorpusError, match="no corpus was named"):
        Corpus([])


def test_bytes_that_are_not_utf8_can_be_replaced(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "Café.".encode("latin-1"), errors="replace")
    assert corpus.documents() == [["Caf\ufffd."]]


def test_a_folder_gives_its_texts_and_is_refused_without_any(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no text files"):
        Corpus([tmp_path])
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "b.txt").write_text("Beta.")
    (tmp_path / "a.txt").write_text("Alpha.")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF\0")
    corpus = Corpus([tmp_path])
    assert [Path(name).name for name in corpus.names] == ["a.txt", "b.txt", "empty.txt"]
    assert corpus.documents() == [["Alpha."], ["Beta."]]


def test_patterns_are_expanded_and_one_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.txt", "b.txt", "deep/c.txt", "d.md"):
        (tmp_path / name).write_text(f"This is {name[0]}.")
    names = Corpus([f"{tmp_path}/**/*.txt"]).names
    assert [Path(name).name for name in names] == ["a.txt", "b.txt", "c.txt"]
    with pytest.raises(CorpusError, match="no file matches"):
        Corpus([f"{tmp_path}/*.text"])


def test_a_name_with_pattern_characters_is_taken_as_it_is(tmp_path: Path) -> None:
    assert corpus_of(tmp_path, "Alpha.", "a[1].txt").documents() == [["Alpha."]]


def test_standard_input_is_read_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TWO_DOCUMENTS.encode())))
    corpus = Corpus(["-"])
    assert corpus.documents() == corpus.documents() == EXPECTED
    assert corpus.names == ["standard input"]


def test_a_layout_can_be_set_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    text = "One. Two.\nThree.\n"
    assert corpus_of(tmp_path, text, layout="sentences").documents() == [["One. Two.", "Three."]]
    assert corpus_of(tmp_path, text, layout="paragraphs").documents() == [
        ["One.", "Two.", "Three."]
    ]
    with pytest.raises(OptionError, match="there is no layout"):
        corpus_of(tmp_path, text, layout="verse")
    with pytest.raises(OptionError, match="it must be strict or replace"):
        corpus_of(tmp_path, text, errors="ignore")


WRAPPED = """\
It was a bright cold day in the town, and all of the clocks were about to
strike. Mr. Brown, with his chin on his chest against the wind, slipped in
through the doors.

"Stop!" she said. He did not, because he had not heard her at all in such
a wind.
"""


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (TWO_DOCUMENTS, "sentences"),
        ("One. Two. Three.\nFour. Five. Six.\n", "paragraphs"),
        (WRAPPED * 3, "wrapped"),
        (WRAPPED + ("A paragraph of its own. " * 9 + "\n") * 3, "mixed"),
    ],
)
def test_the_layout_is_detected(tmp_path: Path, text: str, layout: str) -> None:
    summary = corpus_of(tmp_path, text).summary
    assert summary.layouts == {layout: 1}
    assert ("joined" in summary.describe_layout()) == (layout in ("wrapped", "mixed"))


def test_wrapped_lines_become_whole_sentences(tmp_path: Path) -> None:
    assert corpus_of(tmp_path, WRAPPED).documents() == [
        [
            "It was a bright cold day in the town, and all of the clocks were about to strike.",
            "Mr. Brown, with his chin on his chest against the wind, slipped in through the doors.",
            '"Stop!" she said.',
            "He did not, because he had not heard her at all in such a wind.",
        ]
    ]


def test_the_summary_counts_what_was_read(tmp_path: Path) -> None:
    summary = corpus_of(tmp_path, TWO_DOCUMENTS).summary
    assert (summary.files, summary.documents, summary.sentences) == (1, 2, 5)
    assert summary.bytes == len(TWO_DOCUMENTS)
    assert summary.characters == sum(len(s) for document in EXPECTED for s in document)
    assert (summary.lines, summary.joined_lines, summary.wrap_width) == (5, 0, None)


def test_an_exception_while_walking_comes_out_as_it_is(tmp_path: Path) -> None:
    def stop(documents: list[list[str]]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus_of(tmp_path, TWO_DOCUMENTS)._core.for_each_batch(stop)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the default corpus is not made yet")
def test_the_default_corpus_is_found() -> None:
    corpus = Corpus.default()
    assert corpus.names
    assert corpus.summary.documents > 100


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared texts")
@pytest.mark.parametrize("name", ["novels-10mb.txt", "novels-heldout.txt"])
def test_sentences_of_real_novels_are_rarely_split(name: str) -> None:
    corpus = Corpus([SHARED / name])
    sentences = [sentence for document in corpus.documents() for sentence in document]
    inside = sum(sentence[0].islower() for sentence in sentences)
    assert inside / len(sentences) < 0.001
    assert corpus.summary.layouts == {"mixed": 1}
    assert corpus.summary.documents > 100
