"""The files that a BERT tokenizer is kept in, as Hugging Face's libraries read and write them.

A folder holds `tokenizer.json` (everything, of the `tokenizers` library), `tokenizer_config.json`
(the options, of `transformers`) and `vocab.txt` (Google's: one piece a line, the id the line's
number, from 0).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from minibert.errors import FileError, VocabularyError
from minibert.io.files import write_atomically
from minibert.tokenizer.options import (
    SPECIAL_TOKENS,
    Direction,
    Padding,
    TokenizerOptions,
    Truncation,
    TruncationStrategy,
)

# The length that transformers takes for "no limit".
UNLIMITED = int(1e30)

_MAX_IDS = 1 << 24


@dataclass(frozen=True)
class SavedTokenizer:
    """What a `tokenizer.json` says.

    Attributes:
        pieces: One piece for each id; a piece that is there twice has the later id.
        options: How text is normalised.
        truncation: How encodings are cut.
        padding: How encodings are padded.
    """

    pieces: list[str]
    options: TokenizerOptions
    truncation: Truncation | None = None
    padding: Padding | None = None


def read_tokenizer_json(path: Path) -> SavedTokenizer:
    """Read a `tokenizer.json`.

    Raises:
        FileError: The file cannot be read.
        VocabularyError: It is not the JSON of a BERT WordPiece tokenizer, or asks for something
            that minibert does not do.
    """
    document = _read_json(path)
    expect = _Expectation(path)
    normalizer = expect.mapping(document.get("normalizer"), "normalizer")
    # Older files leave out the types that the other keys tell.
    expect(normalizer.get("type", "BertNormalizer"), "BertNormalizer", "normalizer.type")
    pre_tokenizer = expect.mapping(document.get("pre_tokenizer"), "pre_tokenizer")
    expect(pre_tokenizer.get("type"), "BertPreTokenizer", "pre_tokenizer.type")
    model = expect.mapping(document.get("model"), "model")
    expect(model.get("type", "WordPiece"), "WordPiece", "model.type")
    expect(model.get("unk_token"), "[UNK]", "model.unk_token")
    expect(model.get("continuing_subword_prefix"), "##", "model.continuing_subword_prefix")
    if document.get("decoder") not in (None, _untyped(_DECODER)):
        expect(document["decoder"], _DECODER, "decoder")
    ids: dict[str, int] = expect.mapping(model.get("vocab"), "model.vocab")
    pieces = _pieces_by_id(ids, path)
    _check_added_tokens(expect.sequence(document.get("added_tokens"), "added_tokens"), ids, path)
    _check_post_processor(document.get("post_processor"), ids, path)
    options = TokenizerOptions(
        lowercase=expect.switch(normalizer.get("lowercase"), "normalizer.lowercase"),
        strip_accents=expect.switch_or_none(
            normalizer.get("strip_accents"), "normalizer.strip_accents"
        ),
        handle_chinese_chars=expect.switch(
            normalizer.get("handle_chinese_chars"), "normalizer.handle_chinese_chars"
        ),
        clean_text=expect.switch(normalizer.get("clean_text"), "normalizer.clean_text"),
        max_input_chars_per_word=expect.count(
            model.get("max_input_chars_per_word"), "model.max_input_chars_per_word", least=1
        ),
    )
    truncation = _truncation(document.get("truncation"), expect)
    padding = _padding(document.get("padding"), ids["[PAD]"], expect)
    return SavedTokenizer(pieces, options, truncation, padding)


def read_tokenizer_config(path: Path) -> TokenizerOptions:
    """Read the options of a `tokenizer_config.json`; a folder without one has the defaults.

    Raises:
        FileError: The file is there but cannot be read.
        VocabularyError: It is not the configuration of a BERT tokenizer, or asks for something that
            minibert does not do.
    """
    if not path.exists():
        return TokenizerOptions()
    config = _read_json(path)
    expect = _Expectation(path)
    given = config.get("tokenizer_class")
    if given is not None and str(given).removesuffix("Fast") not in _BERT_CLASSES:
        expect(given, "BertTokenizer", "tokenizer_class")
    expect(config.get("do_basic_tokenize", True), True, "do_basic_tokenize")
    expect(config.get("never_split") or None, None, "never_split")
    for token in SPECIAL_TOKENS:
        key = f"{token[1:-1].lower()}_token"
        given = config.get(key, token)
        expect(given.get("content") if isinstance(given, dict) else given, token, key)
    added = expect.mapping(config.get("added_tokens_decoder", {}), "added_tokens_decoder")
    for token in added.values():
        _special_content(expect.mapping(token, "added_tokens_decoder"), path)
    return TokenizerOptions(
        lowercase=expect.switch(config.get("do_lower_case", True), "do_lower_case"),
        strip_accents=expect.switch_or_none(config.get("strip_accents"), "strip_accents"),
        handle_chinese_chars=expect.switch(
            config.get("tokenize_chinese_chars", True), "tokenize_chinese_chars"
        ),
    )


# Names under which transformers has the same tokenizer.
_BERT_CLASSES = ("BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer")


def write_folder(
    folder: Path, saved: SavedTokenizer, ids: Mapping[str, int], model_max_length: int | None
) -> None:
    """Write the three files, each whole or not at all.

    Raises:
        FileError: A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder}: the tokenizer cannot be saved: {error.strerror}") from error
    config = _tokenizer_config(saved.options, model_max_length)
    write_atomically(folder / "vocab.txt", "".join(f"{piece}\n" for piece in saved.pieces).encode())
    write_atomically(folder / "tokenizer.json", _to_json(_tokenizer_json(saved, ids)))
    write_atomically(folder / "tokenizer_config.json", _to_json(config))


