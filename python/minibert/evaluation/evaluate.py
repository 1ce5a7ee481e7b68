"""`minibert evaluate`: from a model to its scores.

A `Reporter` shows the progress, and `minibert.cli.views.evaluate` prints the scores.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from minibert.config import DEFAULT_PLL, PAIR_TASKS
from minibert.evaluation.baselines import uniform_baseline, unigram_baseline
from minibert.evaluation.masked_lm import MaskedLMScores, evaluate_masked_lm
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
from minibert.evaluation.token_scores import TokenScores
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
class ValidationScores(MaskedLMScores):
    """The scores of a model and of two baselines on a text.

    Attributes:
        text: the name of the text.
        fingerprint: the hash of its tokens; the same for the same text and vocabulary.
        documents: the number of documents.
        objective: of the sequences, as in `PretrainOptions`.
        pair_task: `NSP` or `SOP`; None without pairs.
        seq_len: tokens per sequence.
        seed: of the masks.
        extent: the length of the text.
        unigram_counts: the text that `unigram` is from: `training`, the model's training text; or
            `text`, the evaluated text, if the training text is not available.
        unigram: the scores of predicting by frequency.
        uniform: the scores of predicting every token equally.
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
    unigram: TokenScores
    uniform: TokenScores


@dataclass(frozen=True, slots=True)
class SentenceScores(PseudoPerplexity):
    """The scores of sentences, one by one and together.

    Attributes:
        method: of scoring, see `PseudoLogLikelihood`.
        scores: in the order of the sentences.
    """

    method: str
    scores: list[SentenceScore]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The requested scores; the others are None.

    Attributes:
        model: the folder.
        validation: masked tokens and pairs of a text.
        sentences: pseudo-log-likelihoods.
        minimal_pairs: the accuracy on minimal pairs.
    """

    model: str
    validation: ValidationScores | None = None
    sentences: SentenceScores | None = None
    minimal_pairs: MinimalPairs | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without the scores that are None."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value}


def evaluate(
    model: str | os.PathLike[str],
    options: EvaluateOptions,
    reporter: Reporter = SilentReporter(),  # noqa: B008 - keeps nothing
) -> Evaluation:
    """Evaluate a model.

    Args:
        model: a run, or any folder with a BERT's `config.json`, weights and vocabulary.
        options: the text and the method.
        reporter: shows the progress.

    Raises:
        MinibertError: the model, the text or an option cannot be used.
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
    reporter.stage("predicting masked tokens")
    dataset, tokenizer = text.dataset, loaded.tokenizer
    scores = evaluate_masked_lm(
        loaded.model, dataset, tokenizer, device=loaded.device, advance=reporter.advance
    )
    counts = dataset.token_counts()
    length = text_length(counts, tokenizer)
    training = text.training_counts
    unigram_counts = without_special(counts if training is None else training, tokenizer)
    return ValidationScores(
        **_fields(scores),
        text=text.name,
        fingerprint=text.fingerprint,
        documents=len(dataset.documents),
        objective=dataset.objective,
        pair_task=PAIR_TASKS.get(dataset.objective),
        seq_len=text.seq_len,
        seed=text.seed,
        extent=length,
        unigram_counts="text" if training is None else "training",
        unigram=unigram_baseline(_labels(dataset, len(counts)), unigram_counts, length),
        uniform=uniform_baseline(loaded.model.config.vocab_size, length),
    )


def _labels(dataset: PretrainingDataset, vocab_size: int) -> NDArray[np.int64]:
    """(vocab_size,), int64, how often each token is to be predicted."""
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
        reporter.note(f"{what} with [UNK] words, whose scores mean little: {unknown:,}")


def _fields(made: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, not copied."""
    return {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
