"""Filling masks: what a model thinks stands at each `[MASK]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import torch

from minibert.errors import OptionError, TextError
from minibert.pretrained import Pretrained
from minibert.text_batches import batches_by_length

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from torch import Tensor

    from minibert.encoder import BertForPreTraining
    from minibert.pieces import WordPieceTokenizer
    from minibert.text_batches import TextBatch


class Filled(TypedDict):
    """One answer, by the keys of the `fill-mask` pipeline of `transformers`."""

    score: float  # the probability of the piece, between 0 and 1
    token: int  # its id
    token_str: str
    sequence: str  # the text with the piece put in


class FillMask:
    """Fills the masks of texts; takes and returns what `pipeline("fill-mask")` does.

    Example:
        >>> fill = FillMask.from_pretrained("runs/small-world-tiny")
        >>> fill("the [MASK] sat", top_k=2)  # one mask: a list of answers, best first
        >>> fill("the [MASK] sat on the [MASK]")  # several: a list of answers for each
    """

    def __init__(
        self,
        model: BertForPreTraining,
        tokenizer: WordPieceTokenizer,
        *,
        device: torch.device | str = "cpu",
    ) -> None:
        self.device = torch.device(device)
        self.model = model.to(self.device).eval()
        self.tokenizer = tokenizer

    @classmethod
    def from_pretrained(cls, folder: str | os.PathLike[str], *, device: str = "cpu") -> FillMask:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Raises:
            ModelError: the folder holds no model, or a damaged one.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not to be had.
        """
        loaded = Pretrained.load(folder, device=device)
        return cls(loaded.model, loaded.tokenizer, device=loaded.device)

    def __call__(self, texts: str | Sequence[str], *, top_k: int = 5) -> Any:
        """Fill the masks of one text or of several.

        Args:
            texts: texts with at least one `[MASK]` each.
            top_k: answers for each mask.

        Returns:
            For a text with one mask, its answers, best first; for a text with several, a list of
            answers for each mask, the other masks left open. For a list of texts, a list of these.

        Raises:
            TextError: a text has no mask, or more pieces than the model has positions.
            OptionError: `top_k` is not positive.
        """
        if top_k < 1:
            raise OptionError(f"top_k is {top_k}; it must be 1 or more")
        single = isinstance(texts, str)
        asked = [texts] if isinstance(texts, str) else list(texts)
        ids = [self._encode(text) for text in asked]
        answers: list[Any] = [None] * len(asked)
        pad = self.tokenizer.pad_token_id
        for batch in batches_by_length(ids, pad, device=self.device):
            found = self._fill(batch, [ids[number] for number in batch.numbers], top_k)
            for number, answer in zip(batch.numbers, found, strict=True):
                answers[number] = answer
        return answers[0] if single else answers

    def _encode(self, text: str) -> list[int]:
        ids = list(self.tokenizer.encode(text).ids)
        if self.tokenizer.mask_token_id not in ids:
            raise TextError(
                f"there is no [MASK] in {_shortened(text)!r}; "
                "write one where a word is missing, and the whole text in quotes"
            )
        positions = self.model.config.max_position_embeddings
        if len(ids) > positions:
            raise TextError(
                f"{_shortened(text)!r} has {len(ids)} pieces with [CLS] and [SEP], "
                f"but the model has {positions} positions; shorten it"
            )
        return ids

    def _fill(self, batch: TextBatch, ids: list[list[int]], top_k: int) -> list[Any]:
        is_mask = batch.input_ids == self.tokenizer.mask_token_id
        with torch.inference_mode():
            logits = self.model(
                batch.input_ids,
                attention_mask=batch.attention_mask,
                masked_lm_positions=is_mask.flatten().nonzero().squeeze(1),
            ).prediction_logits
            probabilities = logits.float().softmax(dim=-1)  # (N, V)
            best = probabilities[:, : self.tokenizer.vocab_size].topk(
                min(top_k, self.tokenizer.vocab_size)
            )
        found: list[list[list[Filled]]] = [[] for _ in ids]
        for n, (row, column) in enumerate(is_mask.nonzero().tolist()):
            found[row].append(self._answers(ids[row], column, best.values[n], best.indices[n]))
        return [answers[0] if len(answers) == 1 else answers for answers in found]

    def _answers(
        self, ids: list[int], position: int, scores: Tensor, pieces: Tensor
    ) -> list[Filled]:
        alone = ids.count(self.tokenizer.mask_token_id) == 1
        answers = []
        for score, piece in zip(scores.tolist(), pieces.tolist(), strict=True):
            filled = [*ids[:position], piece, *ids[position + 1 :]]
            answers.append(
                Filled(
                    score=score,
                    token=piece,
                    token_str=self.tokenizer.decode([piece], skip_special_tokens=False),
                    # As the pipeline does: with masks left open, the special tokens show.
                    sequence=self.tokenizer.decode(filled, skip_special_tokens=alone),
                )
            )
        return answers


def _shortened(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
