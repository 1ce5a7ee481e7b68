"""Texts for `minibert explain`, and a model that has learned nothing but knows their words."""

from __future__ import annotations

from minibert.config.model import BertConfig
from minibert.model.files import save_model
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.models import model_with_random_biases
from helpers.samples import SPECIALS

LONG = "pneumonoultramicroscopicsilicovolcanoconiosis"
HEBREW, ARABIC, CJK, HOSTILE = "שלום", "سلام", "猫", "</script><script>alert(1)</script>"
WORDS = [
    "the",
    "cat",
    "sat",
    "on",
    "mat",
    LONG,
    HEBREW,
    ARABIC,
    CJK,
    ".",
    ",",
    "<",
    ">",
    "/",
    "script",
]
WORDS += ["alert", "(", ")", "1", "&", "a", "##b", '"']

CONFIG = BertConfig(
    vocab_size=len(SPECIALS) + len(WORDS),
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=48,
)

TEXTS = {
    "plain": ("the [MASK] sat on the mat", None),
    "two masks in a pair": ("the [MASK] sat .", "the [MASK] on the mat"),
    "no mask": ("the cat sat on the mat", None),
    "one piece": ("cat", None),
    "long, wide and from right to left": (f"{LONG} {CJK} {HEBREW} {ARABIC} [MASK] {CJK}", HEBREW),
    "hostile": (f"{HOSTILE} [MASK] & \"a\" 'ab' <!--", "<b>&amp;"),
    "many pieces": ("the cat " * 22 + "[MASK]", None),
}


def save_model_of_scripts(path):
    """Its folder."""
    path.mkdir()
    save_model(path, model_with_random_biases(CONFIG))
    WordPieceTokenizer.from_vocab([*SPECIALS, *WORDS]).save_pretrained(path)
    return path
