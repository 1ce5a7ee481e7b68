"""Sentence embeddings: one vector per text."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from minibert.config import POOLINGS
from minibert.data.collator import batched, encode_texts, length_sorted_batches, truncate
from minibert.errors import OptionError
from minibert.model.pretrained import Pretrained

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.data.collator import PaddedBatch
    from minibert.model.fast.bert import BertForPreTraining
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


class SentenceEmbedder:
    """Embeds texts as `sentence-transformers` does with the same model.

    Pooling as in Reimers and Gurevych 2019, 'Sentence-BERT' (https://arxiv.org/abs/1908.10084,
    section 3): the mean of the hidden states of all tokens, with `[CLS]` and `[SEP]`, or the hidden
    state of `[CLS]`.

    Example:
        >>> embed = SentenceEmbedder.from_pretrained("runs/small-world-tiny", normalize=True)
        >>> cats, dogs, rain = embed(["the cat sat.", "a dog sat.", "it rained all night."])
        >>> cats @ dogs > cats @ rain
        True
    """

    def __init__(
        self,
        model: BertForPreTraining,
        tokenizer: WordPieceTokenizer,
        *,
        pooling: str = "mean",
        normalize: bool = False,
        device: torch.device | str = "cpu",
        note: Callable[[str], None] = warnings.warn,
    ) -> None:
        """Embed with a model.

        Args:
            model: moved to the device and put into evaluation mode.
            tokenizer: of the model. Its truncation and padding do not apply.
            pooling: `mean` or `cls`.
            normalize: whether to scale each vector to unit length.
            device: to compute on.
            note: called with a sentence about the number of truncated texts, if any.

        Raises:
            OptionError: there is no such pooling.
        """
        if pooling not in POOLINGS:
            raise OptionError(f"`pooling` is {pooling!r}; it must be one of {', '.join(POOLINGS)}")
        self.device = torch.device(device)
        self.model = model.to(self.device).eval()
        self.tokenizer = tokenizer
        self.pooling = pooling
        self.normalize = normalize
        self._note = note

    @classmethod
    def from_pretrained(
        cls,
        folder: str | os.PathLike[str],
        *,
        pooling: str = "mean",
        normalize: bool = False,
        layer: int | None = None,
        device: str = "cpu",
        note: Callable[[str], None] = warnings.warn,
    ) -> SentenceEmbedder:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Args:
            folder: the run's or the model's.
            pooling: as for making one.
            normalize: as for making one.
            layer: the layer of the hidden states, counted from 1; default: the last. The layers
                above it are not computed.
            device: as for making one.
            note: as for making one.

        Raises:
            ModelError: the folder holds no model, or a damaged one.
            VocabularyError: its vocabulary cannot be read.
            OptionError: there is no such pooling, layer or device.
        """
        loaded = Pretrained.load(folder, device=device, needs=())
        if layer is not None:
            _keep_layers(loaded.model, layer)
        return cls(
            loaded.model,
            loaded.tokenizer,
            pooling=pooling,
            normalize=normalize,
            device=loaded.device,
            note=note,
        )

    @property
    def dimensions(self) -> int:
        """The number of dimensions of a vector, H."""
        return self.model.config.hidden_size

    def __call__(self, texts: str | Sequence[str]) -> NDArray[np.float32]:
        """Embed one or several texts.

        Args:
            texts: one or several. A text with more tokens than the model has positions is truncated
                on the right.

        Returns:
            (H,), float32, for a text; (N, H) for several.

        Raises:
            TextTypeError: one is not a string.
        """
        given = [texts] if isinstance(texts, str) else list(texts)
        vectors = np.empty((len(given), self.dimensions), np.float32)
        done = 0
        for _, some in self.stream(given):
            vectors[done : done + len(some)] = some
            done += len(some)
        return vectors[0] if isinstance(texts, str) else vectors

    def stream(self, texts: Iterable[str]) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Embed a stream of texts, in order and in chunks: the texts and their vectors, (N, H).

        `note` is called at the end, if texts were truncated.

        Raises:
            TextTypeError: one is not a string.
        """
        truncated = 0
        positions = self.model.config.max_position_embeddings
        for chunk in batched(texts):
            ids = encode_texts(self.tokenizer, chunk)
            truncated += sum(len(text) > positions for text in ids)
            yield chunk, self._vectors([truncate(text, positions) for text in ids])
        if truncated:
            texts_were = "1 text was" if truncated == 1 else f"{truncated:,} texts were"
            self._note(f"{texts_were} truncated to {positions} tokens")

    def _vectors(self, ids: list[list[int]]) -> NDArray[np.float32]:
        vectors = np.empty((len(ids), self.dimensions), np.float32)
        for batch in length_sorted_batches(ids, self.tokenizer.pad_token_id, device=self.device):
            vectors[batch.numbers] = self._pooled(batch).cpu().numpy()
        return vectors

    @torch.inference_mode()
    def _pooled(self, batch: PaddedBatch) -> Tensor:
        """(B, H), float32."""
        inputs = (batch.input_ids, batch.token_type_ids, batch.attention_mask)
        if self.pooling == "cls":
            first = torch.zeros_like(batch.input_ids[:, :1])
            pooled = self.model.bert(*inputs, first).squeeze(1)
        else:
            mask = batch.attention_mask[..., None].float()
            pooled = (self.model.bert(*inputs) * mask).sum(1) / mask.sum(1)
        return F.normalize(pooled, dim=-1) if self.normalize else pooled


def _keep_layers(model: BertForPreTraining, number: int) -> None:
    """Remove the layers above a layer from a model.

    Raises:
        OptionError: the model has no such layer.
    """
    layers = model.config.num_hidden_layers
    if not 1 <= number <= layers:
        raise OptionError(f"`layer` is {number}; the model has layers 1 to {layers}")
    model.bert.encoder.layer = model.bert.encoder.layer[:number]
    model.config = replace(model.config, num_hidden_layers=number)
