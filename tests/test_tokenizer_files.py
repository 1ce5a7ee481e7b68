"""Tokenizers saved here are read by Hugging Face's libraries, and theirs here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import BertWordPieceTokenizer, Tokenizer

from minibert.errors import FileError, VocabularyError
from minibert.pieces import SPECIAL_TOKENS, WordPieceTokenizer

PIECES = [
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
    ours = WordPieceTokenizer.from_vocab(PIECES, **options)
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
    ours = WordPieceTokenizer.from_vocab(PIECES, **options)
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
    ours = WordPieceTokenizer.from_vocab([*PIECES, "a"], **options)
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
    ids = {piece: index for index, piece in enumerate(PIECES)}
    theirs = BertWordPieceTokenizer(ids, lowercase=False, clean_text=False)
    theirs.save(str(tmp_path / "tokenizer.json"))
    ours = WordPieceTokenizer.from_pretrained(tmp_path)
    for text in TEXTS:
        assert ours.encode(text).ids == theirs.encode(text).ids


def test_what_transformers_saves_is_read(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    ids = {piece: index for index, piece in enumerate(PIECES)}
    theirs = transformers.BertTokenizerFast(ids, do_lower_case=False, strip_accents=True)
    theirs.save_pretrained(tmp_path)
    ours = WordPieceTokenizer.from_pretrained(tmp_path)
    for text in TEXTS:
        assert ours.encode(text).ids == theirs(text)["input_ids"]


def test_a_vocabulary_without_a_configuration_has_bert_s_defaults(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    assert WordPieceTokenizer.from_pretrained(tmp_path).options.lowercase


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


REFUSED: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (edit("truncation", value={"max_length": 8}), "truncation"),
    (edit("padding", value={"pad_id": 0}), "padding"),
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
def test_a_tokenizer_json_that_asks_for_more_is_refused_by_name(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    WordPieceTokenizer.from_vocab(PIECES).save_pretrained(tmp_path)
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
def test_a_configuration_that_asks_for_more_is_refused_by_name(
    tmp_path: Path, key: str, value: object
) -> None:
    WordPieceTokenizer.from_vocab(PIECES).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    path = tmp_path / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | {key: value}), encoding="utf-8")
    with pytest.raises(VocabularyError, match=rf"tokenizer_config\.json: .*({key}|<new>)"):
        WordPieceTokenizer.from_pretrained(tmp_path)


def test_folders_and_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"neither a tokenizer\.json nor a vocab\.txt"):
        WordPieceTokenizer.from_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"tokenizer\.json: it is not JSON"):
        WordPieceTokenizer.from_pretrained(tmp_path)
    with pytest.raises(FileError, match=r"tokenizer\.json.*cannot be saved"):
        WordPieceTokenizer.from_vocab(PIECES).save_pretrained(tmp_path / "tokenizer.json")
