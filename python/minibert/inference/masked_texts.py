"""Texts with masks: encoded, checked, and read by a model at chosen places."""

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

# Fewer than a model that only reads takes otherwise: the scores of all pieces at all masks of a
# batch are to stay near the processor.
POSITIONS = 2048


class MaskedText(NamedTuple):
    """A text as the model reads it.

    Attributes:
        ids: its pieces, `[CLS]` and `[SEP]` among them.
        masks: where in `ids` a `[MASK]` stands, ascending.
    """

    ids: list[int]
    masks: list[int]


class Candidate(NamedTuple):
    """What may stand at a mask.

    Attributes:
        score: its probability.
        pieces: one, or those of a word.
    """

    score: float
    pieces: tuple[int, ...]


class PartialWord(NamedTuple):
    """A mask, spread over as many masks as a word has pieces, of which the first are filled.

    Attributes:
        text: which of the texts.
        mask: which of its masks.
        length: how many pieces the word has.
        pieces: those that are filled in, fewer than `length`.
    """

    text: int
    mask: int
    length: int
    pieces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MaskPredictor:
    """A model that is asked what stands at masks.

    Attributes:
        model: on the device, in evaluation mode.
        tokenizer: without truncation and padding.
        device: where the model computes.
        temperature: what scores are divided by before they become probabilities.
        batch_size: texts in a batch, at most; by default as many as are read fast.
    """

    model: BertForPreTraining
    tokenizer: WordPieceTokenizer
    device: torch.device
    temperature: float = 1.0
    batch_size: int | None = None

    def encode(self, texts: Sequence[str], max_length: int | None = None) -> list[MaskedText]:
        """The texts in pieces.

        Args:
            texts: with at least one `[MASK]` each.
            max_length: longer ones are cut on the right; by default they are refused.

        Raises:
            TextError: a text has no mask, or none any more, or is too long.
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
                "write one where a word is missing, and the whole text in quotes"
            )
        if max_length is not None:
            ids = truncate(ids, max_length)
        self._refuse_longer(ids, _shortened(text))
        masks = [place for place, id in enumerate(ids) if id == self.tokenizer.mask_token_id]
        if not masks:
            raise TextError(
                f"{_shortened(text)!r} is cut to {max_length} pieces, and its [MASK] comes "
                "after them; shorten it before the mask"
            )
        return MaskedText(ids, masks)

    def _refuse_longer(self, ids: list[int], text: str) -> None:
        positions = self.model.config.max_position_embeddings
        if len(ids) > positions:
            raise TextError(
                f"{text!r} has {len(ids)} pieces with [CLS] and [SEP], "
                f"but the model has {positions} positions; shorten it"
            )

    def at_masks(
        self, texts: Sequence[MaskedText]
    ) -> Iterator[tuple[list[tuple[int, int]], Tensor]]:
        """What stands at each mask, batch by batch; all masks of a text are read at once.

        Yields:
            Text and mask of each row, by their numbers; and (N, V), float32, the probability of
            every piece there.
        """
        ids = [text.ids for text in texts]
        places = [text.masks for text in texts]
        for numbers, probabilities in self._read(ids, places):
            yield [(n, mask) for n in numbers for mask in range(len(places[n]))], probabilities

    def at_next_pieces(
        self,
        texts: Sequence[MaskedText],
        words: Sequence[PartialWord],
    ) -> Iterator[tuple[list[PartialWord], Tensor]]:
        """What the next piece of words begun is, batch by batch.

        Args:
            texts: where the words stand; their other masks stay open.
            words: each with a piece or more still open.

        Yields:
            The words; and (N, V), float32, the probability of every piece as the next one.

        Raises:
            TextError: a text with the word in it has more pieces than the model has positions.
        """
        ids, places = [], []
        for word in words:
            spread, place = self._spread(texts[word.text], word)
            ids.append(spread)
            places.append([place])
        for numbers, probabilities in self._read(ids, places):
            yield [words[number] for number in numbers], probabilities

    def _spread(self, text: MaskedText, word: PartialWord) -> tuple[list[int], int]:
        """The text with the word begun in it, and where its next piece is to stand."""
        before, after = text.ids[: text.masks[word.mask]], text.ids[text.masks[word.mask] + 1 :]
        still_open = [self.tokenizer.mask_token_id] * (word.length - len(word.pieces))
        ids = [*before, *word.pieces, *still_open, *after]
        if len(ids) > self.model.config.max_position_embeddings:
            self._refuse_longer(ids, _shortened(self.tokenizer.decode(ids[1:-1])))
        return ids, len(before) + len(word.pieces)

    def _read(
        self, ids: list[list[int]], places: list[list[int]]
    ) -> Iterator[tuple[list[int], Tensor]]:
        batches = length_sorted_batches(
            ids,
            self.tokenizer.pad_token_id,
            positions=POSITIONS,
            texts=self.batch_size,
            device=self.device,
        )
        for batch in batches:
            yield batch.numbers, self._probabilities(batch, places)

    @torch.inference_mode()
    def _probabilities(self, batch: PaddedBatch, places: list[list[int]]) -> Tensor:
        width = batch.input_ids.shape[1]
        positions = [
            row * width + place
            for row, number in enumerate(batch.numbers)
            for place in places[number]
        ]
        logits = self.model(
            batch.input_ids,
            attention_mask=batch.attention_mask,
            masked_lm_positions=torch.tensor(positions, device=self.device),
        ).prediction_logits.float()
        if self.temperature != 1:
            logits = logits / self.temperature
        # Of all scores, also of those that have no piece, as the pipeline does.
        probabilities: Tensor = logits.softmax(dim=-1)
        return probabilities[:, : self.tokenizer.vocab_size]


def _shortened(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
