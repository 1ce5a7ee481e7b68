"""Print `unicode_tables.rs`: BERT's rules per character, observed in Hugging Face `tokenizers`.

    cd rust/minibert-core
    python tables/generate.py > src/normalizer/unicode_tables.rs

The reference mixes the tables of three Unicode versions (categories of 8.0, NFD of 9.0, lower case
and white space of the compiler it was built with; see `docs/reference/unicode.md`), so that no
single Unicode library gives its ids. Each rule is therefore observed from outside, on every scalar
value, through the normalizers and the pre-tokenizer themselves. Run it with the version that the
tests compare with; the version is written into the header.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator

import tokenizers
from tokenizers.normalizers import NFD, BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

HANGUL = range(0xAC00, 0xD7A4)
LOWEST_CLASS_MARK, HIGHEST_CLASS_MARK = "\u0334", "\u0345"  # combining classes 1 and 240


def scalars() -> Iterator[str]:
    """Every Unicode scalar value: the code points that are not surrogates."""
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code < 0xE000:
            yield chr(code)


def only(**rule: bool) -> BertNormalizer:
    """The reference's normalizer with one rule on and the others off."""
    off = {
        "clean_text": False,
        "handle_chinese_chars": False,
        "strip_accents": False,
        "lowercase": False,
    }
    return BertNormalizer(**(off | rule))


def combining_classes() -> dict[str, int]:
    """The reference's canonical combining class of each character that has one.

    Two marks are swapped when the first has the higher class. So the class of a mark is that of the
    representative (the first character of each class) with which it is never swapped.
    """
    nfd = NFD()

    def swaps(first: str, second: str) -> bool:
        return first != second and nfd.normalize_str(f"a{first}{second}") == f"a{second}{first}"

    def has_class(char: str) -> bool:
        return swaps(char, LOWEST_CLASS_MARK) or swaps(HIGHEST_CLASS_MARK, char)

    marks = [char for char in scalars() if nfd.normalize_str(char) == char and has_class(char)]
    representatives: dict[int, str] = {}
    for mark in marks:
        representatives.setdefault(unicodedata.combining(mark), mark)
    classes = {}
    for char in marks:
        same = [
            value
            for value, mark in representatives.items()
            if not swaps(char, mark) and not swaps(mark, char)
        ]
        if len(same) != 1:
            raise SystemExit(f"U+{ord(char):04X} fits the combining classes {same}")
        classes[char] = same[0]
    return classes


def ranges(chars: Iterable[str]) -> list[tuple[int, int]]:
    """The characters as sorted closed ranges of code points."""
    found: list[tuple[int, int]] = []
    for code in sorted(map(ord, chars)):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def observe() -> tuple[dict[str, list[tuple[int, int]]], dict[str, dict[str, str]]]:
    """The reference's sets and mappings, each by the name of its table."""
    clean, chinese = only(clean_text=True), only(handle_chinese_chars=True)
    strip, lower = only(strip_accents=True), only(lowercase=True)
    nfd, split = NFD(), BertPreTokenizer()
    sets: dict[str, list[str]] = {
        name: [] for name in ("REMOVED", "WHITESPACE", "CHINESE", "PUNCTUATION", "MARKS")
    }
    maps: dict[str, dict[str, str]] = {"DECOMPOSED": {}, "LOWERED": {}}
    for char in scalars():
        cleaned = clean.normalize_str(char)
        parts = [part for part, _ in split.pre_tokenize_str(f"a{char}b")]
        decomposed = nfd.normalize_str(char)
        if cleaned == "":
            sets["REMOVED"].append(char)
        if parts == ["a", "b"]:
            sets["WHITESPACE"].append(char)
            # Splitting at white space alone is enough only while `clean_text` adds none.
            assert cleaned in ("", " "), f"U+{ord(char):04X}"
        else:
            assert cleaned in ("", char), f"U+{ord(char):04X}"
            if len(parts) == 3:
                sets["PUNCTUATION"].append(char)
        if chinese.normalize_str(char) == f" {char} ":
            sets["CHINESE"].append(char)
        if decomposed == char and strip.normalize_str(char) == "":
            sets["MARKS"].append(char)
        if decomposed != char and ord(char) not in HANGUL:
            maps["DECOMPOSED"][char] = decomposed
        if (lowered := lower.normalize_str(char)) != char:
            maps["LOWERED"][char] = lowered
    return {name: ranges(chars) for name, chars in sets.items()}, maps


def escaped(text: str) -> str:
    """The text as the inside of a Rust literal, in ASCII."""
    return "".join(f"\\u{{{ord(char):x}}}" for char in text)


def written(name: str, kind: str, doc: str, entries: list[str]) -> str:
    """One table as Rust source, filled to the line length."""
    lines, line = [], "   "
    for entry in entries:
        if len(line) + len(entry) + 2 > 100:
            lines.append(line)
            line = "   "
        line += f" {entry},"
    body = "\n".join([*lines, line])
    return f"/// {doc}\n#[rustfmt::skip]\npub static {name}: &[{kind}] = &[\n{body}\n];\n"


HEADER = """\
//! BERT's text rules per character, as in Hugging Face `tokenizers` {version}.
//!
//! Generated by `rust/minibert-core/tables/generate.py`, which observes that library on every
//! scalar value; do not edit. All tables are sorted; ranges are closed. Hangul syllables (U+AC00 to
//! U+D7A3) decompose by arithmetic and are in no table.

#![allow(clippy::unreadable_literal)]
"""

DOCS = {
    "REMOVED": "Characters that `clean_text` removes: U+0000, U+FFFD, categories Cc, Cf, Co.",
    "WHITESPACE": "Characters that separate words, with and without `clean_text`.",
    "CHINESE": "Characters that `handle_chinese_chars` makes separate words.",
    "PUNCTUATION": "Characters that are separate words after normalization.",
    "MARKS": "Characters that `strip_accents` removes after decomposition (category Mn).",
    "DECOMPOSED": "Full canonical decompositions (NFD).",
    "LOWERED": "Lower case, one character at a time.",
    "COMBINING_CLASSES": "The canonical combining class of each range, where it is not 0.",
}


def main() -> None:
    """Print the Rust file."""
    sets, maps = observe()
    classes = combining_classes()
    print(HEADER.format(version=tokenizers.__version__))
    for name, pairs in sets.items():
        entries = [f"(0x{first:x}, 0x{last:x})" for first, last in pairs]
        print(written(name, "(u32, u32)", DOCS[name], entries))
    by_class = [
        (first, last, value)
        for value in sorted(set(classes.values()))
        for first, last in ranges(char for char, found in classes.items() if found == value)
    ]
    entries = [f"(0x{first:x}, 0x{last:x}, {value})" for first, last, value in sorted(by_class)]
    name = "COMBINING_CLASSES"
    print(written(name, "(u32, u32, u8)", DOCS[name], entries))
    for index, (name, mapping) in enumerate(maps.items()):
        entries = [f'(0x{ord(char):x}, "{escaped(to)}")' for char, to in sorted(mapping.items())]
        text = written(name, "(u32, &str)", DOCS[name], entries)
        print(text, end="" if index == len(maps) - 1 else "\n")


if __name__ == "__main__":
    main()
