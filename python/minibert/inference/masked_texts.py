"""Masked texts: encoding, checks, and the model's probabilities at masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch

from minibert.data.collator import encode_texts, length_sorted_batches, truncate
from minibert.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from minibert.data.collator import PaddedBatch
    from minibert.model.bert import BertForPreTraining
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

# Per batch. Fewer than elsewhere, so that the scores of all tokens at all masks stay in the cache.
POSITIONS = 2048


class MaskedText(NamedTuple):
    """An encoded text.

    Attributes:
        ids: with `[CLS]` and `[SEP]`.
        masks: the positions of `[MASK]` in `ids`, ascending.
    """

    ids: list[int]
    masks: list[int]


class Candidate(NamedTuple):
    """A candidate for a mask.

    Attributes:
        score: its probability.
        tokens: the id of one token, or the ids of a word.
    """

    score: float
    tokens: tuple[int, ...]


class PartialWord(NamedTuple):
    """A mask replaced by one mask per token of a word, of which the first are filled.

    Attributes:
        text: index of the text.
        mask: index of the mask in the text.
        length: number of tokens of the word.
        tokens: the ids that are filled in, fewer than `length`.
    """

    text: int
    mask: int
    length: int
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MaskPredictor:
    """Predicts tokens at masks.

    Attributes:
        model: on the device, in evaluation mode.
        tokenizer: without truncation and padding.
        device: of the model.
        temperature: of the softmax.
        batch_size: maximum number of texts per batch; None: as many as are fast.
    """

    model: BertForPreTraining
    tokenizer: WordPieceTokenizer
    device: torch.device
    temperature: float = 1.0
    batch_size: int | None = None

    def encode(self, texts: Sequence[str], max_length: int | None = None) -> list[MaskedText]:
        """Encode texts.

        Args:
            texts: with at least one `[MASK]` each.
            max_length: truncate longer texts on the right; by default they are refused.

        Raises:
            TextError: a text has no mask, loses all masks by truncation, or is too long.
            TextTypeError: a text is not a string.
        """
        ids = encode_texts(self.tokenizer, texts)
        return [
            self._masked(text, of_text, max_length)
            for text, of_text in zip(texts, ids, strict=True)
        ]

    def _masked(self, text: str, ids: list[int], max_length: int | None) -> MaskedText:
        if self.tokenizer.mask_token_id not in ids:
            raise TextError(
                f"there is no [MASK] in {_shortened(text)!r}; "
                "write one where a word is missing, and put the text in quotes"
            )
        if max_length is not None:
            ids = truncate(ids, max_length)
        self._check_length(ids, _shortened(text))
        masks = [n for n, id in enumerate(ids) if id == self.tokenizer.mask_token_id]
        if not masks:
            raise TextError(
                f"{_shortened(text)!r} is truncated to {max_length} tokens, before its [MASK]; "
                "shorten the text before the mask"
            )
        return MaskedText(ids, masks)

    def _check_length(self, ids: list[int], text: str) -> None:
        positions = self.model.config.max_position_embeddings
        if len(ids) > positions:
            raise TextError(
                f"{text!r} has {len(ids)} tokens with [CLS] and [SEP], "
                f"but the model has {positions} positions; shorten the text"
            )

    def at_masks(
        self, texts: Sequence[MaskedText]
    ) -> Iterator[tuple[list[tuple[int, int]], Tensor]]:
        """The probabilities at all masks, batch by batch; the masks of a text share a forward pass.

        Yields:
            The indices of text and mask of each row; and (N, V), float32, the probability of every
            token there.
        """
        ids = [text.ids for text in texts]
        masks = [text.masks for text in texts]
        for numbers, probabilities in self._predict(ids, masks):
            yield [(n, mask) for n in numbers for mask in range(len(masks[n]))], probabilities

    def at_next_tokens(
        self,
        texts: Sequence[MaskedText],
        words: Sequence[PartialWord],
    ) -> Iterator[tuple[list[PartialWord], Tensor]]:
        """The probabilities of the next token of partial words, batch by batch.

        Args:
            texts: of the words; their other masks stay open.
            words: each with at least one token still open.

        Yields:
            The words; and (N, V), float32, the probability of every token as the next one.

        Raises:
            TextError: a text with the word in it has more tokens than the model has positions.
        """
        ids, positions = [], []
        for word in words:
            with_word, position = self._put_in(texts[word.text], word)
            ids.append(with_word)
            positions.append([position])
        for numbers, probabilities in self._predict(ids, positions):
            yield [words[number] for number in numbers], probabilities

    def _put_in(self, text: MaskedText, word: PartialWord) -> tuple[list[int], int]:
        """The ids of the text with a partial word in it, and the position of its next token."""
        before, after = text.ids[: text.masks[word.mask]], text.ids[text.masks[word.mask] + 1 :]
        still_open = [self.tokenizer.mask_token_id] * (word.length - len(word.tokens))
        ids = [*before, *word.tokens, *still_open, *after]
        if len(ids) > self.model.config.max_position_embeddings:
            self._check_length(ids, _shortened(self.tokenizer.decode(ids[1:-1])))
        return ids, len(before) + len(word.tokens)

    def _predict(
        self, ids: list[list[int]], positions: list[list[int]]
    ) -> Iterator[tuple[list[int], Tensor]]:
        batches = length_sorted_batches(
            ids,
            self.tokenizer.pad_token_id,
            positions=POSITIONS,
            texts=self.batch_size,
            device=self.device,
        )
        for batch in batches:
            yield batch.numbers, self._probabilities(batch, positions)

    @torch.inference_mode()
    def _probabilities(self, batch: PaddedBatch, positions: list[list[int]]) -> Tensor:
        """(N, V), float32, at N positions of the batch's texts."""
        length = batch.input_ids.shape[1]
        flat_positions = [
            row * length + position
            for row, number in enumerate(batch.numbers)
            for position in positions[number]
        ]
        logits = self.model(
            batch.input_ids,
            attention_mask=batch.attention_mask,
            masked_lm_positions=torch.tensor(flat_positions, device=self.device),
        ).prediction_logits.float()
        if self.temperature != 1:
            logits = logits / self.temperature
        # Over all scores, also those of ids without a token, as in the pipeline.
        probabilities: Tensor = logits.softmax(dim=-1)
        return probabilities[:, : self.tokenizer.vocab_size]


def _shortened(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
