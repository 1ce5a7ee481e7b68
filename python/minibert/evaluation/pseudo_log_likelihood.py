"""Pseudo-log-likelihoods: how likely a masked language model finds a sentence.

A BERT gives no probability of a sentence, but of each piece given all others. The sum of their
logarithms, each piece masked in a copy of its own, stands in for it (Salazar et al. 2020,
"Masked Language Model Scoring", arXiv 1910.14659, section 2.1). Where a word is several pieces, its
first ones give its last ones away, which makes rare words likely; masking the rest of the word as
well takes that back (Kauf and Ivanova 2023, arXiv 2305.10588, section 2: within-word left to
right).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np
import torch
import torch.nn.functional as F

from minibert.config import DEFAULT_PLL, PllMethod
from minibert.data.collator import length_sorted_batches
from minibert.errors import OptionError, TextError
from minibert.evaluation.confidence import ratio_interval
from minibert.model.losses import perplexity, perplexity_interval
from minibert.model.pretrained import Pretrained

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

    from minibert.data.collator import PaddedBatch
    from minibert.evaluation.confidence import Interval
    from minibert.model.bert import BertForPreTraining
    from minibert.tokenizer.wordpiece import Encoding, WordPieceTokenizer

_AT_ONCE = 1 << 20
"""Pieces of masked copies that are made before they go through the model, about."""


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """What a sentence came to.

    Attributes:
        text: the sentence.
        pll: the sum of the log-probabilities of its pieces, in nats, at most 0; None where the
            sentence has more pieces than the model has positions. It is not cut then: the score
            would be that of another sentence.
        pieces: how many there are, `[CLS]` and `[SEP]` not counted.
        words: how many they belong to.
        unknown: of the pieces, those that are `[UNK]`, which a model never learns to predict.
    """

    text: str
    pll: float | None
    pieces: int
    words: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PseudoPerplexity:
    """Of a text, sentence by sentence.

    Attributes:
        pseudo_perplexity: exp(-sum of `pll` / pieces) (Salazar et al. 2020, section 2.3); None
            where no number holds it.
        pseudo_perplexity_per_word: the same over the words, for models of other vocabularies.
        pll: the sum.
        pieces: all of those that have a score.
        words: likewise.
        sentences: those that have a score.
        too_long: those that have none.
        interval: of `pseudo_perplexity`, at 95 %, the pieces in clusters, the sentences.
    """

    pseudo_perplexity: float | None
    pseudo_perplexity_per_word: float | None
    pll: float
    pieces: int
    words: int
    sentences: int
    too_long: int
    interval: Interval | None


class MaskedCopy(NamedTuple):
    """A sentence with a piece masked, and perhaps more."""

    input_ids: list[int]
    position: int
    """Of the piece whose probability is asked for."""


class PseudoLogLikelihood:
    """Scores sentences by a model.

    Example:
        >>> score = PseudoLogLikelihood.from_pretrained("runs/small-world-tiny")
        >>> good, bad = score(["the dogs are barking.", "the dogs is barking."])
        >>> good.pll > bad.pll
        True
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
        self.tokenizer = tokenizer.without_truncation().without_padding()

    @classmethod
    def from_pretrained(
        cls, folder: str | os.PathLike[str], *, device: str = "cpu"
    ) -> PseudoLogLikelihood:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Raises:
            ModelError: the folder holds no model, or a damaged one.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not to be had.
        """
        loaded = Pretrained.load(folder, device=device)
        return cls(loaded.model, loaded.tokenizer, device=loaded.device)

    def __call__(
        self,
        sentences: Sequence[str],
        *,
        method: PllMethod = DEFAULT_PLL,
        advance: Callable[[float], None] = lambda share: None,
    ) -> list[SentenceScore]:
        """Score sentences; those that the tokenizer makes alike are scored once.

        Args:
            sentences: each by itself, as `[CLS] sentence [SEP]`.
            method: what is masked with a piece: the rest of its word, or nothing.
            advance: told the share that is done.

        Returns:
            A score for each, in their order.

        Raises:
            TextError: a sentence has a lone surrogate.
            OptionError: there is no such method.
        """
        encodings = self.tokenizer.encode_batch(sentences)
        keys = [tuple(encoding.ids) for encoding in encodings]
        different = dict(zip(keys, encodings, strict=True))
        positions = self.model.config.max_position_embeddings
        scored = sorted((key for key in different if len(key) <= positions), key=len)
        plls: dict[tuple[int, ...], float] = {}
        for some in _together(scored):
            plls |= zip(some, self._score([different[key] for key in some], method), strict=True)
            advance(len(plls) / len(scored))
        return [
            self._described(text, encoding, plls.get(key))
            for text, encoding, key in zip(sentences, encodings, keys, strict=True)
        ]

    def of_words(self, sentence: str) -> NDArray[np.float64]:
        """The log-probability of each word of a sentence; they add up to its score.

        Args:
            sentence: of at most as many pieces as the model has positions.

        Returns:
            (words,), float64, in nats: the sum over a word's pieces, each masked with those of the
            word that come after it.

        Raises:
            TextError: the sentence has a lone surrogate.
        """
        encoding = self.tokenizer.encode(sentence)
        ids, words = encoding.ids, encoding.word_ids
        copies = list(masked_copies(ids, words, self.tokenizer.mask_token_id))
        logs = self._log_probabilities(copies, [ids[copy.position] for copy in copies])
        owners = np.array([words[copy.position] for copy in copies], dtype=np.int64)
        return np.bincount(owners, weights=logs).astype(np.float64)

    def _described(self, text: str, encoding: Encoding, pll: float | None) -> SentenceScore:
        words = [word for word in encoding.word_ids if word is not None]
        unknown = encoding.ids.count(self.tokenizer.unk_token_id)
        return SentenceScore(text, pll, len(words), len(set(words)), unknown)

    def _score(self, encodings: list[Encoding], method: PllMethod) -> list[float]:
        mask = self.tokenizer.mask_token_id
        copies, labels, owners = [], [], []
        for owner, encoding in enumerate(encodings):
            ids = encoding.ids
            for copy in masked_copies(ids, encoding.word_ids, mask, method):
                copies.append(copy)
                labels.append(ids[copy.position])
                owners.append(owner)
        sums = np.zeros(len(encodings))
        np.add.at(sums, owners, self._log_probabilities(copies, labels))
        return [float(total) for total in sums]

    @torch.inference_mode()
    def _log_probabilities(
        self, copies: list[MaskedCopy], labels: list[int]
    ) -> NDArray[np.float64]:
        """(copies,), float64: of the label at each copy's position."""
        found = np.zeros(len(copies))
        rows = [copy.input_ids for copy in copies]
        for batch in length_sorted_batches(rows, self.tokenizer.pad_token_id, device=self.device):
            found[batch.numbers] = self._of_batch(batch, copies, labels)
        return found

    def _of_batch(
        self, batch: PaddedBatch, copies: list[MaskedCopy], labels: list[int]
    ) -> NDArray[np.float64]:
        width = batch.input_ids.shape[1]
        asked = [row * width + copies[n].position for row, n in enumerate(batch.numbers)]
        output = self.model(
            batch.input_ids,
            batch.token_type_ids,
            None if batch.attention_mask.all() else batch.attention_mask,
            torch.tensor(asked, device=self.device),
        )
        wanted = torch.tensor([labels[n] for n in batch.numbers], device=self.device)
        losses = F.cross_entropy(output.prediction_logits.float(), wanted, reduction="none")
        return -losses.cpu().double().numpy()