_DECODER = {"type": "WordPiece", "prefix": "##", "cleanup": True}


def _tokenizer_json(saved: SavedTokenizer, ids: Mapping[str, int]) -> dict[str, Any]:
    options = saved.options
    return {
        "version": "1.0",
        "truncation": saved.truncation and _truncation_json(saved.truncation),
        "padding": saved.padding and _padding_json(saved.padding, ids["[PAD]"]),
        "added_tokens": [
            {"id": ids[token], "content": token} | _ADDED_TOKEN
            for token in sorted(SPECIAL_TOKENS, key=ids.__getitem__)
        ],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": options.clean_text,
            "handle_chinese_chars": options.handle_chinese_chars,
            "strip_accents": options.strip_accents,
            "lowercase": options.lowercase,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": _template_processing(ids),
        "decoder": _DECODER,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": options.max_input_chars_per_word,
            "vocab": dict(sorted(ids.items(), key=lambda item: item[1])),
        },
    }


def _tokenizer_config(options: TokenizerOptions, model_max_length: int | None) -> dict[str, Any]:
    # transformers builds its BertTokenizer anew from the pieces, with these two at their defaults;
    # its general class takes tokenizer.json as it is.
    defaults = TokenizerOptions()
    is_bert = (options.clean_text, options.max_input_chars_per_word) == (
        defaults.clean_text,
        defaults.max_input_chars_per_word,
    )
    return {
        "tokenizer_class": "BertTokenizer" if is_bert else "PreTrainedTokenizerFast",
        "do_lower_case": options.lowercase,
        "strip_accents": options.strip_accents,
        "tokenize_chinese_chars": options.handle_chinese_chars,
        "model_max_length": UNLIMITED if model_max_length is None else model_max_length,
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
        **{f"{token[1:-1].lower()}_token": token for token in SPECIAL_TOKENS},
    }


_ADDED_TOKEN = {
    "single_word": False,
    "lstrip": False,
    "rstrip": False,
    "normalized": False,
    "special": True,
}


def _template_processing(ids: Mapping[str, int]) -> dict[str, Any]:
    def special(token: str, type_id: int) -> dict[str, Any]:
        return {"SpecialToken": {"id": token, "type_id": type_id}}

    def sequence(name: str, type_id: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": type_id}}

    single = [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, sequence("B", 1), special("[SEP]", 1)],
        "special_tokens": {
            token: {"id": token, "ids": [ids[token]], "tokens": [token]}
            for token in ("[CLS]", "[SEP]")
        },
    }


def _bert_processing(ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "type": "BertProcessing",
        "sep": ["[SEP]", ids["[SEP]"]],
        "cls": ["[CLS]", ids["[CLS]"]],
    }


def _untyped(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "type"}


def _check_post_processor(found: object, ids: Mapping[str, int], path: Path) -> None:
    known = (_template_processing(ids), _bert_processing(ids))
    if found not in (*known, *map(_untyped, known)):
        raise VocabularyError(
            f"{path}: post_processor does not make `[CLS] A [SEP] B [SEP]` with the type ids 0 and"
            " 1; minibert supports only BERT's own"
        )


def _check_added_tokens(tokens: list[Any], ids: Mapping[str, int], path: Path) -> None:
    expect = _Expectation(path)
    contents = set()
    for token in tokens:
        content = _special_content(expect.mapping(token, "added_tokens"), path)
        if token != {"id": ids.get(content), "content": content} | _ADDED_TOKEN:
            raise VocabularyError(
                f"{path}: the added token {content} has another id than in the vocabulary or"
                " matches in a way of its own; minibert supports only plain special tokens"
            )
        contents.add(content)
    for token in SPECIAL_TOKENS:
        if token not in contents:
            raise VocabularyError(
                f"{path}: {token} is not among added_tokens; minibert needs"
                f" {', '.join(SPECIAL_TOKENS)}"
            )


def _special_content(token: Mapping[str, Any], path: Path) -> str:
    content = token.get("content")
    if content not in SPECIAL_TOKENS:
        raise VocabularyError(
            f"{path}: it adds the token {content!r}; minibert supports no added tokens but"
            f" {', '.join(SPECIAL_TOKENS)}"
        )
    return str(content)


