"""minibert: train a mini BERT from nothing on your own text, look inside, and put it to use.

    >>> import minibert
    >>> fill = minibert.FillMask.from_pretrained("runs/small-world-tiny")
    >>> fill("the [MASK] sat")[0]["token_str"]
    'cat'

Names are loaded when first used, so that `import minibert` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minibert.batches import Batch, PretrainingDataset
    from minibert.classifier import Classifier
    from minibert.config import PRESETS, BertConfig
    from minibert.embed import SentenceEmbedder
    from minibert.encoder import BertForPreTraining
    from minibert.errors import MinibertError
    from minibert.evaluate import Evaluation
    from minibert.evaluation import MaskedWords, evaluate_masked_words
    from minibert.explaining import explain
    from minibert.explanation import Explanation
    from minibert.fill import FillMask
    from minibert.finetuning import finetune
    from minibert.initial_weights import new_model
    from minibert.loading import BatchStream, EpochBatches
    from minibert.metrics import Metrics
    from minibert.minimal_pairs import MinimalPairs, evaluate_minimal_pairs, read_minimal_pairs
    from minibert.options import EvaluateOptions, FinetuneOptions, PredictOptions
    from minibert.pieces import Encoding, WordPieceTokenizer
    from minibert.pll import PseudoLogLikelihood, pseudo_perplexity
    from minibert.predicting import Predictions
    from minibert.recipe import RECIPES, Budget, Recipe
    from minibert.runs import Run
    from minibert.store import TokenStore
    from minibert.text import Corpus
    from minibert.trainer import Trainer

_HOMES = {
    "Batch": "batches",
    "BatchStream": "loading",
    "BertConfig": "config",
    "BertForPreTraining": "encoder",
    "Budget": "recipe",
    "Classifier": "classifier",
    "Corpus": "text",
    "Encoding": "pieces",
    "EpochBatches": "loading",
    "evaluate_masked_words": "evaluation",
    "evaluate_minimal_pairs": "minimal_pairs",
    "EvaluateOptions": "options",
    "Evaluation": "evaluate",
    "Explanation": "explanation",
    "FillMask": "fill",
    "MaskedWords": "evaluation",
    "FinetuneOptions": "options",
    "Metrics": "metrics",
    "MinibertError": "errors",
    "MinimalPairs": "minimal_pairs",
    "new_model": "initial_weights",
    "PRESETS": "config",
    "PredictOptions": "options",
    "Predictions": "predicting",
    "PretrainingDataset": "batches",
    "pseudo_perplexity": "pll",
    "PseudoLogLikelihood": "pll",
    "read_minimal_pairs": "minimal_pairs",
    "Recipe": "recipe",
    "RECIPES": "recipe",
    "Run": "runs",
    "SentenceEmbedder": "embed",
    "TokenStore": "store",
    "Trainer": "trainer",
    "WordPieceTokenizer": "pieces",
    "explain": "explaining",
    "finetune": "finetuning",
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
    "MaskedWords",
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
    "WordPieceTokenizer",
    "__version__",
    "evaluate_masked_words",
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
    if name in _HOMES:
        return getattr(importlib.import_module(f"minibert.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'minibert' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
