"""Fills masks: predicts the tokens or words at each `[MASK]`."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import torch

from minibert.data.collator import batched
from minibert.inference.candidates import TOP_K, CandidateQuery, max_length_of, target_tokens
from minibert.inference.decoding import IncrementalDecoder, TextWithSlot
from minibert.inference.masked_texts import MaskedText, MaskPredictor
from minibert.model.pretrained import Pretrained

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from minibert.inference.masked_texts import Candidate
    from minibert.model.bert import BertForPreTraining
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


class FillMaskPrediction(TypedDict):
    """One answer, with the keys of the `fill-mask` pipeline of `transformers`."""

    score: float  # probability of the token or word, between 0 and 1
    token: int | list[int]  # its id; a list of ids for a word of several tokens
    token_str: str
    sequence: str  # the text with the token or word put in


@dataclass(frozen=True, slots=True)
class FillStep:
    """One step of `FillMask.iterate`, which fills one mask.

    Attributes:
        mask: the number of the mask in the text, counted from 1.
        answers: the answers for it, best first; the best one is put in.
        text: the text with all answers so far put in, and the other masks still open.
    """

    mask: int
    answers: list[FillMaskPrediction]
    text: str


@dataclass(frozen=True, slots=True)
class FillSteps:
    """All masks of a text, filled one after another.

    Attributes:
        steps: in the order in which the masks were filled.
    """

    steps: list[FillStep]

    @property
    def order(self) -> list[int]:
        """The numbers of the masks in the order in which they were filled."""
        return [step.mask for step in self.steps]

    @property
    def text(self) -> str:
        """The text with all masks filled."""
        return self.steps[-1].text


class FillMask:
    """Fills the masks of texts, with the arguments and results of `pipeline("fill-mask")`.

    `docs/guides/fill.md` describes the scores and the differences from the pipeline.

    Example:
        >>> fill = FillMask.from_pretrained("runs/small-world-tiny")
        >>> fill("the [MASK] sat", top_k=2)  # one mask: a list of answers, best first
        >>> fill("the [MASK] sat on the [MASK]")  # several: a list for each
        >>> fill("the [MASK] sat", targets=["cat", "unicorn"])  # only these
    """

    def __init__(
        self,
        model: BertForPreTraining,
        tokenizer: WordPieceTokenizer,
        *,
        device: torch.device | str = "cpu",
        note: Callable[[str], None] = warnings.warn,
    ) -> None:
        """Fill with a model.

        Args:
            model: moved to the device and put into evaluation mode.
            tokenizer: of the model. Its truncation and padding do not apply.
            device: to compute on.
            note: called with a sentence about targets that are scored as other tokens, or skipped.
        """
        self.device = torch.device(device)
        self.model = model.to(self.device).eval()
        self.tokenizer = tokenizer
        self._note = note
        self._predictor = MaskPredictor(
            self.model, tokenizer.without_truncation().without_padding(), self.device
        )
        self._words = IncrementalDecoder(tokenizer)
        # As in the pipeline: padding is never shown, special tokens only beside other open masks.
        self._sequence = IncrementalDecoder(tokenizer, hidden=tokenizer.special_ids)
        self._open_sequence = IncrementalDecoder(tokenizer, hidden=(tokenizer.pad_token_id,))

    @classmethod
    def from_pretrained(
        cls,
        folder: str | os.PathLike[str],
        *,
        device: str = "cpu",
        note: Callable[[str], None] = warnings.warn,
    ) -> FillMask:
        """Load a run, or any folder with a BERT's `config.json`, weights and vocabulary.

        Raises:
            ModelError: the folder holds no model, a damaged one, or one without an MLM head.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not available.
        """
        loaded = Pretrained.load(folder, device=device)
        return cls(loaded.model, loaded.tokenizer, device=loaded.device, note=note)

    def __call__(
        self,
        inputs: str | Iterable[str],
        *,
        targets: str | Sequence[str] | None = None,
        top_k: int | None = None,
        tokenizer_kwargs: Mapping[str, Any] | None = None,
        batch_size: int | None = None,
        temperature: float = 1.0,
        tokens: int = 1,
    ) -> Any:
        """Fill the masks of one or several texts, each mask independently.

        Args:
            inputs: texts with at least one `[MASK]` each.
            targets: the only words to score. A word of several tokens is scored as a whole; see
                `minibert.inference.multi_token`.
            top_k: maximum number of answers per mask; default 5.
            tokenizer_kwargs: of the pipeline: `truncation` (a text that is too long is truncated on
                the right instead of refused) and `max_length` (in tokens, instead of the number of
                positions of the model).
            batch_size: maximum number of texts per batch; texts of similar length share a batch.
            temperature: of the softmax.
            tokens: maximum number of tokens per answer. At 1, the answers are single tokens, as in
                the pipeline; above 1, whole words; see `minibert.inference.multi_token`.

        Returns:
            For a text with one mask, its answers, best first; for a text with several, a list of
            answers for each mask, with the other masks left open. For a list of texts, a list of
            these; for a list of one text, the same as for the text alone, as in the pipeline. For a
            generator, an iterator of these, which reads only as far ahead as one chunk.

        Raises:
            TextError: a text has no mask, or more tokens than the model has positions.
            OptionError: an argument is out of range, or no target can be scored.
        """
        query = self._query(self._at(temperature, batch_size), targets, top_k, tokens)
        max_length = max_length_of(tokenizer_kwargs, self.model.config.max_position_embeddings)
        if isinstance(inputs, Iterator):
            return map(as_pipeline, self._stream(inputs, query, max_length))
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        answers = [as_pipeline(found) for found in self._stream(texts, query, max_length)]
        return answers[0] if len(texts) == 1 else answers

    def each_mask(
        self,
        texts: Sequence[str],
        *,
        targets: str | Sequence[str] | None = None,
        top_k: int | None = None,
        temperature: float = 1.0,
        tokens: int = 1,
    ) -> list[list[list[FillMaskPrediction]]]:
        """Fill masks as in a call; the result is always a list of answers per mask per text.

        Raises:
            TextError: as for calling.
            OptionError: as for calling.
        """
        query = self._query(self._at(temperature), targets, top_k, tokens)
        return list(self._stream(texts, query))

    def iterate(
        self,
        texts: str | Sequence[str],
        *,
        targets: str | Sequence[str] | None = None,
        top_k: int | None = None,
        temperature: float = 1.0,
        tokens: int = 1,
    ) -> Any:
        """Fill the masks of a text one after another, the most probable first.

        Each step puts in the most probable answer of all open masks and predicts the others again:
        the 'easy first' order of Mansimov et al. 2019, 'A Generalized Framework of Sequence
        Generation' (https://arxiv.org/abs/1905.12790, section 4). Answers are not revised. Special
        tokens are never put in, unless they are targets.

        Args:
            texts: one or several, with at least one `[MASK]` each.
            targets: as for calling; each may be put in more than once.
            top_k: number of answers to keep per step.
            temperature: as for calling. It can change the order of the masks.
            tokens: as for calling.

        Returns:
            `FillSteps`, or for several texts a list of them.

        Raises:
            TextError: as for calling.
            OptionError: as for calling.
        """
        predictor = self._at(temperature)
        query = self._query(predictor, targets, top_k, tokens)
        if query.words is None and tokens == 1:
            special = self.tokenizer.special_ids
            words = [(id,) for id in range(self.tokenizer.vocab_size) if id not in special]
            query = dataclasses.replace(query, words=words)
        given = [texts] if isinstance(texts, str) else list(texts)
        filled = self._iterate(predictor.encode(given), query)
        return filled[0] if isinstance(texts, str) else filled

    def _at(self, temperature: float, batch_size: int | None = None) -> MaskPredictor:
        return dataclasses.replace(self._predictor, temperature=temperature, batch_size=batch_size)

    def _query(
        self,
        predictor: MaskPredictor,
        targets: str | Sequence[str] | None,
        top_k: int | None,
        tokens: int,
    ) -> CandidateQuery:
        words = target_tokens(predictor, targets, self._note)
        return CandidateQuery(predictor, TOP_K if top_k is None else top_k, words, tokens)

    def _stream(
        self, texts: Iterable[str], query: CandidateQuery, max_length: int | None = None
    ) -> Iterator[list[list[FillMaskPrediction]]]:
        """The answers for each mask of each text."""
        for chunk in batched(texts):
            masked = query.predictor.encode(chunk, max_length)
            yield from map(self._answers, masked, query.candidates(masked))

    def _answers(
        self, text: MaskedText, candidates: list[list[Candidate]]
    ) -> list[list[FillMaskPrediction]]:
        decoder = self._sequence if len(text.masks) == 1 else self._open_sequence
        return [
            self._predictions(of_mask, decoder.around(text.ids, position))
            for position, of_mask in zip(text.masks, candidates, strict=True)
        ]

    def _predictions(
        self, candidates: list[Candidate], around: TextWithSlot
    ) -> list[FillMaskPrediction]:
        return [
            FillMaskPrediction(
                score=score,
                token=tokens[0] if len(tokens) == 1 else list(tokens),
                token_str=self._words.text(tokens),
                sequence=around.put_in(tokens),
            )
            for score, tokens in candidates
        ]

    def _iterate(self, texts: list[MaskedText], query: CandidateQuery) -> list[FillSteps]:
        steps: list[list[FillStep]] = [[] for _ in texts]
        masks = [list(range(1, len(text.masks) + 1)) for text in texts]  # those still open
        while still_open := [number for number, left in enumerate(masks) if left]:
            candidates = query.candidates([texts[number] for number in still_open])
            for number, of_text in zip(still_open, candidates, strict=True):
                best = max(range(len(of_text)), key=lambda n: of_text[n][0].score)
                answers, texts[number] = self._step(texts[number], best, of_text[best])
                mask = masks[number].pop(best)
                steps[number].append(FillStep(mask, answers, answers[0]["sequence"]))
        return [FillSteps(of_text) for of_text in steps]

    def _step(
        self, text: MaskedText, mask: int, candidates: list[Candidate]
    ) -> tuple[list[FillMaskPrediction], MaskedText]:
        """The answers for a mask, and the text with the best one put in."""
        position, best = text.masks[mask], candidates[0].tokens
        inner = text.ids[1:-1]  # without [CLS] and [SEP], since the text shows its open masks
        answers = self._predictions(candidates, self._open_sequence.around(inner, position - 1))
        before, after = text.masks[:mask], text.masks[mask + 1 :]
        ids = [*text.ids[:position], *best, *text.ids[position + 1 :]]
        return answers, MaskedText(ids, before + [later + len(best) - 1 for later in after])


def as_pipeline(
    answers: list[list[FillMaskPrediction]],
) -> list[FillMaskPrediction] | list[list[FillMaskPrediction]]:
    """The answers per mask of a text; for a text with one mask, only its answers."""
    return answers[0] if len(answers) == 1 else answers
