"""The whole of `minibert evaluate`: a model in, its figures out.

What a person sees of it is a `Reporter`'s matter, and that of `minibert.cli.views.evaluate`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from minibert.config import DEFAULT_PLL, PAIR_TASKS
from minibert.evaluation.baselines import Baseline, uniform_baseline, unigram_baseline
from minibert.evaluation.masked_lm import MaskedWords, evaluate_masked_words
from minibert.evaluation.minimal_pairs import (
    MinimalPairs,
    evaluate_minimal_pairs,
    read_minimal_pairs,
)
from minibert.evaluation.pseudo_log_likelihood import (
    PseudoLogLikelihood,
    PseudoPerplexity,
    SentenceScore,
    pseudo_perplexity,
)
from minibert.evaluation.text_length import TextLength, text_length, without_special
from minibert.evaluation.validation_text import ValidationText, find_validation_text
from minibert.io.lines import STANDARD_INPUT, read_lines
from minibert.io.reporter import SilentReporter
from minibert.model.pretrained import Pretrained

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.config import EvaluateOptions, PllMethod
    from minibert.data.dataset import PretrainingDataset
    from minibert.evaluation.minimal_pairs import MinimalPair
    from minibert.io.reporter import Reporter


@dataclass(frozen=True, slots=True)
class ValidationScores(MaskedWords):
    """How well a text is predicted, and what guessing costs.

    Attributes:
        text: what the text is called.
        fingerprint: of its tokens; the same for the same text and vocabulary.
        documents: of the text.
        objective: what an example is.
        pair_task: `NSP` or `SOP`; None where there are no pairs.
        seq_len: pieces in an example.
        seed: of the masks.
        extent: of the text.
        unigram_counts: whose pieces were counted for `unigram`: `training`, the text that the model
            was trained on; `text`, the evaluated text itself, where that is not to be had.
        unigram: guessing by frequency.
        uniform: guessing all alike.
    """

    text: str
    fingerprint: str
    documents: int
    objective: str
    pair_task: str | None
    seq_len: int
    seed: int
    extent: TextLength
    unigram_counts: str
    unigram: Baseline
    uniform: Baseline


@dataclass(frozen=True, slots=True)
class SentenceScores(PseudoPerplexity):
    """The scores of sentences, and of all together.

    Attributes:
        method: how they were scored.
        scores: in the order of the sentences.
    """

    method: str
    scores: list[SentenceScore]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was asked for; the others are None.

    Attributes:
        model: the folder.
        validation: masked words and pairs of a text.
        sentences: their pseudo-log-likelihoods.
        minimal_pairs: how many were told rightly.
    """

    model: str
    validation: ValidationScores | None = None
    sentences: SentenceScores | None = None
    minimal_pairs: MinimalPairs | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON; without what was not asked for."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value}


def evaluate(
    model: str | os.PathLike[str],
    options: EvaluateOptions,
    reporter: Reporter = SilentReporter(),  # noqa: B008 - keeps nothing
) -> Evaluation:
    """Evaluate a model.

    Args:
        model: a run, or any folder with a BERT's `config.json`, weights and vocabulary.
        options: on what.
        reporter: is told what goes on.

    Raises:
        MinibertError: something given cannot be used.
    """
    path = Path(model)
    method = cast("PllMethod", options.pll or DEFAULT_PLL)
    if options.minimal_pairs is not None:
        pairs = read_minimal_pairs(options.minimal_pairs)
        score = PseudoLogLikelihood.from_pretrained(path, device=options.device)
        return Evaluation(str(path), minimal_pairs=_pairs(score, pairs, method, reporter))
    if options.pll is not None:
        lines = [text for _, text in read_lines(options.text or STANDARD_INPUT)]
        score = PseudoLogLikelihood.from_pretrained(path, device=options.device)
        return Evaluation(str(path), sentences=_sentences(score, lines, method, reporter))
    loaded = Pretrained.load(path, device=options.device)
    text = find_validation_text(path, loaded, options, reporter)
    return Evaluation(str(path), validation=_validation(loaded, text, reporter))


def _validation(loaded: Pretrained, text: ValidationText, reporter: Reporter) -> ValidationScores:
    reporter.stage("predicting masked words")
    dataset, tokenizer = text.dataset, loaded.tokenizer
    figures = evaluate_masked_words(
        loaded.model, dataset, tokenizer, device=loaded.device, advance=reporter.advance
    )
    counts = dataset.token_counts()
    extent = text_length(counts, tokenizer)
    known = text.training_counts
    guessed_from = without_special(counts if known is None else known, tokenizer)
    return ValidationScores(
        **_fields(figures),
        text=text.name,
        fingerprint=text.fingerprint,
        documents=len(dataset.documents),
        objective=dataset.objective,
        pair_task=PAIR_TASKS.get(dataset.objective),
        seq_len=text.seq_len,
        seed=text.seed,
        extent=extent,
        unigram_counts="text" if known is None else "training",
        unigram=unigram_baseline(_labels(dataset, len(counts)), guessed_from, extent),
        uniform=uniform_baseline(loaded.model.config.vocab_size, extent),
    )


def _labels(dataset: PretrainingDataset, vocab_size: int) -> NDArray[np.int64]:
    """(vocab_size,), how often each piece is to be predicted."""
    labels = [batch.masked_lm_ids for batch in dataset.epoch(0)]
    return np.bincount(np.concatenate(labels), minlength=vocab_size)


def _sentences(
    score: PseudoLogLikelihood, lines: Sequence[str], method: PllMethod, reporter: Reporter
) -> SentenceScores:
    reporter.stage("scoring sentences")
    scores = score(lines, method=method, advance=reporter.advance)
    together = pseudo_perplexity(scores)
    unknown = sum(found.unknown > 0 for found in scores)
    _note(score, reporter, "sentences", together.too_long, unknown, "have no score")
    return SentenceScores(**_fields(together), method=method, scores=scores)


def _pairs(
    score: PseudoLogLikelihood,
    pairs: Sequence[MinimalPair],
    method: PllMethod,
    reporter: Reporter,
) -> MinimalPairs:
    reporter.stage(f"scoring {len(pairs):,} minimal pairs")
    found = evaluate_minimal_pairs(score, pairs, method=method, advance=reporter.advance)
    _note(score, reporter, "pairs", found.too_long, found.unknown, "are left out")
    return found


def _note(
    score: PseudoLogLikelihood,
    reporter: Reporter,
    what: str,
    too_long: int,
    unknown: int,
    consequence: str,
) -> None:
    if too_long:
        positions = score.model.config.max_position_embeddings
        reporter.note(
            f"{what} longer than the model's {positions} positions {consequence}: {too_long:,}"
        )
    if unknown:
        reporter.note(
            f"{what} with words that are [UNK] to the model, whose scores say little: {unknown:,}"
        )


def _fields(made: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, as they are."""
    return {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
