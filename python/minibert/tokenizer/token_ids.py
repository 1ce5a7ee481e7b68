"""The ids of a vocabulary's tokens, and BERT's special tokens among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minibert._core import Tokenizer


class TokenIds:
    """Converts tokens to ids and back; the base class of `WordPieceTokenizer`."""

    def __init__(self, core: Tokenizer) -> None:
        self._core = core

    def token_to_id(self, token: str) -> int | None:
        """The id of a token, or `None` if it is not in the vocabulary."""
        return self._core.token_to_id(token)

    def id_to_token(self, id: int) -> str | None:
        """The token of an id, or `None` if the id has none."""
        return self._core.id_to_token(id)

    @property
    def vocab(self) -> dict[str, int]:
        """The ids by token, in the order of the ids."""
        return self._core.vocab()

    @property
    def vocab_size(self) -> int:
        """The number of ids: the largest id plus 1."""
        return self._core.vocab_size

    @property
    def fingerprint(self) -> int:
        """A hash of the tokens and options, the same on every machine; below 2**64."""
        return self._core.fingerprint

    @property
    def special_ids(self) -> tuple[int, int, int, int, int]:
        """The ids of `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`."""
        return self._core.special_ids

    @property
    def pad_token_id(self) -> int:
        """The id of `[PAD]`."""
        return self._core.special_ids[0]

    @property
    def unk_token_id(self) -> int:
        """The id of `[UNK]`."""
        return self._core.special_ids[1]

    @property
    def cls_token_id(self) -> int:
        """The id of `[CLS]`."""
        return self._core.special_ids[2]

    @property
    def sep_token_id(self) -> int:
        """The id of `[SEP]`."""
        return self._core.special_ids[3]

    @property
    def mask_token_id(self) -> int:
        """The id of `[MASK]`."""
        return self._core.special_ids[4]

    def __len__(self) -> int:
        return self.vocab_size
