"""The characters that a peer tokenizes differently, as quoted in `docs/reference/unicode.md`.

    uv run --group test python bench/unicode_differences.py [tokenizers_1]

Each Unicode scalar value alone, between letters, after a space and before a combining mark, uncased
and cased, in the virtual environment of each peer.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tokenizers.normalizers import BertNormalizer

from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

from harness.environment import Absent, Process
from peers.tokenizers import NAMES, REFERENCE, Files

PLANES = range(17)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", nargs="?", choices=NAMES, default="tokenizers_1")
    name = parser.parse_args().peer
    for lowercase in (True, False):
        found = [code for plane in PLANES for code in differing(name, plane, lowercase)]
        case = "uncased" if lowercase else "cased"
        print(f"{name}, {case}: {len(found)} characters: {' '.join(ranges(found))}", flush=True)


def differing(name: str, plane: int, lowercase: bool) -> Iterator[int]:
    """The code points of a plane whose ids differ from the reference's."""
    codes = [code for code in range(plane << 16, (plane + 1) << 16) if scalar(code)]
    with tempfile.TemporaryDirectory() as folder:
        files = vocabulary(Path(folder), [chr(code) for code in codes], lowercase)
        text = Path(folder) / "texts.txt"
        lines = (f"{c} a{c}b {c}\u0301 {c}" for c in map(chr, codes))
        text.write_bytes("\n".join(lines).encode())
        expected, found = (ids(peer, files, text) for peer in (REFERENCE, name))
    for code, theirs, reference in zip(codes, found, expected, strict=True):
        if theirs != reference:
            yield code


def scalar(code: int) -> bool:
    """Whether a code point is a scalar value other than the line feed that separates texts."""
    return not 0xD800 <= code < 0xE000 and code != 0x0A


def vocabulary(folder: Path, chars: list[str], lowercase: bool) -> Files:
    """A vocabulary of the characters and their normalized forms."""
    forms = {"a", "b", "\u0301", *chars}
    for strip, lower in itertools.product((True, False), repeat=2):
        forms.update(
            BertNormalizer(strip_accents=strip, lowercase=lower).normalize_str("".join(chars))
        )
    # NUL is removed from every text, and tokenizers 1.0 refuses it in a vocabulary.
    forms = sorted(form for form in forms if form != "\0" and not form.isspace())
    tokens = [*SPECIAL_TOKENS, *forms, *(f"##{form}" for form in forms)]
    WordPieceTokenizer.from_vocab(tokens, lowercase=lowercase).save_pretrained(folder)
    return Files(str(folder / "vocab.txt"), str(folder / "tokenizer.json"), lowercase, False)


def ids(name: str, files: Files, text: Path) -> list[int]:
    """A checksum of the ids of each line."""
    with Process(name, 1) as process:
        process.ask("load", files=files._asdict())
        process.ask("read", path=str(text), lines=True)
        process.ask("encode", method="ragged")
        return process.ask("checksums")


def ranges(codes: list[int]) -> Iterator[str]:
    """Consecutive code points as ranges."""
    for _, group in itertools.groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in group]
        yield f"U+{run[0]:04X}" + (f"-{run[-1]:04X}" if len(run) > 1 else "")


if __name__ == "__main__":
    try:
        main()
    except Absent as why:
        raise SystemExit(str(why)) from None
