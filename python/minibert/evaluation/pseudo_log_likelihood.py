"""Pseudo-log-likelihoods: scores of sentences by a masked language model.

A BERT has no probability of a sentence, only of each token given all others. The pseudo-log-
likelihood is the sum of the logarithms of these, each token masked in a copy of its own (Salazar et
al. 2020, "Masked Language Model Scoring", arXiv 1910.14659, section 2.1). The tokens of a long word
reveal one another, so rare words look likely; this is corrected by masking the rest of the word as
well (Kauf and Ivanova 2023, arXiv 2305.10588, section 2: within-word left to right).
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

_TOKENS_AT_ONCE = 1 << 20
"""About how many tokens of masked copies are in memory at once."""


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """The score of a sentence.

    Attributes:
        text: the sentence.
        pll: the sum of the log-probabilities of its tokens, in nats, at most 0; None if the
            sentence has more tokens than the model has positions. A truncated sentence would get
            the score of another sentence.
        tokens: the number of tokens without `[CLS]` and `[SEP]`.
        words: the number of words.
        unknown: the number of tokens that are `[UNK]`, which a model never learns to predict.
    """

    text: str
    pll: float | None
    tokens: int
    words: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PseudoPerplexity:
    """The pseudo-perplexity of several sentences.

    Attributes:
        pseudo_perplexity: exp(-sum of `pll` / tokens) (Salazar et al. 2020, section 2.3); None
            where no float holds it.
        pseudo_perplexity_per_word: the same over words, to compare vocabularies.
        pll: the sum, in nats.
        tokens: the number of tokens of the scored sentences.
        words: the number of words of the scored sentences.
        sentences: the number of scored sentences.
        too_long: the number of sentences without a score.
        interval: of `pseudo_perplexity`, at 95 %, clustered by sentence.
    """

    pseudo_perplexity: float | None
    pseudo_perplexity_per_word: float | None
    pll: float
    tokens: int
    words: int
    sentences: int
    too_long: int
    interval: Interval | None


class MaskedCopy(NamedTuple):
    """A sentence with one or more masked tokens."""

    input_ids: list[int]
    position: int
    """The position of the token whose probability is computed."""


class PseudoLogLikelihood:
    """Scores sentences with a model.

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
            OptionError: the device is not available.
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
        """Score sentences; those with the same tokens are scored once.

        Args:
            sentences: each by itself, as `[CLS] sentence [SEP]`.
            method: whether the rest of a token's word is masked with it.
            advance: called with the share that is done, from 0 to 1.

        Returns:
            A score per sentence, in the order of the sentences.

        Raises:
            TextError: a sentence has a lone surrogate.
            OptionError: the method does not exist.
        """
        encodings = self.tokenizer.encode_batch(sentences)
        keys = [tuple(encoding.ids) for encoding in encodings]
        different = dict(zip(keys, encodings, strict=True))
        positions = self.model.config.max_position_embeddings
        scored = sorted((key for key in different if len(key) <= positions), key=len)
        plls: dict[tuple[int, ...], float] = {}
        for chunk in _chunks(scored):
            found = self._score([different[key] for key in chunk], method)
            plls |= zip(chunk, found, strict=True)
            advance(len(plls) / len(scored))
        return [
            self._sentence_score(text, encoding, plls.get(key))
            for text, encoding, key in zip(sentences, encodings, keys, strict=True)
        ]

    def of_words(self, sentence: str) -> NDArray[np.float64]:
        """The log-probability of each word of a sentence; their sum is its score.

        Args:
            sentence: with at most as many tokens as the model has positions.

        Returns:
            (words,), float64, in nats: the sum over a word's tokens, each masked together with the
            later tokens of the word.

        Raises:
            TextError: the sentence has a lone surrogate.
        """
        encoding = self.tokenizer.encode(sentence)
        ids, words = encoding.ids, encoding.word_ids
        copies = list(masked_copies(ids, words, self.tokenizer.mask_token_id))
        logs = self._log_probabilities(copies, [ids[copy.position] for copy in copies])
        owners = np.array([words[copy.position] for copy in copies], dtype=np.int64)
        return np.bincount(owners, weights=logs).astype(np.float64)

    def _sentence_score(self, text: str, encoding: Encoding, pll: float | None) -> SentenceScore:
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
        """(copies,), float64: the log-probability of the label at each copy's position."""
        found = np.zeros(len(copies))
        rows = [copy.input_ids for copy in copies]
        for batch in length_sorted_batches(rows, self.tokenizer.pad_token_id, device=self.device):
            found[batch.numbers] = self._batch_log_probabilities(batch, copies, labels)
        return found

    def _batch_log_probabilities(
        self, batch: PaddedBatch, copies: list[MaskedCopy], labels: list[int]
    ) -> NDArray[np.float64]:
        width = batch.input_ids.shape[1]
        positions = [row * width + copies[n].position for row, n in enumerate(batch.numbers)]
        output = self.model(
            batch.input_ids,
            batch.token_type_ids,
            None if batch.attention_mask.all() else batch.attention_mask,
            torch.tensor(positions, device=self.device),
        )
        targets = torch.tensor([labels[n] for n in batch.numbers], device=self.device)
        losses = F.cross_entropy(output.prediction_logits.float(), targets, reduction="none")
        return -losses.cpu().double().numpy()


def masked_copies(
    ids: Sequence[int],
    word_ids: Sequence[int | None],
    mask_token_id: int,
    method: PllMethod = DEFAULT_PLL,
) -> Iterator[MaskedCopy]:
    """A copy of a sentence for each of its tokens, with this token masked.

    Args:
        ids: of the tokens, between `[CLS]` and `[SEP]`.
        word_ids: the word of each token; None for `[CLS]` and `[SEP]`, which are not masked.
        mask_token_id: the id of `[MASK]`.
        method: whether the rest of the token's word is masked with it.

    Raises:
        OptionError: the method does not exist.
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


def _chunks(sentences: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    """Chunks of sentences whose copies have about `_TOKENS_AT_ONCE` tokens."""
    chunk: list[tuple[int, ...]] = []
    tokens = 0
    for sentence in sentences:
        chunk.append(sentence)
        tokens += len(sentence) ** 2
        if tokens >= _TOKENS_AT_ONCE:
            yield chunk
            chunk, tokens = [], 0
    if chunk:
        yield chunk


def pseudo_perplexity(scores: Sequence[SentenceScore]) -> PseudoPerplexity:
    """The pseudo-perplexity of several sentences from their scores.

    Raises:
        TextError: no sentence has a score, or none has a token.
    """
    scored = [score for score in scores if score.pll is not None]
    plls = np.array([score.pll for score in scored], dtype=np.float64)
    tokens = np.array([score.tokens for score in scored], dtype=np.float64)
    if not tokens.any():
        raise TextError(
            "no sentence can be scored: each is empty or longer than the model's positions"
        )
    words = sum(score.words for score in scored)
    loss_interval = ratio_interval(-plls, tokens)
    return PseudoPerplexity(
        pseudo_perplexity=perplexity(-plls.sum() / tokens.sum()),
        pseudo_perplexity_per_word=perplexity(-plls.sum() / words),
        pll=float(plls.sum()),
        tokens=int(tokens.sum()),
        words=words,
        sentences=len(scored),
        too_long=len(scores) - len(scored),
        interval=loss_interval and perplexity_interval(loss_interval),
    )
