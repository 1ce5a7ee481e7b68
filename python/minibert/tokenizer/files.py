"""The files of a BERT tokenizer, as Hugging Face's libraries read and write them.

A folder has `tokenizer.json` (everything; of the `tokenizers` library), `tokenizer_config.json`
(options; of `transformers`) and `vocab.txt` (Google's: one token per line, whose id is the number
of the line, counted from 0).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minibert.errors import FileError, VocabularyError
from minibert.io.files import write_atomically
from minibert.tokenizer.json_checks import JsonChecks, read_json
from minibert.tokenizer.options import (
    SPECIAL_TOKENS,
    Direction,
    Padding,
    TokenizerOptions,
    Truncation,
    TruncationStrategy,
)

# The length that means "no limit" in transformers.
UNLIMITED = int(1e30)

_MAX_IDS = 1 << 24


@dataclass(frozen=True)
class SavedTokenizer:
    """The contents of a `tokenizer.json`.

    Attributes:
        tokens: One token for each id; a token that occurs twice has the later id.
        options: The normalization of text.
        truncation: The truncation of encodings, if any.
        padding: The padding of encodings, if any.
    """

    tokens: list[str]
    options: TokenizerOptions
    truncation: Truncation | None = None
    padding: Padding | None = None


def read_tokenizer_json(path: Path) -> SavedTokenizer:
    """Read a `tokenizer.json`.

    Raises:
        FileError: The file cannot be read.
        VocabularyError: It is not the JSON of a BERT WordPiece tokenizer, or has a setting that
            minibert does not support.
    """
    document = read_json(path)
    check = JsonChecks(path)
    normalizer = check.mapping(document.get("normalizer"), "normalizer")
    # Older files have no types where the other keys imply them.
    check.equal(normalizer.get("type", "BertNormalizer"), "BertNormalizer", "normalizer.type")
    pre_tokenizer = check.mapping(document.get("pre_tokenizer"), "pre_tokenizer")
    check.equal(pre_tokenizer.get("type"), "BertPreTokenizer", "pre_tokenizer.type")
    model = check.mapping(document.get("model"), "model")
    check.equal(model.get("type", "WordPiece"), "WordPiece", "model.type")
    check.equal(model.get("unk_token"), "[UNK]", "model.unk_token")
    check.equal(model.get("continuing_subword_prefix"), "##", "model.continuing_subword_prefix")
    if document.get("decoder") not in (None, _untyped(_DECODER)):
        check.equal(document["decoder"], _DECODER, "decoder")
    ids: dict[str, int] = check.mapping(model.get("vocab"), "model.vocab")
    tokens = _tokens_by_id(ids, path)
    _check_added_tokens(check.sequence(document.get("added_tokens"), "added_tokens"), ids, path)
    _check_post_processor(document.get("post_processor"), ids, path)
    options = TokenizerOptions(
        lowercase=check.boolean(normalizer.get("lowercase"), "normalizer.lowercase"),
        strip_accents=check.boolean_or_none(
            normalizer.get("strip_accents"), "normalizer.strip_accents"
        ),
        handle_chinese_chars=check.boolean(
            normalizer.get("handle_chinese_chars"), "normalizer.handle_chinese_chars"
        ),
        clean_text=check.boolean(normalizer.get("clean_text"), "normalizer.clean_text"),
        max_input_chars_per_word=check.count(
            model.get("max_input_chars_per_word"), "model.max_input_chars_per_word", minimum=1
        ),
    )
    truncation = _truncation(document.get("truncation"), check)
    padding = _padding(document.get("padding"), ids["[PAD]"], check)
    return SavedTokenizer(tokens, options, truncation, padding)


def read_tokenizer_config(path: Path) -> TokenizerOptions:
    """Read the options of a `tokenizer_config.json`; without the file, the defaults.

    Raises:
        FileError: The file exists but cannot be read.
        VocabularyError: It is not the configuration of a BERT tokenizer, or has a setting that
            minibert does not support.
    """
    if not path.exists():
        return TokenizerOptions()
    config = read_json(path)
    check = JsonChecks(path)
    given = config.get("tokenizer_class")
    if given is not None and str(given).removesuffix("Fast") not in _BERT_CLASSES:
        check.equal(given, "BertTokenizer", "tokenizer_class")
    check.equal(config.get("do_basic_tokenize", True), True, "do_basic_tokenize")
    check.equal(config.get("never_split") or None, None, "never_split")
    for token in SPECIAL_TOKENS:
        key = f"{token[1:-1].lower()}_token"
        given = config.get(key, token)
        check.equal(given.get("content") if isinstance(given, dict) else given, token, key)
    added = check.mapping(config.get("added_tokens_decoder", {}), "added_tokens_decoder")
    for token in added.values():
        _special_content(check.mapping(token, "added_tokens_decoder"), path)
    return TokenizerOptions(
        lowercase=check.boolean(config.get("do_lower_case", True), "do_lower_case"),
        strip_accents=check.boolean_or_none(config.get("strip_accents"), "strip_accents"),
        handle_chinese_chars=check.boolean(
            config.get("tokenize_chinese_chars", True), "tokenize_chinese_chars"
        ),
    )


# Classes of transformers with the same tokenizer.
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
    write_atomically(folder / "vocab.txt", "".join(f"{token}\n" for token in saved.tokens).encode())
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
    # The BertTokenizer of transformers is built from the vocabulary with the defaults of these two
    # options; its general class reads tokenizer.json.
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
            f"{path}: post_processor does not make [CLS] A [SEP] B [SEP] with the type ids 0 and"
            " 1; minibert supports only BERT's post-processor"
        )


def _check_added_tokens(tokens: list[Any], ids: Mapping[str, int], path: Path) -> None:
    check = JsonChecks(path)
    contents = set()
    for token in tokens:
        content = _special_content(check.mapping(token, "added_tokens"), path)
        if token != {"id": ids.get(content), "content": content} | _ADDED_TOKEN:
            raise VocabularyError(
                f"{path}: the added token {content} has another id than in the vocabulary, or"
                " options of its own; minibert supports only plain special tokens"
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
            f"{path}: it adds the token {content!r}; minibert supports only the added tokens"
            f" {', '.join(SPECIAL_TOKENS)}"
        )
    return str(content)


def _tokens_by_id(ids: Mapping[str, Any], path: Path) -> list[str]:
    """One token for each id; an id without a token gets the next token, whose later id counts."""
    by_id: dict[int, str] = {}
    for token, id_ in ids.items():
        if type(id_) is not int or not 0 <= id_ < _MAX_IDS or id_ in by_id:
            raise VocabularyError(
                f"{path}: the token {token!r} has the id {id_!r}; ids must be different whole"
                f" numbers from 0 to {_MAX_IDS - 1}"
            )
        by_id[id_] = token
    for token in SPECIAL_TOKENS:
        if token not in ids:
            raise VocabularyError(
                f"{path}: the vocabulary has no {token}; BERT needs {', '.join(SPECIAL_TOKENS)}"
            )
    tokens = []
    token = ""
    for id_ in range(max(by_id), -1, -1):
        token = by_id.get(id_, token)
        tokens.append(token)
    return tokens[::-1]


_STRATEGIES: dict[str, TruncationStrategy] = {
    "LongestFirst": "longest_first",
    "OnlyFirst": "only_first",
    "OnlySecond": "only_second",
}
_DIRECTIONS: dict[str, Direction] = {"Left": "left", "Right": "right"}


def _truncation(found: object, check: JsonChecks) -> Truncation | None:
    if found is None:
        return None
    found = check.mapping(found, "truncation")
    return Truncation(
        max_length=check.count(found.get("max_length"), "truncation.max_length"),
        strategy=check.name(found.get("strategy"), _STRATEGIES, "truncation.strategy"),
        stride=check.count(found.get("stride"), "truncation.stride"),
        direction=check.name(found.get("direction", "Right"), _DIRECTIONS, "truncation.direction"),
    )


def _truncation_json(truncation: Truncation) -> dict[str, Any]:
    return {
        "direction": truncation.direction.capitalize(),
        "max_length": truncation.max_length,
        "strategy": {name: key for key, name in _STRATEGIES.items()}[truncation.strategy],
        "stride": truncation.stride,
    }


def _padding(found: object, pad_id: int, check: JsonChecks) -> Padding | None:
    if found is None:
        return None
    found = check.mapping(found, "padding")
    check.equal(found.get("pad_token"), "[PAD]", "padding.pad_token")
    check.equal(found.get("pad_id"), pad_id, "padding.pad_id")
    check.equal(found.get("pad_type_id"), 0, "padding.pad_type_id")
    length = None
    if (strategy := found.get("strategy")) != "BatchLongest":
        fixed = check.mapping(strategy, "padding.strategy")
        length = check.count(fixed.get("Fixed"), "padding.strategy.Fixed")
    multiple_of = found.get("pad_to_multiple_of")
    if multiple_of is not None:
        # In tokenizers, 0 means no multiple.
        multiple_of = check.count(multiple_of, "padding.pad_to_multiple_of") or None
    direction = check.name(found.get("direction"), _DIRECTIONS, "padding.direction")
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


def _to_json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