def masked_copies(
    ids: Sequence[int],
    word_ids: Sequence[int | None],
    mask_token_id: int,
    method: PllMethod = DEFAULT_PLL,
) -> Iterator[MaskedCopy]:
    """A copy of a sentence for each of its pieces, masked there.

    Args:
        ids: the pieces, `[CLS]` and `[SEP]` around them.
        word_ids: the word that each is part of; None for `[CLS]` and `[SEP]`, which stay.
        mask_token_id: that of `[MASK]`.
        method: whether the rest of the piece's word is masked with it.

    Raises:
        OptionError: there is no such method.
    """
    if method not in get_args(PllMethod):
        raise OptionError(f"there is no method {method!r}: use {' or '.join(get_args(PllMethod))}")
    for position, word in enumerate(word_ids):
        if word is None:
            continue
        end = position + 1
        while method == "within-word-l2r" and word_ids[end] == word:
            end += 1
        masks = [mask_token_id] * (end - position)
        yield MaskedCopy([*ids[:position], *masks, *ids[end:]], position)


def _together(sentences: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    """The sentences, so many at a time as have about `_AT_ONCE` pieces in their copies."""
    some: list[tuple[int, ...]] = []
    pieces = 0
    for sentence in sentences:
        some.append(sentence)
        pieces += len(sentence) ** 2
        if pieces >= _AT_ONCE:
            yield some
            some, pieces = [], 0
    if some:
        yield some


def pseudo_perplexity(scores: Sequence[SentenceScore]) -> PseudoPerplexity:
    """The pseudo-perplexity of a text from the scores of its sentences.

    Raises:
        TextError: no sentence has a score, or none has a piece.
    """
    scored = [score for score in scores if score.pll is not None]
    plls = np.array([score.pll for score in scored], dtype=np.float64)
    pieces = np.array([score.pieces for score in scored], dtype=np.float64)
    if not pieces.any():
        raise TextError(
            "there is no sentence to score: each is empty or longer than the model's positions"
        )
    words = sum(score.words for score in scored)
    of_loss = ratio_interval(-plls, pieces)
    return PseudoPerplexity(
        pseudo_perplexity=perplexity(-plls.sum() / pieces.sum()),
        pseudo_perplexity_per_word=perplexity(-plls.sum() / words),
        pll=float(plls.sum()),
        pieces=int(pieces.sum()),
        words=words,
        sentences=len(scored),
        too_long=len(scores) - len(scored),
        interval=of_loss and perplexity_interval(of_loss),
    )
