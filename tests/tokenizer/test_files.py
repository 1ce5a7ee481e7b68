"""Tokenizers saved here are read by Hugging Face's libraries, and theirs here."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import BertWordPieceTokenizer, Tokenizer

from minibert.errors import FileError, VocabularyError
from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, Padding, WordPieceTokenizer

TOKENS = [
    *SPECIAL_TOKENS,
    *"abcdéÉABñ中한",
    *(f"##{char}" for char in "abcdéÉABñ한"),
    "un",
    "##able",
]
TEXTS = [
    "",
    "abcd unable ÉÉ",
    "a\x0bb 中a한 ñÑ",
    "[MASK]a [CLS]b é\u0301",
    "A" * 101,
    "\u2028a zz b",
]
OPTIONS = [
    {},
    {"lowercase": False},
    {"strip_accents": False},
    {"lowercase": False, "strip_accents": True, "handle_chinese_chars": False},
    {"clean_text": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_saved_tokenizer_is_read_by_tokenizers(tmp_path: Path, options: dict[str, Any]) -> None:
    ours = WordPieceTokenizer.from_vocab(TOKENS, **options)
    ours.save_pretrained(tmp_path)
    theirs = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    for text in TEXTS:
        for pair in (None, "b unable"):
            expected, found = theirs.encode(text, pair), ours.encode(text, pair)
            assert (found.ids, found.offsets) == (expected.ids, expected.offsets)
            assert found.type_ids == expected.type_ids
        assert ours.decode(found.ids) == theirs.decode(found.ids)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_saved_tokenizer_is_read_by_transformers(tmp_path: Path, options: dict[str, Any]) -> None:
    transformers = pytest.importorskip("transformers")
    ours = WordPieceTokenizer.from_vocab(TOKENS, **options)
    ours.save_pretrained(tmp_path, model_max_length=128)
    loaders = [transformers.AutoTokenizer]
    if "clean_text" not in options:
        loaders.append(transformers.BertTokenizerFast)
    for loader in loaders:
        theirs = loader.from_pretrained(tmp_path)
        assert theirs.model_max_length == 128
        assert theirs.mask_token_id == ours.mask_token_id
        for text in TEXTS:
            expected, found = theirs(text, "b unable"), ours.encode(text, "b unable")
            assert found.ids == expected["input_ids"]
            assert found.type_ids == expected["token_type_ids"]
            assert found.attention_mask == expected["attention_mask"]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_saved_tokenizer_is_read_back_the_same(tmp_path: Path, options: dict[str, Any]) -> None:
    ours = WordPieceTokenizer.from_vocab([*TOKENS, "a"], **options)
    folder = tmp_path / "new" / "folder"
    ours.save_pretrained(folder)
    again = WordPieceTokenizer.from_pretrained(folder)
    assert (again.vocab, again.options) == (ours.vocab, ours.options)
    names = {"vocab.txt", "tokenizer.json", "tokenizer_config.json"}
    assert {path.name for path in folder.iterdir()} == names
    assert b"\r" not in (folder / "vocab.txt").read_bytes()
    if "clean_text" not in options:
        (folder / "tokenizer.json").unlink()
        again = WordPieceTokenizer.from_pretrained(folder)
        assert (again.vocab, again.options) == (ours.vocab, ours.options)


def test_what_the_reference_saves_is_read(tmp_path: Path) -> None:
    ids = {token: index for index, token in enumerate(TOKENS)}
    theirs = BertWordPieceTokenizer(ids, lowercase=False, clean_text=False)
    theirs.save(str(tmp_path / "tokenizer.json"))
    ours = WordPieceTokenizer.from_pretrained(tmp_path)
    for text in TEXTS:
        assert ours.encode(text).ids == theirs.encode(text).ids


def test_what_transformers_saves_is_read(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    ids = {token: index for index, token in enumerate(TOKENS)}
    theirs = transformers.BertTokenizerFast(ids, do_lower_case=False, strip_accents=True)
    theirs.save_pretrained(tmp_path)
    ours = WordPieceTokenizer.from_pretrained(tmp_path)
    for text in TEXTS:
        assert ours.encode(text).ids == theirs(text)["input_ids"]


def test_a_vocabulary_without_a_configuration_has_bert_s_defaults(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS), encoding="utf-8")
    assert WordPieceTokenizer.from_pretrained(tmp_path).options.lowercase


SHAPES: list[Callable[[WordPieceTokenizer], WordPieceTokenizer]] = [
    lambda t: t.with_truncation(7),
    lambda t: t.with_truncation(11, strategy="only_first", stride=1, direction="left"),
    lambda t: t.with_truncation(12, strategy="only_second").with_padding(),
    lambda t: t.with_padding(length=20, direction="left"),
    lambda t: t.with_padding(length=5, multiple_of=8).with_truncation(12, stride=2),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_truncation_and_padding_are_saved_as_the_reference_saves_them(
    tmp_path: Path, shape: Callable[[WordPieceTokenizer], WordPieceTokenizer]
) -> None:
    # [PAD] is not the first token.
    ours = shape(WordPieceTokenizer.from_vocab(["a", *TOKENS[:5], *TOKENS[6:]]))
    ours.save_pretrained(tmp_path)
    path = tmp_path / "tokenizer.json"
    theirs = Tokenizer.from_file(str(path))
    again = WordPieceTokenizer.from_pretrained(tmp_path)
    assert (again.truncation, again.padding) == (ours.truncation, ours.padding)
    for text, pair in itertools.product(
        ("a b c d", "unable [MASK] É a b c"), ("b a c d b a", "b bab b")
    ):
        expected, found = theirs.encode(text, pair), again.encode(text, pair)
        assert found == ours.encode(text, pair)
        assert (found.ids, found.offsets) == (expected.ids, expected.offsets)
        overflowing = [part.ids for part in expected.overflowing]
        assert [part.ids for part in found.overflowing] == overflowing
    written = json.loads(path.read_text(encoding="utf-8"))
    theirs.save(str(path))
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert (saved["truncation"], saved["padding"]) == (written["truncation"], written["padding"])
    assert WordPieceTokenizer.from_pretrained(path).padding == ours.padding


@pytest.mark.parametrize("direction", ["left", "right"])
def test_transformers_truncates_and_pads_like_the_saved_tokenizer(
    tmp_path: Path, direction: Any
) -> None:
    transformers = pytest.importorskip("transformers")
    ours = WordPieceTokenizer.from_vocab(TOKENS).with_padding(length=10, direction=direction)
    ours = ours.with_truncation(9, strategy="only_second", stride=1, direction=direction)
    ours.save_pretrained(tmp_path)
    for loader in (transformers.AutoTokenizer, transformers.BertTokenizerFast):
        theirs = loader.from_pretrained(tmp_path, padding_side=direction, truncation_side=direction)
        expected = theirs(
            "a bc",
            "unable [MASK] é\u0301b a b c",
            truncation="only_second",
            max_length=9,
            stride=1,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        padded = theirs.pad(expected, padding="max_length", max_length=10)
        first = ours.encode("a bc", "unable [MASK] é\u0301b a b c")
        found = [first, *first.overflowing]
        assert [part.ids for part in found] == padded["input_ids"]
        assert [part.attention_mask for part in found] == padded["attention_mask"]
        assert [part.type_ids for part in found] == padded["token_type_ids"]
        whole = ours.without_padding().encode("a bc", "unable [MASK] é\u0301b a b c")
        offsets = [part.offsets for part in (whole, *whole.overflowing)]
        assert offsets == expected["offset_mapping"]


def published(ids: dict[str, int], **changes: object) -> dict[str, Any]:
    """A `tokenizer.json` as older libraries wrote it: a model without a type, other orders."""
    added = {"special": True, "single_word": False, "lstrip": False, "rstrip": False}
    added_tokens = [
        {"id": ids[token], "content": token, "normalized": False} | added
        for token in reversed(SPECIAL_TOKENS)
    ]
    return {
        "version": "1.0",
        "truncation": {"max_length": 6, "strategy": "LongestFirst", "stride": 0},
        "padding": {
            "strategy": {"Fixed": 6},
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        },
        "added_tokens": added_tokens,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 1}},
            ],
            "special_tokens": {
                "[SEP]": {"id": "[SEP]", "ids": [ids["[SEP]"]], "tokens": ["[SEP]"]},
                "[CLS]": {"id": "[CLS]", "ids": [ids["[CLS]"]], "tokens": ["[CLS]"]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
        **changes,
    }


UNTYPED = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
PUBLISHED: list[dict[str, object]] = [
    {},
    {"decoder": None},
    {"decoder": {"prefix": "##", "cleanup": True}},
    {"normalizer": UNTYPED | {"lowercase": False}},
    {"truncation": None, "padding": None},
    {"post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 4], "cls": ["[CLS]", 3]}},
    {"post_processor": {"sep": ["[SEP]", 4], "cls": ["[CLS]", 3]}},
]


@pytest.mark.parametrize("changes", PUBLISHED, ids=str)
def test_published_files_are_read_as_the_reference_reads_them(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    tokens = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", *TOKENS[5:]]
    # Ids may leave gaps, and be in any order.
    ids = {token: index + (index > 9) for index, token in enumerate(tokens)}
    ids = dict(sorted(ids.items()))
    path = tmp_path / "any name.json"
    path.write_text(json.dumps(published(ids, **changes)), encoding="utf-8")
    theirs, ours = Tokenizer.from_file(str(path)), WordPieceTokenizer.from_pretrained(path)
    assert ours.vocab == dict(sorted(ids.items(), key=lambda item: item[1]))
    for text in TEXTS:
        for pair in (None, "b unable"):
            expected, found = theirs.encode(text, pair), ours.encode(text, pair)
            assert (found.ids, found.tokens) == (expected.ids, expected.tokens)
            assert found.attention_mask == expected.attention_mask


def test_a_vocabulary_is_read_by_its_path_and_follows_the_configuration_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(TOKENS), encoding="utf-8")
    for name in ("BertTokenizer", "DistilBertTokenizerFast", "ElectraTokenizer"):
        config = {"do_lower_case": False, "model_max_length": 512, "tokenizer_class": name}
        (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
        assert not WordPieceTokenizer.from_pretrained(path).options.lowercase
        assert not WordPieceTokenizer.from_pretrained(tmp_path).options.lowercase


def edit(*keys: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *path, last = keys
        for key in path:
            document = document[key]
        document[last] = value

    return change


def remove_mask(document: dict[str, Any]) -> None:
    document["added_tokens"].pop()


def widen_mask(document: dict[str, Any]) -> None:
    document["added_tokens"][-1]["lstrip"] = True


TRUNCATION = {"max_length": 8, "strategy": "OnlyFirst", "stride": 0}
PADDING = {
    "strategy": "BatchLongest",
    "direction": "Left",
    "pad_to_multiple_of": 0,
    "pad_id": 0,
    "pad_type_id": 0,
    "pad_token": "[PAD]",
}
REFUSED: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (edit("truncation", value=[8]), r"truncation is \[8\]"),
    (edit("truncation", value={"max_length": 8}), "truncation.strategy is null"),
    (edit("truncation", value=TRUNCATION | {"strategy": "First"}), "truncation.strategy"),
    (edit("truncation", value=TRUNCATION | {"direction": "left"}), "truncation.direction"),
    (edit("truncation", value=TRUNCATION | {"max_length": -1}), "truncation.max_length is -1"),
    (edit("truncation", value=TRUNCATION | {"stride": 7}), "stride of 7 is too large"),
    (edit("padding", value=PADDING | {"pad_token": "<pad>"}), 'padding.pad_token is "<pad>"'),
    (edit("padding", value=PADDING | {"pad_id": 1}), "padding.pad_id is 1"),
    (edit("padding", value=PADDING | {"pad_type_id": 1}), "padding.pad_type_id is 1"),
    (edit("padding", value=PADDING | {"strategy": "Longest"}), 'strategy is "Longest"'),
    (edit("padding", value=PADDING | {"strategy": {"Fixed": 1.5}}), "Fixed is 1.5"),
    (edit("padding", value=PADDING | {"strategy": {"Fixed": 1 << 40}}), "is too large"),
    (edit("padding", value=PADDING | {"direction": None}), "padding.direction is null"),
    (edit("normalizer", value={"lowercase": True}), "handle_chinese_chars is null"),
    (edit("normalizer", value=None), "normalizer is null"),
    (edit("normalizer", "type", value="NFC"), 'normalizer.type is "NFC"'),
    (edit("normalizer", "lowercase", value="yes"), "normalizer.lowercase"),
    (edit("pre_tokenizer", "type", value="Whitespace"), "pre_tokenizer.type"),
    (edit("model", "type", value="BPE"), 'model.type is "BPE"'),
    (edit("model", "continuing_subword_prefix", value="@@"), "continuing_subword_prefix"),
    (edit("model", "unk_token", value="<unk>"), "model.unk_token"),
    (edit("model", "max_input_chars_per_word", value=0), "max_input_chars_per_word is 0"),
    (edit("model", "vocab", value={"a": 0}), r"no \[PAD\]"),
    (edit("model", "vocab", "a", value=3), "'a' has the id 3|'.SEP.' has the id 3"),
    (edit("model", "vocab", "a", value=1 << 40), "'a' has the id 1099511627776"),
    (edit("post_processor", value=None), "post_processor"),
    (edit("decoder", "cleanup", value=False), "decoder"),
    (edit("added_tokens", value=[{"content": "<new>"}]), "adds the token '<new>'"),
    (edit("added_tokens", value=7), "added_tokens is 7"),
    (remove_mask, r"\[MASK\] is not among added_tokens"),
    (widen_mask, r"added token \[MASK\]"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_an_unsupported_tokenizer_json_is_refused_by_name(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    WordPieceTokenizer.from_vocab(TOKENS).save_pretrained(tmp_path)
    path = tmp_path / "tokenizer.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(VocabularyError, match=rf"tokenizer\.json: .*({message})"):
        WordPieceTokenizer.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tokenizer_class", "RobertaTokenizer"),
        ("do_basic_tokenize", False),
        ("never_split", ["a"]),
        ("mask_token", "<mask>"),
        ("do_lower_case", 1),
        ("added_tokens_decoder", {"9": {"content": "<new>"}}),
    ],
)
def test_an_unsupported_configuration_is_refused_by_name(
    tmp_path: Path, key: str, value: object
) -> None:
    WordPieceTokenizer.from_vocab(TOKENS).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    path = tmp_path / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | {key: value}), encoding="utf-8")
    with pytest.raises(VocabularyError, match=rf"tokenizer_config\.json: .*({key}|<new>)"):
        WordPieceTokenizer.from_pretrained(tmp_path)


def test_padding_to_a_multiple_of_0_is_no_multiple(tmp_path: Path) -> None:
    WordPieceTokenizer.from_vocab(TOKENS).save_pretrained(tmp_path)
    path = tmp_path / "tokenizer.json"
    document = json.loads(path.read_text(encoding="utf-8")) | {"padding": PADDING}
    path.write_text(json.dumps(document), encoding="utf-8")
    padding = WordPieceTokenizer.from_pretrained(tmp_path).padding
    assert padding == Padding(direction="left")


def test_folders_and_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"neither a tokenizer\.json nor a vocab\.txt"):
        WordPieceTokenizer.from_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"tokenizer\.json is not JSON"):
        WordPieceTokenizer.from_pretrained(tmp_path)
    with pytest.raises(FileError, match=r"tokenizer\.json.*cannot be saved"):
        WordPieceTokenizer.from_vocab(TOKENS).save_pretrained(tmp_path / "tokenizer.json")