def _pieces_by_id(ids: Mapping[str, Any], path: Path) -> list[str]:
    """One piece for each id; an id without one gets the next piece, whose later id wins."""
    by_id: dict[int, str] = {}
    for piece, id_ in ids.items():
        if type(id_) is not int or not 0 <= id_ < _MAX_IDS or id_ in by_id:
            raise VocabularyError(
                f"{path}: the piece {piece!r} has the id {id_!r}; ids must be different whole"
                f" numbers from 0 to {_MAX_IDS - 1}"
            )
        by_id[id_] = piece
    for token in SPECIAL_TOKENS:
        if token not in ids:
            raise VocabularyError(
                f"{path}: the vocabulary has no {token}; BERT needs {', '.join(SPECIAL_TOKENS)}"
            )
    pieces = []
    piece = ""
    for id_ in range(max(by_id), -1, -1):
        piece = by_id.get(id_, piece)
        pieces.append(piece)
    return pieces[::-1]


_STRATEGIES: dict[str, TruncationStrategy] = {
    "LongestFirst": "longest_first",
    "OnlyFirst": "only_first",
    "OnlySecond": "only_second",
}
_DIRECTIONS: dict[str, Direction] = {"Left": "left", "Right": "right"}


def _truncation(found: object, expect: _Expectation) -> Truncation | None:
    if found is None:
        return None
    found = expect.mapping(found, "truncation")
    return Truncation(
        max_length=expect.count(found.get("max_length"), "truncation.max_length"),
        strategy=expect.name(found.get("strategy"), _STRATEGIES, "truncation.strategy"),
        stride=expect.count(found.get("stride"), "truncation.stride"),
        direction=expect.name(found.get("direction", "Right"), _DIRECTIONS, "truncation.direction"),
    )


def _truncation_json(truncation: Truncation) -> dict[str, Any]:
    return {
        "direction": truncation.direction.capitalize(),
        "max_length": truncation.max_length,
        "strategy": {name: key for key, name in _STRATEGIES.items()}[truncation.strategy],
        "stride": truncation.stride,
    }


def _padding(found: object, pad_id: int, expect: _Expectation) -> Padding | None:
    if found is None:
        return None
    found = expect.mapping(found, "padding")
    expect(found.get("pad_token"), "[PAD]", "padding.pad_token")
    expect(found.get("pad_id"), pad_id, "padding.pad_id")
    expect(found.get("pad_type_id"), 0, "padding.pad_type_id")
    length = None
    if (strategy := found.get("strategy")) != "BatchLongest":
        fixed = expect.mapping(strategy, "padding.strategy")
        length = expect.count(fixed.get("Fixed"), "padding.strategy.Fixed")
    multiple_of = found.get("pad_to_multiple_of")
    if multiple_of is not None:
        # The reference takes 0 for none.
        multiple_of = expect.count(multiple_of, "padding.pad_to_multiple_of") or None
    direction = expect.name(found.get("direction"), _DIRECTIONS, "padding.direction")
    return Padding(length, multiple_of, direction)


def _padding_json(padding: Padding, pad_id: int) -> dict[str, Any]:
    return {
        "strategy": "BatchLongest" if padding.length is None else {"Fixed": padding.length},
        "direction": padding.direction.capitalize(),
        "pad_to_multiple_of": padding.multiple_of,
        "pad_id": pad_id,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }


_Name = TypeVar("_Name")


class _Expectation:
    """Refuses what a file of BERT's tokenizer would not hold."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, found: object, wanted: object, key: str) -> None:
        if found != wanted:
            raise self._refusal(found, key, json.dumps(wanted))

    def mapping(self, found: object, key: str) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise self._refusal(found, key, "an object")
        return found

    def sequence(self, found: object, key: str) -> list[Any]:
        if not isinstance(found, list):
            raise self._refusal(found, key, "a list")
        return found

    def switch(self, found: object, key: str) -> bool:
        if not isinstance(found, bool):
            raise self._refusal(found, key, "true or false")
        return found

    def switch_or_none(self, found: object, key: str) -> bool | None:
        return None if found is None else self.switch(found, key)

    def count(self, found: object, key: str, least: int = 0) -> int:
        if type(found) is not int or found < least:
            raise self._refusal(found, key, f"a whole number from {least}")
        return found

    def name(self, found: object, names: Mapping[str, _Name], key: str) -> _Name:
        """What a name stands for."""
        if not isinstance(found, str) or found not in names:
            raise self._refusal(found, key, " or ".join(map(json.dumps, names)))
        return names[found]

    def _refusal(self, found: object, key: str, wanted: str) -> VocabularyError:
        shown = json.dumps(found)
        shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
        return VocabularyError(f"{self.path}: {key} is {shown}; minibert supports only {wanted}")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise VocabularyError(f"{path}: it is not JSON: {error}") from error
    return _Expectation(path).mapping(document, "the whole")


def _to_json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
