"""minibert: train a small BERT from scratch on your own text, inspect it and use it.

    >>> import minibert
    >>> fill = minibert.FillMask.from_pretrained("runs/small-world-tiny")
    >>> fill("the [MASK] sat")[0]["token_str"]
    'cat'

Names are imported on first use, so that `import minibert` is fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minibert.config import EvaluateOptions, FinetuneOptions, PredictOptions
    from minibert.config.model import PRESETS, BertConfig
    from minibert.config.recipe import RECIPES, Budget, Recipe
    from minibert.corpus import Corpus
    from minibert.data.dataloader import BatchStream, EpochBatches
    from minibert.data.dataset import Batch, PretrainingDataset
    from minibert.data.token_store import TokenStore
    from minibert.errors import MinibertError
    from minibert.evaluation.evaluate import Evaluation
    from minibert.evaluation.masked_lm import MaskedLMScores, evaluate_masked_lm
    from minibert.evaluation.minimal_pairs import (
        MinimalPairs,
        evaluate_minimal_pairs,
        read_minimal_pairs,
    )
    from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood, pseudo_perplexity
    from minibert.finetuning.classifier import Classifier
    from minibert.finetuning.finetune import finetune
    from minibert.finetuning.predict import Predictions
    from minibert.inference.fill_mask import FillMask
    from minibert.inference.sentence_embedder import SentenceEmbedder
    from minibert.interpretability.explain import explain
    from minibert.interpretability.explanation import Explanation
    from minibert.model.fast.bert import BertForPreTraining
    from minibert.model.initialization import new_model
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run
    from minibert.tokenizer.wordpiece import Encoding, WordPieceTokenizer
    from minibert.training.trainer import Trainer, TrainerCallback

_MODULE_OF = {
    "Batch": "data.dataset",
    "BatchStream": "data.dataloader",
    "BertConfig": "config.model",
    "BertForPreTraining": "model.fast.bert",
    "Budget": "config.recipe",
    "Classifier": "finetuning.classifier",
    "Corpus": "corpus",
    "Encoding": "tokenizer.wordpiece",
    "EpochBatches": "data.dataloader",
    "evaluate_masked_lm": "evaluation.masked_lm",
    "evaluate_minimal_pairs": "evaluation.minimal_pairs",
    "EvaluateOptions": "config",
    "Evaluation": "evaluation.evaluate",
    "Explanation": "interpretability.explanation",
    "FillMask": "inference.fill_mask",
    "MaskedLMScores": "evaluation.masked_lm",
    "FinetuneOptions": "config",
    "Metrics": "runs.metrics",
    "MinibertError": "errors",
    "MinimalPairs": "evaluation.minimal_pairs",
    "new_model": "model.initialization",
    "PRESETS": "config.model",
    "PredictOptions": "config",
    "Predictions": "finetuning.predict",
    "PretrainingDataset": "data.dataset",
    "pseudo_perplexity": "evaluation.pseudo_log_likelihood",
    "PseudoLogLikelihood": "evaluation.pseudo_log_likelihood",
    "read_minimal_pairs": "evaluation.minimal_pairs",
    "Recipe": "config.recipe",
    "RECIPES": "config.recipe",
    "Run": "runs.run",
    "SentenceEmbedder": "inference.sentence_embedder",
    "TokenStore": "data.token_store",
    "Trainer": "training.trainer",
    "TrainerCallback": "training.trainer",
    "WordPieceTokenizer": "tokenizer.wordpiece",
    "explain": "interpretability.explain",
    "finetune": "finetuning.finetune",
}

__all__ = [
    "PRESETS",
    "RECIPES",
    "Batch",
    "BatchStream",
    "BertConfig",
    "BertForPreTraining",
    "Budget",
    "Classifier",
    "Corpus",
    "Encoding",
    "EpochBatches",
    "EvaluateOptions",
    "Evaluation",
    "Explanation",
    "FillMask",
    "FinetuneOptions",
    "MaskedLMScores",
    "Metrics",
    "MinibertError",
    "MinimalPairs",
    "PredictOptions",
    "Predictions",
    "PretrainingDataset",
    "PseudoLogLikelihood",
    "Recipe",
    "Run",
    "SentenceEmbedder",
    "TokenStore",
    "Trainer",
    "TrainerCallback",
    "WordPieceTokenizer",
    "__version__",
    "evaluate_masked_lm",
    "evaluate_minimal_pairs",
    "explain",
    "finetune",
    "new_model",
    "pseudo_perplexity",
    "read_minimal_pairs",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("minibert._core").__version__
    if name in _MODULE_OF:
        return getattr(importlib.import_module(f"minibert.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'minibert' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
