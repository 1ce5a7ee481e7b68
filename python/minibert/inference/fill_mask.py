"""Filling masks: what a model thinks stands at each `[MASK]`."""

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
    """One answer, by the keys of the `fill-mask` pipeline of `transformers`."""

    score: float  # the probability of the piece or the word, between 0 and 1
    token: int | list[int]  # its id; a list of ids if it is a word of several pieces
    token_str: str
    sequence: str  # the text with the piece or the word put in


@dataclass(frozen=True, slots=True)
class FillStep:
    """One mask of a text filled, as `FillMask.iterate` does it.

    Attributes:
        mask: which of the text's masks, from 1 in reading order.
        answers: what could stand there, the best first, which is put in.
        text: the text with that and all before put in, the other masks still open.
    """

    mask: int
    answers: list[FillMaskPrediction]
    text: str


@dataclass(frozen=True, slots=True)
class FillSteps:
    """All masks of a text filled, one after another.

    Attributes:
        steps: the surest mask first.
    """

    steps: list[FillStep]

    @property
    def order(self) -> list[int]:
        """The numbers of the masks as they were filled."""
        return [step.mask for step in self.steps]

    @property
    def text(self) -> str:
        """The text with all masks filled."""
        return self.steps[-1].text


class FillMask:
    """Fills the masks of texts; takes and returns what `pipeline("fill-mask")` does.

    `docs/guides/fill.md` says how scores are made and where the two differ.

    Example:
        >>> fill = FillMask.from_pretrained("runs/small-world-tiny")
        >>> fill("the [MASK] sat", top_k=2)  # one mask: a list of answers, best first
        >>> fill("the [MASK] sat on the [MASK]")  # several: a list of answers for each
        >>> fill("the [MASK] sat", targets=["cat", "unicorn"])  # these words alone
    """

    def __init__(
        self,
        model: BertForPreTraining,
        tokenizer: WordPieceTokenizer,
        *,
        device: torch.device | str = "cpu",
        note: Callable[[str], None] = warnings.warn,
    ) -> None:
        """Fill by a model.

        Args:
            model: it is moved to the device and put into evaluation mode.
            tokenizer: what its ids mean. Its truncation and padding do not apply.
            device: where to compute.
            note: is told of targets that are scored as something else, or not at all.
        """
        self.device = torch.device(device)
        self.model = model.to(self.device).eval()
        self.tokenizer = tokenizer
        self._note = note
        self._reader = MaskPredictor(
            self.model, tokenizer.without_truncation().without_padding(), self.device
        )
        self._words = IncrementalDecoder(tokenizer)
        # As the pipeline has it: padding never shows, special tokens where other masks are open.
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
            OptionError: the device is not to be had.
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
        pieces: int = 1,
    ) -> Any:
        """Fill the masks of one text or of several, each mask by itself.

        Args:
            inputs: texts with at least one `[MASK]` each.
            targets: words to score, and no others. A word of several pieces is scored whole, as
                `minibert.inference.multi_token` says.
            top_k: answers for each mask, at most; 5 by default.
            tokenizer_kwargs: of the pipeline's, `truncation` (a text that is too long is cut on the
                right instead of refused) and `max_length` (to so many pieces instead of the
                model's positions).
            batch_size: texts that the model reads at a time, at most; texts of like length are read
                together in any case.
            temperature: what scores are divided by before they become probabilities: below 1 the
                best answers get more of them, above 1 less.
            pieces: above 1, answers are whole words of at most so many pieces, as
                `minibert.inference.multi_token` says; at 1 they are pieces, as the pipeline's are.

        Returns:
            For a text with one mask, its answers, best first; for a text with several, a list of
            answers for each mask, the other masks left open. For a list of texts, a list of these;
            for a list of one text, as for the text alone, which is what the pipeline does. For a
            generator, an iterator of these, which reads no further ahead than it needs.

        Raises:
            TextError: a text has no mask, or more pieces than the model has positions.
            OptionError: an argument has no value that it can have, or no target is left.
        """
        reader = self._reader_at(temperature, batch_size)
        asked = self._asked(reader, targets, top_k, pieces)
        longest = max_length_of(tokenizer_kwargs, self.model.config.max_position_embeddings)
        if isinstance(inputs, Iterator):
            return map(as_pipeline, self._stream(inputs, asked, longest))
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        answers = [as_pipeline(found) for found in self._stream(texts, asked, longest)]
        return answers[0] if len(texts) == 1 else answers

    def each_mask(
        self,
        texts: Sequence[str],
        *,
        targets: str | Sequence[str] | None = None,
        top_k: int | None = None,
        temperature: float = 1.0,
        pieces: int = 1,
    ) -> list[list[list[FillMaskPrediction]]]:
        """As calling, but always for each text a list, for each of its masks, of its answers.

        Raises:
            TextError: as for calling.
            OptionError: as for calling.
        """
        asked = self._asked(self._reader_at(temperature), targets, top_k, pieces)
        return list(self._stream(texts, asked))

    def iterate(
        self,
        texts: str | Sequence[str],
        *,
        targets: str | Sequence[str] | None = None,
        top_k: int | None = None,
        temperature: float = 1.0,
        pieces: int = 1,
    ) -> Any:
        """Fill the masks of a text one after another, the surest first, looking again each time.

        Of the answers to all open masks the likeliest is put in, and what the others are is asked
        anew: the 'easy first' order of Mansimov et al. 2019, 'A Generalized Framework of Sequence
        Generation' (https://arxiv.org/abs/1905.12790, section 4). Nothing put in is taken back, and
        special tokens are never put in, unless they are targets.

        Args:
            texts: one or several, with at least one `[MASK]` each.
            targets: as for calling; each may be put in more than once.
            top_k: answers that each step keeps.
            temperature: as for calling. It can change which mask is the surest.
            pieces: as for calling.

        Returns:
            `FillSteps`, or for several texts a list of them.

        Raises:
            TextError: as for calling.
            OptionError: as for calling.
        """
        reader = self._reader_at(temperature)
        asked = self._asked(reader, targets, top_k, pieces)
        if asked.words is None and pieces == 1:
            special = self.tokenizer.special_ids
            words = [(id,) for id in range(self.tokenizer.vocab_size) if id not in special]
            asked = dataclasses.replace(asked, words=words)
        given = [texts] if isinstance(texts, str) else list(texts)
        filled = self._iterate(reader.encode(given), asked)
        return filled[0] if isinstance(texts, str) else filled

    def _reader_at(self, temperature: float, batch_size: int | None = None) -> MaskPredictor:
        return dataclasses.replace(self._reader, temperature=temperature, batch_size=batch_size)

    def _asked(
        self,
        reader: MaskPredictor,
        targets: str | Sequence[str] | None,
        top_k: int | None,
        pieces: int,
    ) -> CandidateQuery:
        words = target_tokens(reader, targets, self._note)
        return CandidateQuery(reader, TOP_K if top_k is None else top_k, words, pieces)

    def _stream(
        self, texts: Iterable[str], asked: CandidateQuery, max_length: int | None = None
    ) -> Iterator[list[list[FillMaskPrediction]]]:
        """For each text, for each of its masks, the answers."""
        for chunk in batched(texts):
            masked = asked.reader.encode(chunk, max_length)
            yield from map(self._answers, masked, asked.candidates(masked))

    def _answers(
        self, text: MaskedText, candidates: list[list[Candidate]]
    ) -> list[list[FillMaskPrediction]]:
        decoder = self._sequence if len(text.masks) == 1 else self._open_sequence
        return [
            self._filled(of_mask, decoder.around(text.ids, place))
            for place, of_mask in zip(text.masks, candidates, strict=True)
        ]

    def _filled(
        self, candidates: list[Candidate], around: TextWithSlot
    ) -> list[FillMaskPrediction]:
        return [
            FillMaskPrediction(
                score=score,
                token=pieces[0] if len(pieces) == 1 else list(pieces),
                token_str=self._words.text(pieces),
                sequence=around.put_in(pieces),
            )
            for score, pieces in candidates
        ]

    def _iterate(self, texts: list[MaskedText], asked: CandidateQuery) -> list[FillSteps]:
        steps: list[list[FillStep]] = [[] for _ in texts]
        masks = [list(range(1, len(text.masks) + 1)) for text in texts]  # those still open
        while still_open := [number for number, left in enumerate(masks) if left]:
            candidates = asked.candidates([texts[number] for number in still_open])
            for number, of_text in zip(still_open, candidates, strict=True):
                surest = max(range(len(of_text)), key=lambda n: of_text[n][0].score)
                answers, texts[number] = self._step(texts[number], surest, of_text[surest])
                mask = masks[number].pop(surest)
                steps[number].append(FillStep(mask, answers, answers[0]["sequence"]))
        return [FillSteps(of_text) for of_text in steps]

    def _step(
        self, text: MaskedText, surest: int, candidates: list[Candidate]
    ) -> tuple[list[FillMaskPrediction], MaskedText]:
        """The answers at a mask, and the text with the best of them put in."""
        place, best = text.masks[surest], candidates[0].pieces
        inner = text.ids[1:-1]  # without [CLS] and [SEP], since masks are to show
        answers = self._filled(candidates, self._open_sequence.around(inner, place - 1))
        before, after = text.masks[:surest], text.masks[surest + 1 :]
        ids = [*text.ids[:place], *best, *text.ids[place + 1 :]]
        return answers, MaskedText(ids, before + [mask + len(best) - 1 for mask in after])


def as_pipeline(
    answers: list[list[FillMaskPrediction]],
) -> list[FillMaskPrediction] | list[list[FillMaskPrediction]]:
    """The answers at the masks of a text; at its only mask, if it has but one."""
    return answers[0] if len(answers) == 1 else answers
