"""Sentences as a reader of English would cut them, from text to documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from minibert.corpus import Corpus

# Sentences are parted by `|`.
TABLE = [
    'She laughed. |"Oh, Mr. Smith!" she cried. |"You are late."',
    '"Stop!" she said.',
    'He said: "Go." |Then he left.',
    "J. R. R. Tolkien was born in 1892. |He was in the U.S. Army? |No.",
    "It was 5 p.m. when Dr. Brown came. |He had apples, pears, etc. |Nobody ate.",
    "“Well…” said he. |“Yes?”",
    "See No. 7, i.e. the blue one. |Is it? |No. |It is not.",
]


@pytest.mark.parametrize("row", TABLE)
def test_the_table_of_sentences_is_cut_as_written(tmp_path: Path, row: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(row.replace("|", ""))
    expected = [sentence.strip() for sentence in row.split("|")]
    assert Corpus([path], layout="paragraphs").documents() == [expected]
